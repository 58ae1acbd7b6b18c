"""Groups compared: p values that keep their promise, the pair that differs most, and how many checks would tell."""

import numpy as np
import pytest
from scipy import stats

from hitl_desktop.assurance.group_gap import adjusted, gap


def rng() -> np.random.Generator:
    return np.random.default_rng(3)


def test_the_clearest_pair_is_named() -> None:
    found = gap(np.array([288, 116, 40]), np.array([310, 128, 62]), rng())
    assert found is not None
    assert (found.low, found.high) == (2, 0)
    assert found.value == pytest.approx(288 / 310 - 40 / 62)
    assert found.p < 0.001
    assert found.more == 0


def test_with_two_groups_it_agrees_with_the_exact_test() -> None:
    """Two groups, so no allowance for many: the p value is that of a permutation test of two shares."""
    right, sizes = np.array([30, 18]), np.array([40, 40])
    found = gap(right, sizes, rng())
    assert found is not None
    exact = stats.fisher_exact([[30, 10], [18, 22]]).pvalue
    assert found.p == pytest.approx(exact, abs=0.01)


def test_what_may_be_chance_says_how_many_more_checks_would_tell() -> None:
    found = gap(np.array([288, 53]), np.array([310, 62]), rng())
    assert found is not None
    assert found.p > 0.05
    assert 20 < found.more < 400


def test_alike_groups_are_rarely_found_different() -> None:
    """Where nothing differs, p < .05 comes up in about one of twenty: even though six groups make fifteen pairs."""
    chance = np.random.default_rng(11)
    sizes = np.array([60, 40, 30, 25, 20, 10])
    found = [gap(chance.binomial(sizes, 0.85), sizes, np.random.default_rng([1, n])) for n in range(200)]
    assert sum(one is not None and one.p < 0.05 for one in found) <= 18


@pytest.mark.parametrize(("right", "sizes"), [([5, 5], [5, 5]), ([0, 0], [4, 9])])
def test_all_right_or_all_wrong_is_no_gap(right: list[int], sizes: list[int]) -> None:
    found = gap(np.array(right), np.array(sizes), rng())
    assert found is not None
    assert (found.value, found.p, found.more) == (0.0, 1.0, 0)


def test_one_group_is_compared_with_nothing() -> None:
    assert gap(np.array([3, 0]), np.array([4, 0]), rng()) is None


def test_several_columns_at_once_are_held_to_more() -> None:
    found = adjusted(np.array([0.01, 0.04, 0.03]))
    assert found.tolist() == pytest.approx([0.03, 0.06, 0.06])
    assert adjusted(np.array([])).tolist() == []
