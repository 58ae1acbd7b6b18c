"""Packing and receiving from the menu: in the worker, told on the notice bar, opened when it is whole."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog

from hitl_desktop.gui.application import build_window
from hitl_desktop.gui.main_window import MainWindow
from hitl_desktop.gui.views.elsewhere import ElsewhereQuestion
from hitl_desktop.gui.views.question import Question
from tests.on_record import happenings


@pytest.fixture
def window(qapp: QApplication, qtbot: Any) -> Iterator[MainWindow]:
    made = build_window(qapp, "light")
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.close()
    made.deleteLater()
    qapp.processEvents()


def notices(window: MainWindow) -> list[str]:
    return [notice.text for notice in window.notices.notices()]


def test_a_project_goes_out_as_a_file_and_comes_in_as_another(
    window: MainWindow, qtbot: Any, image_project_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert window.bridge.open_project(image_project_folder)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "out.zip"), ""))
    window.commands.pack_project()
    question = window.findChild(Question)
    assert question is not None
    question.yes_button.click()
    qtbot.waitUntil(lambda: "The project was packed as out.zip." in notices(window), timeout=60_000)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "copies"), ""))
    window.commands.deidentify()
    qtbot.waitUntil(lambda: any("copied without names" in notice for notice in notices(window)), timeout=60_000)
    assert happenings(image_project_folder)[-1] == "copied"
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(tmp_path / "out.zip"), ""))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "In.hitl"), ""))
    window.commands.receive_project()
    taken = tmp_path / "In.hitl"
    qtbot.waitUntil(lambda: window.bridge.desk.project.folder == taken, timeout=60_000)
    project = window.bridge.desk.project
    assert project.data_is_there
    assert project.item_file(project.store.items.get(0)).is_file()


def test_what_is_refused_is_told_and_the_open_project_stays_open(
    window: MainWindow, qtbot: Any, text_project_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert window.bridge.open_project(text_project_folder)
    (tmp_path / "bad.zip").write_bytes(b"PK\x03\x04" + bytes(400))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(tmp_path / "bad.zip"), ""))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "In.hitl"), ""))
    window.commands.receive_project()
    qtbot.waitUntil(lambda: any("was not opened" in text for text in notices(window)), timeout=60_000)
    assert window.bridge.desk.project.folder == text_project_folder
    assert not (tmp_path / "In.hitl").exists()


@pytest.mark.strict
def test_a_project_of_somebody_else_is_copied_or_trusted(
    window: MainWindow, qtbot: Any, text_project_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Made in another home: as if it came from another computer."""

    def asked() -> ElsewhereQuestion:
        qtbot.waitUntil(lambda: window.findChild(ElsewhereQuestion) is not None)
        (question,) = window.findChildren(ElsewhereQuestion)
        return question

    def gone() -> bool:
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        return window.findChild(ElsewhereQuestion) is None

    before = {path.name: path.read_bytes() for path in text_project_folder.iterdir() if path.is_file()}
    assert not window.bridge.open_project(text_project_folder)
    question = asked()
    for words in ("not made on this computer", "Messages 2.hitl", "what was given stays as it is", "trust it"):
        assert words in question.accessibleDescription()
    assert question.focusWidget() is question.copy_button, "the safe way"
    QTest.keyClick(question, Qt.Key.Key_Escape)
    qtbot.waitUntil(gone)
    assert not window.bridge.is_open, "left alone"

    window.bridge.open_project(text_project_folder)
    QTest.keyClick(asked().copy_button, Qt.Key.Key_Space)
    copy = text_project_folder.with_name("Messages 2.hitl")
    qtbot.waitUntil(lambda: window.bridge.is_open and window.bridge.desk.project.folder == copy, timeout=60_000)
    assert "You work in the copy Messages 2.hitl. What it was copied from stays as it was." in notices(window)
    assert {path.name: path.read_bytes() for path in text_project_folder.iterdir() if path.is_file()} == before
    assert not window.bridge.desk.project.distrust
    window.bridge.close_project()
    assert window.bridge.open_project(copy), "it is ours"
    window.bridge.close_project()
    qtbot.waitUntil(gone)

    window.bridge.open_project(text_project_folder)
    QTest.keyClick(asked().trust_button, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.bridge.is_open)
    assert window.bridge.desk.project.folder == text_project_folder
    assert window.bridge.desk.project.store.is_writer
    window.bridge.close_project()
    qtbot.waitUntil(gone)
    assert window.bridge.open_project(text_project_folder), "asked once"
