"""The mean time of a decision: against a calculation by hand, and what must not move it."""

import math

import numpy as np
import pytest
from scipy import stats

from hitl_desktop.assurance.review_time import students, trimmed_mean


def test_it_is_the_mean_without_the_outer_tenths() -> None:
    times = np.array([3.0, 4, 5, 6, 100, 4, 5, 4, 3, 6])
    found = trimmed_mean(times)
    assert found is not None
    assert found.value == pytest.approx(stats.trim_mean(times, 0.1))
    kept = np.asarray(stats.mstats.winsorize(times, limits=(0.1, 0.1)))
    error = kept.std(ddof=1) / (0.8 * math.sqrt(10))
    assert found.high - found.value == pytest.approx(stats.t.ppf(0.975, 7) * error, rel=0.01)


def test_one_forgotten_item_does_not_move_it() -> None:
    times = np.full(40, 5.0)
    with_coffee = np.append(times, 3600.0)
    assert trimmed_mean(times) == trimmed_mean(with_coffee)


@pytest.mark.parametrize("freedom", [3, 4, 8, 30, 500])
def test_students_distribution(freedom: int) -> None:
    assert students(freedom) == pytest.approx(stats.t.ppf(0.975, freedom), rel=0.01)


def test_of_nothing_there_is_no_mean_and_of_few_no_interval() -> None:
    assert trimmed_mean(np.array([])) is None
    assert trimmed_mean(np.array([np.nan])) is None
    few = trimmed_mean(np.array([4.0, 6.0]))
    assert few is not None
    assert (few.value, few.low, few.high) == (5.0, 0.0, math.inf)


def test_its_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(5)
    draws = rng.lognormal(1.5, 0.6, size=(400, 60))
    truth = stats.trim_mean(rng.lognormal(1.5, 0.6, size=400_000), 0.1)
    found = [trimmed_mean(row) for row in draws]
    held = sum(score is not None and score.low <= truth <= score.high for score in found)
    assert 0.91 <= held / 400 <= 0.98
