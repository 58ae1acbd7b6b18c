"""What rules for classes say of items: weak labels to train with, and how often they are right on random checks."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.policy_conditions import NUMERIC, READ_FROM_STORE, ColumnOver, ColumnUnder, Condition
from hitl_desktop.domain.steering import Conditions
from hitl_desktop.store.record_search import RecordSearch
from hitl_desktop.store.store import Store
from hitl_desktop.workflow.record_facts import Asked, Found, read
from hitl_desktop.workflow.requests import Decided

MOST_WEAK: Final = 2000
"""Items with a weak label that a training looks at: a seeded draw where there are more."""

Rules = Sequence[tuple[Conditions, int]]
"""What is asked, and the class id that it speaks for."""

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class RuleFigures:
    """What a rule does: it holds of `items` of the pool, on `conflicts` of which another rule speaks for another
    class; of `checks` items drawn at random and answered that it holds of, it was right on `right`.
    """

    items: int
    conflicts: int
    checks: int
    right: int


def holds(
    records: RecordSearch, asked: Sequence[Conditions], items: int, between: Callable[[], None] = lambda: None
) -> Mapping[Conditions, Mask]:
    """By what is asked, of which of the first `items` items all of it holds (n,), read as for a routing policy; of a
    cell that is no number, nothing about numbers. `between` is called between parts and may raise to stop.
    """
    every = tuple(dict.fromkeys(condition for conditions in asked for condition in conditions))
    columns = dict.fromkeys(condition.column for condition in every if isinstance(condition, NUMERIC))
    wanted = Asked(tuple(c for c in every if isinstance(c, READ_FROM_STORE)), tuple(columns))
    found = read(records, wanted, Found(), items, between)
    masks = {condition: _mask(condition, found, items) for condition in every}
    return {conditions: np.logical_and.reduce([masks[c] for c in conditions]) for conditions in asked}


def _mask(condition: Condition, found: Found, items: int) -> Mask:
    if not items:
        return np.zeros(0, bool)
    with np.errstate(invalid="ignore"):
        match condition:
            case ColumnOver(column, amount):
                return np.asarray(found.amounts[column] > amount)
            case ColumnUnder(column, amount):
                return np.asarray(found.amounts[column] < amount)
    return found.masks[condition]


def votes(rules: Rules, standing: Mapping[Conditions, Mask]) -> npt.NDArray[np.int64]:
    """The class id that the rules speak for (n,); −1 where none does, or they speak for different ones."""
    items = len(next(iter(standing.values())))
    said = np.full(items, -1, np.int64)
    differ = np.zeros(items, bool)
    for asked, label_id in rules:
        mask = standing[asked]
        differ |= mask & (said >= 0) & (said != label_id)
        said[mask & (said < 0)] = label_id
    said[differ] = -1
    return said


def guessed_by(folder: Path, rules: Rules, undecided: npt.NDArray[np.int64], seed: int) -> Decided:
    """The weak labels of some items (u,) of a project: those that the rules agree on. Runs in the worker."""
    store = Store.reader(folder)
    try:
        items = int(undecided.max(initial=-1)) + 1
        if not items:
            return Decided(undecided, undecided)
        said = said_by(store.records, rules, items)
    finally:
        store.close()
    rows = undecided[said[undecided] >= 0]
    if len(rows) > MOST_WEAK:
        rows = np.sort(np.random.default_rng([seed, 0x7765616B]).choice(rows, MOST_WEAK, replace=False))
    return Decided(rows, said[rows])


def said_by(
    records: RecordSearch, rules: Rules, items: int, between: Callable[[], None] = lambda: None
) -> npt.NDArray[np.int64]:
    """The class id that rules speak for of the first `items` items (n,), −1 for none; `between` as in `holds`."""
    if not rules or not items:
        return np.full(items, -1, np.int64)
    return votes(rules, holds(records, [asked for asked, _ in rules], items, between))


def figures(
    rules: Rules,
    standing: Mapping[Conditions, Mask],
    checks: npt.NDArray[np.int64],
    labels: npt.NDArray[np.int64],
) -> list[RuleFigures]:
    """How each rule does, whether it is on or off: `checks` (m,) were drawn at random and answered as `labels` (m,)."""
    found = []
    for asked, label_id in rules:
        mask = standing[asked]
        others = [standing[other] for other, another in rules if another != label_id]
        conflicts = mask & np.logical_or.reduce(others) if others else np.zeros(len(mask), bool)
        met = mask[checks]
        found.append(
            RuleFigures(int(mask.sum()), int(conflicts.sum()), int(met.sum()), int((labels[met] == label_id).sum()))
        )
    return found
