"""Strengths of sources against planted ones, and exact tests against known values."""

import numpy as np
import pytest

from hitl_desktop.assurance.preferences import share_of, strengths, two_sided


def test_planted_strengths_are_inside_their_intervals_about_as_often_as_promised() -> None:
    rng = np.random.default_rng(0)
    truth = {"a": 0.8, "b": 0.0, "c": -0.8}
    inside = tried = 0
    for _ in range(60):
        pairs = []
        for _ in range(90):
            first, second = rng.choice(list(truth), 2, replace=False)
            p = 1 / (1 + np.exp(truth[second] - truth[first]))
            pairs.append((str(first), str(second), float(rng.random() < p)))
        for one in strengths(pairs):
            inside += one.low <= 1 / (1 + np.exp(-truth[one.name])) <= one.high
            tried += 1
    assert inside / tried > 0.9
    board = strengths(pairs)
    assert [one.name for one in board] == ["a", "b", "c"]
    assert sum(one.wins for one in board) == sum(one.losses for one in board) == 90


def test_a_source_that_never_loses_is_not_infinitely_strong() -> None:
    (best, worst) = strengths([("a", "b", 1.0)] * 5 + [("a", "a", 1.0), ("", "b", 1.0)])
    assert (best.name, best.wins, worst.losses) == ("a", 5, 5)
    assert 0.4 < best.low < 0.5 < best.share < best.high < 1
    assert strengths([]) == ()
    assert strengths([("a", "b", 0.5)])[0].share == pytest.approx(0.5)


@pytest.mark.parametrize(("hits", "of", "p"), [(5, 10, 1.0), (9, 10, 0.021484375), (0, 6, 0.03125), (60, 100, 0.0569)])
def test_the_chance_of_a_favoured_side(hits: int, of: int, p: float) -> None:
    assert two_sided(hits, of) == pytest.approx(p, abs=1e-4)
    assert share_of(hits, of, against_half=True).chance == pytest.approx(p, abs=1e-4)


def test_nothing_has_no_share() -> None:
    empty = share_of(0, 0, against_half=True)
    assert (empty.share, empty.chance, empty.low, empty.high) == (None, None, 0.0, 1.0)
