"""Whole percents that add up."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hitl_desktop.domain.predictions import confidence, lead, whole_percents

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
