"""The counts in constant time are those that counting anew gives."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitl_desktop.domain.items import ItemState
from hitl_desktop.domain.labels import Task
from hitl_desktop.domain.policy import Route, RoutingPolicy, Rule, with_limit
from hitl_desktop.domain.policy_conditions import ColumnOver
from hitl_desktop.domain.policy_match import ItemFacts
from hitl_desktop.domain.pool import STATES, Pool
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
    pool.set_policy(with_limit(pool.policy, threshold), pool.facts)
    ledger = pool.ledger()
    assert ledger == counted_anew(pool)
    assert ledger.adds_up
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


def accepting(*rows: tuple[float, float]) -> Pool:
    """Everything at least 0.8 sure is proposed; items beside the rows are not scored."""
    pool = new_pool(threshold=0.8)
    pool.set_predictions(np.array(rows, np.float32))
    return pool


def test_items_that_come_later_are_counted_and_not_scored() -> None:
    pool = accepting((0.9, 0.1), (0.6, 0.4))
    pool.set_novel(np.array([True, False]))
    moves = pool.moves
    states = np.array([STATES.index(ItemState.TO_DO), STATES.index(ItemState.DECIDED)], np.uint8)
    pool.grow(states, np.array([-1, 2]), lambda: ItemFacts(draws=np.zeros(len(pool), np.float32)))
    assert (len(pool), len(pool.routes), pool.facts.draws.shape) == (N + 2, N + 2, (N + 2,))  # type: ignore[union-attr]
    assert pool.state(N + 1) is ItemState.DECIDED
    assert pool.label_ids[N:].tolist() == [-1, 2]
    assert np.isnan(pool.confidence[2:]).all()
    assert pool.is_proposed(0)
    assert not pool.is_proposed(N)
    assert pool.ledger() == counted_anew_of(pool)
    assert (pool.moves, pool.moved_last) == (moves + 1, -1)
    assert [pool.is_novel(i) for i in (0, 1, 2, N + 1)] == [True, False, False, False]


def counted_anew_of(pool: Pool) -> Ledger:
    states = [pool.state(i) for i in range(len(pool))]
    proposed = sum(pool.is_proposed(i) for i in range(len(pool)))
    return Ledger(
        len(pool), states.count(ItemState.DECIDED), states.count(ItemState.SKIPPED), states.count(ItemState.UNSURE),
        states.count(ItemState.FLAGGED), states.count(ItemState.TO_DO) - proposed, proposed,
        states.count(ItemState.AUTOMATIC),
    )  # fmt: skip


def test_what_was_taken_back_waits_for_a_person_under_every_policy() -> None:
    pool = accepting((0.9, 0.1), (0.95, 0.05), (0.6, 0.4), (0.9, 0.1))
    pool.set_standing(3, ItemState.DECIDED, 1)
    assert pool.ledger().proposed == 2
    pool.recall(np.array([1, 1, 2]))
    assert [pool.is_proposed(i) for i in range(4)] == [True, False, False, False]
    assert pool.route(1) is Route.REVIEW
    assert pool.ledger() == counted_anew_of(pool)
    pool.recall(np.array([0]))
    assert pool.ledger().proposed == 0
    assert pool.facts.recalled is not None
    assert np.flatnonzero(pool.facts.recalled).tolist() == [0, 1, 2]
    pool.set_policy(with_limit(pool.policy, 0.5), pool.facts)
    assert [pool.is_proposed(i) for i in range(4)] == [False] * 4, "the fourth is decided, the others were taken back"
    assert pool.passing()[3], "the policy itself would let it through"
    assert pool.ledger() == counted_anew_of(pool)


def test_a_policy_that_lacks_its_facts_changes_nothing() -> None:
    pool = accepting((0.9, 0.1))
    before, policy = pool.ledger(), pool.policy
    with pytest.raises(KeyError):
        pool.set_policy(RoutingPolicy((Rule((ColumnOver("amount", 1.0),), Route.REVIEW),)), ItemFacts())
    assert pool.policy is policy
    assert pool.ledger() == before
    pool.set_policy(RoutingPolicy((Rule((), Route.ESCALATE),)), ItemFacts())
    assert pool.to_do_by_route() == {route: N * (route is Route.ESCALATE) for route in Route}
    assert pool.threshold == 1.0, "nothing is automatic"


def test_several_findings_are_judged_by_the_most_doubtful_one() -> None:
    pool = Pool(np.zeros(3, np.uint8), np.full(3, -1, np.int64), 0.8, "margin", Task.SEVERAL)
    pool.set_predictions(np.array([[0.9, 0.05, 0.95], [0.9, 0.45, 0.0]], np.float32))
    assert pool.predicted.tolist() == [0b101, 0b001, -1]
    assert pool.confidence[:2] == pytest.approx([0.9, 0.55])
    assert pool.uncertainty[:2] == pytest.approx([0.2, 0.9])
    assert [pool.is_proposed(i) for i in range(3)] == [True, False, False]


def test_a_model_without_classes_says_nothing() -> None:
    pool = new_pool()
    pool.set_predictions(np.zeros((N, 0), np.float32))
    assert (pool.predicted == -1).all()
    assert pool.ledger().proposed == 0


def test_items_are_found_by_where_they_stand() -> None:
    pool = accepting((0.9, 0.1), (0.9, 0.1), (0.6, 0.4))
    pool.set_standing(4, ItemState.SKIPPED, None)
    pool.set_standing(1, ItemState.AUTOMATIC, 1)
    pool.set_standing(7, ItemState.UNSURE, None)
    assert pool.label_ids[[4, 1, 7]].tolist() == [-1, 1, -1]
    assert pool.in_states(ItemState.SKIPPED, ItemState.UNSURE).tolist() == [4, 7]
    assert pool.undecided().tolist() == [0, 2, 3, 5, 6, 8, 9, 10, 11]
    assert pool.needing_review().tolist() == [2, 3, 5, 6, 8, 9, 10, 11]
    assert np.flatnonzero(pool.unanswered()).tolist() == [0, 1, 2, 3, 5, 6, 8, 9, 10, 11]
    ledger = pool.ledger()
    assert (ledger.set_aside, ledger.seen, ledger.needing_you, ledger.automatic) == (2, 2, 10, 1)
    assert pool.moved_last == 7


def test_a_copy_stands_still() -> None:
    pool = accepting((0.9, 0.1))
    still = pool.copy()
    pool.set_standing(0, ItemState.DECIDED, 1)
    assert (still.state(0), still.label_ids[0], still.ledger().decided) == (ItemState.TO_DO, -1, 0)
    assert pool.ledger().decided == 1
