"""An audit, from its beginning to its result: what is asked, and what the answers prove.

While one is under way nobody is told how it goes: only how many are left to answer.
"""

import zlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hitl_desktop.assurance.certificate import spent, walk_counts
from hitl_desktop.domain.certificates import Audit, AuditEvent, Happened, Walk
from hitl_desktop.domain.changes import NOTHING, Changes
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.items import ItemState
from hitl_desktop.domain.labels import Task
from hitl_desktop.domain.pool import STATES, TO_DO
from hitl_desktop.domain.sentences import NOTHING_TO_SAY, Sentence, say
from hitl_desktop.language import number, tr
from hitl_desktop.workflow.audit_plan import Planner, Wish, audit_question
from hitl_desktop.workflow.clock import now_utc
from hitl_desktop.workflow.project import Project

_DECIDED = STATES.index(ItemState.DECIDED)

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the audit under way is: `left` of `drawn` are not answered. Nothing more is told."""

    drawn: int
    left: int


@dataclass(frozen=True, slots=True)
class Result:
    """What the answers prove: the walk over all items, then one per class by its id; and counts of the answers."""

    walks: tuple[tuple[int | None, Walk], ...]
    wrong: int
    unanswered: int
    reviewers: int

    @property
    def walk(self) -> Walk:
        """The walk over all items."""
        return self.walks[0][1]


def begin(project: Project, alpha: float, delta: float, audits: int | None, reviewer: str) -> Changes:
    """Freeze model, pool, zone and seed, and draw the audit; `audits` None: as many as prove it with one wrong.

    Raises KnownError while another is under way, and for what can prove nothing: see `audit_plan.audit_question`.
    """
    _none_is_open(project)
    return commit(project, Planner().plan(audit_question(project), Wish(alpha, delta, audits, reviewer)))


def commit(project: Project, audit: Audit) -> Changes:
    """Put a planned audit on record. Raises KnownError while another is under way, or when an item that was drawn has
    been dealt with, or another version put to use, since it was planned.
    """
    _none_is_open(project)
    drawn = np.array([item.index for item in audit.drawn], np.int64)
    is_same = project.model is not None and project.model.version == audit.model_version
    if not is_same or not (project.pool.states[drawn] == TO_DO).all():
        raise KnownError(say("The items have changed meanwhile."), say("Begin the audit again."))
    with project.store.transaction():
        project.store.audits.begin(audit)
    told = tr("The audit has begun: {n} checks are mixed into the queue.", n=number(len(drawn)))
    return Changes(order=True, routing=True, told=told)


def _none_is_open(project: Project) -> None:
    if project.store.audits.open():
        raise KnownError(say("An audit is under way already."), say("Answer what is left of it, or end it."))


def progress(project: Project) -> Progress | None:
    """How far the audit under way is; None without one."""
    items = project.store.audits.open_items()
    if not items:
        return None
    states = project.pool.states[np.fromiter(items, np.int64, len(items))]
    return Progress(len(items), int((states == TO_DO).sum()))


def abandon(project: Project, by: str, why: Sentence = NOTHING_TO_SAY) -> Changes:
    """End the audit under way without a result. Its answers stay decisions. Raises KnownError without one."""
    record = project.store.audits.open()
    if record is None:
        raise KnownError(say("No audit is under way."))
    with project.store.transaction():
        happened(project, record.audit, AuditEvent.ABANDONED, by, why)
    return Changes(order=True, routing=True, told=tr("The audit was ended. What was answered stays decided."))


def end_for_version(project: Project, version: int) -> None:
    """End the audit under way, if it is of another version than the one a person puts to use; in a transaction."""
    record = project.store.audits.open()
    if record is not None and record.audit.model_version != version:
        why = say("v{version} was put to use.", version=str(version))
        happened(project, record.audit, AuditEvent.ABANDONED, "reviewer", why)


def settle(project: Project, by: str) -> Changes:
    """Put the result of the audit under way on record when nothing of it is left to answer; else `NOTHING`."""
    record, far = project.store.audits.open(), progress(project)
    if record is None or far is None or far.left:
        return NOTHING
    audits, found = project.store.audits, evaluate(project, record.audit)
    before = audits.certified()
    facts = {
        "walks": [{"label": label, **walk.plain()} for label, walk in found.walks],
        "wrong": found.wrong,
        "unanswered": found.unanswered,
        "reviewers": found.reviewers,
    }
    certificate = 1 + sum(one.certificate is not None for one in audits.all())
    is_proved = found.walk.last is not None
    with project.store.transaction():
        happened(project, record.audit, AuditEvent.FINISHED, by, facts=facts)
        if is_proved:
            if before is not None:
                why = say("Certificate {n} took its place.", n=certificate)
                happened(project, before.audit, AuditEvent.ENDED, by, why)
            happened(project, record.audit, AuditEvent.ISSUED, by, facts={"certificate": certificate})
    words = tr("The audit is complete: there is a certificate.") if is_proved else tr("The audit is complete: not yet.")
    return Changes(order=True, routing=True, told=words)


def evaluate(project: Project, audit: Audit) -> Result:
    """What the answers that stand now prove, by the frozen plan. An item without an answer counts as wrong."""
    rows = np.array([item.index for item in audit.drawn], np.int64)
    predicted = np.array([item.predicted for item in audit.drawn], np.int64)
    confidence = np.array([item.confidence for item in audit.drawn], np.float32)
    wrong = wrong_among(project, rows, predicted)
    alpha, part = audit.alpha, spent(audit.delta, audit.number)
    whole, *classes = audit.ladders
    walks: list[tuple[int | None, Walk]] = [
        (None, walk_counts(whole.sizes, confidence, wrong, whole.limits, alpha, part))
    ]
    for ladder in classes:
        column = project.label(ladder.label_id).position if ladder.label_id is not None else -1
        mine = predicted == column
        walks.append(
            (
                ladder.label_id,
                walk_counts(ladder.sizes, confidence[mine], wrong[mine], ladder.limits, alpha, part / len(classes)),
            )
        )
    answered = project.pool.states[rows] == _DECIDED
    live = project.store.decisions.live_of_many(rows.tolist())
    reviewers = {decisions[-1].reviewer for decisions in live.values()}
    return Result(tuple(walks), int(wrong.sum()), int((~answered).sum()), len(reviewers))


def wrong_among(project: Project, rows: npt.NDArray[np.int64], predicted: npt.NDArray[np.int64]) -> Mask:
    """Where the answers that stand on these items (m,) differ from what the model had said, or there is none."""
    answers = project.pool.label_ids[rows]
    if project.task is Task.ONE:
        column = {label.id: label.position for label in project.labels}
        answers = np.array([column.get(int(answer), -1) for answer in answers], np.int64)
    wrong: Mask = (project.pool.states[rows] != _DECIDED) | (answers != predicted)
    return wrong


def gate_of(audit: Audit) -> Mask:
    """The items that an audit's certificate may speak for, of those there were then. Shape (items,)."""
    bits = np.frombuffer(zlib.decompress(audit.gate), np.uint8)
    return np.unpackbits(bits, count=audit.items).astype(bool)


def happened(
    project: Project,
    audit: Audit,
    event: AuditEvent,
    by: str,
    why: Sentence = NOTHING_TO_SAY,
    facts: dict[str, object] | None = None,
) -> None:
    """Put an event of an audit on record; inside a transaction."""
    project.store.audits.append(Happened(0, audit.number, event, now_utc(), by, why, facts))
