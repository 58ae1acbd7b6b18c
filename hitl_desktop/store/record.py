"""Writes the record: one place that sees every change, whoever made it.

Before a transaction of the store is committed, `follow` looks what is in it: rows that were added are those above the
last number it knew, and rows that were changed were noted by triggers of this connection. So a new writer has nothing
to call, and cannot forget to.
"""

import json
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import peewee

import hitl_desktop
from hitl_desktop.domain.record_events import (
    ANCHORED_AT,
    BEFORE_THE_FIRST,
    BETWEEN_ANCHORS,
    JUMP_MS,
    Happening,
    canonical,
    chained,
)
from hitl_desktop.store.library import sqlite_version
from hitl_desktop.store.migrate import version_of
from hitl_desktop.store.record_anchors import Anchor, Anchors
from hitl_desktop.store.record_clock import RecordClock, account, boot_id, computer
from hitl_desktop.store.record_extras import extras
from hitl_desktop.store.record_rows import digest, marks, row_texts
from hitl_desktop.store.record_tables import ADDED, KEPT, SAID_FACTS, Added, Kept, columns_of

FACT: Final = "record"
"""The fact that names the record: its id, and when it was begun."""
_ROWS_AT_ONCE: Final = 1000
_PLACE: Final = {table.name: place for place, table in enumerate(ADDED)}
_NONE: Final = -1
_INSERT: Final = "INSERT INTO record_event(number, body, hash) VALUES (?, ?, ?)"
_TOUCHED: Final = "SELECT DISTINCT name, key FROM temp.record_touched ORDER BY name, key"


@dataclass(frozen=True, slots=True)
class _State:
    """How far the record is: the last event and its hash, the last row of each table, and this session's first event
    (0: it has none yet) with the clocks at its last one.
    """

    number: int = 0
    head: bytes = BEFORE_THE_FIRST
    seen: tuple[int, ...] = ()
    session: int = 0
    at: datetime | None = None
    up: int = 0
    zone: int = 0
    anchored: int = 0


@dataclass(slots=True)
class _Writing:
    """What one transaction adds."""

    state: _State
    at: str
    up: int
    rows: list[tuple[int, str, bytes]] = field(default_factory=list)
    is_anchored: bool = False

    def add(self, do: str, **values: Any) -> None:
        number = self.state.number + 1
        body = canonical({**values, "at": self.at, "do": do, "in": self.state.session, "n": number, "up": self.up})
        head = chained(self.state.head, body)
        self.rows.append((number, body, head))
        self.state = replace(self.state, number=number, head=head)
        self.is_anchored = self.is_anchored or do in ANCHORED_AT

    def add_rows(self, table: str, first: int, last: int, rows: Sequence[str], more: dict[str, Any]) -> None:
        several = {"marks": marks(rows), "rows": len(rows)} if len(rows) > 1 else {}
        self.add("rows", of=table, first=first, last=last, sha=digest(table, rows), **several, **more)


