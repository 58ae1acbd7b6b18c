"""The moderation keys: three letters decide, digits are reasons, and what no class escalates is flagged."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from hitl_desktop.gui.application import renew
from hitl_desktop.workflow.reasons import set_reasons
from tests.journeys.conftest import Driver, flush

Key = Qt.Key


@pytest.fixture
def moderator(drive: Callable[[], Driver], text_project_folder: Path) -> Driver:
    driver = drive().open(text_project_folder)
    set_reasons(driver.project.store, ["Hate speech", "Spam"])
    driver.window.bridge.settings.change(keymap="moderation")
    driver.window = renew(driver.window)
    flush()
    driver.window.activateWindow()
    driver.window.review.focus_item()
    driver.settle()
    return driver


def test_letters_decide_and_digits_write_reasons(moderator: Driver) -> None:
    index = moderator.session.current
    assert moderator.window.review.panel.reasons.isVisible()
    moderator.press(Key.Key_2, Key.Key_1, Key.Key_2, Key.Key_7)
    assert moderator.window.review.panel.note == "Hate speech"
    moderator.press(Key.Key_R)
    (decision,) = moderator.project.store.decisions.of_item(index)
    assert decision.label_id == moderator.project.labels[1].id
    assert decision.note == "Hate speech"
    assert moderator.window.review.panel.note == ""


def test_reasons_stand_beside_a_note_and_survive_leaving_the_item(moderator: Driver) -> None:
    moderator.press(Key.Key_N)
    moderator.type("see thread")
    moderator.press(Key.Key_Return, Key.Key_2)
    assert moderator.window.review.panel.note == "see thread; Spam"
    moderator.press(Key.Key_Right, Key.Key_Left)
    assert moderator.window.review.panel.note == "see thread; Spam"


def test_without_a_third_class_e_flags(moderator: Driver) -> None:
    moderator.press(Key.Key_E)
    assert moderator.check_ledger()["flagged"] == 1
