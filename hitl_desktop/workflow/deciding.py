"""One decision as an event: what is recorded beside the answer."""

import uuid
from collections.abc import Iterable, Sequence

from hitl_desktop.domain.decisions import MEASURING_SLOTS, Decision, Exposure, Slot, Verdict
from hitl_desktop.domain.errors import KnownError, ReasonNeeded
from hitl_desktop.domain.evidence import NO_EVIDENCE, Evidence
from hitl_desktop.domain.labels import Task
from hitl_desktop.domain.past_answers import changes_past
from hitl_desktop.domain.policy import Route
from hitl_desktop.domain.pool import DECIDED
from hitl_desktop.domain.responses import NO_RESPONSE, Response
from hitl_desktop.domain.sentences import say
from hitl_desktop.workflow.automation import is_watched
from hitl_desktop.workflow.clock import now_utc
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.suggesting import Look
from hitl_desktop.workflow.suggestion import Suggestion
from hitl_desktop.workflow.verdicts import settled, settled_findings, suggested_findings

Answer = tuple[Verdict, int | None, tuple[int, ...] | None]
"""The verdict, the class, the findings."""


def settled_answer(
    project: Project,
    verdict: Verdict,
    label_id: int | None,
    findings: Iterable[int] | None,
    shown: Suggestion | None,
) -> Answer:
    """What is to be recorded: an answer that is the suggestion is a confirmation, any other a correction.

    Raises KnownError when there is no answer to take.
    """
    if project.task is Task.SEVERAL:
        verdict, there = settled_findings(verdict, label_id, findings, shown)
        return verdict, None, there
    return (*settled(verdict, label_id, shown), None)


def confirmed_by(look: Look) -> tuple[int | None, tuple[int, ...] | None]:
    """The class, or the findings, that a plain "confirm" stands for: one's own answer, or None for the suggestion.

    Raises KnownError while the suggestion is hidden.
    """
    if look.exposure is Exposure.HIDDEN:
        raise KnownError(say("The suggestion is hidden until you decide."), say("Choose what you see."))
    return (None, None) if look.own is None else (look.own.label_id, look.own.findings)


def check_reasons(project: Project, events: Sequence[Decision]) -> None:
    """Raise ReasonNeeded where an answer changes a past one, and does not say why."""
    if count := needing_reason(project, events):
        raise ReasonNeeded(count)


def needing_reason(project: Project, events: Sequence[Decision]) -> int:
    """How many of the answers change a past one, and do not say why."""
    states = project.pool.states
    bare = [event for event in events if not event.reason and states[event.item_index] == DECIDED]
    live = project.store.decisions.live_of_many([event.item_index for event in bare]) if bare else {}
    return sum(changes_past(live[event.item_index][-1], event) for event in bare if event.item_index in live)


def decision_on(
    project: Project,
    index: int,
    answer: Answer,
    *,
    reviewer: str,
    slot: Slot,
    shown: Suggestion | None,
    look: Look,
    note: str = "",
    seconds: float | None = None,
    evidence: Evidence = NO_EVIDENCE,
    response: Response = NO_RESPONSE,
    reason: str = "",
    batch: str = "",
) -> Decision:
    """The event, not numbered yet. `slot` is why the item is on screen; an item that measures is recorded as such."""
    verdict, label_id, findings = answer
    slot = slot_for_good(project, index, slot, is_blind=look.exposure is Exposure.HIDDEN)
    return Decision(
        number=0,
        event_id=str(uuid.uuid4()),
        item_index=index,
        verdict=verdict,
        label_id=label_id,
        reviewer=reviewer,
        at_utc=now_utc(),
        slot=slot,
        note=note,
        predicted_id=shown.predicted.id if shown and shown.predicted else None,
        predicted_findings=suggested_findings(shown),
        confidence=shown.confidence if shown else None,
        model_version=shown.model_version if shown else None,
        probability=_probability(project, slot),
        seconds=seconds,
        findings=findings,
        evidence=evidence,
        response=response,
        quick_updates=shown.quick_updates if shown else 0,
        exposure=look.exposure,
        hiding=look.hiding,
        follows=look.own.number if look.own else None,
        reason=reason,
        batch=batch,
        policy_version=project.policy.version,
        rule=int(project.routes.rule[index]) + 1,
        route=_noted_route(project, index, verdict),
    )


def slot_for_good(project: Project, index: int, slot: Slot, *, is_blind: bool = False) -> Slot:
    """The reason to record: an item that is there to measure measures, whoever opens it and how often. One that keeps
    watch only does when its suggestion was hidden. What is asked again measures the reviewer alone.
    """
    if slot is Slot.REPEAT:
        return slot
    if index in project.store.audits.open_items():
        return Slot.AUDIT
    if project.reserve.members[index]:
        return Slot.EXPLORE
    drawn = [event.slot for event in project.store.decisions.of_item(index) if event.slot in MEASURING_SLOTS]
    if drawn:
        return drawn[0]
    return Slot.WATCH if is_blind and is_watched(project, index) else slot


def _noted_route(project: Project, index: int, verdict: Verdict) -> str | None:
    """The route of an item that a second reader has to answer too; None for every other."""
    is_answer = verdict in (Verdict.CONFIRMED, Verdict.CORRECTED)
    return Route.SECOND_READER.value if is_answer and project.pool.route(index) is Route.SECOND_READER else None


def _probability(project: Project, slot: Slot) -> float | None:
    """The chance that an item had of being drawn for this reason; None where it was not drawn."""
    if slot is Slot.EXPLORE:
        return project.reserve.probability
    under_way = project.store.audits.open() if slot is Slot.AUDIT else None
    return under_way.audit.probability if under_way else None
