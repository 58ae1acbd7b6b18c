"""Signatures with their meaning: appended to, never changed, and never made invalid by what comes later."""

from dataclasses import dataclass

import peewee

from hitl_desktop.store.text_values import from_sql, to_sql


@dataclass(frozen=True, slots=True)
class SignatureRow:
    """One signature as it is stored: `body` is what was signed, word for word (canonical JSON); the rest is hex."""

    event_id: str
    at_utc: str
    reviewer_id: str
    body: str
    public_key: str
    signature: str
    number: int = 0


class SignatureTable:
    """Rows of `signature`. `append` runs inside a transaction that the caller holds."""

    def __init__(self, database: peewee.SqliteDatabase) -> None:
        self._database = database

    def append(self, row: SignatureRow) -> int:
        """Add a signature; returns its number."""
        number = int(self._database.execute_sql("SELECT coalesce(max(number), 0) + 1 FROM signature").fetchone()[0])
        self._database.execute_sql(
            "INSERT INTO signature(number, event_id, at_utc, reviewer_id, body, public_key, signature)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (number, row.event_id, row.at_utc, row.reviewer_id, to_sql(row.body), row.public_key, row.signature),
        )
        return number

    def all(self) -> list[SignatureRow]:
        """Every signature, oldest first."""
        rows = self._database.execute_sql(
            "SELECT event_id, at_utc, reviewer_id, body, public_key, signature, number FROM signature ORDER BY number"
        )
        return [SignatureRow(a, b, c, from_sql(body), e, f, n) for a, b, c, body, e, f, n in rows]

    def record_head(self) -> tuple[int, str]:
        """The number and the hash (hex) of the last event on record; 0 and "" where there is none."""
        row = self._database.execute_sql(
            "SELECT number, hash FROM record_event ORDER BY number DESC LIMIT 1"
        ).fetchone()
        return (0, "") if row is None else (int(row[0]), bytes(row[1]).hex())
