"""Opening the database file: pragmas, the marks of our file, refusal of anything else."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import peewee

from hitl_desktop.domain.errors import KnownError, ProjectRefused
from hitl_desktop.domain.sentences import say
from hitl_desktop.store.snapshot_database import SnapshotDatabase, needs_snapshot

APPLICATION_ID = 0x4849544C  # "HITL"

_PRAGMAS = {
    "journal_mode": "wal",
    # NORMAL loses acknowledged decisions when the power fails.
    "synchronous": "full",
    "foreign_keys": 1,
    "trusted_schema": 0,
    "mmap_size": 0,
    "busy_timeout": 2000,
}
_QUICK_CHECK_LIMIT = 64 * 2**20
_HEADER = b"SQLite format 3\x00"


def connect(path: Path) -> peewee.SqliteDatabase:
    """Open `path` with the one set of pragmas; every transaction is BEGIN IMMEDIATE.

    The connection belongs to the thread that opens it: SQLite refuses it to any other.
    """
    database = peewee.SqliteDatabase(str(path), pragmas=_PRAGMAS, lock_type="IMMEDIATE", thread_safe=False)
    database.connect()
    return database


def connect_for_reading(path: Path) -> peewee.SqliteDatabase:
    """Open `path` beside its one writer: reads only, and leaves checkpoints to the writer. Raises ProjectRefused.

    Where nothing can be written, there is no writer either, and what is read is a copy in memory.
    """
    _check_is_there(path)
    pragmas = {"query_only": 1, "wal_autocheckpoint": 0, "trusted_schema": 0, "mmap_size": 0, "busy_timeout": 2000}
    sort = SnapshotDatabase if needs_snapshot(path) else peewee.SqliteDatabase
    database = sort(str(path), pragmas=pragmas, thread_safe=False)
    database.connect()
    return database


def check_is_ours(path: Path, newest: int) -> None:
    """Refuse a file that is missing, empty, not SQLite, not a project or of a schema above `newest`.

    Reads the header only: connecting would already change a file of another journal mode.

    Raises ProjectRefused.
    """
    _check_is_there(path)
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


def check_read(database: peewee.SqliteDatabase, path: Path, newest: int) -> None:
    """The same for a connection that reads, asked through SQLite. Raises ProjectRefused.

    Where this process has the project open as well, the file must not be opened beside SQLite: closing it again would
    let go of all locks that this process holds on it (https://www.sqlite.org/howtocorrupt.html, 2.2).
    """
    with told(path):
        mark = database.execute_sql("PRAGMA application_id").fetchone()[0]
        version = int(database.execute_sql("PRAGMA user_version").fetchone()[0])
    if mark != APPLICATION_ID:
        raise not_ours(path)
    if version > newest:
        raise made_by_newer(version, newest)
    if version < newest:
        raise ProjectRefused(
            say("This project is of an older version, and opened to read only it cannot be brought up to date."),
            say("Copy it to a place where you may write, and open the copy."),
        )


def _check_is_there(path: Path) -> None:
    if not path.is_file():
        raise ProjectRefused(
            say("{folder} holds no project: its database is missing.", folder=path.parent.name),
            say("Choose another folder, or put project.sqlite3 back from the backups folder."),
        )


def made_by_newer(have: int, want: int) -> ProjectRefused:
    """The refusal of a project with a later schema."""
    return ProjectRefused(
        say(
            "This project was made with a newer version (schema {have}, here {want}). It was not changed.",
            have=str(have),
            want=str(want),
        ),
        say("Install the newer version to open it."),
    )


def not_ours(path: Path) -> ProjectRefused:
    """The refusal of a sound database that no version of this program made."""
    return ProjectRefused(
        say("{name} is a database of another program.", name=path.name),
        say("Choose a folder whose name ends in .hitl."),
    )


def _has_pending_pages(path: Path) -> bool:
    """True when a crash left pages in the write-ahead log: the mark may be among them, so SQLite has to be asked."""
    log = path.with_name(f"{path.name}-wal")
    return log.is_file() and log.stat().st_size > 0


def damaged(path: Path) -> ProjectRefused:
    """The refusal of a damaged file. Nothing is overwritten: the file may still be rescued."""
    return ProjectRefused(
        say("The database of {folder} is damaged. It was not changed.", folder=path.parent.name),
        say("Put a copy from the backups folder in its place."),
    )


def check_sound(database: peewee.SqliteDatabase, path: Path) -> None:
    """Run SQLite's quick check on files where it takes well under a second. Raises ProjectRefused."""
    if path.stat().st_size > _QUICK_CHECK_LIMIT:
        return
    with told(path):
        answer = database.execute_sql("PRAGMA quick_check(1)").fetchone()
        if answer != ("ok",):
            raise damaged(path)


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn errors of the disk and of a damaged file into what a person needs to know.

    Raises KnownError for a full or failing disk and a busy file, ProjectRefused for damage. A statement that
    breaks a rule of the schema is a bug of ours and comes through as it is.
    """
    try:
        yield
    except (peewee.IntegrityError, peewee.ProgrammingError, sqlite3.IntegrityError, sqlite3.ProgrammingError):
        raise
    except (peewee.DatabaseError, sqlite3.Error, UnicodeDecodeError) as error:
        raise _known(error, path) from error
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise _disk_full() from error
        raise


def _known(error: Exception, path: Path) -> KnownError:
    text = str(error).lower()
    if "full" in text:
        return _disk_full()
    if "readonly" in text or "unable to open" in text:
        return KnownError(
            say("The project folder {folder} cannot be written to.", folder=path.parent.name),
            say("Copy it to a place where you may write."),
        )
    if "locked" in text or "busy" in text:
        return KnownError(
            say("The project is busy: another program holds its database."), say("Close that program, then try again.")
        )
    if "disk i/o" in text:
        return KnownError(
            say("The disk reports an error. The last decision is not saved."), say("Check the disk, then try again.")
        )
    return damaged(path)


def _disk_full() -> KnownError:
    return KnownError(
        say("The disk is full. Your last decision is not saved yet; this item stays until it is."),
        say("Free some space, then try again."),
    )
