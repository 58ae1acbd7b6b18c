"""Models that come as files: saved, opened and added through the window, and features made while one works."""

from collections.abc import Callable
from pathlib import Path

import pytest

from hitl_desktop.learning.cards import load_card
from hitl_desktop.workflow.asking import change_strategy
from hitl_desktop.workflow.learning_choices import choices_of, choose
from hitl_desktop.workflow.scores import read_ranked
from tests.features import small_onnx as small
from tests.journeys.conftest import Driver, true_key


@pytest.fixture
def driver(drive: Callable[[], Driver], text_project_folder: Path) -> Driver:
    driver = drive().open(text_project_folder)
    driver.window.bridge.perform(lambda: driver.project.set_threshold(1.0))
    return driver


def train(driver: Driver) -> None:
    while driver.window.bridge.desk.retraining.hindrance() is not None or driver.session.undo_text() == "":
        driver.press(true_key(driver))
    for _ in range(8):
        driver.press(true_key(driver))
    driver.window.bridge.train_now()
    driver.trained()


def idle(driver: Driver) -> bool:
    bridge = driver.window.bridge
    return not bridge.is_busy and bridge.training is None and bridge.scoring is None and bridge.preparing is None


def test_a_model_is_saved_and_opened_as_a_version_of_its_own(driver: Driver, tmp_path: Path) -> None:
    train(driver)
    bridge, out = driver.window.bridge, tmp_path / "messages.hitlmodel"
    bridge.model_errands.save(None, out)
    driver.until(lambda: idle(driver))
    assert out.is_file()
    bridge.model_errands.open(out)
    driver.until(lambda: idle(driver))
    versions = driver.project.store.models.all()
    assert [(model.version, model.origin) for model in versions] == [(1, "trained"), (2, "imported")]
    assert driver.project.model == versions[0]
    out.write_bytes(out.read_bytes()[:-40])
    bridge.model_errands.open(out)
    driver.until(lambda: idle(driver))
    assert len(driver.project.store.models.all()) == 2
    assert any("was not opened" in notice for notice in driver.notices())


def test_a_model_of_ones_own_is_learned_from_after_it_was_added(driver: Driver, tmp_path: Path) -> None:
    small.write(tmp_path / "given", small.text_model(), small.text_card())
    driver.window.bridge.model_errands.add_backbone(tmp_path / "given" / "model.onnx")
    driver.until(lambda: idle(driver))
    key = choices_of(driver.project.store).features
    assert key.startswith("own-")
    train(driver)
    assert driver.project.model is not None
    facts = load_card(driver.project.folder / driver.project.model.folder)
    assert key in facts["extractor"].split("+")


def test_a_model_that_is_refused_changes_nothing(driver: Driver, tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(b"no model")
    driver.window.bridge.model_errands.add_backbone(tmp_path / "model.onnx")
    driver.until(lambda: idle(driver))
    assert choices_of(driver.project.store).features == "auto"
    assert any("backbone.json cannot be read" in notice for notice in driver.notices())


def test_preparing_stops_when_it_is_told_to_and_gives_way_to_a_training(driver: Driver) -> None:
    bridge = driver.window.bridge
    bridge.perform(lambda: choose(driver.project.store, "start_strategy", "k_centre"))
    assert bridge.preparing is not None, "another way to begin has to look at the items first"
    bridge.cancel_preparing()
    driver.until(lambda: idle(driver))
    assert not driver.project.is_ranked
    train(driver)
    assert driver.project.is_ranked, "a training ranks what it has scored"


def test_features_that_a_training_did_not_wait_for_are_made_after_it(driver: Driver) -> None:
    bridge = driver.window.bridge
    with driver.project.store.transaction():
        driver.project.store.set_fact("prepared", "")  # as after a training that interrupted the making of features
    train(driver)
    assert driver.project.is_ranked
    driver.until(lambda: idle(driver) and driver.project.is_prepared)
    assert bridge.preparing is None


def test_a_strategy_chosen_during_a_training_gets_an_order_of_its_own(driver: Driver) -> None:
    train(driver)
    bridge = driver.window.bridge
    for _ in range(3):
        driver.press(true_key(driver))
    bridge.train_now()
    training = bridge.training
    assert training is not None
    driver.until(lambda: bool(training.what) or training.ended)  # the worker has heard how to ask
    bridge.perform(lambda: change_strategy(driver.session, "random"))
    driver.trained()
    driver.until(lambda: idle(driver) and driver.project.is_prepared)
    version = driver.project.model.version if driver.project.model else 0
    by_chance = read_ranked(driver.project.utilities_file())
    by_margin = read_ranked(driver.project.utilities_file(version, ("typiclust_start", "cluster_margin")))
    assert by_chance is not None
    assert by_margin is not None
    assert set(by_chance[1].tolist()) != set(by_margin[1].tolist())
