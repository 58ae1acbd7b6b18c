"""What phrase rules say of items: weak labels to train with, and how often they are right on random checks."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.policy_conditions import Keywords, Where
from hitl_desktop.store.record_search import RecordSearch
from hitl_desktop.store.store import Store
from hitl_desktop.workflow.record_facts import Asked, Found, read
from hitl_desktop.workflow.requests import Decided

MOST_WEAK: Final = 2000
"""Items with a weak label that a training looks at: a seeded draw where there are more."""

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class RuleFigures:
    """What a rule does: it stands in `items` texts of the pool, on `conflicts` of which another rule speaks for another
    class; of `checks` items drawn at random and answered that it stands in, it was right on `right`.
    """

    items: int
    conflicts: int
    checks: int
    right: int


def _condition(phrase: str) -> Keywords:
    return Keywords((phrase,), Where.ANYWHERE)


def holds(
    records: RecordSearch, phrases: Sequence[str], items: int, between: Callable[[], None] = lambda: None
) -> Mapping[str, Mask]:
    """By phrase, in which of the first `items` items it stands (n,): in the text or a column, large and small letters
    alike, as keywords of a routing rule. `between` is called between parts and may raise to stop.
    """
    asked = tuple(dict.fromkeys(_condition(phrase) for phrase in phrases))
    found = read(records, Asked(asked), Found(), items, between)
    return {phrase: found.masks.get(_condition(phrase), np.zeros(items, bool)) for phrase in phrases}


def votes(rules: Sequence[tuple[str, int]], standing: Mapping[str, Mask]) -> npt.NDArray[np.int64]:
    """The class id that the rules speak for (n,); −1 where none does, or they speak for different ones."""
    items = len(next(iter(standing.values())))
    said = np.full(items, -1, np.int64)
    differ = np.zeros(items, bool)
    for phrase, label_id in rules:
        mask = standing[phrase]
        differ |= mask & (said >= 0) & (said != label_id)
        said[mask & (said < 0)] = label_id
    said[differ] = -1
    return said


def guessed_by(folder: Path, rules: Sequence[tuple[str, int]], undecided: npt.NDArray[np.int64], seed: int) -> Decided:
    """The weak labels of some items (u,) of a project: those that the rules agree on. Runs in the worker."""
    store = Store.reader(folder)
    try:
        items = int(undecided.max(initial=-1)) + 1
        if not items:
            return Decided(undecided, undecided)
        said = votes(rules, holds(store.records, [phrase for phrase, _ in rules], items))
    finally:
        store.close()
    rows = undecided[said[undecided] >= 0]
    if len(rows) > MOST_WEAK:
        rows = np.sort(np.random.default_rng([seed, 0x7765616B]).choice(rows, MOST_WEAK, replace=False))
    return Decided(rows, said[rows])


def figures(
    rules: Sequence[tuple[str, int]],
    standing: Mapping[str, Mask],
    checks: npt.NDArray[np.int64],
    labels: npt.NDArray[np.int64],
) -> list[RuleFigures]:
    """How each rule does, whether it is on or off: `checks` (m,) were drawn at random and answered as `labels` (m,)."""
    found = []
    for phrase, label_id in rules:
        mask = standing[phrase]
        others = [standing[other] for other, another in rules if another != label_id]
        conflicts = mask & np.logical_or.reduce(others) if others else np.zeros(len(mask), bool)
        met = mask[checks]
        found.append(
            RuleFigures(int(mask.sum()), int(conflicts.sum()), int(met.sum()), int((labels[met] == label_id).sum()))
        )
    return found
