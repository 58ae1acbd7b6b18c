"""Steps of a reviewer as events: what takes a step back, and what makes it again. One key is one step."""

import uuid
from collections.abc import Sequence
from dataclasses import replace

from hitl_desktop.domain.decisions import Decision, Verdict
from hitl_desktop.domain.evidence import NO_EVIDENCE, Evidence
from hitl_desktop.domain.past_answers import UNDO
from hitl_desktop.domain.responses import NO_RESPONSE, Response
from hitl_desktop.store.decisions import DecisionLog
from hitl_desktop.workflow.clock import now_utc


def last_step(log: DecisionLog, reviewer: str) -> list[Decision]:
    """The events of the reviewer's last step that stands: a decision, after the own answer that it follows, if any; of
    one over many items, the last event alone. Empty when there is none.
    """
    last = log.last_live(reviewer)
    if last is None or last.batch:
        return [] if last is None else [last]
    own = [event for event in log.live(last.item_index) if event.number == last.follows] if last.follows else []
    return [*own, last]


def retractions(step: Sequence[Decision], reason: str = UNDO) -> list[Decision]:
    """The events that take a step back, the last one first, with the reason why."""
    now = now_utc()
    return [
        replace(
            event,
            event_id=str(uuid.uuid4()),
            verdict=Verdict.RETRACTED,
            label_id=None,
            findings=None,
            at_utc=now,
            note="",
            seconds=None,
            reason=reason,
            retracts=event.number,
            evidence=NO_EVIDENCE,
            response=NO_RESPONSE,
        )
        for event in reversed(step)
    ]


def draft_of(back: Decision | None) -> tuple[str, Evidence | None, Response | None]:
    """The note, the marks and the response that stay as a draft when `back` is taken back; nothing for None."""
    return ("", None, None) if back is None else (back.note, back.evidence or None, back.response or None)


def made_again(step: Sequence[Decision], last_number: int, batch: str = "") -> list[Decision]:
    """The same step as new events, to be appended after the event `last_number`. One over many items is a step of its
    own, to be taken back by itself: `batch` is its name.
    """
    now = now_utc()
    events = [replace(event, event_id=str(uuid.uuid4()), at_utc=now, number=0) for event in step]
    if events and events[0].batch:
        return [replace(event, batch=batch) for event in events]
    if len(events) > 1:
        events[-1] = replace(events[-1], follows=last_number + 1)
    return events


def recent(log: DecisionLog, reviewer: str, limit: int) -> list[Decision]:
    """The reviewer's last decisions that stand, newest first; an own answer that was kept or changed is left out."""
    standing = log.recent_of(reviewer, 2 * limit)
    followed = {event.follows for event in standing}
    return [event for event in standing if event.number not in followed][:limit]
