"""A database from somebody else: read, never opened to write, and its rows copied into a fresh one of ours.

Nothing of its own runs: no trigger, no view, no function, no extension. Its tables must have the columns that this
program gave them; what else it holds is left behind and named.
"""

import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Final

from hitl_desktop.domain.errors import ProjectRefused
from hitl_desktop.domain.protocols import Step
from hitl_desktop.domain.sentences import Sentence, say
from hitl_desktop.store.database import APPLICATION_ID
from hitl_desktop.store.migrate import migrations
from hitl_desktop.store.pulse import STEPS, Pulse
from hitl_desktop.store.refusals import DiskFailing, DiskFull, known_error

LONGEST_VALUE: Final = 64 * 2**20
"""Bytes of one value or row; our own texts are smaller."""
_CHUNK: Final = 2_000
_SECONDS: Final = 20.0
_SECONDS_PER_MEGABYTE: Final = 0.5
_SORTS: Final = {
    "INTEGER": "'integer', 'null'",
    "REAL": "'integer', 'real', 'null'",
    "TEXT": "'text', 'blob', 'null'",  # text that is not valid Unicode is kept as bytes
    "BLOB": "'blob', 'null'",
}
_COLUMN_OF_PATHS: Final = (("item", "path"), ("item_file", "path"))
_DAMAGE: Final = (
    sqlite3.Error, UnicodeError, OverflowError, ValueError, TypeError, MemoryError, RecursionError, LookupError,
)  # fmt: skip
_READING: Final = frozenset(
    {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_PRAGMA, sqlite3.SQLITE_TRANSACTION}
)


@dataclass(frozen=True, slots=True)
class Copied:
    """What was copied: rows by table; and what was left behind, by name: triggers, views, tables of others."""

    rows: dict[str, int]
    left: tuple[str, ...]


def copy_rows(source: Path, target: Path, step: Step) -> Copied:
    """Copy the rows of the database `source` into the new file `target`, at the schema that `source` has.

    `source` is a private copy: reading a database in WAL mode may write files beside it. `step` is called often while
    SQLite works, within one statement too, and may raise Cancelled. Raises ProjectRefused, saying why, and DiskTrouble
    where our own disk is full or fails; `target` is then for the caller to remove.
    """
    limit = time.monotonic() + _SECONDS + _SECONDS_PER_MEGABYTE * source.stat().st_size / 2**20
    pulse = Pulse(step, limit)
    with _reading(source, pulse) as connection:
        version = _version(connection)
        with closing(sqlite3.connect(target, isolation_level=None)) as fresh:
            fresh.set_progress_handler(pulse.stops, STEPS)
            _make(fresh, version)
            known = _tables(fresh)
            left = _compare(connection, fresh, known)
            _check_sound(connection)
            rows = _copy(connection, fresh, known, step)
            _check_fresh(fresh, known)
    return Copied(rows, left)


@contextmanager
def _reading(source: Path, pulse: Pulse) -> Iterator[sqlite3.Connection]:
    try:
        with closing(sqlite3.connect(source, isolation_level=None)) as connection:
            connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_VALUE)
            connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
            connection.setlimit(sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH, 0)
            for pragma in ("query_only = 1", "trusted_schema = 0", "mmap_size = 0", "cell_size_check = 1"):
                connection.execute(f"PRAGMA {pragma}")
            connection.set_progress_handler(pulse.stops, STEPS)
            connection.set_authorizer(_allow)
            yield connection
    except _DAMAGE as error:
        if pulse.raised is not None:
            raise pulse.raised from error
        if "interrupted" in str(error):
            raise refused(say("it takes too long to read")) from error
        known = known_error(error, source) if isinstance(error, sqlite3.Error) else None
        if isinstance(known, (DiskFull, DiskFailing)):  # of our own disk: what was sent may be sound
            raise known from error
        raise refused(say("its database is damaged, or was made to look like one")) from error


def _allow(action: int, *_: object) -> int:
    return sqlite3.SQLITE_OK if action in _READING else sqlite3.SQLITE_DENY


def _version(connection: sqlite3.Connection) -> int:
    mark = connection.execute("PRAGMA application_id").fetchone()[0]
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if mark != APPLICATION_ID:
        raise refused(say("its database is that of another program"))
    if version > migrations()[-1][0]:
        raise refused(say("it was made with a newer version of the program"))
    if version < 1:
        raise refused(say("its database is empty"))
    return version


