"""The counts in constant time are those that counting anew gives."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitl_desktop.domain.items import ItemState
from hitl_desktop.domain.pool import Pool
from hitl_desktop.domain.routing import Ledger

N = 12
STEPS = st.lists(st.tuples(st.integers(0, N - 1), st.sampled_from(ItemState), st.sampled_from([None, 1, 2])))


def new_pool(threshold: float = 0.9) -> Pool:
    return Pool(np.zeros(N, np.uint8), np.full(N, -1, np.int64), threshold, "margin")


def predictions(seed: int = 0) -> np.ndarray:
    rows = np.random.default_rng(seed).dirichlet([0.3, 0.3], N).astype(np.float32)
    rows[3] = np.nan
    return rows


def counted_anew(pool: Pool) -> Ledger:
    states = [pool.state(i) for i in range(N)]
    to_do = [i for i in range(N) if states[i] is ItemState.TO_DO]
    proposed = sum(bool(pool.confidence[i] >= pool.threshold) for i in to_do)
    counts = {state: states.count(state) for state in ItemState}
    return Ledger(
        N, counts[ItemState.DECIDED], counts[ItemState.SKIPPED], counts[ItemState.UNSURE],
        counts[ItemState.FLAGGED], len(to_do) - proposed, proposed, counts[ItemState.AUTOMATIC],
    )  # fmt: skip


@given(STEPS, st.floats(0, 1), st.booleans())
def test_the_ledger_is_always_what_counting_gives(
    steps: list[tuple[int, ItemState, int | None]], threshold: float, model: bool
) -> None:
    pool = new_pool()
    pool.set_predictions(predictions() if model else None)
    for index, state, label in steps:
        pool.set_standing(index, state, label)
        assert pool.ledger() == counted_anew(pool)
    split = pool.split_at(threshold)
    pool.set_threshold(threshold)
    ledger = pool.ledger()
    assert ledger == counted_anew(pool)
    assert ledger.adds_up
    assert (split.needs_review, split.proposed) == (ledger.needs_review, ledger.proposed)
    assert len(pool.needing_review()) == ledger.needs_review
    assert len(pool.undecided()) == ledger.needs_review + ledger.proposed
    assert pool.unanswered().sum() == ledger.needs_review + ledger.proposed + ledger.automatic


def test_items_that_are_not_scored_are_never_proposed() -> None:
    pool = new_pool(threshold=0.0)
    pool.set_predictions(predictions()[:8])
    assert [pool.is_proposed(i) for i in range(N)] == [i < 8 and i != 3 for i in range(N)]
    assert pool.predicted[3] == -1
    assert np.isnan(pool.confidence[8:]).all()


def test_predictions_are_replaced_whole() -> None:
    pool = new_pool()
    pool.set_predictions(predictions())
    pool.set_predictions(predictions(seed=1)[:2])
    assert np.isfinite(pool.confidence[:2]).all()
    assert np.isnan(pool.uncertainty[2:]).all()
    pool.set_predictions(None)
    assert (pool.predicted == -1).all()


def test_the_measure_can_be_changed() -> None:
    pool = new_pool()
    pool.set_predictions(np.full((N, 2), 0.5, np.float32) + np.array([0.2, -0.2], np.float32))
    before = pool.uncertainty[0]
    pool.set_measure("entropy")
    assert pool.uncertainty[0] != before
    with pytest.raises(KeyError):
        pool.set_measure("magic")
