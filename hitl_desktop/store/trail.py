"""Who has written the record of a project, found out without opening it to write: was it last in our hands?

Anchors tell. Those that this user made lie in the program's own folder as well (`record_anchors.py`), so a record that
still has the event of one of them went through this workplace; what was anchored or begun after it may be of others.
The file may be anybody's: it is read under a limit of time, from plain tables only, and whatever makes no sense is of
somebody else.
"""

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import peewee

from hitl_desktop.domain.record_events import Happening
from hitl_desktop.store.database import DATABASE, check_mark, connect_for_reading, tidy
from hitl_desktop.store.migrate import current_version
from hitl_desktop.store.record import FACT
from hitl_desktop.store.record_anchors import Anchor, Anchors, anchors_of_own, is_record_id, is_signed
from hitl_desktop.store.record_table_check import said_in
from hitl_desktop.store.refusals import told

FORGED: Final = ""
"""In place of a key: the last anchor is not signed by the key that it names."""
_BEGUN_WITH: Final = 12
"""The schema that came with the record."""
_TABLES: Final = frozenset({"record_event", "record_anchor", "project"})
_SECONDS: Final = 10.0
_STEPS: Final = 10_000
_MOST_KEYS: Final = 100
_MOST_UNSIGNED: Final = 1000
_SENSELESS: Final = (
    peewee.PeeweeException, sqlite3.Error, LookupError, ValueError, TypeError, AttributeError, ArithmeticError,
    RecursionError, MemoryError,
)  # fmt: skip

Session = tuple[str, str]
"""The computer (a digest) and the account of a session that was not anchored."""


@dataclass(frozen=True, slots=True)
class Trail:
    """What a record says of who wrote it. `record` is its id; "" where there is none, with `is_unbegun` in a project
    from before there were records, in which nothing was changed since.

    `left_at` is the last event that this workplace anchored, 0 for none. `keys` (hex, or `FORGED`) are those that
    anchored something after it, `last_key` signed the last anchor of all, `unsigned` are the sessions that began after
    that one. `is_elsewhere`: neither the path of the folder nor its number in the file system is as this workplace left
    it.
    """

    record: str = ""
    is_unbegun: bool = False
    left_at: int = 0
    keys: frozenset[str] = frozenset()
    last_key: str = FORGED
    unsigned: frozenset[Session] = frozenset()
    is_elsewhere: bool = False


NO_TRAIL: Final = Trail()


def trail_of(folder: Path, file: Path | None = None) -> Trail:
    """The trail of the project in `folder`, from its database or from this `file` of it, a backup.

    Raises ProjectRefused for what is no project of ours, and what the disk refuses; nothing is left beside the file.
    """
    path = file or folder / DATABASE
    try:
        with told(path, is_reading=True), _reading(path) as database:
            version = check_mark(database, path, current_version())
            return _read(database, folder, version)
    except _SENSELESS:
        return NO_TRAIL


@contextmanager
def _reading(path: Path) -> Iterator[peewee.SqliteDatabase]:
    limit = time.monotonic() + _SECONDS
    try:
        with closing(connect_for_reading(path)) as database:
            database.connection().set_progress_handler(lambda: int(time.monotonic() > limit), _STEPS)
            yield database
    finally:
        tidy(path)


def _read(database: peewee.SqliteDatabase, folder: Path, version: int) -> Trail:
    run = database.execute_sql
    there = {name for (name,) in run("SELECT name FROM sqlite_master WHERE type = 'table' AND rootpage > 0")}
    if not there >= _TABLES:
        return Trail(is_unbegun=version < _BEGUN_WITH)
    row = run("SELECT value FROM project WHERE key = ?", (FACT,)).fetchone()
    if row is None:
        return Trail(is_unbegun=run("SELECT count(*) FROM record_event").fetchone()[0] == 0)
    record = json.loads(row[0])["id"]
    if not is_record_id(record):
        return NO_TRAIL
    left_at = _left_at(database, record)
    keys = {str(key.hex()) for (key,) in run(
        "SELECT DISTINCT key FROM record_anchor WHERE number > ? LIMIT ?", (left_at, _MOST_KEYS)
    )}  # fmt: skip
    number, *last = run(
        "SELECT a.number, a.hash, a.at_utc, a.key, a.signature, e.hash FROM record_anchor AS a"
        " LEFT JOIN record_event AS e ON e.number = a.number ORDER BY a.number DESC LIMIT 1"
    ).fetchone() or (0,)
    last_key = FORGED
    if number > 0:
        digest, at_utc, key, signature, of_event = last
        if digest == of_event and is_signed(Anchor(record, number, digest, at_utc, key, signature)):
            last_key = key.hex()
        elif number > left_at:
            keys.add(FORGED)
    return Trail(
        record,
        left_at=left_at,
        keys=frozenset(keys),
        last_key=last_key,
        unsigned=frozenset(_unsigned(database, max(number, left_at))),
        is_elsewhere=Anchors(folder).are_elsewhere(record),
    )


def _left_at(database: peewee.SqliteDatabase, record: str) -> int:
    for anchor in anchors_of_own(record):
        row = database.execute_sql("SELECT hash FROM record_event WHERE number = ?", (anchor.number,)).fetchone()
        if row is not None and row[0] == anchor.hash:
            return anchor.number
    return 0


def _unsigned(database: peewee.SqliteDatabase, after: int) -> Iterator[Session]:
    rows = database.execute_sql(
        "SELECT body FROM record_event WHERE number > ? AND instr(body, ?) > 0 LIMIT ?",
        (after, f'"do":"{Happening.OPENED.value}"', _MOST_UNSIGNED),
    )
    for (body,) in rows:
        said = said_in(body)
        if said.get("do") == Happening.OPENED:
            yield str(said.get("computer")), str(said.get("account"))
