"""Whole percents that add up."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hitl_desktop.domain.predictions import (
    UNCERTAINTY_MEASURES,
    confidence,
    entropy_uncertainty,
    lead,
    least_confidence,
    margin_uncertainty,
    whole_percents,
)

SHARES = st.lists(st.floats(0, 1, width=32), min_size=1, max_size=80).filter(lambda p: sum(p) > 1e-3)


@given(SHARES)
def test_percents_add_up_to_a_hundred_and_are_within_one(shares: list[float]) -> None:
    percents = whole_percents(shares)
    exact = np.array(shares) / sum(shares) * 100
    assert sum(percents) == 100
    assert np.abs(np.array(percents) - exact).max() < 1 + 1e-6


def test_nothing_stays_nothing_and_thirds_are_shared_out() -> None:
    assert whole_percents([0.0, 0.0]) == [0, 0]
    assert whole_percents([1 / 3, 1 / 3, 1 / 3]) == [34, 33, 33]


def test_confidence_and_lead_are_two_numbers() -> None:
    rows = np.array([[0.5, 0.3, 0.2], [0.4, 0.2, 0.4]], np.float32)
    assert np.allclose(confidence(rows), [0.5, 0.4])
    assert np.allclose(lead(rows), [0.2, 0.0])
    assert lead(np.ones((2, 1), np.float32)).tolist() == [1, 1]


def test_every_measure_is_one_where_all_is_level_and_nothing_where_all_is_sure() -> None:
    for measure in UNCERTAINTY_MEASURES.values():
        for k in (2, 3, 7):
            assert np.allclose(measure(np.full((1, k), 1 / k, np.float32)), 1.0, atol=1e-6)
            assert np.allclose(measure(np.eye(k, dtype=np.float32)), 0.0, atol=1e-6)
        assert measure(np.ones((3, 1), np.float32)).tolist() == [0, 0, 0], "one class alone leaves no doubt"


def test_the_measures_differ_as_their_sources_say() -> None:
    rows = np.array([[0.5, 0.5, 0.0], [0.5, 0.25, 0.25]], np.float32)
    assert np.allclose(least_confidence(rows), [0.75, 0.75])
    assert np.allclose(margin_uncertainty(rows), [1.0, 0.75])
    assert np.allclose(entropy_uncertainty(rows), [np.log(2) / np.log(3), 1.5 * np.log(2) / np.log(3)], atol=1e-6)


@given(st.integers(2, 7), st.integers(0, 2**32 - 1))
def test_the_lead_is_that_of_sorted_classes_however_many(classes: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    probabilities = rng.dirichlet([0.5] * classes, 30).astype(np.float32)
    probabilities[::7] = np.nan
    probabilities[1] = 1 / classes
    ordered = np.sort(probabilities, axis=1)
    assert np.array_equal(lead(probabilities), ordered[:, -1] - ordered[:, -2], equal_nan=True)
