"""Filters and orders as masks over the pool."""

import numpy as np
import pytest

from hitl_desktop.domain.item_filter import (
    ItemFilter,
    PoolColumns,
    RouteFacet,
    SortKeys,
    SortOrder,
    Steered,
    in_classes,
    in_order,
    pool_mask,
    steered_mask,
)
from hitl_desktop.domain.items import ItemState
from hitl_desktop.domain.labels import Label, Task
from hitl_desktop.domain.policy import Route, RoutingPolicy, Rule
from hitl_desktop.domain.policy_conditions import ConfidenceAtLeast, ConfidenceBelow, Keywords
from hitl_desktop.domain.policy_match import ItemFacts
from hitl_desktop.domain.pool import Pool
from hitl_desktop.domain.steering import SteeredFacet

# Ids are not positions: a filter that mixes them up finds others.
LABELS = [Label(7, "cat", 0), Label(3, "dog", 1)]
P = np.array([[0.95, 0.05], [0.6, 0.4], [0.2, 0.8], [0.5, 0.5], [np.nan, np.nan], [0.03, 0.97]], np.float32)


def pool() -> Pool:
    made = Pool(np.zeros(6, np.uint8), np.full(6, -1, np.int64), 0.9, "margin")
    made.set_predictions(P)
    made.set_standing(2, ItemState.DECIDED, 7)  # said to be a dog by the model, decided a cat
    made.set_standing(3, ItemState.SKIPPED, None)
    return made


def shown(wanted: ItemFilter, hidden: np.ndarray | None = None) -> list[int]:
    return np.flatnonzero(pool_mask(PoolColumns.of(pool(), LABELS, hidden=hidden), wanted)).tolist()


@pytest.mark.parametrize(
    ("wanted", "items"),
    [
        (ItemFilter(), [0, 1, 2, 3, 4, 5]),
        (ItemFilter(states=frozenset({ItemState.DECIDED, ItemState.SKIPPED})), [2, 3]),
        (ItemFilter(routes=frozenset({RouteFacet.PROPOSED})), [0, 5]),
        (ItemFilter(routes=frozenset({RouteFacet.NEEDS_YOU})), [1, 4]),
        (ItemFilter(routes=frozenset(RouteFacet)), [0, 1, 4, 5]),
        (ItemFilter(classes=frozenset({7})), [0, 1, 2, 3]),
        (ItemFilter(classes=frozenset({3})), [5]),
        (ItemFilter(classes=frozenset({3, 7})), [0, 1, 2, 3, 5]),
        (ItemFilter(classes=frozenset({99})), []),
        (ItemFilter(least=0.6, most=0.95), [0, 1, 2]),
        (ItemFilter(least=0.96), [5]),
        (ItemFilter(classes=frozenset({7}), states=frozenset({ItemState.TO_DO}), most=0.7), [1]),
    ],
)
def test_a_filter_lets_through_what_it_asks_for(wanted: ItemFilter, items: list[int]) -> None:
    assert shown(wanted) == items


def test_what_is_to_be_hidden_is_given_away_by_no_filter_and_no_order() -> None:
    hidden = np.ones(6, bool)
    assert shown(ItemFilter(classes=frozenset({7})), hidden) == [2], "only what is decided"
    assert shown(ItemFilter(least=0.5), hidden) == [2]
    columns = PoolColumns.of(pool(), LABELS, hidden=hidden)
    order = in_order(np.ones(6, bool), SortOrder.MOST_SURE, columns, SortKeys())
    assert order.tolist() == [2, 0, 1, 3, 4, 5]
    some = np.array([True, False, False, False, False, False])
    assert shown(ItemFilter(classes=frozenset({7})), some) == [1, 2, 3]


