"""An audit, from its beginning to its result: what is frozen, what is drawn, and what the answers prove.

While one is under way nobody is told how it goes: only how many are left to answer.
"""

import hashlib
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hitl_desktop.assurance.audit_draw import draw
from hitl_desktop.assurance.certificate import (
    ZONE_SHARE,
    audits_needed,
    can_pass,
    grid,
    is_attainable,
    spent,
    walk_counts,
)
from hitl_desktop.domain.certificates import Audit, Audited, AuditEvent, Happened, Ladder, Walk
from hitl_desktop.domain.changes import NOTHING, Changes
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.items import ItemState
from hitl_desktop.domain.labels import Task
from hitl_desktop.domain.policy import gate_digest, limit
from hitl_desktop.domain.pool import STATES, TO_DO
from hitl_desktop.domain.sentences import NOTHING_TO_SAY, Sentence, Share, say, say_n
from hitl_desktop.language import number, tr
from hitl_desktop.learning.cards import CARD
from hitl_desktop.workflow.clock import now_utc
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.routing import gate

CLASS_STEPS = 10
_DECIDED = STATES.index(ItemState.DECIDED)

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Preview:
    """What an audit would be like, before it begins; all of it follows from counts.

    Of `gated` items that may become automatic it would be drawn from about `zone`. `needed` checks are enough if none
    is wrong, `usual` if one is; None where no number is. `hindrance` says why it cannot begin.
    """

    gated: int
    zone: int
    needed: int | None
    usual: int | None
    release: int
    hindrance: KnownError | None = None


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


def preview(project: Project, alpha: float, delta: float, audits: int | None = None) -> Preview:
    """What an audit with these wishes would be; `audits` None: as many as are usual. Nothing is changed."""
    release = len(project.store.audits.all()) + 1
    if project.model is None or not project.is_scored:
        error = KnownError(say("There is no model yet to certify."), say("Decide some items of two classes first."))
        return Preview(0, 0, None, None, release, error)
    if not np.isfinite(limit(project.policy)):
        error = KnownError(
            say("No rule of the routing accepts or removes anything."), say("Add one that does, then audit it.")
        )
        return Preview(0, 0, None, None, release, error)
    confidence = project.pool.confidence[_may_be_drawn(project)]
    gated = len(confidence)
    zone = max(round(ZONE_SHARE * gated), int((confidence >= limit(project.policy)).sum()))
    wish = _odd_wish(alpha, delta)
    if wish or not zone:
        none = KnownError(say("No item is left that could become automatic."))
        return Preview(gated, zone, None, None, release, wish or none)
    part = spent(delta, release)
    needed, usual = (audits_needed(alpha, part, wrong, zone) for wrong in (0, 1))
    found = Preview(gated, zone, needed, usual if usual is not None else needed, release)
    hindrance = _hindrance(found, alpha, part, audits)
    return Preview(gated, zone, found.needed, found.usual, release, hindrance) if hindrance else found


def begin(project: Project, alpha: float, delta: float, audits: int | None, reviewer: str) -> Changes:
    """Freeze model, pool, zone and seed, and draw the audit; `audits` None: as many as prove it with one wrong.

    Raises KnownError while another is under way, and for what can prove nothing: see `preview`.
    """
    if project.store.audits.open():
        raise KnownError(say("An audit is under way already."), say("Answer what is left of it, or end it."))
    planned = preview(project, alpha, delta, audits)
    if planned.hindrance:
        raise planned.hindrance
    assert project.model is not None and planned.usual is not None  # noqa: S101, PT018 - no hindrance without them
    pool, lets_through = project.pool, _may_be_drawn(project)
    known = np.flatnonzero(lets_through)
    limits = grid(pool.confidence[known], given=limit(project.policy))
    zone = known[pool.confidence[known] >= limits[-1]]
    count = min(planned.usual if audits is None else audits, len(zone))
    part = spent(delta, planned.release)
    if not can_pass(len(zone), count, alpha, part):  # the zone was estimated until now
        count = min(audits_needed(alpha, part, 0, len(zone)) or len(zone), len(zone))
    seed = int(np.random.SeedSequence([project.seed, planned.release]).generate_state(1)[0])
    drawn = draw(zone, count, seed)
    audit = Audit(
        0,
        now_utc(),
        reviewer,
        project.model.version,
        hashlib.sha256((project.folder / project.model.folder / CARD).read_bytes()).hexdigest(),
        alpha,
        delta,
        seed,
        len(pool),
        project.policy.version,
        limit(project.policy),
        count / len(zone),
        (_ladder(pool.confidence[zone], limits, None), *_class_ladders(project, zone, limits[-1])),
        tuple(Audited(int(i), float(pool.confidence[i]), int(pool.predicted[i])) for i in drawn),
        zlib.compress(np.packbits(lets_through).tobytes()),
        gate_digest(project.policy),
        _pool_digest(project, lets_through),
        project.columns_now,
    )
    with project.store.transaction():
        project.store.audits.begin(audit)
    told = tr("The audit has begun: {n} checks are mixed into the queue.", n=number(count))
    return Changes(order=True, routing=True, told=told)


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


