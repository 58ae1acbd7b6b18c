"""Deciding before the suggestion is seen: by keys and the mouse, as a person works."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton

from hitl_desktop.domain.decisions import Exposure, Verdict
from hitl_desktop.domain.suggesting import Suggesting, SuggestionMode
from hitl_desktop.gui.queue_model import QueueRole
from hitl_desktop.gui.views.review.panel import ReviewPanel
from hitl_desktop.gui.views.suggesting_section import SuggestingSection
from hitl_desktop.gui.widgets.class_button import ClassButton
from hitl_desktop.gui.widgets.probability_bars import ProbabilityBars
from hitl_desktop.workflow.suggesting import suggesting_of
from tests.journeys.conftest import Driver, true_key

Key = Qt.Key


@pytest.fixture
def blind(drive: Callable[[], Driver], text_project_folder: Path) -> Driver:
    """A model in use, blind first chosen in the settings, an item on screen that is no check."""
    driver = drive().open(text_project_folder)
    for _ in range(8):
        driver.press(true_key(driver))
    driver.ctrl(Key.Key_T)
    driver.trained()
    driver.window.bridge.perform(lambda: driver.project.set_threshold(1.0))
    choose(driver, SuggestionMode.BLIND)
    driver.press(true_key(driver))
    for _ in range(3):
        if driver.session.look.is_check:
            driver.press(Key.Key_S)
    assert driver.session.look.exposure is Exposure.HIDDEN
    return driver


def choose(driver: Driver, mode: SuggestionMode) -> None:
    """Choose in the settings by the keyboard, and come back."""
    driver.window.show_settings()
    box = settings(driver).mode
    box.setFocus()
    QTest.keyClick(box, Key.Key_Home)
    for _ in range(box.findData(mode.value)):
        QTest.keyClick(box, Key.Key_Down)
    driver.window.show_page("review")
    driver.window.review.focus_item()
    assert suggesting_of(driver.project.store).mode is mode


def settings(driver: Driver) -> SuggestingSection:
    return driver.window.findChild(SuggestingSection)


def class_buttons(panel: ReviewPanel) -> list[ClassButton]:
    return [button for label in panel.shown_labels if (button := panel.class_button(label.id)) is not None]


def just_decided(driver: Driver) -> str:
    """What the first row of the list says of the last decision."""
    buttons = driver.window.review.panel.findChildren(QAbstractButton)
    return next(b.accessibleName() for b in buttons if b.accessibleName().startswith("Open "))


def suggested(driver: Driver) -> str:
    return str(driver.session.shown.predicted.name)


def key_of(driver: Driver, *, suggested: bool) -> Qt.Key:
    """The key of the class that is suggested, or of another."""
    theirs = driver.session.shown.predicted.id
    place = next(i for i, label in enumerate(driver.project.offered) if (label.id == theirs) is suggested)
    return Key(Key.Key_1.value + place)


def told(driver: Driver) -> str:
    """All that the window says about the items to do."""
    model, panel = driver.window.review.model, driver.window.review.panel
    rows = [model.index(row).data(role) for row in range(model.rowCount(QModelIndex())) for role in (0, 11, 3)]
    row = model.index(0).data(QueueRole.ROW)
    assert (row.marks, row.words, row.confidence) == ((), "", None)
    said = [panel.confirm_button.label() if panel.confirm_button.isVisible() else ""]
    said += [panel.findChild(ProbabilityBars).accessibleDescription()]
    said += [button.accessibleDescription() for button in class_buttons(panel)]
    return " ".join(map(str, [*rows, *said]))


def test_nothing_tells_what_is_suggested_until_it_is_answered(blind: Driver) -> None:
    said = told(blind)
    assert "Hidden until you decide" in said
    assert suggested(blind) not in said
    assert "%" not in said
    assert not blind.window.review.panel.confirm_button.isVisible()
    item = blind.session.current
    blind.press(Key.Key_Space)
    assert blind.session.current == item, "what is hidden cannot be confirmed"
    assert any("hidden" in notice for notice in blind.notices())
    assert blind.window.review.viewer is not None
    assert blind.window.review.viewer.hasFocus(), "no class has the focus: a default is a hint"


def test_on_agreement_the_next_item_is_there_at_once(blind: Driver) -> None:
    item = blind.session.current
    blind.press(key_of(blind, suggested=True))
    assert blind.session.current != item
    assert blind.session.recent(1)[0].exposure is Exposure.HIDDEN
    assert just_decided(blind).endswith("model agreed")


@pytest.mark.parametrize("is_kept", [True, False])
def test_on_disagreement_it_is_revealed_and_kept_or_changed_by_one_key(blind: Driver, is_kept: bool) -> None:
    panel, item, theirs = blind.window.review.panel, blind.session.current, suggested(blind)
    heights = [widget.geometry() for widget in class_buttons(panel)]
    blind.press(key_of(blind, suggested=False))
    assert blind.session.current == item
    mine = blind.project.label(blind.session.look.own.label_id).name
    assert panel.confirm_button.label() == f"Keep {mine}"
    change = panel.class_button(blind.session.shown.predicted.id)
    assert change is not None
    assert change.label() == f"Change to {theirs}"
    assert [widget.geometry() for widget in class_buttons(panel)] == heights, "nothing moved"
    blind.press(Key.Key_Space if is_kept else key_of(blind, suggested=True))
    assert blind.session.current != item
    own, final = blind.project.store.decisions.all()[-2:]
    said = [blind.project.label(d.label_id).name for d in (own, final)]
    assert said == [mine, mine if is_kept else theirs]
    assert (final.exposure, final.follows) == (Exposure.REVEALED, own.number)
    assert just_decided(blind).endswith("kept" if is_kept else f"first {mine}")
    blind.check_ledger()


def test_one_undo_takes_back_both_answers_and_redo_makes_them_again(blind: Driver) -> None:
    item = blind.session.current
    before = blind.check_ledger()
    blind.press(key_of(blind, suggested=False), Key.Key_Space)
    after = blind.check_ledger()
    blind.ctrl(Key.Key_Z)
    assert blind.session.current == item
    assert blind.check_ledger()["decided"] == before["decided"]
    assert blind.window.review.panel.confirm_button.label() == f"Confirm {suggested(blind)}", "it was seen"
    blind.ctrl(Key.Key_Y)
    assert blind.check_ledger()["decided"] == after["decided"]
    assert blind.session.current != item


def test_the_mouse_can_do_it_too(blind: Driver) -> None:
    panel, theirs = blind.window.review.panel, blind.session.shown.predicted.id
    other = next(label.id for label in blind.project.offered if label.id != theirs)
    button = panel.class_button(other)
    assert button is not None
    blind.click(button)
    assert blind.session.look.own is not None
    change = panel.class_button(theirs)
    assert change is not None
    blind.click(change)
    assert blind.session.look.own is None
    assert blind.project.store.decisions.all()[-1].verdict is Verdict.CONFIRMED


def test_a_restart_in_between_comes_back_to_the_question(
    blind: Driver, drive: Callable[[], Driver], text_project_folder: Path
) -> None:
    blind.press(key_of(blind, suggested=False))
    item = blind.session.current
    blind.close()
    again = drive().open(text_project_folder)
    assert again.session.current == item
    assert again.window.review.panel.confirm_button.label().startswith("Keep ")


def test_the_settings_say_what_holds(blind: Driver) -> None:
    section = settings(blind)
    assert not section.share.isEnabled()
    assert section.checks.isChecked()
    assert not section.checks.isEnabled(), "where anything is blind, checks are"
    choose(blind, SuggestionMode.MIX)
    blind.window.show_settings()
    section.share.setValue(25)
    assert suggesting_of(blind.project.store) == Suggesting(SuggestionMode.MIX, 0.25)
    choose(blind, SuggestionMode.FIRST)
    blind.window.show_settings()
    assert not section.checks.isChecked()
    blind.click(section.checks)
    assert suggesting_of(blind.project.store) == Suggesting(SuggestionMode.FIRST, 0.25, blind_checks=True)
