"""The history page under keys and mouse: search, sort, detail, and deciding again with a reason."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QDate, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QBoxLayout
from pytestqt.qtbot import QtBot

from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.views.history.decide_again import DecideAgain
from hitl_desktop.gui.views.history.entry import Entry
from hitl_desktop.gui.views.history.page import HistoryPage
from hitl_desktop.gui.views.history.table_model import FROM, ITEM, REMARK, REVIEWER, SECONDS, TIME, TO
from hitl_desktop.gui.widgets.icon_text import IconText
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.gui.widgets.painting import text_width

Key = Qt.Key


@pytest.fixture
def page(context: Context, text_project_folder: Path, qtbot: QtBot) -> Iterator[HistoryPage]:
    assert context.bridge.open_project(text_project_folder)
    session = context.bridge.desk.session
    labels = session.project.labels
    session.set_reviewer("ann")
    session.decide(Verdict.CORRECTED, labels[0].id, note="first <b>note</b>", seconds=9.0)
    session.decide(Verdict.CORRECTED, labels[1].id, seconds=2.0)
    session.set_reviewer("bob")
    session.decide(Verdict.SKIPPED)
    page = HistoryPage(context)
    qtbot.addWidget(page)
    page.resize(1200, 700)
    page.show()
    qtbot.waitExposed(page)
    yield page
    page.model.close()
    page.detail.media.close()


def cells(page: HistoryPage, column: int) -> list[str]:
    return [page.model.data(page.model.index(row, column)) for row in range(page.model.rowCount())]


def settle(page: HistoryPage, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not page.model.is_busy)


def test_every_decision_is_there_the_newest_first(page: HistoryPage) -> None:
    labels = page._context.bridge.desk.project.labels
    assert cells(page, TO) == ["Skipped", labels[1].name, labels[0].name]
    assert cells(page, FROM) == ["To do"] * 3
    assert cells(page, REVIEWER) == ["bob", "ann", "ann"]
    assert cells(page, SECONDS) == ["", "2.0", "9.0"]
    assert cells(page, REMARK)[2] == "first <b>note</b>"
    assert page.count.text() == "3 decisions"
    assert page.detail.item is not None
    assert page.detail.item.name == cells(page, ITEM)[0]


def test_searching_and_filtering(page: HistoryPage, qtbot: QtBot) -> None:
    QTest.keyClicks(page.search, "note")
    QTest.keyClick(page.search, Key.Key_Return)
    settle(page, qtbot)
    assert cells(page, REMARK) == ["first <b>note</b>"]
    page.clear_filter()
    page.reviewer.setCurrentIndex(page.reviewer.findData("bob"))
    settle(page, qtbot)
    assert cells(page, TO) == ["Skipped"]
    page.clear_filter()
    page.label.setCurrentIndex(2)
    settle(page, qtbot)
    assert len(cells(page, TO)) == 1
    page.clear.click()
    page.verdict.setCurrentIndex(page.verdict.findData(Verdict.CONFIRMED))
    settle(page, qtbot)
    assert cells(page, TO) == []
    page.clear_filter()
    page.since.setDate(QDate(2001, 1, 1))
    page.until.setDate(QDate(2001, 1, 2))
    settle(page, qtbot)
    assert page.count.text() == "0 decisions"
    assert page.detail.item is None
    page.clear_filter()
    assert len(cells(page, TO)) == 3


def test_a_click_on_the_head_of_a_column_sorts(page: HistoryPage, qtbot: QtBot) -> None:
    header = page.table.horizontalHeader()
    header.setSortIndicator(SECONDS, Qt.SortOrder.AscendingOrder)
    settle(page, qtbot)
    assert cells(page, SECONDS) == ["2.0", "9.0", ""]
    header.setSortIndicator(FROM, Qt.SortOrder.AscendingOrder)
    assert header.sortIndicatorSection() == SECONDS, "what it was cannot be sorted by"


def test_deciding_again_asks_for_a_reason_and_is_added(page: HistoryPage, qtbot: QtBot) -> None:
    project = page._context.bridge.desk.project
    page.table.setCurrentIndex(page.model.index(1, 0))
    item = page.detail.item
    assert item is not None
    page.detail.again.click()
    dialog = page.findChild(DecideAgain)
    assert dialog is not None
    assert not dialog.save_button.isEnabled()
    dialog.choice.setCurrentRow(0)
    assert not dialog.save_button.isEnabled(), "not without a reason"
    QTest.keyClicks(dialog.reason, "a colleague knows")
    QTest.keyClick(dialog.reason, Key.Key_Return)
    assert len(cells(page, TO)) == 4
    assert cells(page, REMARK)[0] == "a colleague knows"
    assert len([entry for entry in page.detail.findChildren(Entry) if entry.isVisibleTo(page)]) == 2
    assert (cells(page, FROM)[0], cells(page, TO)[0]) == (project.labels[1].name, project.labels[0].name)
    assert project.store.items.get(item.index).label_id == project.labels[0].id
    page.amended.setChecked(True)
    settle(page, qtbot)
    assert len(cells(page, TO)) == 1


def test_entries_are_told_anew_and_not_made_anew(page: HistoryPage) -> None:
    (entry,) = page.detail.findChildren(Entry)
    assert "Skipped" in spoken(entry)
    page.table.setCurrentIndex(page.model.index(2, 0))
    assert page.detail.findChildren(Entry) == [entry]
    assert {"Corrected", "Note: first <b>note</b>"} <= spoken(entry)
    page.table.setCurrentIndex(page.model.index(0, 0))
    assert page.detail.findChildren(Entry) == [entry]
    assert not any(words.startswith("Note") for words in spoken(entry))


def spoken(entry: Entry) -> set[str]:
    """All that an entry shows."""
    shown = [w for sort in (PlainLabel, IconText) for w in entry.findChildren(sort) if w.isVisibleTo(entry)]
    return {widget.text() for widget in shown}


def test_leaving_the_dialog_leaves_everything(page: HistoryPage) -> None:
    page.table.setCurrentIndex(page.model.index(1, 0))
    page.decide_again()
    dialog = page.findChild(DecideAgain)
    assert dialog is not None
    dialog.choice.setCurrentRow(0)
    dialog.reason.setText("x")
    QTest.keyClick(dialog, Key.Key_Escape)
    assert len(cells(page, TO)) == 3


def test_what_is_taken_back_is_told_and_stays(page: HistoryPage) -> None:
    bridge = page._context.bridge
    bridge.perform(bridge.desk.session.undo)
    assert cells(page, TO)[:2] == ["To do", "Skipped"]
    past = page.model.past(1)
    assert past is not None
    assert past.entry.is_taken_back
    role = Qt.ItemDataRole.AccessibleTextRole
    assert "taken back since" in page.model.data(page.model.index(1, TO), role)


def test_enter_asks_for_the_item(page: HistoryPage, qtbot: QtBot) -> None:
    page.table.setFocus()
    with qtbot.waitSignal(page.item_wanted) as wanted:
        QTest.keyClick(page.table, Key.Key_Return)
    past = page.model.past(0)
    assert past is not None
    assert wanted.args == [past.item.index]


def test_nothing_on_the_page_deletes(page: HistoryPage) -> None:
    from PySide6.QtWidgets import QAbstractButton

    names = [button.accessibleName().lower() for button in page.findChildren(QAbstractButton)]
    assert not any("delete" in name or "remove" in name for name in names)


def test_large_text_in_a_small_window_leaves_the_table_half_of_it(page: HistoryPage, qtbot: QtBot) -> None:
    page.resize(1100, 640)
    page.show()
    assert page.detail.width() == 328
    assert page._first.direction() is QBoxLayout.Direction.LeftToRight
    page._context.theme.set_scale(2.0)
    page.resize(800, 640)
    QApplication.processEvents()
    assert page.detail.width() <= 0.45 * page.width()
    assert page._first.direction() is QBoxLayout.Direction.TopToBottom
    qtbot.waitUntil(lambda: page.table.height() > page.height() / 2)  # what can be chosen is out of the way
    widths = [page.table.columnWidth(column) for column in range(page.model.columnCount())]
    assert sum(widths) <= page.table.viewport().width(), "no column is cut off"
    assert all(page.table.columnWidth(column) for column in (ITEM, TO)), "the time is told beside the table as well"
    page.resize(1128, 648)
    QApplication.processEvents()
    assert all(page.table.columnWidth(column) for column in (TIME, ITEM, TO))
    assert not page.verdict.isVisible()
    QTest.keyClick(page.more, Key.Key_Space)
    assert page.verdict.isVisible()
    page.amended.setChecked(True)
    QTest.keyClick(page.more, Key.Key_Space)
    assert page.clear.isVisible(), "what is chosen can be seen and taken back while it is out of the way"
    page.clear.click()
    page._context.theme.set_scale(1.0)
    page.resize(1100, 640)
    qtbot.waitUntil(page.verdict.isVisible)
    assert not page.more.isVisible()


def test_names_of_classes_are_whole_before_seconds_are_shown(page: HistoryPage, qtbot: QtBot) -> None:
    page.show()
    name = "Technical fault"
    needs = text_width(name, page._context.theme.font("body", 500)) + 40
    page.table.set_names([name], ["Dr. Annemarie Vogelsang-Krüger"])
    for width in (1224, 1160):
        page.resize(width, 640)
        QApplication.processEvents()
        assert page.table.columnWidth(TO) > needs
        assert page.table.isColumnHidden(SECONDS) or page.table.columnWidth(FROM) > needs
    assert page.table.isColumnHidden(SECONDS)
    page.resize(1900, 640)
    QApplication.processEvents()
    assert not page.table.isColumnHidden(SECONDS)
    reviewer = text_width("Dr. Annemarie Vogelsang-Krüger", page._context.theme.font("body")) + 16
    assert page.table.columnWidth(REVIEWER) >= min(reviewer, 200), "whoever decided is named whole where there is room"


def test_where_there_is_no_decision_it_says_why(page: HistoryPage, qtbot: QtBot) -> None:
    page.search.setText("nothing like it")
    QTest.keyClick(page.search, Key.Key_Return)
    settle(page, qtbot)
    assert page.detail._nothing.text() == "No decision fits. Clear the filter to see all of them."
    page.clear_filter()
    settle(page, qtbot)
    assert page.detail.item is not None


def test_where_nothing_is_decided_yet_it_says_so(context: Context, text_project_folder: Path, qtbot: QtBot) -> None:
    assert context.bridge.open_project(text_project_folder)
    page = HistoryPage(context)
    qtbot.addWidget(page)
    page.show()
    settle(page, qtbot)
    assert page.detail._nothing.text() == "Nothing is decided yet. Every decision stands here as soon as it is made."
    page.model.close()
    page.detail.media.close()


def test_what_can_be_decided_again_has_rows_that_can_be_hit(page: HistoryPage, qtbot: QtBot) -> None:
    """The rows were laid out before they had their style: 18 pixels high, without a pixel between them."""
    page.table.selectRow(2)
    page.decide_again()
    dialog = page.findChild(DecideAgain)
    qtbot.waitUntil(dialog.isVisible)
    as_shown = dialog.choice.viewport().grab().toImage()
    dialog.choice.doItemsLayout()
    assert dialog.choice.visualItemRect(dialog.choice.item(0)).height() >= 28
    assert dialog.choice.viewport().grab().toImage() == as_shown
    dialog.reject()