@pytest.mark.parametrize(
    ("order", "items"),
    [
        (SortOrder.ASKING, [4, 1, 0, 2, 3, 5]),
        (SortOrder.LEAST_SURE, [3, 1, 2, 0, 5, 4]),
        (SortOrder.MOST_SURE, [5, 0, 2, 1, 3, 4]),
        (SortOrder.UNCERTAIN, [3, 1, 2, 0, 5, 4]),
        (SortOrder.NAME, [5, 4, 3, 2, 1, 0]),
        (SortOrder.LAST_DECIDED, [3, 2, 0, 1, 4, 5]),
    ],
)
def test_an_order_is_stable_and_puts_what_has_no_number_last(order: SortOrder, items: list[int]) -> None:
    keys = SortKeys(
        asking=np.array([4, 1]),
        last_decisions=np.array([0, 0, 4, 9, 0, 0]),
        names=np.array([5, 4, 3, 2, 1, 0]),
    )
    columns = PoolColumns.of(pool(), LABELS)
    assert in_order(np.ones(6, bool), order, columns, keys).tolist() == items
    odd = np.array([False, True] * 3)
    assert in_order(odd, order, columns, keys).tolist() == [i for i in items if i % 2]


def test_of_several_findings_an_item_has_any_of_those_asked_for() -> None:
    states, codes = np.zeros(4, np.uint8), np.full(4, -1, np.int64)
    several = Pool(states, codes, 0.9, "margin", Task.SEVERAL)
    several.set_predictions(np.array([[0.9, 0.1], [0.9, 0.8], [0.1, 0.1], [0.2, 0.7]], np.float32))
    several.set_standing(3, ItemState.DECIDED, 0b01)
    columns = PoolColumns.of(several, LABELS)
    assert in_classes(columns, frozenset({7})).tolist() == [True, True, False, True]
    assert in_classes(columns, frozenset({3})).tolist() == [False, True, False, False]


def test_an_empty_filter_asks_nothing() -> None:
    assert ItemFilter(words="  ", everything=True).is_empty
    assert not ItemFilter(words="x").is_empty
    assert ItemFilter(words="x").asks_store
    assert ItemFilter(has_note=False).asks_store
    assert not ItemFilter(least=0.1, classes=frozenset({1})).asks_store


def test_settled_columns_stay_as_they_were_when_a_decision_is_made() -> None:
    changing = pool()
    columns = PoolColumns.of(changing, LABELS).settled()
    changing.set_standing(0, ItemState.DECIDED, 3)
    assert columns.states[0] == 0
    assert columns.label_ids[0] == -1


def routed(hidden: np.ndarray | None = None) -> PoolColumns:
    """Items 0 and 5 are accepted, 4 is escalated by its record, 1 by what the model says; 2, 3 are not to do."""
    made = pool()
    word = Keywords(("x",))
    policy = RoutingPolicy(
        (
            Rule((word,), Route.ESCALATE),
            Rule((ConfidenceAtLeast(0.9),), Route.ACCEPT),
            Rule((ConfidenceBelow(0.7),), Route.SECOND_READER),
        )
    )
    made.set_policy(policy, ItemFacts({7: 0, 3: 1}, {word: np.array([False, False, True, False, True, False])}))
    return PoolColumns.of(made, LABELS, hidden=hidden)


@pytest.mark.parametrize(
    ("routes", "items", "blind"),
    [
        ({RouteFacet.ESCALATE}, [4], [4]),
        ({RouteFacet.ACCEPT}, [0, 5], []),
        ({RouteFacet.SECOND_READER}, [1], []),
        ({RouteFacet.REVIEW, RouteFacet.REMOVE}, [], []),
        ({RouteFacet.ESCALATE, RouteFacet.SECOND_READER}, [1, 4], [4]),
        ({RouteFacet.PROPOSED}, [0, 5], [0, 5]),
        ({RouteFacet.NEEDS_YOU}, [1, 4], [1, 4]),
        (set(RouteFacet), [0, 1, 4, 5], [0, 1, 4, 5]),
    ],
)
def test_items_are_listed_by_their_route_unless_it_tells_what_is_hidden(
    routes: set[RouteFacet], items: list[int], blind: list[int]
) -> None:
    wanted = ItemFilter(routes=frozenset(routes))
    assert np.flatnonzero(pool_mask(routed(), wanted)).tolist() == items
    assert np.flatnonzero(pool_mask(routed(np.ones(6, bool)), wanted)).tolist() == blind


