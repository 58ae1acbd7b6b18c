"""Trainings in the window: by themselves, cancelled, killed, impossible; and the way back to an earlier model."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from hitl_desktop.domain.changes import Changes
from hitl_desktop.gui.views.model_page import ModelPage
from hitl_desktop.workflow.requests import LabelUse
from tests.conftest import MakeProject, MakeTable
from tests.journeys.conftest import Driver, true_key

Key = Qt.Key


@pytest.fixture
def driver(drive: Callable[[], Driver], text_project_folder: Path) -> Driver:
    return drive().open(text_project_folder)


def train_every(driver: Driver, decisions: int) -> None:
    driver.window.bridge.perform(lambda: driver.project.set_retrain_every(decisions))


def decide_truly(driver: Driver, times: int) -> None:
    for _ in range(times):
        driver.press(true_key(driver))


def decide_until_due(driver: Driver) -> None:
    """Decide until a training has started by itself."""
    while driver.window.bridge.training is None:
        decide_truly(driver, 1)


def test_after_so_many_decisions_a_training_starts_and_an_earlier_model_can_be_put_back(driver: Driver) -> None:
    train_every(driver, 4)
    assert driver.chip == "0 of 4 to next training"
    decide_truly(driver, 3)
    assert driver.chip == "3 of 4 to next training"
    decide_until_due(driver)
    assert driver.chip.startswith("Training…")
    on_screen = driver.session.current
    driver.trained()
    assert driver.session.current == on_screen
    assert driver.project.model.version == 1
    assert driver.chip.startswith("Model v1 in use")
    decide_until_due(driver)
    on_screen, suggested = driver.session.current, driver.session.shown
    assert suggested.model_version == 1
    driver.trained()
    assert driver.project.model.version == 2
    assert driver.session.current == on_screen
    assert driver.session.shown == suggested, "the item on screen keeps what was suggested when it came"
    assert driver.window.review.panel.confirm_button.label() == f"Confirm {suggested.predicted.name}"

    second = driver.project.pool.probabilities.copy()
    driver.window.show_page("model")
    page = driver.window.desk.page("model")
    assert isinstance(page, ModelPage)
    driver.window.bridge.put_to_use(1)
    driver.settle()
    assert driver.project.model.version == 1
    assert not (driver.project.pool.probabilities == second).all()
    assert driver.chip.startswith("Model v1 in use")
    assert driver.session.current is not None
    driver.check_ledger()


def test_a_cancelled_training_leaves_no_trace_and_the_decisions_count_on(driver: Driver) -> None:
    train_every(driver, 30)
    decide_truly(driver, 8)
    driver.ctrl(Key.Key_T)
    assert driver.window.bridge.training is not None
    driver.click(driver.window.desk.footer.chip.action_button())
    driver.trained()
    assert driver.project.model is None
    assert driver.chip.startswith(f"{driver.window.bridge.desk.retraining.decisions_since()} of 30")
    assert driver.notices() == []
    driver.ctrl(Key.Key_T)
    driver.trained()
    assert driver.project.model.version == 1
    assert not list((driver.project.folder / "models").glob(".training-*"))


def test_a_killed_worker_costs_nothing_and_the_next_training_works(
    driver: Driver, expected_log: Callable[[str], None]
) -> None:
    expected_log("ERROR .*worker died during train")
    train_every(driver, 30)
    decide_truly(driver, 8)
    driver.ctrl(Key.Key_T)
    driver.trained()
    decide_truly(driver, 2)
    worker, killed = driver.window.bridge.worker, []

    def kill(_job: object) -> None:
        if not killed and worker.pid is not None and driver.window.bridge.training is not None:
            killed.append(worker.pid)
            os.kill(worker.pid, signal.SIGKILL)

    driver.window.bridge.job_changed.connect(kill)
    on_screen, decisions = driver.session.current, driver.project.store.decisions.count()
    driver.ctrl(Key.Key_T)
    driver.trained()
    assert len(killed) == 1
    assert driver.project.model.version == 1
    assert any("stopped unexpectedly" in text and "decisions are safe" in text for text in driver.notices())
    assert (driver.session.current, driver.project.store.decisions.count()) == (on_screen, decisions)
    driver.ctrl(Key.Key_T)
    driver.trained()
    assert driver.project.model.version == 2


def test_no_decisions_and_one_class_are_said_plainly(driver: Driver) -> None:
    train_every(driver, 2)
    driver.ctrl(Key.Key_T)
    assert driver.notices() == ["There are no decisions to learn from yet. Decide some items first."]
    assert driver.window.bridge.training is None
    while driver.window.bridge.desk.retraining.decisions_since() < 3:
        driver.press(Key.Key_1)
    assert driver.window.bridge.training is None
    assert driver.chip == "Needs a second class to learn from"
    driver.ctrl(Key.Key_T)
    assert driver.notices()[-1].startswith("All decisions so far say bill. Training needs a second class.")
    assert driver.project.model is None


def test_a_note_that_is_being_written_stays_open_when_a_training_ends(driver: Driver) -> None:
    train_every(driver, 30)
    decide_truly(driver, 8)
    driver.ctrl(Key.Key_T)
    driver.press(Key.Key_N)
    field = driver.focus
    driver.trained()
    assert driver.focus is field
    assert field.isVisible()
    decisions = driver.project.store.decisions.count()
    driver.type("sufs1")
    assert driver.project.store.decisions.count() == decisions
    assert driver.window.review.panel.note == "sufs1"


def test_decisions_go_on_while_a_training_runs_and_none_is_lost(driver: Driver) -> None:
    train_every(driver, 4)
    for _ in range(30):
        if driver.session.current is not None:
            decide_truly(driver, 1)
            driver.check_ledger()
    driver.trained()
    said = driver.check_ledger()
    assert said["decisions"] == said["decided"]
    assert driver.window.bridge.perform(lambda: Changes(decisions=True)) is not None
    driver.trained()
    assert driver.project.model is not None


def test_what_was_decided_during_a_training_is_trained_without_another_key(driver: Driver) -> None:
    train_every(driver, 4)
    decide_until_due(driver)
    decide_truly(driver, 6)
    driver.until(lambda: len(driver.project.store.models.all()) == 2 and driver.window.bridge.training is None)
    assert driver.window.bridge.desk.retraining.decisions_since() < 4


def test_labels_that_came_as_decisions_train_a_model_before_any_key(
    drive: Callable[[], Driver], make_table: MakeTable, make_project: MakeProject, tmp_path: Path
) -> None:
    """Of sixty messages ten have no label yet: whoever opens them finds suggestions, not forty rounds of none."""
    table = make_table(tmp_path / "messages.csv", rows=60)
    lines = table.read_text("utf-8").splitlines()
    unlabelled = [line.rpartition(",")[0] + "," for line in lines[-10:]]
    table.write_text("\n".join([*lines[:-10], *unlabelled]) + "\n", "utf-8")
    make_project(tmp_path / "P.hitl", table, use_labels=LabelUse.DECISIONS)
    driver = drive().open(tmp_path / "P.hitl")
    driver.until(lambda: driver.project.model is not None and driver.window.bridge.training is None)
    driver.settle()
    assert driver.project.store.decisions.count() == 50
    assert driver.session.shown is not None
    assert driver.chip.startswith("Model v1 in use")
