"""The events by which items follow a change of their class: made a part at a time, from what the log says then."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from hitl_desktop.domain.class_changes import ClassAction, ClassOperation
from hitl_desktop.domain.decisions import Decision, Verdict
from hitl_desktop.domain.labels import Label
from hitl_desktop.domain.past_answers import CLASS_CHANGE, UNDO
from hitl_desktop.workflow.clock import now_utc
from hitl_desktop.workflow.project import Project

_T = TypeVar("_T")
Parts = Iterator[list[Decision]]
"""Events in the order in which they are appended; whoever asks for the next ones has appended those before."""


class ClassDecisions:
    """Events in the name of one reviewer, with a reason. Nothing is written here."""

    def __init__(self, project: Project, reviewer: str) -> None:
        self._project = project
        self._reviewer = reviewer

    def decided_as(self, label_id: int) -> list[int]:
        """The items that are decided as a class, or have a finding."""
        return self._project.store.items.answered_as(label_id)

    def merged(self, label: Label, target: Label, reason: str, part: int) -> Parts:
        """Decide each item of a class as another one; `part` items at a time."""
        log = self._project.store.decisions
        for indexes in stretches(self.decided_as(label.id), part):
            live = log.live_of_many(indexes)
            yield [self._as_merged(decisions[-1], label, target, reason) for decisions in live.values()]

    def given_back(self, label_id: int, reason: str, part: int) -> Parts:
        """Return the items of a class to the queue: everything said of them is taken back, the newest first."""
        log = self._project.store.decisions
        for indexes in stretches(self.decided_as(label_id), part):
            live = log.live_of_many(indexes)
            yield [self._retraction(d, reason) for decisions in live.values() for d in reversed(decisions)]

    def inverse(self, operation: ClassOperation, part: int) -> Parts:
        """Take back what an operation recorded, `part` of its events at a time. What it took back newest first is said
        again oldest first; items that were decided again since keep that.
        """
        numbers = range(operation.first_decision, operation.last_decision + 1)
        is_forward = operation.action is ClassAction.MERGED
        log, followed = self._project.store.decisions, set[int]()
        for stretch in stretches(numbers if is_forward else numbers[::-1], part):
            recorded = log.between(min(stretch), max(stretch))
            live = log.live_of_many([event.item_index for event in recorded])
            taken = [event.retracts for event in recorded if event.retracts is not None]
            before = {event.number: event for event in log.numbered(taken)}
            events = []
            for event in recorded if is_forward else recorded[::-1]:
                standing = [] if event.item_index in followed else live.get(event.item_index, [])
                if event.verdict is not Verdict.RETRACTED:
                    if standing and standing[-1].number == event.number:
                        events.append(self._retraction(event, UNDO))
                elif not standing and event.retracts is not None:
                    events.append(self._new(before[event.retracts], UNDO))
            followed |= {event.item_index for event in events}
            yield events

    def _as_merged(self, standing: Decision, label: Label, target: Label, reason: str) -> Decision:
        if standing.findings is None:
            answer: dict[str, Any] = {"label_id": target.id}
            is_suggested = target.id == standing.predicted_id
        else:
            there = tuple(sorted({target.id if i == label.id else i for i in standing.findings}))
            answer = {"findings": there}
            is_suggested = there == standing.predicted_findings
        verdict = Verdict.CONFIRMED if is_suggested else Verdict.CORRECTED
        if standing.is_automatic:  # it stays what nobody looked at
            verdict = Verdict.AUTOMATIC
        return self._new(standing, reason, verdict=verdict, seconds=None, **answer)

    def _retraction(self, decision: Decision, reason: str) -> Decision:
        answer: dict[str, Any] = {"label_id": None, "findings": None, "note": "", "seconds": None}
        return self._new(decision, reason, verdict=Verdict.RETRACTED, retracts=decision.number, **answer)

    def _new(self, decision: Decision, reason: str, **answer: Any) -> Decision:
        """The same as an event of now, by this reviewer; an automatic decision stays nobody's. One copy for all that
        changes: copying takes longer than anything else here.
        """
        by = decision.reviewer if decision.is_automatic else self._reviewer
        fresh: dict[str, Any] = {"event_id": str(uuid.uuid4()), "at_utc": now_utc(), "reviewer": by, "number": 0}
        return replace(decision, reason=reason.strip() or CLASS_CHANGE, **fresh, **answer)


def stretches(numbers: Sequence[_T], part: int) -> Iterator[Sequence[_T]]:
    """Numbers in stretches of up to so many."""
    for start in range(0, len(numbers), part):
        yield numbers[start : start + part]