class Recorder:
    """The record of one project, for the one that writes it. `start` comes first, and again after a new connection."""

    def __init__(self, database: peewee.SqliteDatabase, folder: Path, clock: RecordClock | None = None) -> None:
        self._database = database
        self._folder = folder
        self.clock = clock or RecordClock()
        self.by = ""
        """Who is at work: stands in events about rows that do not say it themselves."""
        self.via = ""
        """Where changes come from, if not from somebody at work: the second record, another project."""
        self._state = _State()
        self._next: _State | None = None
        self._notes: list[tuple[Happening, dict[str, Any]]] = []
        self._columns: dict[str, tuple[str, ...]] = {}
        self._before: dict[str, int] = {}
        self._reads: tuple[str, ...] = ()
        self._maxima = ""
        self._is_there = False  # only in a database of an older schema, which tests alone write to
        self._new: tuple[Anchor, ...] = ()
        self.found = 0
        """The number of the last event that was there when the project was opened."""
        self.anchors = Anchors(folder)

    @property
    def head(self) -> tuple[int, str]:
        """The number and the hash of the last event that is durable; 0 before there is one."""
        return self._state.number, self._state.head.hex()

    def last_of(self, table: str) -> int:
        """The number of the last durable row of a table that only grows; below 1 where it has none."""
        return self._state.seen[_PLACE[table]] if self._state.seen else 0

    @property
    def is_open(self) -> bool:
        """True when this session has left a trace on record."""
        return self._state.session > 0

    def start(self) -> None:
        """Look how far the record is, and have changes of rows noted from now on."""
        run = self._database.execute_sql
        there = {row[0] for row in run("SELECT name FROM main.sqlite_master WHERE type = 'table'")}
        self._is_there = there.issuperset(("record_event", *(table.name for table in (*ADDED, *KEPT))))
        if not self._is_there:
            return
        run("PRAGMA temp_store = memory")
        run("CREATE TEMP TABLE IF NOT EXISTS record_touched(name TEXT NOT NULL, key)")
        for kept in KEPT:
            _watch(self._database, kept)
        self._columns = {table.name: columns_of(self._database, table) for table in (*ADDED, *KEPT)}
        self._reads = tuple(_read(table, self._columns[table.name]) for table in ADDED)
        tops = ", ".join(f"(SELECT coalesce(max({t.key}), {_NONE}) FROM main.{t.name})" for t in ADDED)  # noqa: S608
        self._maxima = f"SELECT {tops}, EXISTS (SELECT 1 FROM temp.record_touched)"  # noqa: S608 - our own names
        last = run("SELECT number, body, hash FROM record_event ORDER BY number DESC LIMIT 1").fetchone()
        tops_now = tuple(int(top) for top in run(self._maxima).fetchone()[:-1])
        if last is None:
            self._state = _State(seen=(_NONE,) * len(ADDED))
            counts = {t.name: int(run(f"SELECT count(*) FROM {t.name}").fetchone()[0]) for t in ADDED}  # noqa: S608
            self._before = {name: count for name, count in counts.items() if count}
        else:
            number, body, head = last
            anchored = run("SELECT coalesce(max(number), 0) FROM record_anchor").fetchone()[0]
            at = _when(body)
            known = self._state if self._state.number == number else _State(at=at)
            self.found = self.found or int(number)
            self._state = replace(known, number=int(number), head=bytes(head), seen=tops_now, anchored=int(anchored))
        self.forget()

    def known_beyond(self) -> int | None:
        """The number of an event that this computer has an anchor of, and that the record did not have when the project
        was opened: what came later is gone. None where nothing is missing, or somebody put a backup back and said so.
        """
        project = self._project()
        known = self.anchors.outside(project) if project else []
        number = known[-1].number if known else 0
        if number <= self.found or self.anchors.are_elsewhere(project):
            return None
        (said,) = self._database.execute_sql(
            "SELECT max(number) FROM record_event WHERE body LIKE ?", (f'%"do":"{Happening.RESTORED.value}"%',)
        ).fetchone()
        # Once that was anchored outside too, what lies there last is of work since then.
        return None if said is not None and not any(self._has(a) for a in known if a.number >= said) else number

    def _has(self, anchor: Anchor) -> bool:
        """Whether the event that the anchor tells of is on record."""
        row = self._database.execute_sql("SELECT hash FROM record_event WHERE number = ?", (anchor.number,)).fetchone()
        return row is not None and bytes(row[0]) == anchor.hash

    def note(self, do: Happening, **facts: Any) -> None:
        """Have something that happened put on record with the transaction that is under way."""
        self._notes.append((do, facts))

    def follow(self) -> None:
        """Put on record what the transaction under way has changed since the last time. Nothing else of it may come
        after the last one.
        """
        if not self._is_there:
            return
        before = self._before_now
        *tops, touched = self._database.connection().execute(self._maxima).fetchone()
        if tuple(tops) == before.seen and not touched and not self._notes:
            return
        writing = self._begin()
        for table, read, seen, top in zip(ADDED, self._reads, before.seen, tops, strict=True):
            if top > seen:
                self._add_new(writing, table, read, seen)
        if touched:
            self._add_touched(writing)
        for do, facts in self._notes:
            writing.add(do.value, **self._who(facts))
        self._notes = []
        self._database.connection().executemany(_INSERT, writing.rows)
        writing.state = replace(writing.state, seen=tuple(tops))
        if writing.is_anchored or writing.state.number - writing.state.anchored >= BETWEEN_ANCHORS:
            self._anchor(writing)
        self._next = writing.state

    def committed(self) -> None:
        """What `follow` wrote is durable: anchors go outside too."""
        if self._next is not None:
            self._state, self._next, self._before = self._next, None, {}
        if self._new:
            self.anchors.keep_outside(self._new)
            self._new = ()

    def forget(self) -> None:
        """The transaction was not saved."""
        self._next = None
        self._new = ()
        self._notes = []

    @property
    def _before_now(self) -> _State:
        """How far it is: with what the transaction under way has put on record so far."""
        return self._state if self._next is None else self._next

    def _begin(self) -> _Writing:
        now, up = self.clock.now(), self.clock.up_ms()
        zone = self.clock.zone_minutes(now)
        before = self._before_now
        writing = _Writing(before, now.isoformat(timespec="microseconds"), up)
        if before.number == 0:
            self._add_begun(writing)
        if before.session == 0:
            self._add_opened(writing, zone)
        if before.number == 0:
            self._add_all_kept(writing)
        elif before.session == 0 and self.anchors.are_elsewhere(self._project()):
            self._add_moved(writing)
        moved = _moved_ms(before, now, up)
        if abs(moved) > JUMP_MS:
            writing.add(Happening.CLOCK, by_ms=moved, before=before.at.isoformat() if before.at else "")
        if before.session and zone != before.zone:
            writing.add(Happening.ZONE, minutes=zone, before=before.zone)
        writing.state = replace(writing.state, at=now, up=up, zone=zone)
        return writing

    def _add_begun(self, writing: _Writing) -> None:
        row = self._database.execute_sql("SELECT value FROM project WHERE key = ?", (FACT,)).fetchone()
        known = json.loads(row[0]) if row else None
        if known is None:
            self.anchors.set_aside()
        project = known["id"] if known else uuid.uuid4().hex
        writing.add(Happening.BEGUN, project=project, was=self._before, again=known is not None)
        self._set_project(writing, project)

    def _add_moved(self, writing: _Writing) -> None:
        project = uuid.uuid4().hex
        writing.add(Happening.MOVED, project=project)
        self._set_project(writing, project)
        self._database.execute_sql("DELETE FROM temp.record_touched WHERE name = 'project' AND key = ?", (FACT,))
        self._add_kept(writing, next(kept for kept in KEPT if kept.name == "project"), FACT)

    def _set_project(self, writing: _Writing, project: str) -> None:
        value = json.dumps({"id": project, "begun": writing.at})
        self._database.execute_sql("INSERT OR REPLACE INTO project(key, value) VALUES (?, ?)", (FACT, value))

    def _add_all_kept(self, writing: _Writing) -> None:
        """Rows that were there before the record was, whoever changed them."""
        self._database.execute_sql("DELETE FROM temp.record_touched")
        for kept in KEPT:
            keys = self._database.execute_sql(f"SELECT {kept.key} FROM main.{kept.name} ORDER BY 1").fetchall()  # noqa: S608
            for (key,) in keys:
                if key not in kept.but:
                    self._add_kept(writing, kept, key)

    def _add_opened(self, writing: _Writing, zone: int) -> None:
        schema = version_of(self._database)
        number = writing.state.number + 1
        writing.state = replace(writing.state, session=number)
        writing.add(
            Happening.OPENED,
            app=hitl_desktop.__version__,
            schema=schema,
            sqlite=sqlite_version(),
            zone=zone,
            boot=boot_id(),
            computer=computer(),
            account=account(),
            columns={name: len(columns) for name, columns in self._columns.items()},
            **self._who({}),
        )
        earlier = self._schema_before()
        if earlier not in (None, schema):
            writing.add(Happening.MIGRATED, before=earlier, schema=schema)

    def _schema_before(self) -> int | None:
        if self._state.number == 0:
            return None
        row = self._database.execute_sql(
            "SELECT json_extract(s.body, '$.schema') FROM record_event AS e JOIN record_event AS s"
            " ON s.number = json_extract(e.body, '$.in') WHERE e.number = ?",
            (self._state.number,),
        ).fetchone()
        return None if row is None or row[0] is None else int(row[0])

    def _add_new(self, writing: _Writing, table: Added, read: str, seen: int) -> None:
        more = {"via": self.via} if self.via else {}
        for keys, rows in _groups(self._database.connection().execute(read, (seen,))):
            told = extras(self._folder, table.name, self._columns[table.name], rows) if len(rows) == 1 else {}
            writing.add_rows(table.name, keys[0], keys[1], row_texts(rows), more | told)

    def _add_touched(self, writing: _Writing) -> None:
        by_name = {kept.name: kept for kept in KEPT}
        for name, key in self._database.execute_sql(_TOUCHED).fetchall():
            self._add_kept(writing, by_name[name], key)
        self._database.execute_sql("DELETE FROM temp.record_touched")

    def _add_kept(self, writing: _Writing, kept: Kept, key: Any) -> None:
        names = ", ".join(self._columns[kept.name])
        row = self._database.execute_sql(
            f"SELECT {names} FROM main.{kept.name} WHERE {kept.key} = ?",  # noqa: S608 - our own names
            (key,),
        ).fetchone()
        facts: dict[str, Any] = {"of": kept.name, "key": key, "sha": digest(kept.name, row_texts([row])) if row else ""}
        if kept.name == "project" and key in SAID_FACTS and row:
            facts["new"] = row[1]
        writing.add("row", **self._who(facts), **({"via": self.via} if self.via else {}))

    def _who(self, facts: dict[str, Any]) -> dict[str, Any]:
        return facts | {"by": self.by} if self.by and "by" not in facts else facts

    def _anchor(self, writing: _Writing) -> None:
        project = self._project()
        anchor = self.anchors.made(project, writing.state.number, writing.state.head, writing.at) if project else None
        if anchor is None:
            return
        self._database.execute_sql(
            "INSERT INTO record_anchor(number, hash, at_utc, key, signature) VALUES (?, ?, ?, ?, ?)",
            (anchor.number, anchor.hash, anchor.at_utc, anchor.key, anchor.signature),
        )
        self._new = (*self._new, anchor)
        writing.state = replace(writing.state, anchored=anchor.number)

    def _project(self) -> str:
        """The id of the record; empty where that cannot be read: `verify` tells."""
        row = self._database.execute_sql("SELECT value FROM project WHERE key = ?", (FACT,)).fetchone()
        try:
            return str(json.loads(row[0])["id"])
        except (ValueError, KeyError, TypeError):
            return ""


