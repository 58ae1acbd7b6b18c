"""Backups in the window: made beside it, on leaving and on closing; and putting one back."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.errors import DiskTrouble
from hitl_desktop.domain.items import FoundItem
from hitl_desktop.gui.application import build_window
from hitl_desktop.gui.backups import BackupKeeper
from hitl_desktop.gui.bridge import Bridge
from hitl_desktop.gui.main_window import MainWindow
from hitl_desktop.gui.views.closing_sheet import ClosingSheet
from hitl_desktop.gui.views.restore_sheet import RestoreSheet
from hitl_desktop.store.backups import backups_in, check_backup
from hitl_desktop.store.store import DATABASE, Store
from hitl_desktop.workflow import backing_up
from hitl_desktop.workflow.settings import SettingsFile


def flush() -> None:
    for _ in range(3):
        QApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def window(qapp: QApplication, qtbot: Any) -> Iterator[MainWindow]:
    window = build_window(qapp, "light")
    window.show()
    qtbot.waitExposed(window)
    yield window
    window.close()
    window.backups.close()
    window.close()
    window.deleteLater()
    flush()


def decide(window: MainWindow) -> None:
    session = window.bridge.desk.session
    label = window.bridge.desk.project.offered[0].id
    window.bridge.perform(lambda: session.decide(Verdict.CORRECTED, label))


def texts(window: MainWindow) -> list[str]:
    return [notice.text for notice in window.notices.notices()]


def made_since(folder: Path, before: int) -> list[int | None]:
    return [backup.decisions for backup in backups_in(folder)][: len(backups_in(folder)) - before]


def test_leaving_a_project_backs_it_up_if_something_was_decided(
    window: MainWindow, text_project_folder: Path, qtbot: Any
) -> None:
    before = len(backups_in(text_project_folder))
    assert window.bridge.open_project(text_project_folder)
    window.bridge.close_project()
    assert window.backups.finish(5000)
    assert made_since(text_project_folder, before) == [], "looking changes nothing"
    window.bridge.open_project(text_project_folder)
    decide(window)
    window.bridge.close_project()
    qtbot.waitUntil(lambda: not window.backups.is_busy)
    assert made_since(text_project_folder, before) == [1]


def test_closing_the_window_waits_for_the_backup(window: MainWindow, text_project_folder: Path, qtbot: Any) -> None:
    before = len(backups_in(text_project_folder))
    window.bridge.open_project(text_project_folder)
    decide(window)
    window.close()
    qtbot.waitUntil(lambda: not window.isVisible())
    assert made_since(text_project_folder, before) == [1]
    assert check_backup(backups_in(text_project_folder)[0].file).decisions == 1


def test_when_it_takes_longer_closing_says_so_and_can_do_without(
    window: MainWindow, text_project_folder: Path, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    began = threading.Event()

    def slow(folder: Path, progress: Any, cancelled: Any, **_: Any) -> None:
        began.set()
        for step in range(10_000):
            progress(step, 10_000, "")
            if cancelled():
                raise backing_up.KnownError("Stopped.")
            time.sleep(0.01)

    monkeypatch.setattr(backing_up, "back_up", slow)
    window.bridge.open_project(text_project_folder)
    decide(window)
    window.close()
    assert began.wait(5)
    assert window.isVisible()
    sheet = window.findChild(ClosingSheet)
    assert sheet is not None
    QTest.mouseClick(sheet.without_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not window.isVisible())


def test_half_an_hour_of_change_is_backed_up_beside_the_window(
    window: MainWindow, text_project_folder: Path, qtbot: Any
) -> None:
    before = len(backups_in(text_project_folder))
    window.bridge.open_project(text_project_folder)
    decide(window)
    store = window.bridge.desk.project.store
    window.backups.look()
    assert not window.backups.is_busy
    store.changed_at = time.monotonic() - 1801
    window.backups.look()
    assert window.backups.is_busy
    decide(window)
    qtbot.waitUntil(lambda: not window.backups.is_busy)
    assert len(backups_in(text_project_folder)) == before + 1
    assert store.changed_at is not None, "the second decision came after it"


def test_items_that_were_added_are_backed_up_at_once(window: MainWindow, text_project_folder: Path, qtbot: Any) -> None:
    before = len(backups_in(text_project_folder))
    window.bridge.open_project(text_project_folder)
    store = window.bridge.desk.project.store
    with store.transaction():
        store.items.add([FoundItem("f" * 64, "new.txt", "a new one")], {})
    window.backups.look()
    qtbot.waitUntil(lambda: not window.backups.is_busy)
    assert len(backups_in(text_project_folder)) == before + 1
    window.backups.look()
    assert not window.backups.is_busy


def test_a_backup_that_fails_is_told_and_made_again_later(
    window: MainWindow, text_project_folder: Path, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(*_: Any, **__: Any) -> None:
        raise DiskTrouble("There is no room.", "Free some space.")

    window.bridge.open_project(text_project_folder)
    decide(window)
    store = window.bridge.desk.project.store
    store.changed_at = changed = time.monotonic() - 1801
    with monkeypatch.context() as patch:
        patch.setattr(backing_up, "back_up", no_room)
        window.backups.look()
        qtbot.waitUntil(lambda: not window.backups.is_busy)
    assert store.changed_at == changed
    assert "There is no room. Free some space." in texts(window)


def test_a_decision_that_changed_behind_our_back_is_told(
    window: MainWindow, text_project_folder: Path, qtbot: Any
) -> None:
    window.bridge.open_project(text_project_folder)
    decide(window)
    decide(window)
    window.bridge.close_project()
    qtbot.waitUntil(lambda: not window.backups.is_busy)
    journal = text_project_folder / "decisions.jsonl"
    journal.write_text(journal.read_text("ascii").replace('"seconds": null', '"seconds": 5.0', 1), "ascii")
    window.bridge.open_project(text_project_folder)
    decide(window)
    window.bridge.close_project()
    qtbot.waitUntil(lambda: not window.backups.is_busy)
    assert any("1 decision is not the same" in text for text in texts(window))


def test_a_damaged_project_is_offered_its_newest_backup(
    window: MainWindow, text_project_folder: Path, qtbot: Any
) -> None:
    window.bridge.open_project(text_project_folder)
    decide(window)
    decide(window)
    window.bridge.close_project()
    qtbot.waitUntil(lambda: not window.backups.is_busy)
    database = text_project_folder / DATABASE
    database.write_bytes(database.read_bytes()[:5000])
    assert not window.bridge.open_project(text_project_folder)
    (notice,) = [n for n in window.notices.notices() if "damaged" in n.text]
    assert notice.action == "Restore backup…"
    notice.on_action()
    sheet = window.findChild(RestoreSheet)
    assert sheet.list.currentRow() == 0
    assert "2 decisions" in sheet.list.item(0).text()
    QTest.mouseClick(sheet.restore_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.bridge.is_open, timeout=10_000)
    assert window.bridge.desk.project.store.decisions.count() == 2
    assert any("The backup is in place" in text for text in texts(window))
    (kept,) = text_project_folder.glob("replaced-*")
    assert (kept / DATABASE).stat().st_size == 5000


def test_the_start_page_offers_to_restore_once_there_are_projects(
    window: MainWindow, text_project_folder: Path, qtbot: Any
) -> None:
    assert window.start.restore_button.isHidden()
    window.bridge.open_project(text_project_folder)
    window.bridge.close_project()
    assert not window.start.restore_button.isHidden()
    QTest.mouseClick(window.start.restore_button, Qt.MouseButton.LeftButton)
    sheet = window.findChild(RestoreSheet)
    assert sheet.project.currentText() == "Messages"
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    assert not window.bridge.is_open


def test_what_only_the_second_record_had_is_told(window: MainWindow, text_project_folder: Path, tmp_path: Path) -> None:
    old = (text_project_folder / DATABASE).read_bytes()
    store = Store.open(text_project_folder)
    store.close()
    window.bridge.open_project(text_project_folder)
    decide(window)
    window.bridge.close_project()
    window.backups.finish(5000)
    (text_project_folder / DATABASE).write_bytes(old)
    window.bridge.open_project(text_project_folder)
    assert any("1 decision that the database did not have" in text for text in texts(window))


def test_a_second_record_that_cannot_be_written_is_told_once(
    window: MainWindow, text_project_folder: Path, expected_log: Any
) -> None:
    expected_log("WARNING .*second record could not be written")
    window.bridge.open_project(text_project_folder)
    decide(window)
    journal = text_project_folder / "decisions.jsonl"
    kept = journal.read_bytes()
    journal.unlink()
    journal.mkdir()
    decide(window)
    assert window.desk.footer.saved.text() == "All saved", "in the database"
    window.backups.look()
    window.backups.look()
    assert sum("second record cannot be written" in text for text in texts(window)) == 1
    journal.rmdir()
    journal.write_bytes(kept)
    decide(window)
    assert len(journal.read_text("ascii").splitlines()) == 3


def test_what_was_not_saved_is_not_called_saved(
    window: MainWindow, text_project_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.bridge.open_project(text_project_folder)
    footer = window.desk.footer
    item = window.bridge.desk.session.current

    def full(*_: Any, **__: Any) -> None:
        raise DiskTrouble("The disk is full.", "Free some space.")

    with monkeypatch.context() as patch:
        patch.setattr(Store, "record_step", full)
        decide(window)
    assert footer.saved.text() == "Not saved"
    assert window.bridge.desk.session.current == item, "the item stays"
    decide(window)
    assert footer.saved.text() == "All saved"


def test_a_backup_that_ends_after_the_window_tells_nobody(qapp: QApplication, qtbot: Any, tmp_path: Path) -> None:
    bridge, begun, told = Bridge(SettingsFile(tmp_path)), threading.Event(), list[object]()
    keeper = BackupKeeper(bridge)

    def work(progress: Any, _cancelled: Any) -> None:
        begun.set()
        while shiboken6.isValid(keeper):
            time.sleep(0.001)
        progress(1, 2, "")

    keeper._start(work, told.append)
    assert begun.wait(10)
    keeper._threads.setParent(None)  # it would be waited for
    with qtbot.captureExceptions() as raised:
        keeper.deleteLater()
        flush()
        assert keeper._threads.waitForDone(10_000)
        flush()
    assert (raised, told) == ([], [])
    bridge.close()
