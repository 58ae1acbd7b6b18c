"""The reserve of a pool that grows: every item the same chance, old members as they were, honest figures."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitl_desktop.assurance.strata import Strata, estimate
from hitl_desktop.learning.reserve import LEAST_OF_A_PART, Reserve, draw_reserve, enlarged

NONE = np.empty(0, np.int64)


def grown(first: int, sizes: list[int], seed: int, apart: np.ndarray = NONE, share: float = 0.1) -> Reserve:
    own = apart[apart < first]
    base = draw_reserve(first, seed, own, int(np.ceil(share * (first - len(own)))))
    return enlarged(base, sizes, seed, apart, base.probability or share)


@given(
    first=st.integers(1, 300),
    sizes=st.lists(st.integers(0, 120), min_size=1, max_size=8),
    seed=st.integers(0, 1000),
)
def test_what_was_drawn_stays_drawn(first: int, sizes: list[int], seed: int) -> None:
    base = draw_reserve(first, seed, NONE, -(-first // 10))
    found = grown(first, sizes, seed)
    assert (found.members[:first] == base.members).all()
    assert found.order[found.order < first].tolist() == base.order.tolist(), "its order is as it was"
    assert sorted(found.order.tolist()) == np.flatnonzero(found.members).tolist()
    before = grown(first, sizes[:-1], seed) if sizes[:-1] else base
    assert (found.members[: len(before.members)] == before.members).all(), "a later batch changes no earlier one"
    assert found.parts is not None
    assert (found.parts[:first] == 0).all()
    assert (np.diff(found.parts) >= 0).all()


def test_every_item_of_a_batch_has_the_same_chance_however_small_its_batch() -> None:
    sizes = [3, 1, 40, 7, 2, 200]
    counts = np.sum([grown(100, sizes, seed).members for seed in range(4000)], axis=0)
    spread = float(((counts - 400.0) ** 2 / (4000 * 0.1 * 0.9)).sum())
    assert 250 < spread < 460, "about 353 degrees of freedom"
    assert abs(counts[100:103].mean() - 400) < 40, "the first, small batch is no exception"


def test_small_batches_make_one_part_until_it_can_be_measured() -> None:
    found = grown(1000, [30, 30, 30, 30, 500, 5], 1)
    assert found.parts is not None
    assert found.parts[[1000, 1119, 1120, 1619]].tolist() == [1, 1, 2, 2]
    assert found.parts[-1] == 3
    assert int((found.members & (found.parts == 1)).sum()) in (LEAST_OF_A_PART + 2, LEAST_OF_A_PART + 3)


def test_labels_of_the_data_are_never_drawn() -> None:
    apart = np.concatenate([np.arange(0, 50, 2), np.arange(100, 140)])
    found = grown(100, [60], 3, apart)
    assert not found.members[apart].any()
    assert found.members[140:].sum() in (2, 3)


def test_a_new_batch_is_asked_until_it_is_as_far_as_the_others() -> None:
    found = grown(1000, [300], 5)
    assert found.parts is not None
    open_items = np.ones(1300, bool)
    open_items[found.order[found.order < 1000][:50]] = False  # half of the first hundred is answered
    waiting = found.order[open_items[found.order]]
    first = found.parts[waiting][:16]
    assert (first[:14] == 1).all(), "the batch catches up first"
    assert set(found.parts[waiting[20:30]].tolist()) == {0, 1}


def test_what_waits_in_one_part_holds_up_no_other() -> None:
    found = grown(1000, [300], 5)
    assert found.parts is not None
    open_items = np.ones(1300, bool)
    mine = found.order[found.parts[found.order] == 1]
    open_items[mine[:4]] = False
    open_items[mine[5]] = False
    assert found.measuring(open_items).tolist() == mine[:4].tolist(), "the sixth waits for the fifth"


@pytest.mark.parametrize("small", [False, True])
def test_figures_over_the_parts_are_unbiased_though_strategies_choose(small: bool) -> None:
    """The new items are harder, and the strategy takes the hardest of those that are no checks: it does not matter."""
    rng = np.random.default_rng(2)
    sizes = [6] * 25 if small else [150]
    right = np.concatenate([rng.random(400) < 0.9, rng.random(150) < 0.5])
    shares = []
    for seed in range(400):
        reserve = grown(400, sizes, seed)
        open_items = np.ones(550, bool)
        open_items[reserve.order[: 9 * len(reserve.order) // 10]] = False
        rows = reserve.measuring(open_items)
        count = np.bincount(reserve.part_of(np.arange(550)), minlength=reserve.part_count)
        strata = Strata(reserve.part_of(rows), np.append(count, 0))
        found = estimate(right[rows], strata.weights())
        assert found is not None
        shares.append(found.share)
    error = np.std(shares) / np.sqrt(len(shares))
    assert abs(np.mean(shares) - right.mean()) < 3.5 * error + 0.004


def test_answers_of_before_alone_would_be_too_good() -> None:
    """Why parts are weighed: without the weights, a batch that was hardly measured yet counts for nothing."""
    right = np.concatenate([np.ones(400, bool), np.zeros(400, bool)])
    reserve = grown(400, [400], 4)
    open_items = np.ones(800, bool)
    first = reserve.order[reserve.order < 400]
    open_items[first] = False
    open_items[reserve.order[reserve.order >= 400][:4]] = False
    rows = reserve.measuring(open_items)
    strata = Strata(reserve.part_of(rows), np.array([400, 400, 0]))
    found = estimate(right[rows], strata.weights())
    assert found is not None
    assert right[rows].mean() > 0.9
    assert found.share == pytest.approx(0.5)
