"""Hidden repeats: some comparisons are asked again, sides exchanged and without saying so, to see how far reviewers
agree with themselves.

Which one, and when, is drawn by a seeded chance that follows from the number of the last decision. Asked again is what
the same reviewer answered, and never what measures the model: random checks, audits and labels that came with the data.
The answer is an event of its own kind (`Verdict.REPEATED`): the first answer stands, and it alone trains. To train from
both would count a comparison twice because chance, and nothing it says, had it asked twice; and a model that has
learned from the second answer could no longer be held against a reviewer who is only as steady as these answers are.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import numpy as np

from hitl_desktop.domain.changes import Changes
from hitl_desktop.domain.decisions import MEASURING_SLOTS, Decision, Slot, Verdict, live_in
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.items import ItemState
from hitl_desktop.domain.reviewers import Sitting
from hitl_desktop.domain.sentences import say
from hitl_desktop.store.store import Store
from hitl_desktop.workflow.clock import now_utc
from hitl_desktop.workflow.deciding import Answer
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.review_queue import ReviewQueue

FACT: Final = "repeats"
"""The fact of a project that holds the share."""
USUAL: Final = 0.05
MOST: Final = 0.2
BETWEEN: Final = 20
"""So many decisions of the same reviewer lie between an answer and its repeat, at least."""
_DRAWS: Final = 48
_APART: Final = timedelta(days=1)
"""Those answered so long ago come first: what was answered the same day may be remembered."""
_CAME_OTHERWISE: Final = MEASURING_SLOTS | {Slot.IMPORTED, Slot.REPEAT}


def share_of(store: Store) -> float:
    """Which share of what is asked are hidden repeats, 0 for none."""
    share = store.fact(FACT)
    return USUAL if share is None else float(share)


def choose_share(store: Store, share: float) -> Changes:
    """Ask so many again from now on. Raises KnownError for a share that is none, or too large."""
    if not 0 <= share <= MOST:
        raise KnownError(
            say("The share of hidden repeats must lie between 0 and {most} %.", most=str(round(100 * MOST))),
            say("5 % is usual; 0 asks nothing again."),
        )
    with store.transaction():
        store.set_fact(FACT, share)
    return Changes(settings=True)


def is_asked_again(project: Project, index: int) -> bool:
    """True for the item on screen while it is there as a hidden repeat: nothing may tell how it was answered."""
    store = project.store
    return bool(store.fact("current_slot") == Slot.REPEAT.value and store.fact("current") == index)


def drawn(project: Project, sitting: Sitting, queue: ReviewQueue, last: Decision) -> int | None:
    """The item to ask again after the decision `last`, which is about to be recorded; None for nearly every one, and
    where a list is gone through.
    """
    if not project.kind.compares or queue.is_listing or last.slot is Slot.REPEAT:
        return None
    log = project.store.decisions
    number = log.count() + 1
    if not _is_drawn(project.seed, number, share_of(project.store)):
        return None
    recent, first = log.recent_of(sitting.name, BETWEEN), log.first_of(sitting.name)
    if len(recent) < BETWEEN or first is None or recent[-1].number <= first:
        return None
    draws = np.random.default_rng([project.seed, 0x616761696E, number]).integers(first, recent[-1].number, _DRAWS)
    there = {event.number: event for event in log.numbered(np.unique(draws).tolist())}
    found = [there[number] for number in dict.fromkeys(draws.tolist()) if number in there]
    may = _repeatable(project, sitting, found)
    old = [event for event in may if _is_old(event)]
    return next((event.item_index for event in (*old, *may)), None)


def answered(project: Project, index: int, answer: Answer, slot: Slot) -> tuple[Answer, Slot]:
    """What is to be recorded for an answer to an item on screen, and why it was asked.

    A hidden repeat is an event of its own kind, with no class where it was skipped or unsure; a flag is one all the
    same, as somebody has to look. What lost its first answer meanwhile is answered as any other.
    """
    if slot is not Slot.REPEAT:
        return answer, slot
    if project.pool.state(index) is not ItemState.DECIDED:
        return answer, Slot.CHOSEN
    if answer[0] is Verdict.FLAGGED:
        return answer, slot
    return (Verdict.REPEATED, answer[1], answer[2]), slot


def may_repeat(project: Project, sitting: Sitting, index: int) -> bool:
    """True when this reviewer may be asked an item again: after another sat down, or when a project is opened."""
    live = project.store.decisions.live(index)
    return bool(live) and bool(_repeatable(project, sitting, live[-1:]))


def _is_drawn(seed: int, number: int, share: float) -> bool:
    drawn_ = hashlib.sha256(f"again {seed} {number}".encode()).digest()[:8]
    return int.from_bytes(drawn_, "big") / 2**64 < share


def _repeatable(project: Project, sitting: Sitting, events: Sequence[Decision]) -> list[Decision]:
    """Those of the decisions that stand, are the reviewer's own, measure nothing, and were not asked again before."""
    audited = project.store.audits.open_items()
    own = [
        event
        for event in events
        if event.names_answer
        and event.response.sides
        and event.slot not in _CAME_OTHERWISE
        and _is_by(event, sitting)
        and event.item_index not in audited
        and not project.reserve.members[event.item_index]
    ]
    of_item: dict[int, list[Decision]] = {event.item_index: [] for event in own}
    for event in project.store.decisions.of_items(list(of_item)):
        of_item[event.item_index].append(event)
    return [event for event in own if _is_first(event, of_item[event.item_index], sitting)]


def _is_first(event: Decision, events: Sequence[Decision], sitting: Sitting) -> bool:
    """True for a decision that stands and was not asked again yet; what was taken back does not count."""
    retracted = {other.retracts for other in events}
    repeated = any(
        other.verdict is Verdict.REPEATED and other.number not in retracted and _is_by(other, sitting)
        for other in events
    )
    return not repeated and live_in(events)[-1:] == [event]


def _is_by(event: Decision, sitting: Sitting) -> bool:
    """By the profile, which keeps when its name changes, else by the name."""
    if event.reviewer_id and sitting.reviewer_id:
        return event.reviewer_id == sitting.reviewer_id
    return event.reviewer == sitting.name


def _is_old(event: Decision) -> bool:
    return datetime.fromisoformat(now_utc()) - datetime.fromisoformat(event.at_utc) >= _APART
