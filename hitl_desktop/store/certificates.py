"""The audits of a project and what became of them: appended to, never changed."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import peewee

from hitl_desktop.domain.certificates import (
    Audit,
    Audited,
    AuditEvent,
    AuditRecord,
    Happened,
    Ladder,
    Standing,
    latest,
)
from hitl_desktop.domain.sentences import sentence_of
from hitl_desktop.store.text_values import from_sql, to_sql

_PLAIN = (
    "number",
    "begun_utc",
    "reviewer",
    "model_version",
    "model_hash",
    "alpha",
    "delta",
    "seed",
    "items",
    "policy_version",
    "limit",
    "probability",
    "gate",
    "gate_digest",
    "pool_digest",
)
_COLUMNS = ", ".join(f'"{name}"' for name in (*_PLAIN, "ladders", "classes"))


@dataclass(frozen=True, slots=True)
class _Known:
    """What is asked for with every key, read once."""

    records: tuple[AuditRecord, ...]
    open: frozenset[int]
    drawn: frozenset[int]


class AuditTable:
    """Rows of `audit`, `audit_item` and `audit_event`. What writes runs inside a transaction that the caller holds."""

    def __init__(self, database: peewee.SqliteDatabase) -> None:
        self._database = database
        self._read: _Known | None = None

    def forget(self) -> None:
        """Read anew: something was not saved after all."""
        self._read = None

    def all(self) -> tuple[AuditRecord, ...]:
        """Every audit with its events, oldest first."""
        return self._known().records

    def open(self) -> AuditRecord | None:
        """The audit that is under way, if there is one."""
        return latest(self.all(), Standing.OPEN)

    def certified(self) -> AuditRecord | None:
        """The newest audit that a certificate came of which has not ended, suspended or not."""
        return latest(self.all(), Standing.VALID, Standing.SUSPENDED)

    def open_items(self) -> frozenset[int]:
        """The items drawn by the audit that is under way."""
        return self._known().open

    def drawn_items(self) -> frozenset[int]:
        """The items that any audit ever drew, abandoned ones left out."""
        return self._known().drawn

    def begin(self, audit: Audit) -> Audit:
        """Put an audit on record; returns it with its number."""
        numbered = replace(audit, number=len(self.all()) + 1)
        values: list[Any] = [getattr(numbered, name) for name in _PLAIN]
        values[_PLAIN.index("reviewer")] = to_sql(numbered.reviewer)
        ladders = [[ladder.label_id, list(ladder.limits), list(ladder.sizes)] for ladder in numbered.ladders]
        values += [json.dumps(ladders), json.dumps(list(numbered.classes))]
        places = ", ".join("?" * len(values))
        self._database.execute_sql(f"INSERT INTO audit({_COLUMNS}) VALUES ({places})", values)  # noqa: S608 - our names
        self._database.connection().executemany(
            "INSERT INTO audit_item(audit, place, idx, confidence, predicted) VALUES (?, ?, ?, ?, ?)",
            [
                (numbered.number, place, item.index, item.confidence, item.predicted)
                for place, item in enumerate(numbered.drawn)
            ],
        )
        self._read = None
        return numbered

    def append(self, happened: Happened) -> Happened:
        """Put an event on record; returns it with its number."""
        last = self._database.execute_sql("SELECT coalesce(max(number), 0) FROM audit_event").fetchone()[0]
        numbered = replace(happened, number=int(last) + 1)
        facts = None if numbered.facts is None else json.dumps(dict(numbered.facts))
        self._database.execute_sql(
            "INSERT INTO audit_event(number, audit, event, at_utc, by, why, facts) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                numbered.number,
                numbered.audit,
                numbered.event.value,
                numbered.at_utc,
                to_sql(numbered.by),
                numbered.why.text(),
                facts,
            ),
        )
        self._read = None
        return numbered

    def _known(self) -> _Known:
        if self._read is None:
            events = self._events()
            audits = self._audits()
            records = tuple(AuditRecord(audit, tuple(e for e in events if e.audit == audit.number)) for audit in audits)
            under_way = latest(records, Standing.OPEN)
            self._read = _Known(
                records,
                frozenset(item.index for item in under_way.audit.drawn) if under_way else frozenset(),
                frozenset(
                    item.index
                    for record in records
                    if record.standing is not Standing.ABANDONED
                    for item in record.audit.drawn
                ),
            )
        return self._read

    def _audits(self) -> list[Audit]:
        rows = self._database.execute_sql(f"SELECT {_COLUMNS} FROM audit ORDER BY number").fetchall()  # noqa: S608
        drawn: dict[int, list[Audited]] = {}
        for number, *item in self._database.execute_sql(
            "SELECT audit, idx, confidence, predicted FROM audit_item ORDER BY audit, place"
        ):
            drawn.setdefault(number, []).append(Audited(*item))
        return [_audit(row, drawn.get(row[0], [])) for row in rows]

    def _events(self) -> list[Happened]:
        rows = self._database.execute_sql(
            "SELECT number, audit, event, at_utc, by, why, facts FROM audit_event ORDER BY number"
        )
        return [
            Happened(
                number,
                audit,
                AuditEvent(event),
                at_utc,
                from_sql(by),
                sentence_of(why),
                None if facts is None else json.loads(facts),
            )
            for number, audit, event, at_utc, by, why, facts in rows
        ]


def _audit(row: Sequence[Any], drawn: Sequence[Audited]) -> Audit:
    *plain, ladders, classes = row
    values: dict[str, Any] = dict(zip(_PLAIN, plain, strict=True))
    values["reviewer"] = from_sql(values["reviewer"])
    values["gate"] = bytes(values["gate"])
    steps = tuple(
        Ladder(label, tuple(map(float, limits)), tuple(map(int, sizes))) for label, limits, sizes in json.loads(ladders)
    )
    return Audit(**values, ladders=steps, drawn=tuple(drawn), classes=tuple(json.loads(classes)))
