"""Learning curves on real digits."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

from hitl_desktop.domain.errors import Cancelled, KnownError
from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.learning.estimators import ESTIMATORS
from hitl_desktop.learning.simulation import (
    SimulationResult,
    areas,
    labels_needed,
    run_simulation,
    split,
    usual_learner,
)
from hitl_desktop.learning.training import USUAL, usual_settings

BLOCKS = (("pixels", 64),)


def run(**changes: object) -> SimulationResult:
    X, y = load_digits(return_X_y=True)
    arguments = {
        "budget": 90, "batch": 30, "strategies": ("random", "margin"), "seeds": 3,
        "progress": no_progress, "cancelled": never_cancelled,
    }  # fmt: skip
    return run_simulation(X[:600].astype(np.float32), y[:600], BLOCKS, **{**arguments, **changes})  # type: ignore[arg-type]


def test_asking_well_beats_chance_on_digits() -> None:
    ticks: list[tuple[int, int]] = []

    def progress(done: int, total: int, what: str) -> None:
        ticks.append((done, total))

    result = run(strategies=("random", "cluster_margin"), progress=progress)
    asked, chance = result.strategies["cluster_margin"], result.strategies["random"]
    assert asked.labels == chance.labels == [30, 60, 90]
    assert np.shape(asked.accuracy) == np.shape(asked.macro_f1) == (3, 3)
    assert np.mean(asked.accuracy[0]) > np.mean(chance.accuracy[0]) + 0.02, "the start is typical of every group"
    assert np.mean(areas(asked.labels, asked.accuracy)) > np.mean(areas(chance.labels, chance.accuracy)) + 0.02
    assert np.mean(asked.accuracy[2]) > np.mean(asked.accuracy[0])
    assert np.mean(result.full_accuracy) >= np.mean(asked.accuracy[2])
    assert (len(result.full_accuracy), result.held_out, result.candidates) == (3, 150, 450)
    assert ticks[-1] == (21, 21)


def test_the_same_seeds_give_the_same_curves() -> None:
    assert run(seeds=1, budget=60).strategies == run(seeds=1, budget=60).strategies


def test_the_start_and_the_learner_may_be_chosen() -> None:
    usual = run(seeds=1, budget=30)
    assert run(seeds=1, budget=30, start="random").strategies != usual.strategies
    linear = usual_learner("scaled-blocks", "logistic_regression")
    assert run(seeds=1, budget=30, learner=linear).full_accuracy != usual.full_accuracy


@pytest.mark.parametrize("representation", USUAL)
@pytest.mark.parametrize("estimator", ["auto", *ESTIMATORS])
def test_it_trains_with_the_settings_the_program_starts_from(representation: str, estimator: str) -> None:
    learner = usual_learner(representation, estimator)
    assert learner.settings == usual_settings(representation, learner.estimator.name)


def test_one_class_for_a_while_is_no_obstacle() -> None:
    """A rare class may stay unseen for long: the only class seen so far is what is predicted."""
    X = np.random.default_rng(0).normal(size=(80, 6)).astype(np.float32)
    y = (np.arange(80) >= 72).astype(np.int64)
    X[y == 1] += 3
    result = run_simulation(
        X, y, (("a", 3), ("b", 3)), budget=12, batch=2, strategies=("random", "margin"), seeds=2,
        progress=no_progress, cancelled=never_cancelled,
    )  # fmt: skip
    assert result.strategies["random"].accuracy[0] == [0.9, 0.9]
    assert result.strategies["margin"].macro_f1[-1] == [1.0, 1.0]


def test_groups_stay_on_one_side() -> None:
    truth = np.arange(200) % 4
    groups = np.arange(200) // 10
    train, held = split(truth, groups, seed=3)
    assert not set(groups[train]) & set(groups[held])
    assert sorted([*train, *held]) == list(range(200))
    assert 30 <= len(held) <= 70
    train, held = split(truth, None, seed=3)
    assert set(groups[train]) & set(groups[held])
    assert sorted(np.bincount(truth[held])) == [12, 12, 13, 13]
    grouped = run(seeds=1, budget=60, groups=np.arange(600) // 5)
    assert grouped.held_out % 5 == 0


def test_labels_needed_are_counted_seed_by_seed() -> None:
    labels = [10, 20, 30, 40]
    curve = [[0.1, 0.9, 0.1], [0.9, 0.1, 0.1], [0.2, 0.9, 0.1], [0.9, 0.9, 0.1]]
    assert labels_needed(labels, curve, [0.8, 0.8, 0.8]) == [20, 10, None]
    assert labels_needed(labels, curve, [0.8, 0.95, 0.05]) == [20, None, 10]
    assert labels_needed(labels, curve, [0.8, 0.8, 0.8], held=2) == [40, 30, None]


def test_the_area_is_the_mean_height() -> None:
    assert areas([10, 20, 40], [[0.0, 0.5], [1.0, 0.5], [1.0, 0.5]]) == pytest.approx([2.5 / 3, 0.5])
    assert areas([10], [[0.4, 0.5]]) == [0.4, 0.5]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"strategies": ("magic",)}, "no strategy named magic"),
        ({"strategies": ()}, "No strategy is named"),
        ({"budget": 10}, "budget must be at least one batch"),
        ({"budget": 5000}, "at most 450"),
        ({"batch": 0}, "at least 1"),
        ({"seeds": 0}, "at least 1"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(changes: dict[str, object], words: str) -> None:
    with pytest.raises(KnownError, match=words):
        run(**changes)


def test_too_little_truth_is_refused() -> None:
    with pytest.raises(KnownError, match="needs at least 20 items of two classes"):
        run_simulation(
            np.zeros((30, 64), np.float32), np.zeros(30, np.int64), BLOCKS,
            budget=10, batch=5, strategies=("random",), seeds=1, progress=no_progress, cancelled=never_cancelled,
        )  # fmt: skip


def test_it_can_be_cancelled() -> None:
    with pytest.raises(Cancelled):
        run(cancelled=lambda: True)
