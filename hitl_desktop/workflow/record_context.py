"""What surrounds a record: where its numbers lie among decided ones, and what else its customer did.

Looked up beside the window. What many items need (the numbers of decided records, which records a key has) is kept
between them by `RecordContexts`, which belongs to the thread that looks.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.items import ItemState
from hitl_desktop.domain.pool import STATES
from hitl_desktop.domain.record_context import RecordContext, SameKey, Standing
from hitl_desktop.domain.records import ColumnType, Record, RecordColumns, record_of
from hitl_desktop.exchange.record_rows import columns_of
from hitl_desktop.exchange.row_kinds import Layout
from hitl_desktop.exchange.table_records import TableColumns
from hitl_desktop.store.store import Store
from hitl_desktop.workflow.looking import Looking
from hitl_desktop.workflow.project import Project

COMPARED: Final = 2000
"""So many records at most stand for a class."""
FEWEST: Final = 20
"""A class with fewer decided records is not compared with: all records are."""
SHOWN: Final = 7
"""Records of the same key that are shown, the one on screen among them."""
_ANEW: Final = 25
"""After so many more decisions of a class its numbers are read anew."""
_PART: Final = 5000

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Asked:
    """Of which item, and what it is compared with: the class `label_id`, None for all records.

    `states` (n,) and `label_ids` (n,) are copies of the pool's. What is in the columns `masked` is not looked at.
    """

    folder: Path
    columns: RecordColumns
    index: int
    label_id: int | None
    states: npt.NDArray[np.uint8]
    label_ids: npt.NDArray[np.int64]
    masked: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Reference:
    """The values of records that are compared with: sorted numbers, and shares of categories, by column."""

    label_id: int | None
    count: int
    decided: int
    numbers: Mapping[str, Numbers]
    categories: Mapping[str, Mapping[str, float]]


def record_columns(store: Store) -> RecordColumns:
    """What the columns of a project of records hold."""
    kept = store.fact("columns") or {}
    named = TableColumns.of(kept)
    first = store.items.many([0])
    names = tuple(first[0].fields) if first else ()
    return columns_of(Layout.of(kept), names, named.identity, named.label)


def asked_of(project: Project, index: int, label_id: int | None, masked: frozenset[str]) -> Asked:
    """The question about an item, with what of the pool it takes."""
    columns = record_columns(project.store)
    pool = project.pool
    return Asked(project.folder, columns, index, label_id, pool.states.copy(), pool.label_ids.copy(), masked)


class RecordContexts:
    """Answers one question after another about one project."""

    def __init__(self) -> None:
        self._references: dict[int | None, _Reference] = {}
        self._places: dict[str, list[int]] = {}
        self._read = 0

    def answer(self, looking: Looking, asked: Asked) -> RecordContext:
        """What surrounds the item. Raises Cancelled."""
        with looking.reading(asked.folder) as store:
            record = record_of(store.items.text(asked.index))
            reference = self._reference(store, looking, asked)
            standings = _standings(record, reference, asked.masked)
            key = asked.columns.key
            value = record[key].text if key and key not in asked.masked and record[key] else ""  # type: ignore[union-attr]
            if not value:
                return RecordContext(asked.index, reference.label_id, reference.count, standings)
            self._read_keys(store, looking, asked)
            places = self._places.get(value, [])
            history = _history(store, asked, places)
            return RecordContext(
                asked.index, reference.label_id, reference.count, standings, value, len(places), history
            )

    def _reference(self, store: Store, looking: Looking, asked: Asked) -> _Reference:
        decided = STATES.index(ItemState.DECIDED)
        rows = np.flatnonzero((asked.states == decided) & (asked.label_ids == asked.label_id))
        label_id: int | None = asked.label_id
        if asked.label_id is None or len(rows) < FEWEST:
            label_id, rows = None, np.arange(len(asked.states))
        kept = self._references.get(label_id)
        if kept is not None and abs(kept.decided - len(rows)) < _ANEW:
            return kept
        chosen = rows[np.unique(np.linspace(0, len(rows) - 1, min(COMPARED, len(rows))).astype(int))]
        records = []
        for start in range(0, len(chosen), 250):
            looking.check()
            records += [record_of(text) for text in store.items.texts_of(chosen[start : start + 250].tolist())]
        found = _Reference(label_id, len(records), len(rows), _numbers(records), _categories(records))
        self._references[label_id] = found
        return found

    def _read_keys(self, store: Store, looking: Looking, asked: Asked) -> None:
        """Which items belong to which key; only those that came since are read."""
        column = str(asked.columns.key)
        while self._read < len(asked.states):
            looking.check()
            part = range(self._read, min(self._read + _PART, len(asked.states)))
            for index, cell in zip(part, store.records.cells(column, part), strict=True):
                self._places.setdefault(" ".join(cell.split()), []).append(index)
            self._read = part.stop


def _numbers(records: Sequence[Record]) -> dict[str, Numbers]:
    found: dict[str, list[float]] = {}
    for record in records:
        for one in record.fields:
            if one.number is not None:
                found.setdefault(one.name, []).append(one.number)
    return {name: np.sort(np.array(values)) for name, values in found.items()}


def _categories(records: Sequence[Record]) -> dict[str, dict[str, float]]:
    found: dict[str, Counter[str]] = {}
    for record in records:
        for one in record.fields:
            if one.type is ColumnType.CATEGORY:
                found.setdefault(one.name, Counter())[one.text] += 1
    return {name: {value: n / counts.total() for value, n in counts.items()} for name, counts in found.items()}


def _standings(record: Record, reference: _Reference, masked: frozenset[str]) -> dict[str, Standing]:
    found = {}
    for one in record.fields:
        if one.name in masked:
            continue
        if one.number is not None and one.name in reference.numbers:
            values = reference.numbers[one.name]
            below = (np.searchsorted(values, one.number) + np.searchsorted(values, one.number, "right")) / 2
            found[one.name] = Standing(float(below / len(values)), float(np.median(values)))
        elif one.type is ColumnType.CATEGORY and one.text and one.name in reference.categories:
            found[one.name] = Standing(reference.categories[one.name].get(one.text, 0.0))
    return found


def _history(store: Store, asked: Asked, places: Sequence[int]) -> tuple[SameKey, ...]:
    """The records of the same key around the one on screen, the newest first."""
    near = sorted(sorted(places, key=lambda place: abs(place - asked.index))[:500])
    rows = [_same_key(asked, place, text) for place, text in zip(near, store.items.texts_of(near), strict=True)]
    rows.sort(key=lambda row: (row.moment or datetime.min, row.index), reverse=True)
    at = next((place for place, row in enumerate(rows) if row.is_this), 0)
    first = max(0, min(at - 1, len(rows) - SHOWN))
    return tuple(rows[first : first + SHOWN])


def _same_key(asked: Asked, place: int, text: str) -> SameKey:
    try:
        record = record_of(text)
    except KnownError:
        record = Record(())
    time = record[asked.columns.time] if asked.columns.time and asked.columns.time not in asked.masked else None
    amount = record[asked.columns.amount] if asked.columns.amount and asked.columns.amount not in asked.masked else None
    return SameKey(
        place,
        time.moment if time else None,
        amount.number if amount else None,
        STATES[int(asked.states[place])],
        int(asked.label_ids[place]),
        place == asked.index,
    )
