"""Folds: every row once, classes spread, groups whole; and scores that can be compared row by row."""

import numpy as np
import pytest

from hitl_desktop.learning.cross_validation import HeldOut, folds_for, judged, no_worse, spread


@pytest.mark.parametrize("counts", [[50, 30, 20], [97, 1, 1, 1], [2, 1], [3, 3, 3, 3]])
def test_every_row_is_held_out_once_and_classes_are_spread(counts: list[int]) -> None:
    labels = np.repeat(np.arange(len(counts)), counts)
    folds = folds_for(labels, None, seed=0)
    assert sorted(np.concatenate(folds)) == list(range(len(labels)))
    sizes = [len(fold) for fold in folds]
    assert max(sizes) - min(sizes) <= 1
    for c, count in enumerate(counts):
        per_fold = [int((labels[fold] == c).sum()) for fold in folds]
        assert max(per_fold) <= -(-count // 5)


def test_groups_stay_together_and_classes_are_still_spread() -> None:
    rng = np.random.default_rng(0)
    groups = rng.integers(0, 40, 400) + 1000
    labels = (groups % 4 == 0).astype(np.int64) + 2 * (rng.random(400) < 0.2)
    folds = folds_for(labels, groups, seed=0)
    assert sorted(np.concatenate(folds)) == list(range(400))
    where = [set(groups[fold].tolist()) for fold in folds]
    assert sum(len(w) for w in where) == len(set(groups.tolist()))
    for c in range(4):
        shares = [(labels[fold] == c).sum() / (labels == c).sum() for fold in folds]
        assert min(shares) > 0.05
        assert max(shares) < 0.4


@pytest.mark.parametrize("grouped", [True, False])
def test_folds_are_seeded(grouped: bool) -> None:
    labels = np.arange(60) % 3
    groups = np.arange(60) // 2 if grouped else None
    one, again, other = (folds_for(labels, groups, seed=s) for s in (1, 1, 2))
    assert all(np.array_equal(a, b) for a, b in zip(one, again, strict=True))
    assert not all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def test_fewer_groups_than_folds_make_fewer_folds() -> None:
    assert len(folds_for(np.arange(6) % 2, np.array([1, 1, 1, 2, 2, 2]), seed=0)) == 2
    assert len(folds_for(np.array([4, 9, 9]), None, seed=0)) == 3


def test_held_out_rows_are_judged_by_class_id() -> None:
    p = np.array([[0.7, 0.3], [0.4, 0.6], [0.9, 0.1]], np.float32)
    result = judged(p, np.array([4, 9, 9]), np.array([4, 9]))
    assert result.losses == pytest.approx(-np.log([0.7, 0.6, 0.1]))
    assert result.accuracy == pytest.approx(2 / 3)
    assert result.macro_f1 == pytest.approx(2 / 3)
    assert result.log_loss == pytest.approx(-np.log(0.7 * 0.6 * 0.1) / 3)
    weighted = judged(p, np.array([4, 9, 9]), np.array([4, 9]), np.array([2.0, 0.5, 0.5]))
    assert weighted.log_loss == pytest.approx(-(2 * np.log(0.7) + 0.5 * np.log(0.06)) / 3)


def test_a_class_that_was_not_in_training_is_an_error_and_not_an_infinite_one() -> None:
    p = spread(np.array([[0.2, 0.8]], np.float32), [4, 9], np.array([4, 7, 9]))
    assert p[0, [0, 2]] == pytest.approx([0.2, 0.8])
    result = judged(p, np.array([7]), np.array([4, 7, 9]))
    assert result.accuracy == 0
    assert 6 < result.log_loss < 8


def loss(values: np.ndarray) -> HeldOut:
    return HeldOut(values, 0.0, 0.0)


def test_a_small_difference_counts_when_it_is_the_same_on_every_row() -> None:
    rng = np.random.default_rng(0)
    best = rng.random(100)
    assert not no_worse(loss(best + 0.01 + 0.001 * rng.random(100)), loss(best))
    assert no_worse(loss(best + 0.01 + rng.normal(0, 0.3, 100)), loss(best))
    assert no_worse(loss(best), loss(best))
