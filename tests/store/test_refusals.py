"""What an error of SQLite means to a person, by its code and where it has none by its words."""

import sqlite3
from pathlib import Path

import peewee
import pytest

from hitl_desktop.domain.errors import DiskTrouble, KnownError, ProjectDamaged
from hitl_desktop.store.refusals import DiskFailing, DiskFull, known_error, strange

PATH = Path("P.hitl/project.sqlite3")


def failed(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("it failed")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("code", "sort", "said"),
    [
        (sqlite3.SQLITE_FULL, DiskFull, "The disk is full"),
        (sqlite3.SQLITE_IOERR | 19 << 8, DiskFull, "The disk is full"),
        (sqlite3.SQLITE_IOERR, DiskFailing, "The disk reports an error"),
        (sqlite3.SQLITE_IOERR | 3 << 8, DiskFailing, "The disk reports an error"),
        (sqlite3.SQLITE_IOERR | 1 << 8, KnownError, "cannot read a part"),
        (sqlite3.SQLITE_IOERR | 2 << 8, KnownError, "cannot read a part"),
        (sqlite3.SQLITE_READONLY, DiskTrouble, "cannot be written to"),
        (sqlite3.SQLITE_READONLY | 4 << 8, DiskTrouble, "cannot be written to"),
        (sqlite3.SQLITE_CANTOPEN, DiskTrouble, "cannot be written to"),
        (sqlite3.SQLITE_PERM, DiskTrouble, "cannot be written to"),
        (sqlite3.SQLITE_BUSY, KnownError, "is busy"),
        (sqlite3.SQLITE_LOCKED | 1 << 8, KnownError, "is busy"),
        (sqlite3.SQLITE_PROTOCOL, KnownError, "is busy"),
        (sqlite3.SQLITE_CORRUPT, ProjectDamaged, "is damaged"),
        (sqlite3.SQLITE_NOTADB, ProjectDamaged, "is damaged"),
        (sqlite3.SQLITE_FORMAT, ProjectDamaged, "is damaged"),
    ],
)
def test_a_code_has_its_words(code: int, sort: type[KnownError], said: str) -> None:
    for error in (failed(code), _wrapped(failed(code))):
        found = known_error(error, PATH)
        assert type(found) is sort
        assert said in found.sentence.english()


@pytest.mark.parametrize(
    "code",
    [sqlite3.SQLITE_ERROR, sqlite3.SQLITE_ABORT, sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_AUTH, sqlite3.SQLITE_RANGE],
)
def test_our_own_mistakes_come_through(code: int) -> None:
    assert known_error(failed(code), PATH) is None
    assert known_error(sqlite3.IntegrityError("twice"), PATH) is None
    assert known_error(peewee.IntegrityError("twice"), PATH) is None
    assert known_error(sqlite3.ProgrammingError("closed"), PATH) is None


@pytest.mark.parametrize(
    ("words", "sort"),
    [
        ("database or disk is full", DiskFull),
        ("attempt to write a readonly database", DiskTrouble),
        ("unable to open database file", DiskTrouble),
        ("database is locked", KnownError),
        ("disk I/O error", DiskFailing),
        ("could not decode to UTF-8 column", ProjectDamaged),
    ],
)
def test_without_a_code_the_words_tell(words: str, sort: type[KnownError]) -> None:
    assert type(known_error(sqlite3.OperationalError(words), PATH)) is sort


def _wrapped(error: sqlite3.Error) -> peewee.OperationalError:
    """As peewee raises it."""
    found = peewee.OperationalError(str(error))
    found.orig = error
    return found


def test_of_many_strangers_five_are_named() -> None:
    told = strange(PATH, tuple("abcdefg"))
    assert told.folder == PATH.parent
    assert "P.hitl holds what this program did not make: a, b, c, d, e. Nothing of it was run." in told.message
