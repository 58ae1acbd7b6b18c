"""What the disk and the files refuse, in words: each error of SQLite becomes what happened and what to do."""

import errno
import logging
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import peewee

from hitl_desktop.domain.errors import DiskTrouble, KnownError, ProjectDamaged, ProjectRefused, ProjectStrange
from hitl_desktop.domain.sentences import listed, say

_log = logging.getLogger(__name__)

# SQLite's primary result codes (https://www.sqlite.org/rescode.html). The module has names for them from 3.11 on, but
# says them only as the whole extended code.
_ERROR, _PERM, _ABORT, _BUSY, _LOCKED, _READONLY, _INTERRUPT, _IOERR = 1, 3, 4, 5, 6, 8, 9, 10
_CORRUPT, _FULL, _CANTOPEN, _PROTOCOL, _AUTH, _FORMAT, _NOTADB = 11, 13, 14, 15, 23, 24, 26
_DAMAGE = (_CORRUPT, _FORMAT, _NOTADB)
_BUGS = (_ERROR, _ABORT, _INTERRUPT, _AUTH)
"""Ours, or a person's wish: they come through as they are."""
_NO_ROOM_TO_OPEN = _IOERR | 19 << 8  # SQLITE_IOERR_SHMSIZE
_SENSELESS = (
    *(LookupError, ValueError, TypeError, AttributeError, ArithmeticError, RecursionError),
    *(peewee.OperationalError, sqlite3.OperationalError),  # a table or column that should be there
)
_READING = (_IOERR | 1 << 8, _IOERR | 2 << 8)  # SQLITE_IOERR_READ, SQLITE_IOERR_SHORT_READ


class DiskFailing(DiskTrouble):
    """The disk failed in the middle of something: before it goes on, the database is opened anew and checked."""


class DiskFull(DiskTrouble):
    """There is no room for what was to be saved."""


@contextmanager
def told(path: Path, *, is_reading: bool = False) -> Iterator[None]:
    """Turn errors of the disk and of a damaged file into what a person needs to know; `is_reading`: who saves nothing.

    Raises DiskTrouble for a full or failing disk, KnownError for a busy or a read-only file, ProjectDamaged for damage.
    A statement that breaks a rule of the schema is a bug of ours and comes through as it is.
    """
    try:
        yield
    except (peewee.DatabaseError, sqlite3.Error, UnicodeDecodeError) as error:
        known = known_error(error, path, is_reading=is_reading)
        if known is None:
            raise
        raise known from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise disk_full(is_reading=is_reading) from error
        raise


@contextmanager
def understood(path: Path) -> Iterator[None]:
    """While a project is opened: contents that make no sense are damage too.

    SQLite's own checks see whether pages and tables hold together, not what is written in them.

    Raises ProjectDamaged, and logs what it was.
    """
    try:
        yield
    except _SENSELESS as error:
        _log.warning("The project's contents cannot be understood", exc_info=error)
        raise damaged(path) from error


def known_error(error: Exception, path: Path, *, is_reading: bool = False) -> KnownError | None:
    """What an error of SQLite means for the project whose database is at `path`; None for a bug of ours.

    Reading needs some room on the disk too (for a file beside the log, for sorting), and nothing is lost then.
    """
    cause: Any = getattr(error, "orig", None) or error  # peewee keeps what it wraps
    if isinstance(cause, (sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.InterfaceError)):
        return None
    if isinstance(error, (peewee.IntegrityError, peewee.ProgrammingError, peewee.InterfaceError)):
        return None
    code = getattr(cause, "sqlite_errorcode", None)
    said = str(error).lower()
    return _by_words(said, path, is_reading) if code is None else _by_code(code, path, is_reading)


def _by_code(code: int, path: Path, is_reading: bool) -> KnownError | None:
    sort = code & 0xFF
    if sort in _BUGS:
        return None
    if sort == _FULL or code == _NO_ROOM_TO_OPEN:
        return disk_full(is_reading=is_reading)
    if sort == _IOERR:
        return _unreadable() if code in _READING else _failing(is_reading=is_reading)
    if sort in (_READONLY, _CANTOPEN, _PERM):
        return _read_only(path, is_reading=is_reading)
    if sort in (_BUSY, _LOCKED, _PROTOCOL):
        return _busy()
    return damaged(path) if sort in _DAMAGE else None


def _by_words(text: str, path: Path, is_reading: bool) -> KnownError | None:
    """For errors that carry no code: those of the sqlite3 module itself, as for text that is not valid UTF-8."""
    if "full" in text:
        return disk_full(is_reading=is_reading)
    if "readonly" in text or "unable to open" in text:
        return _read_only(path, is_reading=is_reading)
    if "locked" in text or "busy" in text:
        return _busy()
    if "disk i/o" in text:
        return _failing(is_reading=is_reading)
    return damaged(path)


def disk_full(*, is_reading: bool = False) -> DiskTrouble:
    """The refusal of a full disk."""
    if is_reading:
        return DiskFull(
            say("The disk is full, and a project needs a little room to be opened or looked through. Nothing is lost."),
            say("Free some space, then try again."),
        )
    return DiskFull(
        say("The disk is full: this was not saved. What was saved before is safe."),
        say("Free some space, then try again."),
    )


def _failing(*, is_reading: bool) -> DiskFailing:
    if is_reading:
        return DiskFailing(
            say("The disk reports an error: the project could not be read. Nothing was changed."),
            say("Check the disk, then try again."),
        )
    return DiskFailing(
        say("The disk reports an error: this was not saved. What was saved before is safe."),
        say("Check the disk, then try again."),
    )


def _unreadable() -> KnownError:
    return KnownError(
        say("The disk cannot read a part of the project."), say("Copy the project to another disk, then open it there.")
    )


def _read_only(path: Path, *, is_reading: bool) -> DiskTrouble:
    if is_reading:
        return DiskTrouble(
            say("The project folder {folder} cannot be read.", folder=path.parent.name),
            say("Check its permissions, or copy it to another place."),
        )
    return DiskTrouble(
        say("The project folder {folder} cannot be written to.", folder=path.parent.name),
        say("Copy it to a place where you may write."),
    )


def _busy() -> KnownError:
    return KnownError(
        say("The project is busy: another program holds its database."), say("Close that program, then try again.")
    )


def damaged(path: Path) -> ProjectDamaged:
    """The refusal of a damaged file. Nothing is overwritten: the file may still be rescued."""
    return ProjectDamaged(
        say("The database of {folder} is damaged. It was not changed.", folder=path.parent.name),
        say("Restore a backup."),
        path.parent,
    )


def missing(path: Path) -> ProjectDamaged:
    """The refusal of a folder without a database."""
    return ProjectDamaged(
        say("{folder} holds no project: its database is missing.", folder=path.parent.name),
        say("Choose another folder, or restore a backup."),
        path.parent,
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


def strange(path: Path, names: Sequence[str]) -> ProjectStrange:
    """The refusal of a database with triggers, views or tables of somebody else."""
    return ProjectStrange(
        say("The database of {folder} holds what this program did not make: {names}. Nothing of it was run.",
            folder=path.parent.name, names=listed(names[:5])),
        say("Take it over as a new project, which leaves that behind."),
        path.parent,
    )  # fmt: skip


def not_ours(path: Path) -> ProjectRefused:
    """The refusal of a sound database that no version of this program made."""
    return ProjectRefused(
        say("{name} is a database of another program.", name=path.name),
        say("Choose a folder whose name ends in .hitl."),
    )
