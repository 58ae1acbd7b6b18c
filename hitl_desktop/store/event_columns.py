"""Reads the log of decisions as columns, part by part, so that reading can be stopped and holds nobody up."""

from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import Any, Final

import numpy as np
import peewee

from hitl_desktop.domain.event_table import EXPOSURES, NONE, SLOTS, VERDICTS, EventTable
from hitl_desktop.store.text_values import from_sql

_PART: Final = 4_000
_VERDICT: Final = {verdict.value: code for code, verdict in enumerate(VERDICTS)}
_SLOT: Final = {slot.value: code for code, slot in enumerate(SLOTS)}
_EXPOSURE: Final = {None: NONE} | {exposure.value: code for code, exposure in enumerate(EXPOSURES)}
_SAME: Final = (
    "coalesce(predicted_id, predicted_findings) IS NOT NULL AND verdict IN ('confirmed', 'corrected')"
    " AND label_id IS predicted_id AND findings IS predicted_findings"
)
_QUESTION: Final = (
    "SELECT number, idx, verdict, slot, exposure, reviewer, CAST(strftime('%s', at_utc) AS INTEGER),"  # noqa: S608
    " coalesce(model_version, -1), seconds, coalesce(label_id, -1), coalesce(predicted_id, -1),"
    f" coalesce(predicted_id, predicted_findings) IS NOT NULL, {_SAME}, coalesce(retracts, -1), coalesce(follows, -1),"
    " batch <> '', reason <> '' FROM decision WHERE number > ? AND number <= ? ORDER BY number"
)
_TYPES: Final = (
    np.int64, np.int64, np.int8, np.int8, np.int8, np.int32, np.int64, np.int64, np.float64, np.int64, np.int64,
    np.bool_, np.bool_, np.int64, np.int64, np.bool_, np.bool_,
)  # fmt: skip

_NAMES: Final = tuple(f.name for f in fields(EventTable) if f.name != "reviewers")


class EventColumns:
    """The columns of `decision` that figures need. Belongs to the thread that opened the database."""

    def __init__(self, database: peewee.SqliteDatabase) -> None:
        self._database = database

    def read(self, last: int, known: EventTable | None = None, check: Callable[[], None] = lambda: None) -> EventTable:
        """All events up to number `last`. The log only grows, so what is `known` of it is not read again.

        `check` is called between two parts, and may raise to stop the reading.
        """
        reviewers = list(known.reviewers) if known is not None else []
        code = {name: number for number, name in enumerate(reviewers)}
        parts = [_columns_of(known)] if known is not None else [_empty()]
        first = int(known.number[-1]) if known is not None and len(known) else 0
        for after in range(first, last, _PART):
            check()
            rows = self._database.execute_sql(_QUESTION, (after, min(after + _PART, last))).fetchall()
            if rows:
                parts.append(_arrays(rows, code))
        joined: dict[str, Any] = {
            name: np.concatenate(column) for name, column in zip(_NAMES, zip(*parts, strict=True), strict=True)
        }
        return EventTable(**joined, reviewers=tuple(code))


def _arrays(rows: Sequence[Sequence[Any]], code: dict[str, int]) -> list[Any]:
    columns = list(zip(*rows, strict=True))
    columns[2] = tuple(_VERDICT[value] for value in columns[2])
    columns[3] = tuple(_SLOT[value] for value in columns[3])
    columns[4] = tuple(_EXPOSURE[value] for value in columns[4])
    columns[5] = tuple(code.setdefault(from_sql(value), len(code)) for value in columns[5])
    columns[8] = tuple(np.nan if value is None else value for value in columns[8])
    return [np.array(column, of_type) for column, of_type in zip(columns, _TYPES, strict=True)]


def _columns_of(table: EventTable) -> list[Any]:
    return [getattr(table, name) for name in _NAMES]


def _empty() -> list[Any]:
    return [np.empty(0, of_type) for of_type in _TYPES]
