"""Looks through the record in stretches, each on its own, so that several processes can share the work.

The hash at which a stretch begins is taken as it is stored, and compared with where the stretch before it ended. A
stretch only says that all is well, or that it is not: where anything does not fit, within a stretch or between two, the
record is read again from its beginning, in order (`record_check.py`), which says what it is. So what is found does not
depend on how the work was shared.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import peewee

from hitl_desktop.domain.record_events import BEFORE_THE_FIRST, CHAIN_MARK, Part
from hitl_desktop.domain.sentences import say
from hitl_desktop.store.record_anchors import Anchor, RecordIds, is_signed
from hitl_desktop.store.record_check import RecordReading
from hitl_desktop.store.record_decisions import DecisionCheck, Row
from hitl_desktop.store.record_faults import Faults
from hitl_desktop.store.record_lines import Lines
from hitl_desktop.store.record_rows import digest_of
from hitl_desktop.store.record_table_check import Event, Numbered, TableCheck, said_in
from hitl_desktop.store.record_tables import ADDED, Added, columns_of
from hitl_desktop.store.second_record import DECISIONS
from hitl_desktop.store.store import Store

STRETCH: Final = 25_000
"""Events; half a second of work."""
_AT_ONCE: Final = 4000
_LARGEST: Final = 2**62
"""Numbers of rows beyond that SQLite does not even take as a question."""
_TABLES: Final = {table.name: table for table in ADDED}


@dataclass(frozen=True, slots=True)
class Stretch:
    """The events from `first` to `last`, the ids of the record, and whether the decisions among them are compared with
    the second record.
    """

    first: int
    last: int
    ids: RecordIds
    with_second_record: bool = True


@dataclass(frozen=True, slots=True)
class Told:
    """What the events of a stretch told of one table: the first and the last key, and how many rows."""

    first: int
    last: int
    rows: int


@dataclass(frozen=True, slots=True)
class StretchRead:
    """A stretch in which everything fits: the hashes before it and at its end, what the reading goes on with, the
    numbers of anchors in the database whose signature is right, and where its lines of the second record begin and end:
    None where there are none, or one is another one.
    """

    stretch: Stretch
    before: bytes
    head: bytes
    last_at: str
    kept: tuple[Event, ...]
    models: tuple[Event, ...]
    states: Mapping[tuple[str, Any], Event]
    told: Mapping[str, Told]
    signed: frozenset[int]
    lines: tuple[int, int] | None


def last_of(database: peewee.SqliteDatabase) -> int:
    """The number of the last event; 0 where there is none."""
    return int(database.execute_sql("SELECT coalesce(max(number), 0) FROM record_event").fetchone()[0])


def number_of_stretches(events: int) -> int:
    """Into how many stretches so many events are cut."""
    return -(-events // STRETCH)


def stretches_of(database: peewee.SqliteDatabase, ids: RecordIds, *, with_second_record: bool) -> list[Stretch]:
    """All events, in order."""
    last = last_of(database)
    return [
        Stretch(first, min(first + STRETCH - 1, last), ids, with_second_record) for first in range(1, last + 1, STRETCH)
    ]


def read_stretch(store: Store, stretch: Stretch) -> StretchRead | None:
    """Look through one stretch; None where anything in it does not fit. Raises ProjectDamaged."""
    return _Reading(store, stretch).read()


class _Reading(RecordReading):
    """The same reading, of some events, and of the rows that these tell of."""

    def __init__(self, store: Store, stretch: Stretch) -> None:
        super().__init__(store._database, Faults())  # of the same house: nothing outside of it speaks SQL
        self._stretch = stretch
        self._told: dict[str, Told] = {}
        self._lines = Lines(store, store.folder / DECISIONS) if stretch.with_second_record else None
        self._decisions = DecisionCheck(self._database, self._faults, self._lines)
        self._others: dict[str, list[Numbered]] = {}

    def read(self) -> StretchRead | None:
        stretch = self._stretch
        before = self._hash_of(stretch.first - 1)
        if before is None:
            return None
        self.last, self.head = stretch.first - 1, before
        rows = self._database.execute_sql(
            "SELECT number, body, hash FROM record_event WHERE number BETWEEN ? AND ? ORDER BY number",
            (stretch.first, stretch.last),
        )
        try:
            while piece := rows.fetchmany(_AT_ONCE):
                self._take(piece)
                if self._faults.count:
                    return None
        finally:
            if self._lines is not None:
                self._lines.close()
        if (told := self._decisions.told) is not None:
            self._told["decision"] = Told(*told)
        signed = self._signed()
        if self.last != stretch.last or signed is None:
            return None
        lines = self._lines.place if self._lines is not None and self._lines.fit else None
        return StretchRead(
            stretch,
            before,
            self.head,
            self.last_at,
            tuple(self.kept),
            tuple(self.models),
            self.states,
            self._told,
            signed,
            lines,
        )

    def _hash_of(self, number: int) -> bytes | None:
        if number == 0:
            return self.head
        row = self._database.execute_sql("SELECT hash FROM record_event WHERE number = ?", (number,)).fetchone()
        return row[0] if row and isinstance(row[0], bytes) else None

    def _take(self, piece: Sequence[Row]) -> None:
        self._others = {}
        if self._is_chained(piece):
            self._decisions.go_through(piece, self._width_of, self._sort)
            self._check_rows(self._others)
        else:
            self._is_none(piece[0][0])

    def _is_none(self, number: int) -> None:
        """Only that something does not fit is told of a stretch."""
        what = say("Event {number} is not what was recorded, or not in its place.", number=str(number))
        self._faults.add(Part.CHAIN, number, "", what)

    def _is_chained(self, piece: Sequence[Row]) -> bool:
        sha256, mark, head = hashlib.sha256, CHAIN_MARK, self.head
        with suppress(TypeError, AttributeError, UnicodeError):  # no text, as somebody may have written it
            for _, body, digest in piece:
                if sha256(mark + head + body.encode()).digest() != digest:
                    return False
                head = digest
            numbers = [number for number, _, _ in piece]
            if numbers != list(range(self.last + 1, self.last + 1 + len(piece))):
                return False
            self.head, self.last = head, numbers[-1]
            self.last_at = str(said_in(piece[-1][1]).get("at", self.last_at))
            return True
        return False

    def _sort(self, number: int, said: dict[str, Any]) -> None:
        if said.get("do") == "rows":
            self._others.setdefault(str(said.get("of")), []).append((number, said))
        else:
            self._happened(Event(number, said))

    def _check_rows(self, by_table: Mapping[str, Sequence[Numbered]]) -> None:
        for name, events in by_table.items():
            table = _TABLES.get(name)
            for number, said in events:
                if table is None or not self._is_as_told(table, number, said):
                    self._is_none(number)
                    return
                if name == "model" and "card" in said:
                    self.models.append(Event(number, said))

    def _is_as_told(self, table: Added, number: int, said: dict[str, Any]) -> bool:
        """Whether the rows of an event are those that it tells of, and come after those that others told of. Rows in
        between, of which nobody tells, show at the end: all of them are counted.
        """
        first, last, rows, known = said.get("first"), said.get("last"), said.get("rows", 1), self._told.get(table.name)
        if not (type(first) is type(last) is type(rows) is int):
            return False
        if not (known.last if known else -1) < first <= last < _LARGEST or not 0 <= rows < _LARGEST:
            return False
        columns = columns_of(self._database, table)
        order = f"{table.key}, {table.order}" if table.order else table.key
        names = ", ".join(f'"{name}"' for name in columns)
        found = self._database.execute_sql(
            f"SELECT {names} FROM {table.name} WHERE {table.key} BETWEEN ? AND ? ORDER BY {order} LIMIT ?",  # noqa: S608
            (first, last, rows + 1),
        ).fetchall()
        if len(found) != rows:
            return False
        if self._width_of(said.get("in"), table.name) == len(columns):
            is_same = digest_of(table.name, found) == said.get("sha")
        else:  # of before later columns were added
            check = TableCheck(self._database, table, self._faults, first)
            check.take([(number, said)], self._width_of)
            is_same = not self._faults.count
        self._told[table.name] = Told(known.first, last, known.rows + rows) if known else Told(first, last, rows)
        return is_same

    def _width_of(self, session: object, table: str) -> int | None:
        if isinstance(session, int) and 0 < session < self._stretch.first and session not in self._columns_in:
            row = self._database.execute_sql("SELECT body FROM record_event WHERE number = ?", (session,)).fetchone()
            said = said_in(row[0]) if row else {}
            columns = said.get("columns") if said.get("do") == "opened" else None
            self._columns_in[session] = columns if isinstance(columns, dict) else {}
        return super()._width_of(session, table)

    def _signed(self) -> frozenset[int] | None:
        """The anchors of these events that lie in the database; None where one of them is not signed by its key, or
        tells of another hash.
        """
        rows = self._database.execute_sql(
            "SELECT a.number, a.hash, a.at_utc, a.key, a.signature, e.hash FROM record_anchor AS a"
            " JOIN record_event AS e ON e.number = a.number WHERE a.number BETWEEN ? AND ?",
            (self._stretch.first, self._stretch.last),
        ).fetchall()
        ids = self._stretch.ids
        for number, head, at_utc, key, signature, told in rows:
            if not all(isinstance(value, bytes) for value in (head, key, signature)) or head != told:
                return None
            if not is_signed(Anchor(ids.at(number), number, head, str(at_utc), key, signature)):
                return None
        return frozenset(int(row[0]) for row in rows)


class JoinedReading(RecordReading):
    """What reading it in order would have come to, from stretches in which everything fits."""

    def __init__(self, database: peewee.SqliteDatabase, faults: Faults, reads: Sequence[StretchRead]) -> None:
        super().__init__(database, faults)
        self._reads = reads
        self.last, self.head, self.last_at = reads[-1].stretch.last, reads[-1].head, reads[-1].last_at
        self.signed = frozenset[int]().union(*(read.signed for read in reads))
        for read in reads:
            self.kept += read.kept
            self.models += read.models
            self.states |= read.states

    @property
    def decisions(self) -> int:
        """How many decisions were looked at."""
        return sum(read.told["decision"].rows for read in self._reads if "decision" in read.told)

    def fits(self) -> bool:
        """Whether each stretch begins where the one before ends, and no row is there that none of them tells of."""
        head, number = BEFORE_THE_FIRST, 0
        told: dict[str, Told] = {}
        for read in self._reads:
            if read.before != head or read.stretch.first != number + 1:
                return False
            head, number = read.head, read.stretch.last
            for name, here in read.told.items():
                before = told.get(name, Told(here.first, -1, 0))
                if here.first <= before.last:
                    return False
                told[name] = Told(before.first, here.last, before.rows + here.rows)
        for table in ADDED:
            count = self._database.execute_sql(f"SELECT count(*) FROM {table.name}").fetchone()[0]  # noqa: S608
            if count != (told[table.name].rows if table.name in told else 0):
                return False
        return True

    def find_hashes(self, numbers: Iterable[int]) -> None:
        """Have the hashes of these events in `hashes`, of those that there are."""
        rows = self._database.execute_sql(
            "SELECT number, hash FROM record_event WHERE number IN (SELECT value FROM json_each(?))",
            (json.dumps(sorted(numbers)),),
        )
        self.hashes = {int(number): bytes(head) for number, head in rows}

    def has_same_lines(self, folder: Path, *, is_in_use: bool) -> bool:
        """Whether all decisions are in the second record as they are here, and no other ones. While somebody decides,
        there may be more by now.
        """
        end = 0
        for read in self._reads:
            if read.lines is None:
                if "decision" in read.told:
                    return False
            elif read.lines[0] != end:
                return False
            else:
                end = read.lines[1]
        path = folder / DECISIONS
        try:
            size = path.stat().st_size if path.exists() else 0
        except OSError:
            return False
        return size >= end if is_in_use else size == end
