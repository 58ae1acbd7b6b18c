"""Planning an audit: what it would need, and what is frozen and drawn when it begins.

`Planner` works on a snapshot, so it can do so beside the window.
"""

import hashlib
import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from hitl_desktop.assurance.audit_draw import draw
from hitl_desktop.assurance.certificate import ZONE_SHARE, audits_needed, can_pass, grid, is_attainable, spent
from hitl_desktop.domain.certificates import Audit, Audited, Ladder
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.policy import RoutingPolicy, gate_digest, gate_policy, limit
from hitl_desktop.domain.policy_match import ItemFacts, Predicted, match
from hitl_desktop.domain.pool import TO_DO
from hitl_desktop.domain.sentences import Share, say, say_n
from hitl_desktop.learning.cards import CARD
from hitl_desktop.workflow.clock import now_utc
from hitl_desktop.workflow.looking import Looking
from hitl_desktop.workflow.project import Project

CLASS_STEPS = 10
"""Limits to walk for each class."""
_WIDER: Final = 1.5
"""So many times as many items as reach the limit are in the zone: looser limits may be proved too."""
_LEAST_SHARE: Final = 0.1

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class AuditQuestion:
    """Everything that planning needs, as it was when it was asked: it may be worked on in another thread.

    `drawn` are the items that audits before drew, `classes` (id, column) those that items can have; empty where an item
    has several.
    """

    policy: RoutingPolicy
    told: Predicted
    facts: ItemFacts
    states: npt.NDArray[np.uint8]
    drawn: frozenset[int]
    seed: int
    release: int
    model_version: int
    card: Path
    classes: tuple[tuple[int, int], ...]
    columns_now: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person asks for; `audits` None: as many as prove it if one is wrong."""

    alpha: float
    delta: float
    audits: int | None
    reviewer: str


@dataclass(frozen=True, slots=True)
class Zone:
    """Of the items that may become automatic an audit would be drawn from about `size`, as the `release`-th of the
    project; `wanted` of them reach the limit of the routing policy.
    """

    size: int
    release: int
    wanted: int = 0


@dataclass(frozen=True, slots=True)
class Preview:
    """What an audit would be like, before it begins; all of it follows from counts.

    `needed` checks are enough if none is wrong, `usual` if one is; None where no number is. `hindrance` says why it
    cannot begin.
    """

    zone: Zone
    needed: int | None = None
    usual: int | None = None
    hindrance: KnownError | None = None


def audit_question(project: Project) -> AuditQuestion:
    """Ask about the project now. Raises KnownError without a scored model, or where nothing is automatic."""
    if project.model is None or not project.is_scored:
        raise KnownError(say("There is no model yet to certify."), say("Decide some items of two classes first."))
    if not np.isfinite(limit(project.policy)):
        raise KnownError(
            say("No rule of the routing accepts or removes anything."), say("Add one that does, then audit it.")
        )
    pool, told = project.pool, project.pool.told()
    return AuditQuestion(
        project.policy,
        told,
        pool.facts,
        pool.states.copy(),
        project.store.audits.drawn_items(),
        project.seed,
        len(project.store.audits.all()) + 1,
        project.model.version,
        project.folder / project.model.folder / CARD,
        () if told.several else tuple((label.id, label.position) for label in project.offered),
        project.columns_now,
    )


class Planner(Looking):
    """Plans audits beside the window."""

    def zone(self, asked: AuditQuestion) -> Zone:
        """How many items an audit would speak for, and be drawn from. Raises Cancelled when it was stopped."""
        confidence = asked.told.confidence[self._lets_through(asked)]
        wanted = int((confidence >= limit(asked.policy)).sum())
        size = max(round(_zone_share(wanted, len(confidence)) * len(confidence)), wanted)
        return Zone(size, asked.release, wanted)

    def plan(self, asked: AuditQuestion, wish: Wish) -> Audit:
        """The audit, not on record yet. Raises KnownError for what can prove nothing, Cancelled when stopped."""
        expected = foresee(self.zone(asked), wish.alpha, wish.delta, wish.audits)
        if expected.hindrance:
            raise expected.hindrance
        lets_through = self._lets_through(asked)
        confidence, predicted, in_force = asked.told.confidence, asked.told.predicted, limit(asked.policy)
        known = np.flatnonzero(lets_through)
        limits = grid(confidence[known], share=_zone_share(expected.zone.wanted, len(known)), given=in_force)
        self.check()
        zone = known[confidence[known] >= limits[-1]]
        part = spent(wish.delta, asked.release)
        count = min(wish.audits or expected.usual or len(zone), len(zone))
        if not can_pass(len(zone), count, wish.alpha, part):  # until here the size of the zone was an estimate
            count = min(audits_needed(wish.alpha, part, 0, len(zone)) or len(zone), len(zone))
        seed = int(np.random.SeedSequence([asked.seed, asked.release]).generate_state(1)[0])
        drawn = draw(zone, count, seed)
        self.check()
        return Audit(
            number=0,
            begun_utc=now_utc(),
            reviewer=wish.reviewer,
            model_version=asked.model_version,
            model_hash=hashlib.sha256(asked.card.read_bytes()).hexdigest(),
            alpha=wish.alpha,
            delta=wish.delta,
            seed=seed,
            items=len(confidence),
            policy_version=asked.policy.version,
            limit=in_force,
            probability=count / len(zone),
            ladders=(_ladder(confidence[zone], limits, None), *self._class_ladders(asked, zone, limits[-1])),
            drawn=tuple(Audited(int(i), float(confidence[i]), int(predicted[i])) for i in drawn),
            gate=zlib.compress(np.packbits(lets_through).tobytes()),
            gate_digest=gate_digest(asked.policy),
            pool_digest=_digest(confidence, predicted, lets_through),
            classes=asked.columns_now,
        )

    def _lets_through(self, asked: AuditQuestion) -> Mask:
        """To do, scored, on an automatic route if the model were sure enough, and never drawn before."""
        found: Mask = match(gate_policy(asked.policy), asked.told, asked.facts).automatic
        self.check()
        found = found & (asked.states == TO_DO) & (asked.told.predicted >= 0)
        found[np.fromiter(asked.drawn, np.int64, len(asked.drawn))] = False
        return found

    def _class_ladders(self, asked: AuditQuestion, zone: npt.NDArray[np.int64], bottom: float) -> list[Ladder]:
        """One ladder for each class that the model gives to an item of the zone."""
        predicted, confidence = asked.told.predicted[zone], asked.told.confidence[zone]
        ladders = []
        for label_id, column in asked.classes:
            self.check()
            mine = confidence[predicted == column]
            if len(mine):
                limits = sorted({max(one, bottom) for one in grid(mine, share=1.0, steps=CLASS_STEPS)}, reverse=True)
                ladders.append(_ladder(mine, limits, label_id))
        return ladders


def foresee(zone: Zone, alpha: float, delta: float, audits: int | None = None) -> Preview:
    """What an audit of a zone would be with these wishes; `audits` None: as many as are usual."""
    wish = _odd_wish(alpha, delta)
    if wish or not zone.size:
        return Preview(zone, hindrance=wish or KnownError(say("No item is left that could become automatic.")))
    part = spent(delta, zone.release)
    needed, usual = (_at_limit(zone, alpha, part, wrong) for wrong in (0, 1))
    found = Preview(zone, needed, needed if usual is None else usual)
    hindrance = _hindrance(found, alpha, part, audits)
    return Preview(zone, found.needed, found.usual, hindrance) if hindrance else found


def _zone_share(wanted: int, gated: int) -> float:
    """The part of the items that an audit is drawn from: where few reach the limit, not many more than those."""
    return min(ZONE_SHARE, max(_WIDER * wanted / gated, _LEAST_SHARE)) if wanted else ZONE_SHARE


def _at_limit(zone: Zone, alpha: float, part: float, wrong: int) -> int | None:
    """How many audits of the zone leave enough at the limit of the policy to prove it with so many wrong ones; for the
    whole zone where nothing can be proved at the limit.
    """
    base = zone.wanted if is_attainable(zone.wanted, alpha) else zone.size
    found = audits_needed(alpha, part, wrong, base)
    return None if found is None else min(zone.size, math.ceil(found * zone.size / base))


def _odd_wish(alpha: float, delta: float) -> KnownError | None:
    if not 0.0 < alpha < 1.0:
        return KnownError(say("The share of wrong ones must lie between 0 and 100 %."))
    if not 0.0 < delta < 0.5:
        return KnownError(say("The risk of the certificate must lie between 0 and 50 %."))
    return None


def _hindrance(found: Preview, alpha: float, part: float, audits: int | None) -> KnownError | None:
    """Why an audit of this size, or any, can prove nothing."""
    size = found.zone.size
    if not is_attainable(size, alpha):
        return KnownError(
            say_n(
                "This can never be certified here: one wrong item among {n} is more than {alpha} already.",
                "This can never be certified here: one wrong item among {n} is more than {alpha} already.",
                size,
                alpha=Share(alpha, 1),
            ),
            say("Allow at least {share}, or add items.", share=Share(1.0 / size + 0.0005, 1)),
        )
    if audits is None:
        return None
    if audits > size:
        return KnownError(say_n("Only {n} item can be checked.", "Only {n} items can be checked.", size))
    if audits < 1 or not can_pass(size, audits, alpha, part):
        return KnownError(
            say_n(
                "So few checks can prove nothing, even if none is wrong: at least {n} is needed.",
                "So few checks can prove nothing, even if none is wrong: at least {n} are needed.",
                audits_needed(alpha, part, 0, size) or size,
            )
        )
    return None


def _ladder(confidence: npt.NDArray[np.float32], limits: Sequence[float], label_id: int | None) -> Ladder:
    return Ladder(label_id, tuple(limits), tuple(int((confidence >= one).sum()) for one in limits))


def _digest(*parts: npt.NDArray[np.generic]) -> str:
    found = hashlib.sha256()
    for part in parts:
        found.update(np.ascontiguousarray(part).tobytes())
    return found.hexdigest()
