"""Tests of drift: right as references say, false alarms as rare as promised, and shifts found."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ks_2samp

from hitl_desktop.assurance import drift
from hitl_desktop.assurance.drift import feature_shift, kolmogorov_smirnov, score_shifts


@given(n=st.integers(1, 40), m=st.integers(1, 40), seed=st.integers(0, 10_000), shift=st.floats(0, 2))
def test_the_exact_chance_is_that_of_the_reference(n: int, m: int, seed: int, shift: float) -> None:
    rng = np.random.default_rng(seed)
    one, other = rng.normal(size=n), rng.normal(size=m) + shift
    distance, p = kolmogorov_smirnov(one, other)
    reference = ks_2samp(one, other, method="exact")
    assert distance == pytest.approx(reference.statistic)
    assert p == pytest.approx(reference.pvalue, rel=1e-6, abs=1e-9)


def test_large_samples_and_the_limit() -> None:
    rng = np.random.default_rng(3)
    one, other = rng.normal(size=1500), rng.normal(size=900) + 0.06
    distance, p = kolmogorov_smirnov(one, other)
    assert p == pytest.approx(ks_2samp(one, other, method="exact").pvalue, rel=1e-3)
    assert drift._limit(1500, 900, distance) == pytest.approx(p, rel=0.1)


def test_odd_samples() -> None:
    assert kolmogorov_smirnov(np.empty(0), np.ones(3)) == (0.0, 1.0)
    assert kolmogorov_smirnov(np.ones(5), np.ones(3)) == (0.0, 1.0)
    assert kolmogorov_smirnov(np.zeros(20), np.ones(20))[1] < 1e-9
    shifts = score_shifts(np.eye(2)[[0, 1, 0]], np.eye(2)[[1, 0]], complementary=True)
    assert [shift.column for shift in shifts] == [0]
    assert (shifts[0].before, shifts[0].now) == pytest.approx((2 / 3, 1 / 2))


def test_ties_never_make_false_alarms_more_frequent() -> None:
    rng = np.random.default_rng(4)
    alarms = [
        kolmogorov_smirnov(rng.integers(0, 4, 60).astype(float), rng.integers(0, 4, 50).astype(float))[1] < 0.1
        for _ in range(600)
    ]
    assert np.mean(alarms) < 0.1 + 1.64 * np.sqrt(0.09 / 600)


def gram_of(rows: np.ndarray) -> np.ndarray:
    return np.asarray(rows @ rows.T, np.float64)


def shift_p(rng: np.random.Generator, rows: np.ndarray, new: int, permutations: int = 99) -> float:
    is_new = np.zeros(len(rows), bool)
    is_new[-new:] = True
    return feature_shift(gram_of(rows), is_new, rng, permutations).p


@pytest.mark.parametrize("sizes", [(60, 60), (120, 20), (30, 5)])
def test_false_alarms_of_the_classifier_are_as_rare_as_promised(sizes: tuple[int, int]) -> None:
    """Batches of the same kind, with more features than some have items: alarms as often as the level says."""
    rng = np.random.default_rng([5, *sizes])
    trials = 200
    ps = [shift_p(rng, rng.standard_t(3, (sum(sizes), 80)), sizes[1]) for _ in range(trials)]
    alarms = float(np.mean(np.array(ps) <= 0.05))
    slack = 1.64 * np.sqrt(0.05 * 0.95 / trials)
    assert 0.05 - 1.5 * slack <= alarms <= 0.05 + slack


@pytest.mark.parametrize("kind", ["mean of one feature", "mean of all", "another class mix"])
def test_shifts_are_found(kind: str) -> None:
    rng = np.random.default_rng(6)
    found = 0
    for _ in range(30):
        rows = rng.normal(size=(300, 40))
        if kind == "mean of one feature":
            rows[200:, 3] += 1.0
        elif kind == "mean of all":
            rows[200:] += 0.25
        else:
            rows[:, :5] += 3.0 * (rng.random(300) < np.where(np.arange(300) < 200, 0.2, 0.5))[:, None]
        found += shift_p(rng, rows, 100) <= 0.02
    assert found >= 18


def test_the_strangest_items_come_first() -> None:
    rng = np.random.default_rng(7)
    rows = rng.normal(size=(260, 30))
    rows[230:] += 1.2
    is_new = np.arange(260) >= 200
    found = feature_shift(gram_of(rows), is_new, rng)
    assert found.p < 0.01
    assert np.isin(np.argsort(-found.strangeness)[:20], np.arange(30, 60)).sum() >= 19


def test_one_side_or_no_features_say_nothing() -> None:
    rng = np.random.default_rng(8)
    assert feature_shift(np.eye(4), np.ones(4, bool), rng).p == 1.0
    assert feature_shift(np.zeros((6, 6)), np.arange(6) > 3, rng, 99).p > 0.5


def test_scoring_items_with_themselves_would_be_a_false_alarm() -> None:
    """The mutant: without leaving each item out, and against chance alone, every batch looks new."""
    rng = np.random.default_rng(9)
    rows = rng.normal(size=(120, 200))
    is_new = np.arange(120) >= 80
    fitted = drift._smoother(gram_of(rows)) @ is_new.astype(float)
    assert float(drift._auc(fitted[:, None], is_new[:, None])[0]) > 0.9
    assert feature_shift(gram_of(rows), is_new, rng).p > 0.05
