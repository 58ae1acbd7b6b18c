"""What a limit costs: against a count by hand, and what must hold of every curve."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitl_desktop.assurance.expected_cost import CheckedItems, cheapest, cost_points, items_to_pay_back


def checked(confidence: list[float], right: list[bool], cost: float = 3.0) -> CheckedItems:
    n = len(right)
    return CheckedItems(
        np.array(confidence),
        np.array(right, bool),
        np.ones(n, bool),
        np.full(n, cost),
        np.full(n, 1 / max(1, n)),
        np.ones(n),
    )


TEN = checked([0.99, 0.95, 0.95, 0.9, 0.9, 0.8, 0.7, 0.7, 0.6, 0.5], [1, 1, 1, 1, 0, 1, 0, 1, 0, 0])  # type: ignore[list-item]


def test_it_is_review_plus_mistakes_counted_by_hand() -> None:
    strict, loose = cost_points([0.95, 0.7], [300, 800], 1000, TEN, per_review=0.5, reviewer_error=0.0)
    assert (strict.reviewed, strict.review_cost) == (700, 350.0)
    assert (strict.mistakes, strict.mistake_cost) == (0.0, 0.0)
    assert strict.mistakes_high > 0  # none seen is not none there
    assert loose.mistakes == pytest.approx(200)  # two wrong ones of ten checks pass
    assert loose.mistake_cost == pytest.approx(600)
    assert loose.total == pytest.approx(700)
    assert loose.mistakes_low < 200 < loose.mistakes_high


def test_people_make_mistakes_too() -> None:
    (point,) = cost_points([0.95], [300], 1000, TEN, per_review=0.0, reviewer_error=0.01)
    assert point.mistakes == pytest.approx(7)
    assert point.mistake_cost == pytest.approx(21)


def test_what_may_never_pass_makes_no_mistakes() -> None:
    closed = replace(TEN, eligible=np.zeros(10, bool))
    (point,) = cost_points([0.5], [0], 1000, closed, per_review=1.0, reviewer_error=0.0)
    assert point.mistakes == point.mistakes_high == 0


def test_what_people_have_decided_does_not_pass_wrongly() -> None:
    half = replace(TEN, open_share=np.full(10, 0.5))
    (point,) = cost_points([0.7], [400], 1000, half, per_review=0.5, reviewer_error=0.0)
    assert (point.reviewed, point.mistakes, point.mistake_cost) == (600, pytest.approx(100), pytest.approx(300))


def test_the_cheapest_limit_is_one_that_may_be_used() -> None:
    points = cost_points([0.5, 0.9, 0.95], [990, 500, 300], 1000, TEN, per_review=0.1, reviewer_error=0.0)
    free = cheapest(points)
    assert free is not None
    assert free.limit == 0.95
    cheap = cost_points([0.5, 0.9, 0.95], [990, 500, 300], 1000, TEN, per_review=10.0, reviewer_error=0.0)
    least = cheapest(cheap)
    assert least is not None
    assert least.limit == 0.5
    allowed = cheapest(cheap, strictest=0.9)
    assert allowed is not None
    assert allowed.limit == 0.9
    assert cheapest(cheap, strictest=0.99) is None


def test_of_equal_costs_the_strictest_is_taken() -> None:
    points = cost_points([0.5, 0.9], [0, 0], 10, TEN, per_review=0.0, reviewer_error=0.0)
    best = cheapest([points[1], points[1]])
    assert best is not None
    assert best.limit == 0.9


def test_the_set_up_pays_for_itself_or_never_does() -> None:
    assert items_to_pay_back(200.0, 0.2, 0.15) == 4000
    assert items_to_pay_back(200.0, 0.2, 0.2) is None
    assert items_to_pay_back(0.0, 0.2, 0.1) == 0


@given(st.lists(st.tuples(st.floats(0.5, 1), st.booleans()), min_size=1, max_size=40), st.integers(1, 500))
def test_a_looser_limit_never_has_fewer_mistakes(rows: list[tuple[float, bool]], items: int) -> None:
    some = checked([c for c, _ in rows], [r for _, r in rows])
    limits = [0.5, 0.7, 0.9, 1.0]
    passing = [items, items // 2, items // 4, 0]
    points = cost_points(limits, passing, items, some, per_review=1.0, reviewer_error=0.0)
    assert [p.mistakes for p in points] == sorted((p.mistakes for p in points), reverse=True)
    assert all(p.mistakes_low <= p.mistakes_high <= p.passing + 1e-9 for p in points)