def _moved_ms(before: _State, now: datetime, up: int) -> int:
    """How far the clock moved against the time that the computer was running; back only, across sessions."""
    if before.at is None:
        return 0
    passed = int((now - before.at) / timedelta(milliseconds=1))
    return passed - (up - before.up) if before.session else min(passed, 0)


def _when(body: str) -> datetime | None:
    try:
        return datetime.fromisoformat(json.loads(body)["at"])
    except (ValueError, KeyError, TypeError):
        return None


def _read(table: Added, columns: Sequence[str]) -> str:
    order = f"{table.key}, {table.order}" if table.order else table.key
    names = ", ".join(f'"{name}"' for name in columns)
    return f"SELECT {table.key}, {names} FROM main.{table.name} WHERE {table.key} > ? ORDER BY {order}"  # noqa: S608


def _groups(rows: Any) -> Iterator[tuple[tuple[int, int], list[Sequence[Any]]]]:
    """Rows that begin with their keys, in groups of a thousand or more: all rows of one key are in one group."""
    group: list[Any] = []
    for row in rows:
        if len(group) >= _ROWS_AT_ONCE and row[0] != group[-1][0]:
            yield (group[0][0], group[-1][0]), [r[1:] for r in group]
            group = []
        group.append(row)
    if group:
        yield (group[0][0], group[-1][0]), [r[1:] for r in group]


def _watch(database: peewee.SqliteDatabase, kept: Kept) -> None:
    """Note the keys of rows that this connection writes."""
    listed = ", ".join(f"'{key}'" for key in sorted(kept.but))
    for event, row in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("UPDATE", "OLD"), ("DELETE", "OLD")):
        when = f"WHEN {row}.{kept.key} NOT IN ({listed})" if listed else ""
        database.execute_sql(
            f"CREATE TEMP TRIGGER IF NOT EXISTS record_{kept.name}_{event}_{row} AFTER {event} ON main.{kept.name}"  # noqa: S608
            f" {when} BEGIN INSERT INTO record_touched VALUES ('{kept.name}', {row}.{kept.key}); END"
        )
