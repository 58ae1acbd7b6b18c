"""The paired comparison: exact tails, the limit all classes share, and how often it is mistaken."""

from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitl_desktop.assurance.paired import CLASS_RISK, OVERALL_RISK, REPLACING_RISK, Pair, compare, shared_limit, tail

CLASSES = 6


def two_models(
    rng: np.random.Generator, checks: int, *, lost_everywhere: float = 0.0, lost_on_first: float = 0.0
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Truth and two predictions: 85 % right, 4 % gained and 4 % lost, and then what the new one loses more."""
    truth = rng.integers(0, CLASSES, checks)
    lost = 0.04 + lost_everywhere + np.where(truth == 0, lost_on_first, 0.0)
    chance = rng.random(checks)
    only_old = chance < lost
    only_new = ~only_old & (chance < lost + 0.04)
    both = ~only_old & ~only_new & (chance < 0.89)
    other = (truth + 1) % CLASSES
    return truth, np.where(only_old | both, truth, other), np.where(only_new | both, truth, other)


def held_back(checks: int, times: int = 400, **changes: float) -> float:
    rng = np.random.default_rng(11)
    return float(
        np.mean([not compare(*two_models(rng, checks, **changes), CLASSES).is_not_worse for _ in range(times)])
    )


@given(st.integers(0, 60), st.data())
def test_the_tail_is_the_binomial_one(differences: int, data: st.DataObject) -> None:
    lost = data.draw(st.integers(0, differences))
    exact = sum(comb(differences, i) for i in range(lost, differences + 1)) / 2**differences
    assert tail(lost, differences) == pytest.approx(exact, rel=1e-9)


def test_eight_of_nine_happen_in_ten_of_512_ways() -> None:
    assert tail(8, 9) == pytest.approx(10 / 512)


def test_the_tail_of_thousands_is_a_number() -> None:
    assert tail(5000, 10_000) == pytest.approx(0.504, abs=0.001)
    assert tail(5200, 10_000) == pytest.approx(3.3e-5, rel=0.05)


def test_counts_are_those_of_the_checks() -> None:
    truth = np.array([0, 0, 0, 1, 1, 1])
    old = np.array([0, 0, 1, 1, 0, -1])
    new = np.array([0, 1, 0, 1, 1, -1])
    found = compare(truth, old, new, 3)
    overall = found.overall
    assert (overall.checks, overall.old_right, overall.new_right, overall.gained, overall.lost) == (6, 3, 4, 2, 1)
    assert [(p.checks, p.gained, p.lost) for p in found.classes] == [(3, 1, 1), (3, 1, 0), (0, 0, 0)]
    assert found.is_not_worse


def test_four_losses_in_one_class_hold_a_model_back_that_is_level_elsewhere() -> None:
    truth = np.repeat([0, 1], [58, 60])
    old, new = truth.copy(), truth.copy()
    new[:4] = 1
    found = compare(truth, old, new, 2)
    assert found.worse_classes == (0,)
    assert (found.classes[0].new_right, found.classes[0].old_right) == (54, 58)


def test_without_checks_nothing_speaks_against_it() -> None:
    none = np.empty(0, np.int64)
    assert compare(none, none, none, 3).is_not_worse


def test_the_worst_class_is_named_first() -> None:
    truth = np.repeat([0, 1, 2], 30)
    new = truth.copy()
    new[:6] = 2
    new[30:42] = 2
    assert compare(truth, truth, new, 3).worse_classes == (1, 0)


@given(st.lists(st.integers(0, 30), max_size=12))
def test_all_classes_together_stay_within_the_risk(differences: list[int]) -> None:
    limit = shared_limit(differences, CLASS_RISK)
    reached = [max((t for m in range(n + 1) if (t := tail(m, n)) <= limit), default=0.0) for n in differences]
    assert sum(reached) <= CLASS_RISK + 1e-12


def test_a_class_that_cannot_reach_the_limit_costs_the_others_nothing() -> None:
    assert shared_limit([6, 1, 1, 2, 0], CLASS_RISK) == shared_limit([6], CLASS_RISK) > 0


def test_a_model_that_is_as_good_is_seldom_held_back() -> None:
    for checks in (30, 100, 300, 1000):
        assert held_back(checks) <= OVERALL_RISK + CLASS_RISK


def test_a_model_that_is_worse_is_held_back_more_often_with_more_checks() -> None:
    everywhere = [held_back(checks, lost_everywhere=0.05) for checks in (30, 300, 1000)]
    on_one = [held_back(checks, lost_on_first=0.2) for checks in (30, 300, 1000)]
    assert everywhere == pytest.approx([0.10, 0.79, 1.0], abs=0.06)
    assert on_one == pytest.approx([0.12, 0.89, 1.0], abs=0.06)


def test_a_model_is_shown_better_by_five_gains_without_a_loss_and_not_by_four() -> None:
    assert Pair(40, 30, 35, 5, 0).is_shown_better
    assert not Pair(40, 30, 34, 4, 0).is_shown_better
    assert not Pair(2, 2, 2, 0, 0).is_shown_better
    assert not Pair(40, 30, 34, 5, 1).is_shown_better


def test_a_model_that_is_no_better_is_seldom_called_better() -> None:
    rng = np.random.default_rng(0)
    gained, lost = rng.multinomial(60, [0.1, 0.1, 0.8], 4000).T[:2]
    called = [Pair(60, 0, 0, int(g), int(m)).is_shown_better for g, m in zip(gained, lost, strict=True)]
    assert np.mean(called) <= REPLACING_RISK
