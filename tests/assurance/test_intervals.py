"""Wilson's interval against published values and by simulation."""

import numpy as np
import pytest

from hitl_desktop.assurance.intervals import wilson


@pytest.mark.parametrize(
    ("hits", "trials", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_published_values(hits: int, trials: int, low: float, high: float) -> None:
    """Newcombe, "Two-sided confidence intervals for the single proportion", 1998, table I."""
    assert wilson(hits, trials) == pytest.approx((low, high), abs=1e-4)


def test_nothing_tried_says_nothing_and_all_right_is_not_certain() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    low, high = wilson(20, 20)
    assert high == pytest.approx(1.0)
    assert low == pytest.approx(0.8389, abs=1e-4)


def test_it_holds_the_truth_about_as_often_as_it_says() -> None:
    hits = np.random.default_rng(0).binomial(50, 0.8, 4000)
    held = np.mean([low <= 0.8 <= high for low, high in (wilson(int(h), 50) for h in hits)])
    assert 0.92 < held < 0.98
