"""Audits and certificates: what is frozen when an audit begins, what its walk found, and what became of it.

How a certificate is proved is in `assurance/certificate.py`; here is what is kept of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from hitl_desktop.domain.sentences import NOTHING_TO_SAY, Sentence


class Outcome(StrEnum):
    """What the walk found at one limit."""

    SKIPPED = "skipped"
    """Too few items were audited for any result to prove it."""
    PROVED = "proved"
    STOPPED = "stopped"
    """Not proved: the walk ends here."""


@dataclass(frozen=True, slots=True)
class Step:
    """One limit of a walk: of `size` items at or above it, `audited` were audited and `wrong` of those were wrong.

    With confidence 1 − δ at most `bound` of them are wrong, where this limit is looked at alone.
    """

    limit: float
    size: int
    audited: int
    wrong: int
    bound: int
    outcome: Outcome

    @property
    def share(self) -> float:
        """The bound as a share of the items at or above the limit, 0–1."""
        return self.bound / self.size if self.size else 1.0


@dataclass(frozen=True, slots=True)
class Walk:
    """The steps of a walk, strict to loose, up to the first failure; with the α and δ they were tested at."""

    steps: tuple[Step, ...]
    alpha: float
    delta: float

    @property
    def last(self) -> Step | None:
        """The loosest limit that was proved; None when none was."""
        return next((step for step in reversed(self.steps) if step.outcome is Outcome.PROVED), None)

    @property
    def stopped(self) -> Step | None:
        """The limit that ended the walk; None when it came to its end."""
        return self.steps[-1] if self.steps and self.steps[-1].outcome is Outcome.STOPPED else None

    def proved(self) -> tuple[float, ...]:
        """All limits that were proved, strict to loose."""
        return tuple(step.limit for step in self.steps if step.outcome is Outcome.PROVED)

    def in_force(self, limit: float) -> float | None:
        """The loosest proved limit that is not looser than `limit`; None when there is none."""
        return min((proved for proved in self.proved() if proved >= limit), default=None)

    def plain(self) -> dict[str, Any]:
        """The walk as JSON can keep it."""
        steps = [[s.limit, s.size, s.audited, s.wrong, s.bound, s.outcome.value] for s in self.steps]
        return {"alpha": self.alpha, "delta": self.delta, "steps": steps}

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "Walk":
        """The inverse of `plain`."""
        steps = tuple(
            Step(float(limit), size, audited, wrong, bound, Outcome(outcome))
            for limit, size, audited, wrong, bound, outcome in values["steps"]
        )
        return cls(steps, float(values["alpha"]), float(values["delta"]))


@dataclass(frozen=True, slots=True)
class Ladder:
    """Limits to walk, strict to loose, and how many items of the snapshot were at or above each.

    `label_id` is the class that the model gives these items; None for all of them.
    """

    label_id: int | None
    limits: tuple[float, ...]
    sizes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Audited:
    """One drawn item as it was when the audit began: its index, the model's confidence, and its answer (class column or
    code of findings).
    """

    index: int
    confidence: float
    predicted: int


@dataclass(frozen=True, slots=True)
class Audit:
    """What was frozen when an audit began, and never changes.

    `number` counts the audits of the project from 1; it is also the release that δ is spent for. `items` is the size of
    the pool then, and `gate` the packed bits of the items the certificate may speak for. `ladders[0]` is for all of
    them, its last limit is where the zone begins; the others are one per class. `drawn` are in the order of asking, and
    each had the chance `probability` of being drawn. `limit` is the one of the routing policy then. `classes` are the
    columns that classes counted as. Hashes are SHA-256, hex: of the model, of the rules that lead to automatic routes,
    and of scores, answers and gate of the pool.
    """

    number: int
    begun_utc: str
    reviewer: str
    model_version: int
    model_hash: str
    alpha: float
    delta: float
    seed: int
    items: int
    policy_version: int
    limit: float
    probability: float
    ladders: tuple[Ladder, ...]
    drawn: tuple[Audited, ...]
    gate: bytes
    gate_digest: str
    pool_digest: str
    classes: tuple[int, ...]

    @property
    def zone(self) -> int:
        """How many items the audit was drawn from."""
        return self.ladders[0].sizes[-1]


class AuditEvent(StrEnum):
    """What happened to an audit, or to the certificate that came of it."""

    FINISHED = "finished"
    """Every drawn item was dealt with; its result is on record."""
    ABANDONED = "abandoned"
    ISSUED = "issued"
    """It proved at least one limit: there is a certificate."""
    SUSPENDED = "suspended"
    RESTORED = "restored"
    """What it was suspended for was taken back."""
    ENDED = "ended"
    """Another one took its place."""


@dataclass(frozen=True, slots=True)
class Happened:
    """One event, numbered from 1 over all audits. `facts` are plain values: the walks for a finished audit, the number
    of the certificate for an issued one.
    """

    number: int
    audit: int
    event: AuditEvent
    at_utc: str
    by: str
    why: Sentence = NOTHING_TO_SAY
    facts: Mapping[str, Any] | None = None


class Standing(StrEnum):
    """Where an audit stands."""

    OPEN = "open"
    ABANDONED = "abandoned"
    NOT_YET = "not yet"
    """Finished, and it proved nothing."""
    VALID = "valid"
    SUSPENDED = "suspended"
    ENDED = "ended"


_AFTER = {
    AuditEvent.FINISHED: Standing.NOT_YET,
    AuditEvent.ABANDONED: Standing.ABANDONED,
    AuditEvent.ISSUED: Standing.VALID,
    AuditEvent.SUSPENDED: Standing.SUSPENDED,
    AuditEvent.RESTORED: Standing.VALID,
    AuditEvent.ENDED: Standing.ENDED,
}


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """An audit with all that happened to it, in order."""

    audit: Audit
    events: tuple[Happened, ...] = ()

    @property
    def standing(self) -> Standing:
        """Where it stands now, as far as its events tell: a fold over them."""
        return _AFTER[self.events[-1].event] if self.events else Standing.OPEN

    @property
    def certificate(self) -> int | None:
        """The number of the certificate that came of it; None when none did."""
        issued = self._last(AuditEvent.ISSUED)
        return None if issued is None or issued.facts is None else int(issued.facts["certificate"])

    @property
    def issued_utc(self) -> str:
        """When the certificate was issued; empty when none was."""
        issued = self._last(AuditEvent.ISSUED)
        return issued.at_utc if issued else ""

    @property
    def finished(self) -> Happened | None:
        """The event that has its result."""
        return self._last(AuditEvent.FINISHED)

    @property
    def why(self) -> Sentence:
        """Why it stands where it does."""
        return self.events[-1].why if self.events else NOTHING_TO_SAY

    def walks(self) -> list[tuple[int | None, Walk]]:
        """The walks of its result: over all items (None), and of each class by its id. Empty before it is finished."""
        event = self.finished
        if event is None or event.facts is None:
            return []
        return [(walk["label"], Walk.of(walk)) for walk in event.facts["walks"]]

    @property
    def walk(self) -> Walk | None:
        """The walk over all items; None before the audit is finished."""
        walks = self.walks()
        return walks[0][1] if walks else None

    def fact(self, name: str, default: int = 0) -> int:
        """A count of its result: `wrong`, `unanswered`, `reviewers`."""
        event = self.finished
        return default if event is None or event.facts is None else int(event.facts.get(name, default))

    def _last(self, event: AuditEvent) -> Happened | None:
        return next((happened for happened in reversed(self.events) if happened.event is event), None)


def latest(records: Sequence[AuditRecord], *standings: Standing) -> AuditRecord | None:
    """The newest of the records that stands in one of these ways."""
    return next((record for record in reversed(records) if record.standing in standings), None)
