"""What should not count: marked by keys, its effect told at once, stored with the decision, listed and switched off."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from hitl_desktop.domain.evidence import Box, Span
from hitl_desktop.gui.views.steer.page import SteerPage
from hitl_desktop.store.models import ModelVersion
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.worker import InlineRunner
from tests.journeys.conftest import Driver
from tests.journeys.test_marks import opened as marks_opened
from tests.journeys.test_why import learned, opened

Key = Qt.Key
SHIFT = Qt.KeyboardModifier.ShiftModifier
Retrain = Callable[[Project], ModelVersion]


class Inline(InlineRunner):
    """Runs tasks in the supervising thread, and has nothing to close."""

    def close(self) -> None:
        """Nothing to end."""


def next_that_trains(driver: Driver) -> None:
    """Decide until the item on screen is one that trains."""
    while driver.project.reserve.members[driver.session.current]:
        driver.press(Key.Key_1)


def steer(driver: Driver) -> SteerPage:
    driver.window.show_page("steer")
    page = driver.window.desk.page("steer")
    assert isinstance(page, SteerPage)
    return page


@pytest.mark.parametrize("kind", ["text", "image"])
def test_the_strongest_reason_is_marked_by_a_key_told_taught_and_switched_off(
    drive: Callable[[], Driver], request: pytest.FixtureRequest, retrain: Retrain, kind: str
) -> None:
    folder: Path = request.getfixturevalue(f"{kind}_project_folder")
    driver = drive()
    driver.window.bridge.works_by_itself = False
    driver.window.bridge.worker = driver.window.review.why.explainer._worker = Inline()  # processes are tried elsewhere
    marks_opened(driver, learned(folder, retrain, 20, "words" if kind == "text" else "auto"))
    driver.window.review.focus_item()
    next_that_trains(driver)
    index, line = driver.session.current, driver.window.review.counting.line
    opened(driver)
    driver.press(Key.Key_X, modifier=SHIFT)
    (mark, *_) = driver.session.marks.evidence.marks
    assert isinstance(mark, Span if kind == "text" else Box)
    assert mark.counts is False
    assert mark.label_id is not None, "it speaks for the class that it is a reason for"
    driver.until(lambda: line.words.startswith("Fitted without"))
    assert "%" in line.words
    driver.press(Key.Key_Period)
    driver.press(Key.Key_P, modifier=SHIFT)
    assert driver.session.marks.evidence.marks[0].counts is True, "the other way round"
    driver.press(Key.Key_P, modifier=SHIFT)
    assert driver.session.marks.evidence.marks[0].counts is None, "once more takes it back"
    driver.press(Key.Key_X, modifier=SHIFT)
    driver.press(Key.Key_1)
    event = driver.project.store.decisions.all()[-1]
    assert (event.item_index, len(event.evidence.teaching)) == (index, 1)
    assert driver.project.store.decisions.teaching() == [event]
    assert line.words == "", "the next item has none"

    page = steer(driver)
    assert [row[1].text for row in page.marks.table._rows.rows] == ["does not count"]
    assert page.marks.preview.isVisible() == (kind == "image")
    page.marks.table.setFocus()
    QTest.keyClick(page.marks.table, Key.Key_Delete)
    assert page.draft.is_changed
    assert [row[1].text for row in page.marks.table._rows.rows] == ["does not count (off)"]
    QTest.keyClick(page.marks.table, Key.Key_Delete)
    assert not page.draft.is_changed
    page.marks.turn.click()
    page.draft.apply()
    request_now = driver.window.bridge.desk.retraining.request(driver.window.bridge.desk.retraining.snapshot())
    assert request_now.marked == ()
    page.draft.take_back()
    assert (
        len(driver.window.bridge.desk.retraining.request(driver.window.bridge.desk.retraining.snapshot()).marked) == 1
    )


def test_selected_words_and_what_is_drawn_next(drive: Callable[[], Driver], text_project_folder: Path) -> None:
    driver = drive()
    assert driver.window.bridge.open_project(text_project_folder)
    driver.until(lambda: not driver.window.review.viewer.is_loading)
    driver.window.review.focus_item()
    driver.press(Key.Key_X, modifier=SHIFT)
    assert driver.session.marks.evidence.marks == (), "nothing is selected: a notice says what to do"
    pane = driver.window.review.viewer.pane
    cursor = pane.textCursor()
    cursor.setPosition(0)
    cursor.setPosition(4, cursor.MoveMode.KeepAnchor)
    pane.setTextCursor(cursor)
    driver.press(Key.Key_P, modifier=SHIFT)
    (mark,) = driver.session.marks.evidence.marks
    assert (mark.start, mark.end, mark.counts) == (0, 4, True)
    driver.until(lambda: "teaches with" in driver.window.review.counting.line.words)
    driver.press(Key.Key_X, modifier=SHIFT)
    assert [m.counts for m in driver.session.marks.evidence.marks] == [False], "the same words, the other way"
    driver.ctrl(Key.Key_Z)
    assert [m.counts for m in driver.session.marks.evidence.marks] == [True]
