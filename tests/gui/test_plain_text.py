"""U1-U3, U8, U15: what a name, text or class says is shown letter by letter; nothing in it is loaded or clicked."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QAbstractItemModel, QModelIndex, Qt
from PySide6.QtGui import QAction, QTextDocument
from PySide6.QtGui import Qt as GuiQt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QLabel,
    QMenu,
    QTextEdit,
    QWidget,
)

from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.gui.application import build_window
from hitl_desktop.gui.bridge import Message
from hitl_desktop.gui.main_window import MainWindow
from hitl_desktop.gui.views import VIEWS
from hitl_desktop.gui.views.review.answer_bar import AnswerBar
from tests.conftest import MakeProject

PICTURE = "<img src='file:///etc/hostname'>"
LINK = "<a href='file:///etc/passwd'>look</a>"
REMOTE = "<img src='http://example.invalid/x.png'>"
TAGS = ("<img", "<a ", "<b>", "<script")


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What rich text would load."""
    asked: list[str] = []
    load = QTextDocument.loadResource

    def noted(document: QTextDocument, sort: int, url: Any) -> Any:
        asked.append(url.toString())
        return load(document, sort, url)

    monkeypatch.setattr(QTextDocument, "loadResource", noted)
    return asked


@pytest.fixture
def window(
    qapp: QApplication, qtbot: Any, make_project: MakeProject, tmp_path: Path, loads: list[str]
) -> Iterator[MainWindow]:
    rows = [f'"{PICTURE} {n}","{LINK} text {n} & more","<b>R&D</b> {n % 2} {REMOTE}"' for n in range(12)]
    (tmp_path / "x.csv").write_text("id,text,label\n" + "\n".join(rows) + "\n", "utf-8")
    folder = tmp_path / "<img src='x'>.hitl"
    make_project(folder, tmp_path / "x.csv", labels_from="label")
    made = build_window(qapp, "light")
    made.show()
    qtbot.waitExposed(made)
    assert made.bridge.open_project(folder)
    session = made.bridge.desk.session
    for verdict in (Verdict.CORRECTED, Verdict.FLAGGED):
        made.bridge.perform(lambda verdict=verdict: session.decide(verdict, _label(made, verdict), note=f"{PICTURE}"))
    yield made
    made.close()
    made.deleteLater()
    qapp.processEvents()


def _label(window: MainWindow, verdict: Verdict) -> int | None:
    return window.bridge.desk.project.labels[0].id if verdict is Verdict.CORRECTED else None


def test_every_page_shows_markup_as_letters(window: MainWindow, qtbot: Any, loads: list[str]) -> None:
    window.bridge.notified.emit(Message(f"{PICTURE} {LINK}", "warn", f"{LINK}"))
    seen = 0
    for page in VIEWS:
        window.show_page(page)
        qtbot.wait(30)
        seen += check(window)
    assert seen > 100
    assert not loads


def test_dialogs_show_markup_as_letters(window: MainWindow, qtbot: Any, loads: list[str]) -> None:
    from hitl_desktop.gui.views.question import Question
    from hitl_desktop.gui.views.trouble_sheet import TroubleSheet

    theme = window.context.theme
    for dialog in (
        TroubleSheet(theme, PICTURE, LINK, Path("/"), window),
        Question(theme, PICTURE, LINK, REMOTE, PICTURE, window),
    ):
        dialog.show()
        qtbot.wait(20)
        assert check(dialog) > 3
        dialog.close()
    assert not loads


def test_names_of_classes_and_reviewers_in_tooltips_are_letters(
    window: MainWindow, qtbot: Any, loads: list[str]
) -> None:
    bridge = window.bridge
    bridge.perform(lambda: bridge.desk.session.change_classes(lambda editor: editor.add(PICTURE)))
    bridge.reviewers.add(PICTURE)
    bridge.follow_reviewer()
    window.show_page("classes")
    qtbot.wait(30)
    assert check(window) > 50
    assert any("img" in widget.toolTip() for widget in window.findChildren(QWidget)), "it is told, in letters"
    bar = AnswerBar(window.review, window.context)
    bar.show_recent("", f"Undo: {PICTURE}")
    check(bar)
    bar.deleteLater()
    assert not loads


def test_the_watch_would_see_rich_text(window: MainWindow) -> None:
    label = QLabel(PICTURE, window)
    with pytest.raises(AssertionError):
        check(window)
    label.setParent(None)
    label.deleteLater()


def check(root: QWidget) -> int:
    """Every label, field, button, tooltip and menu below a widget; returns how many there are."""
    widgets = [root, *root.findChildren(QWidget)]
    for widget in widgets:
        assert not _is_markup(widget.toolTip()), widget.toolTip()
        if isinstance(widget, QLabel):
            is_plain = widget.textFormat() is Qt.TextFormat.PlainText
            assert is_plain or not GuiQt.mightBeRichText(widget.text()), widget.text()
            assert not widget.openExternalLinks()
        if isinstance(widget, QTextEdit):
            assert not widget.acceptRichText() or widget.isReadOnly()
            assert "<img src=" not in widget.toHtml().split("<body", 1)[-1]
            assert "<a href=" not in widget.toHtml()
        if isinstance(widget, QAbstractItemView) and widget.model() is not None:
            _check_model(widget.model())
        if isinstance(widget, QMenu):
            _check_actions(widget.actions())
    return len(widgets)


def _check_model(model: QAbstractItemModel) -> None:
    for row in range(min(20, model.rowCount(QModelIndex()))):
        for column in range(8):
            index = model.index(row, column)
            if index.isValid():
                tip = model.data(index, Qt.ItemDataRole.ToolTipRole)
                assert not _is_markup(str(tip or "")), tip


def _check_actions(actions: list[QAction]) -> None:
    for action in actions:
        assert not _is_markup(action.toolTip()) or action.toolTip() == action.text().replace("&&", "&")


def _is_markup(text: str) -> bool:
    """True for a text that Qt would take for markup and that still has tags of an input in it."""
    return GuiQt.mightBeRichText(text) and any(tag in text for tag in TAGS)


def test_u8_an_ampersand_is_no_mnemonic(window: MainWindow, qtbot: Any) -> None:
    window.show_page("review")
    button: Callable[[int], Any] = window.review.panel.class_button
    label = window.bridge.desk.project.labels[0]
    assert "R&D" in button(label.id).accessibleName()
    assert button(label.id).shortcut().isEmpty()
