"""The model versions of a project, and which one is in use."""

import json
from dataclasses import dataclass, field
from typing import Any

import peewee

from hitl_desktop.domain.sentences import NOTHING_TO_SAY, Sentence, sentence_of


@dataclass(frozen=True, slots=True)
class ModelVersion:
    """One version. Its arrays lie in `models/v<version>/` of the project.

    `trained_on` is the number of the project's decisions it learned from; `after_decision` is the number of the
    last decision it could know. `metrics` holds what was measured when it was made, with its sample sizes.
    `trained_hash` names exactly what it learned from (see `workflow/training_record.py`; empty for a bundled model, and
    for versions made before this was kept). `verdict` is what the comparison with the version in use said then.
    """

    version: int
    origin: str
    name: str
    made_utc: str
    trained_on: int
    after_decision: int
    metrics: dict[str, Any] = field(default_factory=dict)
    trained_hash: str = ""
    verdict: dict[str, Any] = field(default_factory=dict)

    @property
    def folder(self) -> str:
        """The folder of the bundle, relative to the project."""
        return f"models/v{self.version}"


@dataclass(frozen=True, slots=True)
class Activation:
    """One time that a version was put to use: when, by whom or what, and why."""

    version: int
    at_utc: str
    by: str
    why: Sentence


class ModelTable:
    """Rows of `model` and `activation`."""

    def __init__(self, database: peewee.SqliteDatabase) -> None:
        self._database = database
        self._table = peewee.Table(
            "model",
            (
                "version",
                "origin",
                "name",
                "made_utc",
                "trained_on",
                "after_decision",
                "metrics",
                "trained_hash",
                "verdict",
            ),
            _database=database,
        )
        self._known: list[ModelVersion] | None = None
        self._activation = peewee.Table(
            "activation", ("number", "version", "at_utc", "by", "reason"), _database=database
        )

    def next_version(self) -> int:
        """The number a new version gets; numbers are never reused."""
        return int(self._database.execute_sql("SELECT coalesce(max(version), 0) + 1 FROM model").fetchone()[0])

    def add(self, model: ModelVersion) -> None:
        """Record a version whose files are already in place."""
        self._known = None
        self._table.insert(
            version=model.version,
            origin=model.origin,
            name=model.name,
            made_utc=model.made_utc,
            trained_on=model.trained_on,
            after_decision=model.after_decision,
            metrics=json.dumps(model.metrics),
            trained_hash=model.trained_hash,
            verdict=json.dumps(model.verdict),
        ).execute()

    def activate(self, version: int, at_utc: str, by: str, why: Sentence = NOTHING_TO_SAY) -> None:
        """Put a version to use. What was in use before stays, and can be put to use again."""
        self._activation.insert(version=version, at_utc=at_utc, by=by, reason=why.text()).execute()

    def activations(self) -> list[Activation]:
        """Every time that a version was put to use, oldest first; the last is the one in use."""
        rows = self._activation.select().order_by(self._activation.number).tuples()
        return [Activation(version, at_utc, by, sentence_of(reason)) for _, version, at_utc, by, reason in rows]

    def active(self) -> ModelVersion | None:
        """The version in use; None before there is one."""
        row = self._database.execute_sql("SELECT version FROM activation ORDER BY number DESC LIMIT 1").fetchone()
        if row is None:
            return None
        found = [model for model in self.all() if model.version == row[0]]
        if not found:  # beside the program that writes, one that only reads may have read the versions before this one
            self._known = None
            found = [model for model in self.all() if model.version == row[0]]
        return found[0] if found else None

    def all(self) -> list[ModelVersion]:
        """All versions, oldest first."""
        if self._known is None or self._database.in_transaction():
            rows = self._table.select().order_by(self._table.version).tuples()
            found = [_version(*row) for row in rows]
            if self._database.in_transaction():  # it may still be rolled back
                return found
            self._known = found
        return list(self._known)


def _version(
    version: int,
    origin: str,
    name: str,
    made_utc: str,
    trained_on: int,
    after_decision: int,
    metrics: str,
    trained_hash: str,
    verdict: str,
) -> ModelVersion:
    return ModelVersion(
        version,
        origin,
        name,
        made_utc,
        trained_on,
        after_decision,
        json.loads(metrics),
        trained_hash,
        json.loads(verdict),
    )
