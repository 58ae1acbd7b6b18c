"""Changes to the classes of a project: operations on record, and what they make of a model's answers.

A class is never deleted and its column never moves: a model that was trained before a merge still answers with the old
columns, and its answers are folded into the classes there are now wherever they are read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.labels import Label

NOWHERE = -1
"""Where the column of a retired class counts that has no successor."""


class ClassAction(StrEnum):
    """What was done to a class."""

    ADDED = "added"
    RENAMED = "renamed"
    MERGED = "merged"
    SPLIT = "split"
    RETIRED = "retired"
    BROUGHT_BACK = "brought_back"
    TAKEN_BACK = "taken_back"
    """Takes back the operation named by `takes_back`."""


@dataclass(frozen=True, slots=True)
class ClassOperation:
    """One operation on the classes, as it is on record: appended, never changed.

    `number` is gapless and counts from 1. `label_id` is the class it was done to, `old_name` and `new_name` its name
    before and after. `others` are the ids of the other classes concerned: that merged into, or those it was split into.
    `first_decision` to `last_decision` are the decisions that were recorded with it, both 0 where there were none.
    """

    number: int
    event_id: str
    at_utc: str
    reviewer: str
    action: ClassAction
    label_id: int
    old_name: str
    new_name: str
    others: tuple[int, ...] = ()
    reason: str = ""
    first_decision: int = 0
    last_decision: int = 0
    takes_back: int | None = None


def columns_now(labels: Sequence[Label]) -> tuple[int, ...]:
    """For each class column the column it counts as now: itself, that of its successor, or `NOWHERE`."""
    by_id = {label.id: label for label in labels}

    def target(label: Label) -> int:
        seen = {label.id}
        while label.retired and label.counts_as is not None and label.counts_as not in seen:
            label = by_id[label.counts_as]
            seen.add(label.id)
        return NOWHERE if label.retired else label.position

    return tuple(target(label) for label in labels)


def is_plain(columns: Sequence[int]) -> bool:
    """True while every class counts as itself."""
    return all(column == place for place, column in enumerate(columns))


def folded(probabilities: npt.NDArray[Any], columns: Sequence[int], *, several: bool) -> npt.NDArray[Any]:
    """A model's answers in the classes there are now; shape (n, k) stays, `columns` has at least k entries.

    With one class per item, probabilities of merged classes add up, and what a retired class had is shared out in
    proportion; a row that is left with nothing counts as unscored (NaN). With `several`, a merged finding is as
    probable as the most probable of its parts, which holds however they depend on each other, and a retired one 0.
    """
    k = probabilities.shape[1]
    if is_plain(columns[:k]):
        return probabilities
    result = np.zeros((len(probabilities), max(k, 1 + max(columns[:k]))), probabilities.dtype)
    for place, column in enumerate(columns[:k]):
        if column == NOWHERE:
            continue
        if several:
            result[:, column] = np.maximum(result[:, column], probabilities[:, place])
        else:
            result[:, column] += probabilities[:, place]
    if several:
        result[~np.isfinite(probabilities).all(axis=1)] = np.nan
        return result
    with np.errstate(invalid="ignore", divide="ignore"):
        shared: npt.NDArray[Any] = result / result.sum(axis=1, keepdims=True)
    return shared.astype(probabilities.dtype)


def folded_code(code: int, columns: Sequence[int]) -> int:
    """The code of a set of findings in the classes there are now; −1 stays. See `domain/findings.py`."""
    if code < 0:
        return code
    there = {columns[place] for place in range(code.bit_length()) if code >> place & 1}
    return sum(1 << column for column in there if column != NOWHERE)
