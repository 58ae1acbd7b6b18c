"""The order of asking: the strategy's choice, with slots at even distances given to the reserve that measures.

The order is a pure function of utilities, states and seed, so it is the same after closing and reopening.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.decisions import Slot
from hitl_desktop.domain.predictions import FloatArray
from hitl_desktop.learning.reserve import Reserve

ASKED_FOR: Final = (Slot.UNCERTAIN, Slot.TYPICAL, Slot.DIVERSE, Slot.RARE, Slot.START, Slot.LOSS)
"""Why a strategy can ask for an item, in the order of `query_strategies.Reason`: the codes of `reasons`."""
_SLOTS: Final = (*ASKED_FOR, Slot.EXPLORE, Slot.AUDIT, Slot.WATCH)
_EXPLORE: Final = _SLOTS.index(Slot.EXPLORE)
_AUDIT: Final = _SLOTS.index(Slot.AUDIT)
_WATCH: Final = _SLOTS.index(Slot.WATCH)
_WATCH_EVERY: Final = 10


@dataclass(frozen=True, slots=True)
class Plan:
    """Item indexes in the order of asking, and why each is asked. Shapes (m,), (m,).

    `sorts` holds codes; `slot` translates one.
    """

    order: npt.NDArray[np.int64]
    sorts: npt.NDArray[np.uint8]

    def slot(self, place: int) -> Slot:
        """Why the item at `place` is asked."""
        return _SLOTS[self.sorts[place]]

    def with_front(self, items: list[int], slots: list[Slot]) -> "Plan":
        """The same plan with some items, few of them, moved to the front, keeping the reason they were asked for."""
        codes = [_SLOTS.index(slot) if slot in _SLOTS else 0 for slot in slots]
        # Whole stretches are copied: picking a million items one by one takes the window ten times as long.
        places = sorted(place for item in items for place in np.flatnonzero(self.order == item).tolist())
        rest = [slice(start + 1, stop) for start, stop in pairwise([-1, *places, len(self.order)])]
        return Plan(
            np.concatenate([np.asarray(items, np.int64), *(self.order[part] for part in rest)]),
            np.concatenate([np.asarray(codes, np.uint8), *(self.sorts[part] for part in rest)]),
        )

    def with_audit(self, items: npt.NDArray[np.int64], done: int) -> "Plan":
        """The same plan with an audit's items (a,), in their order, in every second place, and in all that are left.

        `done` as in `plan`: the place that the queue begins with changes hands with every decision.
        """
        rest = ~np.isin(self.order, items)
        others, sorts = self.order[rest], self.sorts[rest]
        # The first place is the audit's where an even number of decisions was made.
        places = 2 * np.arange(len(items), dtype=np.int64) + done % 2
        total = len(items) + len(others)
        if len(items) and places[-1] >= total:  # the others run out: what is left are the audit's
            taken = np.ones(total, bool)
            taken[1 - done % 2 : 2 * len(others) + 1 - done % 2 : 2] = False
            places = np.flatnonzero(taken)
        order, codes = np.empty(total, np.int64), np.full(total, _AUDIT, np.uint8)
        is_other = np.ones(total, bool)
        is_other[places] = False
        order[places], order[is_other] = items, others
        codes[is_other] = sorts
        return Plan(order, codes)

    def with_watch(self, items: npt.NDArray[np.int64], done: int) -> "Plan":
        """The same plan with the items (w,) that keep watch, in their order, in every tenth place, and the rest last.

        `done` as in `plan`.
        """
        stays = ~np.isin(self.order, items)
        others, sorts = self.order[stays], self.sorts[stays]
        places = _reserve_slots(len(others), done, _WATCH_EVERY)[: len(items)]
        total = len(others) + len(items)
        is_watch = np.zeros(total, bool)
        is_watch[places] = True
        is_watch[len(others) + len(places) :] = True
        order, codes = np.empty(total, np.int64), np.full(total, _WATCH, np.uint8)
        order[is_watch], order[~is_watch] = items, others
        codes[~is_watch] = sorts
        return Plan(order, codes)


def plan(
    candidates: npt.NDArray[np.int64],
    undecided: npt.NDArray[np.int64],
    reserve: Reserve,
    ranking: npt.NDArray[np.int64],
    reasons: npt.NDArray[np.uint8],
    *,
    done: int,
    every: int,
) -> Plan:
    """Order `candidates` (items that need a person) and mix in the reserve's part of `undecided` (all of them).

    `ranking` (pool,) are all items in the order of `rank_pool`; it is made once for many plans. `reasons` (pool,) are
    codes into `ASKED_FOR`. `done` is the number of decisions made so far: one slot in `every` (2 or more) is the
    reserve's, slot `done + i` when it is the last of its run of `every`. Reserve items that need a person and found no
    slot come last.
    """
    pool_size = len(reserve.members)
    is_asked = np.zeros(pool_size, bool)
    is_asked[candidates] = True
    ranked = ranking[(is_asked & ~reserve.members)[ranking]]
    is_open = np.zeros(pool_size, bool)
    is_open[undecided] = True
    drawn = reserve.order[is_open[reserve.order]]
    slots = _reserve_slots(len(ranked), done, every)[: len(drawn)]
    total = len(ranked) + len(slots)
    order = np.empty(total, np.int64)
    sorts = np.full(total, _EXPLORE, np.uint8)
    others = np.ones(total, bool)
    others[slots] = False
    order[slots] = drawn[: len(slots)]
    order[others] = ranked
    sorts[others] = reasons[ranked]
    left = drawn[len(slots) :]
    left = left[is_asked[left]]
    return Plan(np.concatenate([order, left]), np.concatenate([sorts, np.full(len(left), _EXPLORE, np.uint8)]))


def _reserve_slots(others: int, done: int, every: int) -> npt.NDArray[np.int64]:
    """The places of the reserve among `others` items of the strategy, when `done` decisions were made before."""
    until_first = every - 1 - done % every
    if others < until_first:
        return np.empty(0, np.int64)
    # A reserve slot follows each full run of others, the first run being what is left of the one begun.
    count = 1 + (others - until_first) // (every - 1)
    return np.arange(count, dtype=np.int64) * every + until_first


def rank_pool(utilities: FloatArray | None, pool_size: int, seed: int) -> npt.NDArray[np.int64]:
    """All items of the pool, those first that are most worth asking. Shape (n,).

    `utilities` (m,) with m ≤ n, larger is asked sooner, NaN last, or None: then the order is random, to start with.
    Items without one, which came later, are first. Ties are broken by seeded chance, never by position.
    """
    # The starting order uses other random numbers than the reserve, which must stay independent of it.
    ties = np.random.default_rng([seed, 0x74696573]).random(pool_size)
    if utilities is None:
        return np.argsort(ties, kind="stable")
    worth = np.full(pool_size, -np.inf, np.float32)
    worth[: len(utilities)] = -utilities[:pool_size]
    return _sorted_by(worth, ties)


def _sorted_by(values: FloatArray, ties: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """As `np.lexsort((ties, values))`, the smallest first, NaN last: in a quarter of the time where few are level."""
    order = np.argsort(values)
    ranked = values[order]
    level = (ranked[1:] == ranked[:-1]) | (np.isnan(ranked[1:]) & np.isnan(ranked[:-1]))
    shared = np.flatnonzero(np.concatenate([level, [False]]) | np.concatenate([[False], level]))
    among = order[shared]
    order[shared] = among[np.lexsort((ties[among], values[among]))]  # each run of level ones stays in its places
    return order
