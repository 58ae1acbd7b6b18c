"""The reserve: a uniform random part of the pool, the project's holdout, that measures models and never trains them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

LEAST_OF_A_PART: Final = 10
"""Small batches are taken together until so many of their items can be expected in the reserve."""
_KEYS: Final = 0x6578706C
_STARTS: Final = 0x62617463


@dataclass(frozen=True, slots=True)
class Reserve:
    """Which items measure, and in which order they are asked.

    `members` (n,) says of every item of the pool whether it belongs; `order` (m,) are the members in the order in which
    they are asked; `probability` is the chance that each item had of being drawn, 0–1. Query strategies never choose a
    member, so whatever part of a random order has been answered from its beginning is a simple random sample without
    replacement, and plain shares over it are unbiased.
    Source: Cochran, "Sampling techniques", 1977, chapter 2.

    It cannot be made larger once strategies have chosen. The next items by their keys would be a random sample too, had
    none of them trained; leaving out those that did leaves the ones no strategy wanted, which are easier than most.
    Items that come later are another matter: no strategy has seen them, so a share of theirs can be drawn (`enlarged`).
    `parts` (n,) says from which part of the pool each item's share was drawn: 0 is the first import. Each part has a
    random order of its own; what was answered from its beginning stands for that part alone, and figures weigh the
    parts by their items. None: there is one part.
    """

    members: npt.NDArray[np.bool_]
    order: npt.NDArray[np.int64]
    probability: float
    parts: npt.NDArray[np.int64] | None = None

    def part_of(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """The parts of some items (r,) → (r,)."""
        return np.zeros(len(rows), np.int64) if self.parts is None else self.parts[rows]

    @property
    def part_count(self) -> int:
        """How many parts there are."""
        return 1 if self.parts is None or not len(self.parts) else int(self.parts.max()) + 1

    def measuring(self, open_items: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
        """Of each part, the members up to the first that is still open: they measure. `open_items` (n,) → (r,)."""
        is_open = open_items[self.order]
        part = self.part_of(self.order)
        first_open = np.full(self.part_count, len(self.order))
        places = np.flatnonzero(is_open)
        np.minimum.at(first_open, part[places], places)
        return self.order[np.arange(len(self.order)) < first_open[part]]


def draw_reserve(pool_size: int, seed: int, apart: npt.NDArray[np.int64], count: int) -> Reserve:
    """Draw `count` items of the pool uniformly.

    `apart` are items that cannot be drawn, as their labels came with the data.
    """
    eligible = pool_size - len(apart)
    if not 0 <= count <= eligible:
        raise ValueError(f"{count} of {eligible} items cannot be drawn")
    keys = _keys(pool_size, seed, apart)
    order = _smallest(keys, count)
    members = np.zeros(pool_size, bool)
    members[order] = True
    return Reserve(members, order, count / eligible if eligible else 0.0)


def enlarged(
    first: Reserve, sizes: Sequence[int], seed: int, apart: npt.NDArray[np.int64], probability: float
) -> Reserve:
    """The reserve after batches of `sizes` items have followed the items of the `first` one, `apart` as above.

    Of each batch the same share is drawn, so every item has the same `probability`, however small its batch: the count
    is a systematic sample's, n items being the whole steps that `probability` · n takes from a random start. No item
    can be given up or taken later, as trainings may choose from a batch at once. Small batches make one part together
    until `LEAST_OF_A_PART` of it can be expected: strata of one or two checks say nothing.
    Source: Cochran, "Sampling techniques", 1977, chapters 5 and 8.

    A part's order is that of its items' random keys, whichever batch they are of. An item that comes with a key smaller
    than some that were answered is asked next, and until then what comes after it does not measure: what was answered
    without it would stand for the earlier batches alone. Parts are asked in step: the one of which the smallest share
    was asked comes first, so that a new batch is soon measured. All this is a function of seed and sizes alone.
    """
    total = len(first.members) + sum(sizes)
    keys = _keys(total, seed, apart)
    parts = np.zeros(total, np.int64)
    members = np.concatenate([first.members, np.zeros(total - len(first.members), bool)])
    part, counted, start = 0, math.inf, 0.0
    at = len(first.members)
    for size in sizes:
        if counted * probability >= LEAST_OF_A_PART:
            part, counted = part + 1, 0
            start = float(np.random.default_rng([seed, _STARTS, part]).random())
        rows = np.arange(at, at + size)
        at += size
        parts[rows] = part
        free = rows[np.isfinite(keys[rows])]
        before, counted = counted, counted + len(free)
        count = math.floor(probability * counted + start) - math.floor(probability * before + start)
        members[free[np.argsort(keys[free], kind="stable")[:count]]] = True
    return Reserve(members, _in_step(members, keys, parts), first.probability or probability, parts)


def _smallest(keys: npt.NDArray[np.float64], count: int) -> npt.NDArray[np.int64]:
    """As the first `count` of a stable `argsort`: of a million, a tenth is sorted."""
    if not count:
        return np.empty(0, np.int64)
    among = np.flatnonzero(keys <= np.partition(keys, count - 1)[count - 1])
    return among[np.argsort(keys[among], kind="stable")[:count]]


def _in_step(
    members: npt.NDArray[np.bool_], keys: npt.NDArray[np.float64], parts: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """The members, each part in the order of its keys, and the parts so that the same share of each is asked."""
    chosen = np.flatnonzero(members)
    rank = np.empty(len(chosen))
    for part in np.unique(parts[chosen]):
        own = np.flatnonzero(parts[chosen] == part)
        rank[own[np.argsort(keys[chosen[own]], kind="stable")]] = (np.arange(len(own)) + 0.5) / len(own)
    return chosen[np.lexsort((parts[chosen], rank))]


def _keys(pool_size: int, seed: int, apart: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """A random number for every item, the same however many items follow it; infinite for those set apart."""
    keys = np.random.default_rng([seed, _KEYS]).random(pool_size)
    keys[apart] = np.inf
    return keys
