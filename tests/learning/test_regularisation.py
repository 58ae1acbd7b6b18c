"""The strength that an expert chooses: every way to train is moved by it, and tries no other."""

import numpy as np
import pytest

from hitl_desktop.domain.sentences import say
from hitl_desktop.learning.estimators import ESTIMATORS
from hitl_desktop.learning.lessons import Lesson
from hitl_desktop.learning.regularisation import AUTOMATIC, FREEDOM, held, moved
from hitl_desktop.learning.starting import adapt, adapting
from hitl_desktop.learning.training import FeatureSource, TrainingOptions, View, fit_representation, train_from_scratch
from hitl_desktop.workflow.learning_choices import REGULARISATIONS


def rows(count: int = 80) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(5)
    labels = rng.integers(0, 2, count)
    found = rng.normal(0, 1, (count, 12)).astype(np.float32)
    found[:, 0] += 2.0 * labels
    return found, labels


def test_the_window_offers_what_there_is() -> None:
    assert list(REGULARISATIONS) == [AUTOMATIC, *FREEDOM]


@pytest.mark.parametrize("name", sorted(ESTIMATORS))
def test_every_way_to_train_is_held_as_is_chosen(name: str) -> None:
    estimator = ESTIMATORS[name]
    usual = estimator.grid[0]
    assert held(estimator, usual, AUTOMATIC) == (estimator, usual)
    assert moved(usual, "usual") == dict(usual)
    assert moved(usual, "stronger") != dict(usual), "there is something to move"
    for choice in FREEDOM:
        other, mine = held(estimator, usual, choice)
        assert other.grid[0] == mine == moved(usual, choice)
        for key in set(mine) - {"gamma"}:
            assert {settings[key] for settings in other.grid} == {mine[key]}, "no other strength is tried"
        assert {s.get("gamma") for s in other.grid} == {s.get("gamma") for s in estimator.grid}
    with pytest.raises(KeyError):
        moved(usual, "strongest of all")


@pytest.mark.parametrize("name", ["logistic_regression", "rbf_kernel", "mlp"])
def test_a_model_that_is_held_is_less_sure_of_its_own_decisions(name: str) -> None:
    X, y = rows()
    y = np.where(np.arange(len(y)) % 7 == 0, 1 - y, y)  # some are wrong: only a free model follows them
    sure = []
    for choice in ("much_stronger", "much_weaker"):
        estimator, settings = held(ESTIMATORS[name], ESTIMATORS[name].grid[0], choice)
        head = estimator.train(Lesson(X, y), settings)
        sure.append(float(head.probabilities(X)[np.arange(len(y)), y].mean()))
    assert sure[0] <= sure[1]


def test_the_choice_stands_on_the_card_of_a_model_from_scratch_and_of_an_adapted_one() -> None:
    X, y = rows()
    source = FeatureSource("image", "test", (("pixels", 12),))
    name, representation = fit_representation(X, source, 0)
    view = View(source, name, representation, representation.transform(X))
    cards = {}
    for choice in (AUTOMATIC, "usual", "much_stronger"):
        options = TrainingOptions("logistic_regression", regularisation=choice)
        model = train_from_scratch([view], y, {0: "a", 1: "b"}, options=options, seed=0, card={})
        cards[choice] = model.card["choice"]
    usual = cards["usual"]["settings"]["C"]
    assert cards["much_stronger"]["settings"] == {"C": pytest.approx(usual / 10)}
    assert len(cards["usual"]["scores"]) < len(cards[AUTOMATIC]["scores"])
    strength = adapting(model, "test", Lesson(view.rows, y)).settings["strength"]
    options = TrainingOptions(regularisation="weaker")
    own = adapt(model, view, y, {0: "a", 1: "b"}, card={}, why=say("Because."), options=options)
    assert own.card["choice"]["settings"]["strength"] == pytest.approx(strength * FREEDOM["weaker"])
