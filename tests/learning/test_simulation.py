"""Learning curves on real digits."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

from hitl_desktop.domain.errors import Cancelled, KnownError
from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.learning.simulation import SimulationResult, run_simulation

BLOCKS = (("pixels", 64),)


def run(**changes: object) -> SimulationResult:
    X, y = load_digits(return_X_y=True)
    arguments = {
        "budget": 90, "batch": 30, "strategies": ("random", "margin"), "seeds": 3,
        "progress": no_progress, "cancelled": never_cancelled,
    }  # fmt: skip
    return run_simulation(X[:600].astype(np.float32), y[:600], BLOCKS, **{**arguments, **changes})  # type: ignore[arg-type]


def test_closest_calls_beat_chance_on_digits() -> None:
    ticks: list[tuple[int, int]] = []

    def progress(done: int, total: int, what: str) -> None:
        ticks.append((done, total))

    result = run(progress=progress)
    margin, chance = result.strategies["margin"], result.strategies["random"]
    assert margin.labels == chance.labels == [30, 60, 90]
    assert np.shape(margin.accuracy) == np.shape(margin.macro_f1) == (3, 3)
    assert margin.accuracy[0] == chance.accuracy[0], "all start from the same labels"
    assert max(np.mean(margin.accuracy, axis=1) - np.mean(chance.accuracy, axis=1)) > 0.005
    assert np.mean(margin.accuracy[2]) > np.mean(margin.accuracy[0])
    assert np.mean(result.full_accuracy) >= np.mean(margin.accuracy[2])
    assert (len(result.full_accuracy), result.held_out, result.candidates) == (3, 150, 450)
    assert ticks[-1] == (21, 21)


def test_the_same_seeds_give_the_same_curves() -> None:
    assert run(seeds=1, budget=60).strategies == run(seeds=1, budget=60).strategies


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"strategies": ("magic",)}, "no strategy named magic"),
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