def _make(fresh: sqlite3.Connection, version: int) -> None:
    """The empty schema of that version, made by our own migrations."""
    fresh.execute("PRAGMA foreign_keys = 0")
    for number, sql in migrations():
        if number <= version:
            fresh.executescript(sql)
    fresh.execute(f"PRAGMA application_id = {APPLICATION_ID:d}")
    fresh.execute(f"PRAGMA user_version = {version:d}")


Columns = tuple[str, ...]


def _tables(connection: sqlite3.Connection) -> dict[str, Columns]:
    """Our tables and their columns."""
    names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    return {name: tuple(row[1] for row in _columns(connection, name)) for (name,) in names.fetchall()}


def _columns(connection: sqlite3.Connection, table: str) -> list[Any]:
    """Rows of table_xinfo: number, name, type, not null, default, primary key, hidden."""
    return connection.execute(f"PRAGMA table_xinfo({_quoted(table)})").fetchall()


def _compare(connection: sqlite3.Connection, fresh: sqlite3.Connection, known: dict[str, Columns]) -> tuple[str, ...]:
    """Every table of ours is there as a plain table with our columns; the names of everything else."""
    ours = {name for (name,) in fresh.execute("SELECT name FROM sqlite_master").fetchall()}
    master = connection.execute("SELECT type, name, rootpage FROM sqlite_master").fetchall()
    found = {name: (sort, page) for sort, name, page in master if name in known}
    for table, columns in known.items():
        sort, page = found.get(table, ("", 0))
        if sort != "table" or not page:  # a view or a virtual table of that name would run what it likes
            raise refused(say("its tables are not those of this program"))
        rows = _columns(connection, table)
        if tuple(row[1] for row in rows) != columns or any(row[6] for row in rows):
            raise refused(say("its tables have other columns than those of this program"))
    others = {str(name) for _, name, _ in master} - ours
    return tuple(sorted(name for name in others if not name.startswith("sqlite_")))


def _check_sound(connection: sqlite3.Connection) -> None:
    if connection.execute("PRAGMA integrity_check(1)").fetchone() != ("ok",):
        raise refused(say("its database is damaged"))


def _copy(
    connection: sqlite3.Connection, fresh: sqlite3.Connection, known: dict[str, Columns], step: Step
) -> dict[str, int]:
    counts = {}
    fresh.execute("BEGIN IMMEDIATE")
    for table, columns in known.items():
        names, places = ", ".join(map(_quoted, columns)), ", ".join("?" * len(columns))
        insert = f"INSERT INTO {_quoted(table)}({names}) VALUES ({places})"  # noqa: S608 - names of our own schema
        checked = [columns.index(column) for named, column in _COLUMN_OF_PATHS if named == table]
        rows = connection.execute(f"SELECT {names} FROM {_quoted(table)}")  # noqa: S608 - names of our own schema
        counts[table] = 0
        while chunk := rows.fetchmany(_CHUNK):
            step()
            for place in checked:
                _check_paths(row[place] for row in chunk)
            fresh.executemany(insert, chunk)
            counts[table] += len(chunk)
    fresh.execute("COMMIT")
    return counts


def _check_paths(paths: Iterator[object]) -> None:
    """Items lie below the folder of their data, wherever that will be; of those that were added from elsewhere whole
    paths stand there, which are never opened here (`workflow/item_files.py`).
    """
    for path in paths:
        plain = path.decode("utf-8", "surrogateescape") if isinstance(path, bytes) else str(path)
        if ".." in PurePosixPath(plain.replace("\\", "/")).parts or "\0" in plain:
            raise refused(say("one of its items lies outside of its data"))


def _check_fresh(fresh: sqlite3.Connection, tables: Iterable[str]) -> None:
    """Rows of ours refer to rows that exist, and numbers are numbers: SQLite keeps anything in any column. The
    constraints of the schema were met while copying.
    """
    for table in tables:
        odd = [
            f"typeof({_quoted(row[1])}) NOT IN ({_SORTS[row[2]]})" for row in _columns(fresh, table) if row[2] in _SORTS
        ]
        if odd and fresh.execute(f"SELECT 1 FROM {_quoted(table)} WHERE {' OR '.join(odd)} LIMIT 1").fetchone():  # noqa: S608
            raise refused(say("its rows are not those that this program writes"))
    if fresh.execute("PRAGMA foreign_key_check").fetchone() is not None:
        raise refused(say("its rows refer to others that are missing"))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def refused(why: Sentence) -> ProjectRefused:
    """The refusal of a received project."""
    return ProjectRefused(
        say("The project was not taken over: {why}.", why=why), say("Ask for it again. Nothing of it was opened.")
    )
