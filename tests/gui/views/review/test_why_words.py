"""Figures that add up as they are printed, and regions that touch."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitl_desktop.domain.explanations import Basis, Comparison, Explanation
from hitl_desktop.gui.views.review.why_layers import regions
from hitl_desktop.gui.views.review.why_words import WhyView, in_sum, next_comparison, signed, without_quick
from hitl_desktop.workflow.suggestion import Suggestion


@given(st.lists(st.floats(-9, 9), min_size=1, max_size=9), st.integers(0, 8))
def test_printed_values_add_up_to_the_printed_total(values: list[float], taker: int) -> None:
    total = sum(values)
    taker = min(taker, len(values) - 1)
    printed = in_sum(values, total, taker)
    assert sum(round(100 * value) for value in printed) == round(100 * round(total, 2))
    assert all(round(v, 2) == p for i, (v, p) in enumerate(zip(values, printed, strict=True)) if i != taker)
    assert printed[taker] == pytest.approx(values[taker], abs=0.005 * (len(values) + 1) + 1e-9)


@pytest.mark.parametrize(
    ("value", "expected"), [(0.617, "+0.62"), (-0.974, "−0.97"), (0.004, "0.00"), (-0.0, "0.00"), (12.0, "+12.00")]
)
def test_figures_carry_their_sign(value: float, expected: str) -> None:
    assert signed(value) == expected


def test_cells_that_touch_and_agree_are_one_region() -> None:
    amounts = np.array([[3, 3, 0, -2], [0, 3, 0, -2], [-2, 0, 0, 3]])
    found = {frozenset(region) for region in regions(amounts, 2)}
    assert found == {
        frozenset({(0, 0), (0, 1), (1, 1)}),
        frozenset({(0, 3), (1, 3)}),
        frozenset({(2, 0)}),
        frozenset({(2, 3)}),
    }


def test_comparisons_go_round() -> None:
    every = (Comparison(1, 2), Comparison(1, 3))
    one = Explanation(0, 1, every[0], every, 0.1, False, Basis.EXACT, (), (), ())
    assert next_comparison(one) == every[1]
    last = Explanation(0, 1, every[1], every, 0.1, False, Basis.EXACT, (), (), ())
    assert next_comparison(last) == every[0]
    assert next_comparison(Explanation(0, 1, every[0], every[:1], 0.1, False, Basis.EXACT, (), (), ())) is None


def test_an_explanation_is_of_the_version_alone() -> None:
    view = WhyView("Why", "adds up to 1.20", "exact", "", None, None, (), "")
    shown = Suggestion((0.6, 0.4), 0.6, 0.8, None, 0.2, 3)
    assert without_quick(view, None) is view
    assert without_quick(view, shown) is view
    moved = without_quick(view, replace(shown, quick_updates=5))
    assert moved.total == "adds up to 1.20, before 5 decisions since v3"
