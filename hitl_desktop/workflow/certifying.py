"""Certificates: which items the one in force covers, what makes it void, and where the project stands."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from hitl_desktop.assurance.certificate import next_audit, spent
from hitl_desktop.domain.certificates import AuditEvent, AuditRecord, Standing, Walk, latest
from hitl_desktop.domain.changes import NOTHING, Changes
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.policy import RoutingPolicy, gate_digest, limit
from hitl_desktop.domain.pool import TO_DO
from hitl_desktop.domain.sentences import NOTHING_TO_SAY, Figure, Sentence, say, say_n
from hitl_desktop.language import tr
from hitl_desktop.workflow.arrivals import doubtful_arrivals
from hitl_desktop.workflow.auditing import Progress, evaluate, gate_of, happened, progress, settle, wrong_among
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.routing import gate

_Saved = TypeVar("_Saved")
_BY_ANSWERS = {"cause": "answers"}
"""The mark of a suspension that is lifted when the answers are again what they were."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a certificate covers now: `rows` (n,) are the items that may be accepted without a person.

    `limit` is the proved limit in force. `why_not` says why nothing is covered; None where a certificate is valid.
    """

    rows: npt.NDArray[np.bool_]
    certificate: int | None = None
    limit: float | None = None
    why_not: Sentence | None = None


class Stage(StrEnum):
    """What the sheet shows."""

    NONE = "none"
    """Nobody has audited this model here."""
    AUDITING = "auditing"
    NOT_YET = "not yet"
    VALID = "valid"
    SUSPENDED = "suspended"
    """Given, and does not hold now: for a reason that may pass, or because something else is in use."""


@dataclass(frozen=True, slots=True)
class State:
    """Where the project stands with certificates.

    `record` is the audit that the stage is about: the one under way, the certified one, or the last that proved
    nothing. `why` says why a certificate does not hold, or covers nothing, or that the audit was of another version
    than the one in use. `more` is a guess after an audit that proved
    too little: so many fresh checks, with so many wrong among those that count.
    """

    stage: Stage
    record: AuditRecord | None = None
    progress: Progress | None = None
    in_force: float | None = None
    why: Sentence = NOTHING_TO_SAY
    more: tuple[int, int] | None = None

    @property
    def walk(self) -> Walk | None:
        """The walk over all items, once there is one."""
        return None if self.record is None else self.record.walk

    @property
    def is_of_now(self) -> bool:
        """False for an audit that proved too little of a version that is not in use any more."""
        return self.stage is not Stage.NOT_YET or self.why == NOTHING_TO_SAY


def coverage(project: Project) -> Coverage:
    """The items that a valid certificate covers now: at or above the proved limit in force, let through by the routing
    then and now, still to do, and not audited; of those that came since, what was found to be like the others.
    """
    none = np.zeros(len(project.pool), bool)
    record = project.store.audits.certified()
    why = _why_not(project, record)
    if record is None or why is not None:
        return Coverage(none, None if record is None else record.certificate, None, why)
    walk = record.walk
    in_force = walk.in_force(limit(project.policy)) if walk else None
    if in_force is None:
        return Coverage(none, record.certificate, None, _too_strict(project, record))
    pool, rows = project.pool, gate(project)
    rows &= (pool.states == TO_DO) & (pool.predicted >= 0)
    rows &= np.nan_to_num(pool.confidence, nan=-1.0) >= in_force
    rows[: record.audit.items] &= gate_of(record.audit)
    rows &= ~doubtful_arrivals(project, record.audit.items)
    drawn = project.store.audits.drawn_items()
    rows[np.fromiter(drawn, np.int64, len(drawn))] = False
    return Coverage(rows, record.certificate, in_force)


def state(project: Project) -> State:
    """Where the project stands with certificates."""
    audits = project.store.audits
    under_way, certified = audits.open(), audits.certified()
    if under_way is not None:
        return State(Stage.AUDITING, under_way, progress(project))
    version = project.model.version if project.model else None
    failed = latest(audits.all(), Standing.NOT_YET)
    if failed is not None and failed.audit.model_version == version:
        is_newer = certified is None or failed.audit.number > certified.audit.number
        if is_newer and (certified is None or _why_not(project, certified) is not None):
            return State(Stage.NOT_YET, failed, more=_more(project, failed))
    if certified is None:
        return State(Stage.NONE) if failed is None else State(Stage.NOT_YET, failed, why=_of_another(project, failed))
    why = _why_not(project, certified)
    if why is not None:
        return State(Stage.SUSPENDED, certified, why=why)
    in_force = certified.walk.in_force(limit(project.policy)) if certified.walk else None
    why = NOTHING_TO_SAY if in_force is not None else _too_strict(project, certified)
    return State(Stage.VALID, certified, in_force=in_force, why=why)


def holds(project: Project) -> bool:
    """True while there is a valid certificate for the limit in force: asked without looking at the items."""
    record = holding(project)
    return record is not None and record.walk is not None and record.walk.in_force(limit(project.policy)) is not None


def holding(project: Project) -> AuditRecord | None:
    """The audit whose certificate is valid for the model, rules and classes of now, at whatever limit; None without."""
    record = project.store.audits.certified()
    return None if record is None or _why_not(project, record) is not None else record


def reach(project: Project, policy: RoutingPolicy) -> tuple[float | None, float | None]:
    """How far a valid certificate reaches for a policy, which need not be in force: the loosest limit that was proved,
    and the limit at which the walk stopped. (None, None) where none is valid for its rules.
    """
    record = holding(project)
    if record is None or record.walk is None or record.walk.last is None:
        return None, None
    if gate_digest(policy) != record.audit.gate_digest:
        return None, None
    stopped = record.walk.stopped
    return record.walk.last.limit, None if stopped is None else stopped.limit


def suspend(project: Project, reason: Sentence, by: str = "monitor") -> Changes:
    """Have the certificate cover nothing until another audit; `NOTHING` when there is no valid one."""
    record = latest(project.store.audits.all(), Standing.VALID)
    if record is None:
        return NOTHING
    with project.store.transaction():
        happened(project, record.audit, AuditEvent.SUSPENDED, by, reason)
    return Changes(routing=True, told=tr("The certificate is suspended. {why}", why=reason))


def follow(project: Project, indexes: Iterable[int], by: str) -> Changes:
    """Take note of decisions on these items: the last answer of an audit gives its result, and a changed answer may
    suspend a certificate, or restore it. `NOTHING` where no audit is concerned.
    """
    audits = project.store.audits
    touched = audits.drawn_items().intersection(indexes)
    if not touched:
        return NOTHING
    if touched & audits.open_items():
        return settle(project, by)
    record = audits.certified()
    if record is None or touched.isdisjoint(item.index for item in record.audit.drawn):
        return NOTHING
    return recheck(project, record, by)


def saved_together(
    project: Project, indexes: Sequence[int], by: str, save: Callable[[], _Saved]
) -> tuple[_Saved, Changes]:
    """Save decisions on these items, note in the pool where they stand, and have certificates follow.

    Where an audit is concerned, that is one transaction: no program that ends in between leaves a certificate standing
    whose answers have changed, and nobody is told that a decision was not saved which was. Raises what `save` raises;
    the pool then says what it said.
    """
    if project.store.audits.drawn_items().isdisjoint(indexes):
        saved = save()
        project.follow_standing(indexes)
        return saved, NOTHING
    try:
        with project.store.transaction():
            saved = save()
            project.follow_standing(indexes)
            follows = follow(project, indexes, by)
    except BaseException:
        with suppress(KnownError):
            project.follow_standing(indexes)
        raise
    return saved, follows


def recheck(project: Project, record: AuditRecord, by: str) -> Changes:
    """Work out anew what the answers of a certified audit prove, after one was changed: suspend the certificate when
    they prove less than it says, restore it when they prove it again.
    """
    if record.walk is None or record.audit.classes != project.columns_now:
        return NOTHING
    now = evaluate(project, record.audit)
    holds = set(record.walk.proved()) <= set(now.walk.proved())
    last = record.events[-1]
    if holds and record.standing is Standing.SUSPENDED and (last.facts or {}).get("cause") == "answers":
        why = say("The answers of the audit prove it again.")
        with project.store.transaction():
            happened(project, record.audit, AuditEvent.RESTORED, by, why)
        return Changes(routing=True, told=tr("The certificate holds again."))
    if holds or record.standing is not Standing.VALID:
        return NOTHING
    why = say_n(
        "An answer of the audit was changed. With {n} wrong, it no longer proves what the certificate says.",
        "An answer of the audit was changed. With {n} wrong, it no longer proves what the certificate says.",
        now.wrong,
    )
    with project.store.transaction():
        happened(project, record.audit, AuditEvent.SUSPENDED, by, why, dict(_BY_ANSWERS))
    return Changes(routing=True, told=tr("The certificate is suspended. {why}", why=why))


def _why_not(project: Project, record: AuditRecord | None) -> Sentence | None:
    """Why a certificate does not hold now; None when it does, for the limits that it proved."""
    if record is None:
        return say("No audit has proved anything yet.")
    if record.standing is Standing.SUSPENDED:
        return record.why
    audit = record.audit
    if project.model is None or project.model.version != audit.model_version:
        now = "–" if project.model is None else f"v{project.model.version}"
        return say("It was given for model v{version}; {now} is in use.", version=str(audit.model_version), now=now)
    if not project.is_scored:
        return say("The items are not scored yet.")
    if audit.classes != project.columns_now:
        return say("The classes have changed since the audit.")
    if audit.gate_digest != gate_digest(project.policy):
        return say("The rules of the routing have changed since the audit.")
    return None


def _of_another(project: Project, record: AuditRecord) -> Sentence:
    """That what an audit found is of a version that is no longer in use: it still is what people checked."""
    now = "–" if project.model is None else f"v{project.model.version}"
    version = str(record.audit.model_version)
    return say("The last audit was of model v{version}; {now} is in use.", version=version, now=now)


def _too_strict(project: Project, record: AuditRecord) -> Sentence:
    strictest = record.walk.proved()[0] if record.walk and record.walk.proved() else 0.0
    return say(
        "Your limit {limit} is stricter than any that was proved: with {proved} it would cover your items.",
        limit=Figure(limit(project.policy), 2),
        proved=Figure(strictest, 2 if abs(strictest * 100 - round(strictest * 100)) < 1e-6 else 4),
    )


def _more(project: Project, record: AuditRecord) -> tuple[int, int] | None:
    audit = record.audit
    ladder = audit.ladders[0]
    rows = np.array([item.index for item in audit.drawn], np.int64)
    wrong = wrong_among(project, rows, np.array([item.predicted for item in audit.drawn], np.int64))
    confidence = np.array([item.confidence for item in audit.drawn], np.float32)
    counts = [int((confidence >= one).sum()) for one in ladder.limits]
    errors = [int(wrong[confidence >= one].sum()) for one in ladder.limits]
    release = len(project.store.audits.all()) + 1
    return next_audit(ladder.sizes, counts, errors, audit.alpha, spent(audit.delta, release))
