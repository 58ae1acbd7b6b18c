"""Opening the database file: what is refused at the door, and what is checked."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import peewee

from hitl_desktop.domain.errors import KnownError, ProjectRefused
from hitl_desktop.domain.sentences import say
from hitl_desktop.store.connection import ProjectDatabase
from hitl_desktop.store.lock import ProjectLock
from hitl_desktop.store.refusals import damaged, made_by_newer, missing, not_ours, told
from hitl_desktop.store.snapshot_database import SnapshotDatabase, needs_snapshot

DATABASE = "project.sqlite3"
APPLICATION_ID = 0x4849544C  # "HITL"

_CHECKED_WHOLE = 64 * 2**20
"""Bytes: half a second at most."""
_SMALL_TABLES = ("project", "label", "class_operation", "model", "activation", "policy", "reviewer")
_HEADER = b"SQLite format 3\x00"


def connect(path: Path, *, is_opening: bool = False) -> ProjectDatabase:
    """Open `path` to write: WAL, synchronous FULL, every transaction BEGIN IMMEDIATE.

    The connection belongs to the thread that opens it: SQLite refuses it to any other. It is the only one that writes
    and that checkpoints: see `docs/DURABILITY.md`. `is_opening`: nothing is to be saved before `begins_to_save`.
    """
    database = ProjectDatabase(path)
    database.is_reading = is_opening
    database.connect()
    return database


def connect_for_reading(path: Path) -> ProjectDatabase:
    """Open `path` beside its one writer: reads only, and leaves checkpoints to the writer. Raises ProjectRefused.

    Where nothing can be written, there is no writer either, and what is read is a copy in memory.
    """
    check_is_there(path)
    database = SnapshotDatabase(path) if needs_snapshot(path) else ProjectDatabase(path, reads_only=True)
    try:
        database.connect()
    except BaseException:
        database.close()
        tidy(path)
        raise
    return database


def check_is_ours(path: Path, newest: int) -> None:
    """Refuse a file that is missing, empty, not SQLite, not a project or of a schema above `newest`.

    Reads the header only: connecting would already change a file of another journal mode. The caller holds the
    project's lock: where this process has the database open as well, the file must not be opened beside SQLite, since
    closing it again would let go of all locks that this process holds on it
    (https://www.sqlite.org/howtocorrupt.html, 2.2).

    Raises ProjectRefused.
    """
    check_is_there(path)
    try:
        with path.open("rb") as file:
            header = file.read(100)
    except OSError as error:
        raise ProjectRefused(
            say("The project cannot be read: {why}.", why=str(error.strerror)), say("Check the folder's permissions.")
        ) from error
    if len(header) < 100 or not header.startswith(_HEADER):
        raise damaged(path)
    if int.from_bytes(header[68:72], "big") != APPLICATION_ID and not _has_pending_pages(path):
        raise not_ours(path)
    version = int.from_bytes(header[60:64], "big")
    if version > newest:
        raise made_by_newer(version, newest)
    if _has_pending_pages(path):  # opened to write, they would be moved into a file that may be damaged
        reader = connect_for_reading(path)
        try:
            check_sound(reader, path)
        finally:
            reader.close()


def check_read(database: peewee.SqliteDatabase, path: Path, newest: int) -> None:
    """The same for a connection that reads, asked through SQLite. Raises ProjectRefused, for an older schema too."""
    if check_mark(database, path, newest) < newest:
        raise ProjectRefused(
            say("This project is of an older version, and opened to read only it cannot be brought up to date."),
            say("Copy it to a place where you may write, and open the copy."),
        )


def check_mark(database: peewee.SqliteDatabase, path: Path, newest: int) -> int:
    """Refuse what is not ours or of a schema above `newest`; returns the schema. Raises ProjectRefused."""
    with told(path):
        mark = database.execute_sql("PRAGMA application_id").fetchone()[0]
        version = int(database.execute_sql("PRAGMA user_version").fetchone()[0])
    if mark != APPLICATION_ID:
        raise not_ours(path)
    if version > newest:
        raise made_by_newer(version, newest)
    return version


def tidy(path: Path) -> None:
    """After reading a project that nobody has open: have SQLite take away the empty files that reading made beside it.

    It does so under a lock that it gets only where no other connection is open, whoever holds it. A log that holds
    pages is left alone: they are moved into the file by whoever opens it to write, after looking at it.
    """
    if not path.with_name(f"{path.name}-wal").is_file() or _has_pending_pages(path):
        return
    try:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA query_only = 1")
            connection.execute("PRAGMA wal_autocheckpoint = 0")
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:  # somebody has it
        return
    except sqlite3.DatabaseError:  # of some damaged files it takes nothing away: nobody works in such a one
        with suppress(OSError, KnownError), _alone(path):
            if not _has_pending_pages(path):
                for end in ("-wal", "-shm"):
                    path.with_name(f"{path.name}{end}").unlink(missing_ok=True)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """While nobody can open the project to write; a folder without a lock file was never opened. Raises KnownError."""
    lock = ProjectLock(path.parent) if (path.parent / "lock").is_file() else None
    try:
        yield
    finally:
        if lock is not None:
            lock.release()


def check_is_there(path: Path) -> None:
    """Refuse a folder without a database. Opens nothing."""
    if not path.is_file():
        raise missing(path)


def _has_pending_pages(path: Path) -> bool:
    """True when a crash left pages in the write-ahead log: the mark may be among them, so SQLite has to be asked."""
    log = path.with_name(f"{path.name}-wal")
    return log.is_file() and log.stat().st_size > 0


def check_sound(database: peewee.SqliteDatabase, path: Path, *, whole: bool = False) -> None:
    """Have SQLite look whether tables and indexes are whole and say the same; of large files only the small tables that
    everything else depends on, unless the `whole` is asked for. Raises ProjectDamaged.

    The quick check would not do: where a page of an index is lost, rows are there and some queries do not find them.
    """
    is_small = path.stat().st_size <= _CHECKED_WHOLE
    with told(path):
        for part in ("1",) if whole or is_small else _small_tables(database):
            if database.execute_sql(f"PRAGMA integrity_check({part})").fetchone() != ("ok",):
                raise damaged(path)


def _small_tables(database: peewee.SqliteDatabase) -> list[str]:
    """Those that are there: an older schema has fewer."""
    there = {name for (name,) in database.execute_sql("SELECT name FROM sqlite_master WHERE type = 'table'")}
    return [name for name in _SMALL_TABLES if name in there]


def settle(database: peewee.SqliteDatabase, path: Path) -> bool:
    """After an error of the disk: bring what is saved from the log into the file, open the file anew and check it.

    A commit that failed while it was made durable may lie in the log all the same. It must not come back by itself
    after the person was told that it is not saved, so the log is emptied before the file is opened again. While
    somebody reads, it cannot be emptied; the next commit then overwrites it, and the connection is kept. Returns
    whether it was opened anew.

    Raises DiskTrouble while the disk still fails, ProjectDamaged.
    """
    with told(path):
        busy = database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        if not busy:
            database.close()
            database.connect()
        check_sound(database, path)
    return not busy
