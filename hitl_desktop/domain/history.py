"""The history of decisions: which events are shown, in which order, and each beside what it changed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from hitl_desktop.domain.decisions import Decision, Standing, Verdict, standing_of
from hitl_desktop.domain.steering import SteeredFacet


class HistoryOrder(StrEnum):
    """By what the table is sorted; events that are level follow the newest first."""

    TIME = "time"
    ITEM = "item"
    DECIDED = "decided"
    REVIEWER = "reviewer"
    MODEL = "model"
    SECONDS = "seconds"


@dataclass(frozen=True, slots=True)
class HistoryFilter:
    """Which events are shown; what says nothing lets everything through.

    `words` are all in the item's name or id, the note or the reason. `label_id` was decided, or what it was before.
    `since` and `until` are days in ISO 8601 (UTC), both included. `amended` are changes with a reason only.
    `steered`: of items that matter or are ignored for training now, or that were said to be of another class than the
    rules that are on speak for.
    """

    words: str = ""
    label_id: int | None = None
    reviewer: str = ""
    verdicts: frozenset[Verdict] = frozenset()
    since: str = ""
    until: str = ""
    has_note: bool = False
    amended: bool = False
    steered: SteeredFacet | None = None

    @property
    def is_empty(self) -> bool:
        """True when it asks nothing."""
        return replace(self, words=self.words.strip()) == _NO_FILTER


_NO_FILTER: Final = HistoryFilter()


@dataclass(frozen=True, slots=True)
class Entry:
    """One event beside what it changed: the standing of the item `before` and `after` it, and whether it was taken back
    since.
    """

    event: Decision
    before: Standing
    after: Standing
    is_taken_back: bool


def entries_of(events: Sequence[Decision]) -> dict[int, Entry]:
    """The entries of all events of some items, by number. `events` are all of these items', in order."""
    retracted = {event.retracts for event in events if event.verdict is Verdict.RETRACTED}
    live: dict[int, list[Decision]] = {}
    found: dict[int, Entry] = {}
    for event in events:
        stack = live.setdefault(event.item_index, [])
        before = standing_of(stack)
        if event.verdict is Verdict.RETRACTED:
            stack[:] = [d for d in stack if d.number != event.retracts]
        elif event.verdict is not Verdict.REPEATED:
            stack.append(event)
        found[event.number] = Entry(event, before, standing_of(stack), event.number in retracted)
    return found
