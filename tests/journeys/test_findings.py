"""Several findings per item, by keys and by the mouse, in the real window."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton

from hitl_desktop.domain.decisions import Decision, Verdict
from hitl_desktop.gui.views.model_cards import MistakesCard
from hitl_desktop.workflow.measuring import measuring_sample
from hitl_desktop.workflow.snapshot import take_snapshot
from tests.journeys.conftest import Driver, through_the_wizard

Key = Qt.Key


@pytest.fixture
def driver(drive: Callable[[], Driver], findings_project_folder: Path) -> Driver:
    return drive().open(findings_project_folder)


def last(driver: Driver) -> Decision:
    decision: Decision = driver.project.store.decisions.recent(1)[0]
    return decision


def decide_truly(driver: Driver) -> None:
    """With keys: what is on and not there is turned off, and the other way round; then Enter."""
    panel = driver.window.review.panel
    for label_id in set(driver.session.item.truth_findings) ^ set(panel.findings or ()):
        driver.press(Qt.Key(Key.Key_0.value + label_id))
    if panel.findings is None:
        driver.press(Key.Key_0)
    else:
        driver.press(Key.Key_Return)


@pytest.fixture
def trained(driver: Driver) -> Driver:
    """With a model in use and a suggestion on screen."""
    for _ in range(18):
        decide_truly(driver)
    driver.ctrl(Key.Key_T)
    driver.trained()
    decide_truly(driver)
    assert driver.session.shown is not None
    return driver


def test_keys_turn_findings_on_and_off_and_enter_saves_the_set(driver: Driver) -> None:
    panel, item = driver.window.review.panel, driver.session.current
    driver.press(Key.Key_Return)
    assert driver.session.current == item, "nothing was said yet, so nothing is saved"
    driver.press(Key.Key_1)
    driver.press(Key.Key_3)
    driver.press(Key.Key_2)
    driver.press(Key.Key_2)
    names = [panel.class_button(label_id).accessibleName() for label_id in (1, 2, 3)]
    assert names == ["bill, on", "login, off", "ship, on"]
    assert panel.confirm_button.label() == panel.confirm_button.accessibleName() == "Save bill, ship"
    driver.press(Key.Key_2)
    assert panel.confirm_button.label() == "Save 3 findings"
    assert panel.confirm_button.accessibleName() == "Save bill, login, ship"
    driver.press(Key.Key_2)
    assert driver.session.current == item
    driver.press(Key.Key_Return)
    assert last(driver).findings == (1, 3)
    assert driver.session.current != item
    assert driver.check_ledger()["decided"] == 1
    assert panel.findings is None, "the next item begins anew"


def test_one_key_says_that_nothing_is_there(driver: Driver) -> None:
    driver.press(Key.Key_1)
    driver.press(Key.Key_0)
    assert last(driver).findings == ()
    assert "nothing found" in driver.session.undo_text()


def test_the_suggestion_sets_the_findings_and_one_key_confirms_it(trained: Driver) -> None:
    panel, shown = trained.window.review.panel, trained.session.shown
    suggested = tuple(sorted(label.id for label in shown.findings))
    assert panel.findings == suggested
    for label in trained.project.labels:
        button = panel.class_button(label.id)
        assert button.isChecked() == (label.id in suggested)
        assert "percent" in button.accessibleDescription(), "what the model says stays in sight"
    assert panel.confirm_button.accessibleName() == f"Confirm {shown.words}"
    trained.press(Key.Key_Space)
    assert (last(trained).verdict, last(trained).findings) == (Verdict.CONFIRMED, suggested)


def test_a_changed_suggestion_is_a_correction_and_undo_brings_the_item_back(trained: Driver) -> None:
    panel, item = trained.window.review.panel, trained.session.current
    suggested = set(panel.findings)
    trained.press(Key.Key_2)
    assert panel.confirm_button.label().startswith("Save ")
    said = panel.class_button(2).accessibleDescription()
    assert said.startswith("Suggested" if 2 in suggested else "Not suggested"), "a key does not change what it said"
    trained.press(Key.Key_Return)
    assert last(trained).verdict is Verdict.CORRECTED
    assert set(last(trained).findings or ()) == suggested ^ {2}
    trained.ctrl(Key.Key_Z)
    assert trained.session.current == item
    assert set(panel.findings) == suggested
    trained.check_ledger()


def test_the_mouse_turns_a_finding_on_and_saves(driver: Driver) -> None:
    panel = driver.window.review.panel
    driver.click(panel.class_button(2))
    assert panel.class_button(2).isChecked()
    driver.click(panel.confirm_button)
    assert last(driver).findings == (2,)
    nothing = next(b for b in panel.findChildren(QAbstractButton) if b.accessibleName() == "None of these")
    driver.click(nothing)
    assert last(driver).findings == ()


def test_the_lists_speak_of_sets(trained: Driver) -> None:
    trained.press(Key.Key_0)
    buttons = trained.window.review.panel.findChildren(QAbstractButton)
    assert any("nothing found" in button.accessibleName() for button in buttons)
    model = trained.window.review.model
    said = [model.index(row).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(model.rowCount())]
    assert all("nothing found" in words or any(n in words for n in ("bill", "login", "ship")) for words in said)


def test_the_model_page_shows_yes_and_no_of_every_finding(trained: Driver) -> None:
    for _ in range(20):
        decide_truly(trained)
    trained.window.show_page("model")
    trained.settle()
    card = trained.window.findChild(MistakesCard)
    assert card is not None
    assert card.findings.isVisible()
    assert not card.grid.isVisible()
    table = card.findings.model()
    checks = len(measuring_sample(trained.project, take_snapshot(trained.project)))
    assert checks > 0
    assert table.rowCount() == 3
    for row in range(3):
        assert sum(int(table.index(row, column).data()) for column in range(1, 5)) == checks
    assert "of all single answers are wrong" in card.told()
    trained.window.show_page("review")


def test_the_wizard_offers_several_findings_where_cells_hold_them(
    drive: Callable[[], Driver], findings_table: Path
) -> None:
    driver = drive()
    through_the_wizard(driver, findings_table)
    assert driver.project.task.value == "several"
    assert [label.name for label in driver.project.labels] == ["bill", "login", "ship"]
