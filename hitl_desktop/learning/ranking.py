"""The order of asking: the strategy's choice, with every tenth slot drawn uniformly at random.

The order is a pure function of scores, states and seed, so it is the same after closing and reopening.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.decisions import Slot
from hitl_desktop.domain.predictions import FloatArray
from hitl_desktop.learning.query_strategies import QUERY_STRATEGIES

EXPLORE_EVERY = 10

_SLOTS = (Slot.UNCERTAIN, Slot.START, Slot.EXPLORE)
_EXPLORE = _SLOTS.index(Slot.EXPLORE)


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
        """The same plan with some items moved to the front, keeping the reason they were asked for."""
        rest = ~np.isin(self.order, items)
        codes = [_SLOTS.index(slot) if slot in _SLOTS else 0 for slot in slots]
        return Plan(
            np.concatenate([np.asarray(items, np.int64), self.order[rest]]),
            np.concatenate([np.asarray(codes, np.uint8), self.sorts[rest]]),
        )


def random_keys(count: int, seed: int) -> npt.NDArray[np.float64]:
    """One fixed random number per item, independent of scores and decisions. Shape (count,)."""
    return np.random.default_rng([seed, 0x6578706C]).random(count)


def plan(
    candidates: npt.NDArray[np.int64],
    undecided: npt.NDArray[np.int64],
    probabilities: FloatArray | None,
    *,
    strategy: str,
    seed: int,
    pool_size: int,
    done: int,
) -> Plan:
    """Order `candidates` (items that need a person) and mix in uniform draws from `undecided` (all of them).

    `probabilities` (pool_size, k) or None before there is a model: then the order is random, to start with.
    `done` is the number of decisions made so far: slot `done + i` explores when it is the tenth of its ten.
    Ties are broken by seeded chance, never by position.
    """
    keys = random_keys(pool_size, seed)
    ranked = _rank(candidates, probabilities, keys, strategy, seed)
    asked = Slot.UNCERTAIN if probabilities is not None else Slot.START
    places = np.arange(len(ranked))
    is_explore = (places + done) % EXPLORE_EVERY == EXPLORE_EVERY - 1
    explorers = undecided[np.argsort(keys[undecided], kind="stable")][: int(is_explore.sum())]
    return _merge(ranked, explorers, is_explore, _SLOTS.index(asked))


def _rank(
    candidates: npt.NDArray[np.int64],
    probabilities: FloatArray | None,
    keys: npt.NDArray[np.float64],
    strategy: str,
    seed: int,
) -> npt.NDArray[np.int64]:
    # The starting order uses other random numbers than the exploring draws, which must stay independent of it.
    ties = np.random.default_rng([seed, 0x74696573]).random(len(keys))[candidates]
    if probabilities is None:
        return candidates[np.argsort(ties, kind="stable")]
    known = candidates < len(probabilities)
    utilities = np.full(len(candidates), np.inf, np.float32)
    rng = np.random.default_rng([seed, 0x7574696C])
    # Over the whole pool, so that an item's number does not depend on which others are still to do.
    utilities[known] = QUERY_STRATEGIES[strategy].utilities(probabilities, rng)[candidates[known]]
    return candidates[np.lexsort((ties, -utilities))]


def _merge(
    ranked: npt.NDArray[np.int64],
    explorers: npt.NDArray[np.int64],
    is_explore: npt.NDArray[np.bool_],
    asked: int,
) -> Plan:
    """Put the explorers in their slots; whoever is drawn leaves their place in the ranking."""
    rest = ranked[~np.isin(ranked, explorers)]
    total = len(rest) + len(explorers)
    slots = np.flatnonzero(is_explore)[: len(explorers)]
    slots = np.minimum(slots, np.arange(len(slots)) + len(rest))  # no gaps when few others are left
    sorts = np.full(total, asked, np.uint8)
    sorts[slots] = _EXPLORE
    order = np.empty(total, np.int64)
    order[slots] = explorers
    order[sorts != _EXPLORE] = rest
    return Plan(order, sorts)