def _may_be_drawn(project: Project) -> Mask:
    """To do, scored, let through by the routing, and never drawn before."""
    pool = project.pool
    found: Mask = (pool.states == TO_DO) & (pool.predicted >= 0) & gate(project)
    drawn = project.store.audits.drawn_items()
    if drawn:
        found[np.fromiter(drawn, np.int64, len(drawn))] = False
    return found


def _ladder(confidence: npt.NDArray[np.float32], limits: Sequence[float], label_id: int | None) -> Ladder:
    return Ladder(label_id, tuple(limits), tuple(int((confidence >= limit).sum()) for limit in limits))


def _class_ladders(project: Project, zone: npt.NDArray[np.int64], bottom: float) -> list[Ladder]:
    """One ladder for each class that the model gives to an item of the zone; none where an item has several."""
    if project.task is Task.SEVERAL:
        return []
    predicted, confidence = project.pool.predicted[zone], project.pool.confidence[zone]
    ladders = []
    for label in project.offered:
        mine = confidence[predicted == label.position]
        if len(mine):
            limits = sorted({max(one, bottom) for one in grid(mine, share=1.0, steps=CLASS_STEPS)}, reverse=True)
            ladders.append(_ladder(mine, limits, label.id))
    return ladders


def _pool_digest(project: Project, lets_through: Mask) -> str:
    found = hashlib.sha256()
    for part in (project.pool.confidence, project.pool.predicted, lets_through):
        found.update(np.ascontiguousarray(part).tobytes())
    return found.hexdigest()


def _odd_wish(alpha: float, delta: float) -> KnownError | None:
    if not 0.0 < alpha < 1.0:
        return KnownError(say("The share of wrong ones must lie between 0 and 100 %."))
    if not 0.0 < delta < 0.5:
        return KnownError(say("The risk of the certificate must lie between 0 and 50 %."))
    return None


def _hindrance(found: Preview, alpha: float, part: float, audits: int | None) -> KnownError | None:
    """Why an audit of this size, or any, can prove nothing."""
    if not is_attainable(found.zone, alpha):
        return KnownError(
            say_n(
                "This can never be certified here: one wrong item among {n} is more than {alpha} already.",
                "This can never be certified here: one wrong item among {n} is more than {alpha} already.",
                found.zone,
                alpha=Share(alpha, 1),
            ),
            say("Allow at least {share}, or add items.", share=Share(1.0005 / found.zone + 0.0005, 1)),
        )
    if audits is None:
        return None
    if audits > found.zone:
        return KnownError(say_n("Only {n} item can be checked.", "Only {n} items can be checked.", found.zone))
    if audits < 1 or not can_pass(found.zone, audits, alpha, part):
        return KnownError(
            say_n(
                "So few checks can prove nothing, even if none is wrong: at least {n} is needed.",
                "So few checks can prove nothing, even if none is wrong: at least {n} are needed.",
                found.needed or found.zone,
            )
        )
    return None
