"""The reserve: uniform, stable, and measuring only from its beginning on."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from hitl_desktop.learning import reserve
from hitl_desktop.learning.reserve import draw_reserve

NONE = np.empty(0, np.int64)


def test_it_has_as_many_items_as_it_should_each_with_its_probability() -> None:
    for size, count in [(0, 0), (1, 1), (10, 1), (11, 2), (100, 30), (1234, 124)]:
        drawn = draw_reserve(size, 3, NONE, count)
        assert len(drawn.order) == drawn.members.sum() == count
        assert set(drawn.order.tolist()) == set(np.flatnonzero(drawn.members).tolist())
        assert drawn.probability == (count / size if size else 0.0)


def test_it_cannot_have_more_items_than_there_are() -> None:
    with pytest.raises(ValueError, match="3 of 2 items"):
        draw_reserve(4, 0, np.array([1, 3]), 3)


def test_a_smaller_one_is_the_beginning_of_a_larger_one() -> None:
    small, large = (draw_reserve(200, 7, NONE, count).order.tolist() for count in (20, 60))
    assert large[:20] == small


def test_enlarging_it_later_by_what_never_trained_would_be_no_fair_sample() -> None:
    """Why it stays as it was drawn: the items of a longer beginning that no strategy took are easier than most."""
    rng = np.random.default_rng(1)
    right = rng.random(300) < 0.7
    estimates = []
    for seed in range(300):
        small, longer = (draw_reserve(300, seed, NONE, count) for count in (30, 90))
        hard_first = np.argsort(right + 0.1 * rng.random(300))
        trained = hard_first[~small.members[hard_first]][:100]
        left = longer.order[~np.isin(longer.order, trained)]
        estimates.append(right[left].mean())
    assert np.mean(estimates) > right.mean() + 0.1


def test_every_item_is_drawn_equally_often() -> None:
    counts = np.sum([draw_reserve(50, seed, NONE, 5).members for seed in range(4000)], axis=0)
    spread = float(((counts - 400.0) ** 2 / (4000 * 0.1 * 0.9)).sum())
    assert 20 < spread < 90, "about 49 degrees of freedom"


def test_items_labelled_by_the_data_are_never_drawn() -> None:
    apart = np.arange(0, 100, 2)
    reserve = draw_reserve(100, 1, apart, 5)
    assert len(reserve.order) == 5
    assert reserve.probability == 0.1
    assert not reserve.members[apart].any()


def test_only_the_part_answered_from_the_beginning_measures() -> None:
    reserve = draw_reserve(100, 1, NONE, 10)
    is_open = np.ones(100, bool)
    assert len(reserve.measuring(is_open)) == 0
    is_open[reserve.order[[0, 1, 2, 5]]] = False
    assert reserve.measuring(is_open).tolist() == reserve.order[:3].tolist()
    is_open[:] = False
    assert reserve.measuring(is_open).tolist() == reserve.order.tolist()


def test_shares_over_the_measuring_part_are_unbiased_though_the_rest_is_chosen_by_difficulty() -> None:
    rng = np.random.default_rng(0)
    right = rng.random(300) < 0.7
    estimates = []
    for seed in range(600):
        reserve = draw_reserve(300, seed, NONE, 30)
        is_open = np.ones(300, bool)
        hard_first = np.argsort(right + 0.1 * rng.random(300))
        others = hard_first[~reserve.members[hard_first]]
        is_open[others[:100]] = False
        is_open[reserve.order[:11]] = False
        estimates.append(right[reserve.measuring(is_open)].mean())
    error = np.std(estimates) / np.sqrt(len(estimates))
    assert abs(np.mean(estimates) - right.mean()) < 3 * error


@pytest.mark.parametrize("count", [0, 1, 40, 299, 300])
def test_the_reserve_is_the_smallest_keys_in_their_order(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """As by sorting all of them; of a million items only the part that is drawn is sorted."""
    keys = np.round(np.random.default_rng(3).random(400), 2)  # some of them level
    keys[:100] = np.inf
    monkeypatch.setattr(reserve, "_keys", lambda *_: keys)
    expected, sort, lengths = np.argsort(keys, kind="stable")[:count], np.argsort, []

    def argsort(values: npt.NDArray[np.float64], **how: Any) -> npt.NDArray[np.int64]:
        lengths.append(len(values))
        return np.asarray(sort(values, **how))

    monkeypatch.setattr(np, "argsort", argsort)
    drawn = draw_reserve(400, 1, np.arange(100), count)
    assert drawn.order.tolist() == expected.tolist()
    assert sorted(np.flatnonzero(drawn.members)) == sorted(expected)
    assert sum(lengths) <= count + 10