def test_what_is_unlike_anything_decided_can_be_asked_for_alone() -> None:
    made = pool()
    wanted = ItemFilter(novel=True)
    assert not wanted.is_empty
    assert not pool_mask(PoolColumns.of(made, LABELS), wanted).any(), "nobody has looked yet"
    made.set_novel(np.array([False, True, True, False]))  # the last two came since
    assert np.flatnonzero(pool_mask(PoolColumns.of(made, LABELS), wanted)).tolist() == [1, 2]
    some = PoolColumns.of(made, LABELS, indexes=np.array([5, 2, 0]))
    assert pool_mask(some, wanted).tolist() == [False, True, False]
    unread = ItemFilter(novel=True, states=frozenset({ItemState.TO_DO}))
    assert np.flatnonzero(pool_mask(PoolColumns.of(made, LABELS), unread)).tolist() == [1]


@pytest.mark.parametrize(
    "asked",
    [
        {"states": frozenset({ItemState.DECIDED})},
        {"routes": frozenset({RouteFacet.ACCEPT})},
        {"classes": frozenset({7})},
        {"least": 0.01},
        {"most": 0.99},
        {"reviewer": "ann"},
        {"has_note": False},
        {"words": "x"},
        {"novel": True},
    ],
)
def test_a_filter_that_asks_anything_is_not_empty(asked: dict[str, object]) -> None:
    assert not ItemFilter(**asked).is_empty  # type: ignore[arg-type]


def test_a_filter_that_asks_nothing_is_empty_and_needs_no_store() -> None:
    for nothing in (ItemFilter(), ItemFilter(everything=True), ItemFilter(words="  ")):
        assert nothing.is_empty
        assert not nothing.asks_store
    assert ItemFilter(has_note=True).asks_store
    assert not ItemFilter(novel=True).asks_store


def test_an_order_whose_keys_are_missing_is_that_of_the_pool() -> None:
    columns = PoolColumns.of(pool(), LABELS)
    mask = np.array([True, False, True, True, False, True])
    for order in (SortOrder.NAME, SortOrder.LAST_DECIDED, SortOrder.ASKING):
        assert in_order(mask, order, columns, SortKeys()).tolist() == [0, 2, 3, 5]
    nobody = SortKeys(asking=np.zeros(0, np.int64))
    assert in_order(mask, SortOrder.ASKING, columns, nobody).tolist() == [0, 2, 3, 5]


@pytest.mark.parametrize(
    ("facets", "items"),
    [
        ({SteeredFacet.MATTERS}, [1]),
        ({SteeredFacet.IGNORED}, [2, 4]),
        ({SteeredFacet.RULED_OTHERWISE}, [1, 2]),
        ({SteeredFacet.MATTERS, SteeredFacet.IGNORED}, [1, 2, 4]),
    ],
)
def test_what_steering_says_is_looked_for(facets: set[SteeredFacet], items: list[int]) -> None:
    # Item 1 is suggested to be 7, item 2 decided as 7, item 4 not scored; item 5 came later.
    steered = Steered(np.array([1]), np.array([2, 4]), np.array([7, 3, 3, -1, 3]))
    columns, every = PoolColumns.of(pool(), LABELS), np.arange(6)
    assert np.flatnonzero(steered_mask(columns, every, frozenset(facets), steered)).tolist() == items
    few = np.array([4, 2, 1])
    some = PoolColumns.of(pool(), LABELS, indexes=few)
    assert sorted(few[steered_mask(some, few, frozenset(facets), steered)].tolist()) == items
    blind = PoolColumns.of(pool(), LABELS, hidden=np.ones(6, bool))
    told = np.flatnonzero(steered_mask(blind, every, frozenset(facets), steered)).tolist()
    assert told == ([2] if facets == {SteeredFacet.RULED_OTHERWISE} else items), "what is suggested is not told"
    assert not ItemFilter(steered=frozenset(facets)).is_empty
