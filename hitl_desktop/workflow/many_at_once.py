"""One step over many items, in parts: each is durable before the next is begun, and others have their turn in between.

A small step is one part, so all of it is saved or none. Of a large one, what is saved stays if the disk fails or the
program ends: all its events carry the same `batch`, so undo takes back whatever of it is there.
"""

import uuid
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from hitl_desktop.domain.changes import NOTHING, Changes
from hitl_desktop.domain.decisions import Decision, Verdict
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.language import tr
from hitl_desktop.workflow.certifying import saved_together
from hitl_desktop.workflow.decision_words import told_step
from hitl_desktop.workflow.steps import made_again, retractions

if TYPE_CHECKING:
    from hitl_desktop.store.store import Store
    from hitl_desktop.workflow.review import ReviewSession

LINES: Final = 256
"""So many decisions go to the second record in one go."""
PART: Final = 64
"""Up to so many events are saved in one go; the window waits for them, which takes less than a frame."""


@dataclass(frozen=True, slots=True)
class Made:
    """What a step came to. `error` is why it was not made to its end."""

    changes: Changes
    error: KnownError | None = None


Making = Generator[tuple[int, int], None, Made]
"""Runs a step: yields (done, of so many) after every part; of 0 where nobody is told how far it is. Raises KnownError
where nothing was saved at all.
"""
Source = Iterator[tuple[list[Decision], int, int]]
"""Parts of a step that are to be saved, with how much is done then. A part of none is a breath."""


def at_once(making: Making) -> Changes:
    """Run a step to its end. Raises KnownError for one that was not made to its end."""
    while True:
        try:
            next(making)
        except StopIteration as ended:
            made: Made = ended.value
            if made.error is not None:
                raise made.error from None
            return made.changes


def settled(store: "Store") -> Iterator[None]:
    """After a large transaction that was made in parts: the second record and the pages follow, a part at a time."""
    while not store.follow_journal(LINES):
        yield
    yield
    store.settle_pages()


def recording(session: "ReviewSession", source: Source) -> Making:
    """Save part after part, then let the queue and the certificates follow."""
    made: list[Decision] = []
    follows = NOTHING
    error: KnownError | None = None
    done = total = 0
    try:
        for events, done, total in source:
            if events:
                follows |= _record(session, events)
                made += events
            yield done, total
    except KnownError as stopped_by:
        if not made:
            raise
        error = stopped_by
    yield done, total  # what follows from all of it has a turn of its own
    return Made(_followed(session, made) | follows, error)


def parts_of(events: Sequence[Decision], part: int) -> Source:
    """The events in parts of so many."""
    for start in range(0, len(events), part):
        yield list(events[start : start + part]), min(start + part, len(events)), len(events)


def deciding(session: "ReviewSession", source: Source) -> Making:
    """Make decisions; what was taken back before can no longer be made again."""
    made = yield from recording(session, source)
    session.taken_back.clear()
    return made


def take_back_many(session: "ReviewSession", last: Decision) -> Changes:
    """Take back the step whose last event is `last`; `NOTHING` where that goes on beside."""
    total = sum(times for *_, times in session.project.store.decisions.answers_in_batch(last.batch, last.number))
    return made_in_parts(session, total, lambda part: _taking_back(session, last, total, part))


def make_many_again(session: "ReviewSession") -> Changes:
    """Make the step again that was taken back last; `NOTHING` where that goes on beside."""
    return made_in_parts(session, len(session.taken_back[-1]), lambda part: _making_again(session, part))


def made_in_parts(session: "ReviewSession", total: int, making: Callable[[int], Making]) -> Changes:
    """Make a step over so many items; `making` takes how many of them go in one part."""
    if total > PART and session.parts_beside is not None:
        session.parts_beside(making(PART))
        return NOTHING
    return at_once(making(total))


def _taking_back(session: "ReviewSession", last: Decision, total: int, part: int) -> Making:
    """Take back what stands of the step whose last event is `last`, `total` of them, the last ones first."""
    step: list[Decision] = []

    def source() -> Source:
        while events := session.project.store.decisions.live_in_batch(last.batch, last.number, part):
            yield retractions(events), len(step) + len(events), total
            step[:0] = events

    made = yield from recording(session, source())
    session.taken_back.append(step)
    words = tr("Taken back: {what}.", what=told_step(session.project, step))
    return replace(made, changes=replace(made.changes, told=words))


def _making_again(session: "ReviewSession", part: int) -> Making:
    """Make the step again that was taken back last; what of it could not be made can be tried again."""
    step, batch = session.taken_back[-1], str(uuid.uuid4())
    done = 0

    def source() -> Source:
        nonlocal done
        for events, ahead, total in parts_of(step, part):
            yield made_again(events, session.project.store.decisions.count(), batch), ahead, total
            done = ahead

    made = yield from recording(session, source())
    session.taken_back.pop()
    if step[done:]:
        session.taken_back.append(step[done:])
    return made


def _record(session: "ReviewSession", events: list[Decision]) -> Changes:
    session.sitting.check()
    project, indexes = session.project, sorted({event.item_index for event in events})
    slot = session.slot if session.current is not None else None

    def save() -> None:
        project.store.record_many(events, current=session.current, slot=slot)

    _, follows = saved_together(project, indexes, session.reviewer, save)
    session.queue.leave(*indexes)
    return follows


def _followed(session: "ReviewSession", made: list[Decision]) -> Changes:
    indexes = frozenset(event.item_index for event in made)
    is_made = made[0].verdict is not Verdict.RETRACTED
    session.take_many(indexes if is_made else frozenset())
    words = tr("{what}.", what=told_step(session.project, made)) if is_made else ""
    return Changes(items=indexes, decisions=True, told=words)
