"""Reliability, the calibration error and Brier's score against figures worked out by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitl_desktop.assurance.calibration_error import (
    bins_of_equal_count,
    brier,
    error_by_chance,
    expected_calibration_error,
)


def even(n: int) -> np.ndarray:
    return np.full(n, 1 / n)


def test_two_bins_by_hand() -> None:
    confidence = np.array([0.6, 0.7, 0.9, 1.0])
    right = np.array([True, False, True, True])
    low, high = bins_of_equal_count(confidence, right, even(4), 2)
    assert (low.stated, low.observed.share, low.low_edge, low.high_edge) == pytest.approx((0.65, 0.5, 0.6, 0.7))
    assert (high.stated, high.observed.right, high.observed.of) == (pytest.approx(0.95), 2, 2)
    assert expected_calibration_error([low, high]) == pytest.approx((0.15 + 0.05) / 2)


def test_equal_confidences_are_not_torn_apart() -> None:
    bins = bins_of_equal_count(np.array([0.5, 0.9, 0.9, 0.9, 0.9, 0.9]), np.ones(6, bool), even(6), 3)
    assert [b.observed.of for b in bins] == [1, 5]


def test_without_checks_there_is_nothing() -> None:
    none = np.empty(0)
    assert bins_of_equal_count(none, np.empty(0, bool), none, 10) == []
    assert expected_calibration_error([]) is None
    assert error_by_chance([]) is None
    assert brier(np.empty((0, 3)), np.empty(0, np.int64), none) is None


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60), st.integers(1, 12))
def test_every_check_is_in_one_bin(checks: list[tuple[float, bool]], bins: int) -> None:
    confidence = np.array([c for c, _ in checks])
    right = np.array([r for _, r in checks])
    found = bins_of_equal_count(confidence, right, even(len(checks)), bins)
    assert len(found) <= bins
    assert sum(b.observed.of for b in found) == len(checks)
    assert sum(b.observed.right for b in found) == right.sum()
    assert sum(b.weight for b in found) == pytest.approx(1)
    assert all(b.low_edge - 1e-9 <= b.stated <= b.high_edge + 1e-9 for b in found)
    assert 0 <= expected_calibration_error(found) <= 1


def test_too_sure_by_ten_points_is_found_and_chance_is_told_from_it() -> None:
    rng = np.random.default_rng(0)
    confidence = rng.uniform(0.6, 1.0, 4000)
    honest = bins_of_equal_count(confidence, rng.random(4000) < confidence, even(4000), 10)
    too_sure = bins_of_equal_count(confidence, rng.random(4000) < confidence - 0.1, even(4000), 10)
    assert expected_calibration_error(too_sure) == pytest.approx(0.1, abs=0.015)
    assert expected_calibration_error(honest) < 0.03


def test_the_error_by_chance_is_that_of_honest_confidences() -> None:
    rng = np.random.default_rng(1)
    errors, expected = [], []
    for _ in range(300):
        confidence = rng.uniform(0.5, 0.95, 150)
        bins = bins_of_equal_count(confidence, rng.random(150) < confidence, even(150), 5)
        errors.append(expected_calibration_error(bins))
        expected.append(error_by_chance(bins))
    assert np.mean(errors) == pytest.approx(np.mean(expected), rel=0.08)


def test_weights_move_the_figures_as_more_checks_would() -> None:
    confidence, right = np.array([0.6, 0.9]), np.array([True, False])
    weighted = bins_of_equal_count(confidence, right, np.array([0.75, 0.25]), 1)
    repeated = bins_of_equal_count(confidence.repeat([3, 1]), right.repeat([3, 1]), even(4), 1)
    assert expected_calibration_error(weighted) == pytest.approx(expected_calibration_error(repeated))
    p = np.array([[0.6, 0.4], [0.1, 0.9]])
    assert brier(p, np.zeros(2, np.int64), np.array([0.75, 0.25])) == pytest.approx(
        brier(p.repeat([3, 1], axis=0), np.zeros(4, np.int64), even(4))
    )


def test_brier_is_zero_when_sure_and_right_and_two_when_sure_and_wrong() -> None:
    sure = np.array([[1.0, 0.0, 0.0]])
    assert brier(sure, np.array([0]), even(1)) == 0
    assert brier(sure, np.array([1]), even(1)) == 2
    assert brier(np.array([[0.7, 0.3]]), np.array([0]), even(1)) == pytest.approx(0.09 + 0.09)
    assert brier(np.full((1, 4), np.nan), np.array([2]), even(1)) == pytest.approx(3 / 16 + 9 / 16)


def test_brier_agrees_with_scikit_learn_on_two_classes() -> None:
    from sklearn.metrics import brier_score_loss

    rng = np.random.default_rng(5)
    p = rng.random(200)
    truth = rng.integers(0, 2, 200)
    ours = brier(np.column_stack([1 - p, p]), truth, even(200))
    assert ours == pytest.approx(2 * brier_score_loss(truth, p))
