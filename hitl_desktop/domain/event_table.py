"""The log of decisions as columns: what figures are made of, a hundred thousand events at a time."""

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.decisions import Exposure, Slot, Verdict

VERDICTS = tuple(Verdict)
SLOTS = tuple(Slot)
EXPOSURES = tuple(Exposure)
NONE = -1
"""Stands where an event has no such value."""

_IMPORTED = (SLOTS.index(Slot.IMPORTED), SLOTS.index(Slot.IMPORTED_CHECK))
_ANSWERS = (VERDICTS.index(Verdict.CONFIRMED), VERDICTS.index(Verdict.CORRECTED))

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class EventTable:
    """All events up to one moment, in the order of their numbers; every column has the shape (n,).

    `number` and `item` as in `Decision`; `verdict`, `slot` and `exposure` are codes into `VERDICTS`, `SLOTS` and
    `EXPOSURES`, `exposure` −1 for none; `reviewer` is a code into `reviewers`; `at` is in seconds since 1970; `version`
    of the model and `seconds` are −1 and NaN where there is none; `label` and `suggested` are label ids, −1 for none
    and where the task is several findings; `has_suggestion` and `agrees` say whether a model had spoken, and whether
    the answer is the same; `retracts` and `follows` are numbers of events, −1 for none; `in_batch` marks decisions made
    many at once, `amends` those that changed an earlier one for a reason.
    """

    number: Ints
    item: Ints
    verdict: npt.NDArray[np.int8]
    slot: npt.NDArray[np.int8]
    exposure: npt.NDArray[np.int8]
    reviewer: npt.NDArray[np.int32]
    at: Ints
    version: Ints
    seconds: npt.NDArray[np.float64]
    label: Ints
    suggested: Ints
    has_suggestion: Mask
    agrees: Mask
    retracts: Ints
    follows: Ints
    in_batch: Mask
    amends: Mask
    reviewers: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.number)

    @property
    def is_retraction(self) -> Mask:
        """Events that take another one back."""
        return np.asarray(self.verdict == VERDICTS.index(Verdict.RETRACTED))

    @property
    def is_imported(self) -> Mask:
        """Labels that came with the data."""
        return np.isin(self.slot, _IMPORTED)

    @property
    def is_answer(self) -> Mask:
        """Events that name a class, or findings."""
        return np.isin(self.verdict, _ANSWERS)

    @property
    def is_automatic(self) -> Mask:
        """Decisions that nobody was asked for."""
        return np.asarray(self.verdict == VERDICTS.index(Verdict.AUTOMATIC))

    @property
    def was_in_view(self) -> Mask:
        """Answers before which a suggestion had been seen."""
        return np.asarray(
            self.has_suggestion & ~self.is_automatic & (self.exposure != EXPOSURES.index(Exposure.HIDDEN))
        )

    @property
    def stands(self) -> Mask:
        """Events that are no retraction and were not taken back."""
        return np.asarray(~self.is_retraction & ~np.isin(self.number, self.retracts[self.retracts != NONE]))

    def standing(self, items: int) -> Ints:
        """For each item of the pool the place of the event that holds for it, −1 for none. Shape (items,)."""
        found = np.full(items, NONE, np.int64)
        places = np.flatnonzero(self.stands & (self.verdict != VERDICTS.index(Verdict.REPEATED)))
        np.maximum.at(found, self.item[places], places)
        return found

    def of(self, mask: Mask) -> "EventTable":
        """Some of the events, (n,) → the same table with fewer rows."""
        columns = {f.name: getattr(self, f.name)[mask] for f in fields(self) if f.name != "reviewers"}
        return EventTable(**columns, reviewers=self.reviewers)
