"""Whatever a disk or a damaged file refuses is told in words, wherever it surfaces; our own mistakes are not hidden."""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import peewee
import pytest

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.store.connection import ProjectDatabase


@pytest.fixture
def database(tmp_path: Path) -> Iterator[ProjectDatabase]:
    database = ProjectDatabase(tmp_path / "a.sqlite3")
    database.execute_sql("CREATE TABLE t(n INTEGER PRIMARY KEY, w TEXT)")
    with database.atomic():
        database.connection().executemany("INSERT INTO t VALUES (?, ?)", [(n, f"w{n}") for n in range(2500)])
    yield database
    database.close()


def trash(database: ProjectDatabase, kept: int = 2) -> None:
    """Overwrite everything behind the first pages while the file is open."""
    database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    data = bytearray(database.path.read_bytes())
    data[kept * 4096 :] = b"\xa5" * (len(data) - kept * 4096)
    database.path.write_bytes(data)
    database.connect()


def test_rows_come_in_pieces_and_all_of_them(database: ProjectDatabase) -> None:
    assert [n for (n,) in database.execute_sql("SELECT n FROM t ORDER BY n")] == list(range(2500))
    cursor = database.execute_sql("SELECT n FROM t ORDER BY n")
    assert cursor.fetchone() == (0,)
    assert cursor.fetchmany(2) == [(1,), (2,)]
    assert len(cursor.fetchmany()) == 1000
    assert len(cursor.fetchall()) == 2500 - 1003
    assert cursor.fetchone() is None


READS: dict[str, Callable[[Any], object]] = {
    "one": lambda cursor: [cursor.fetchone() for _ in range(2500)],
    "some": lambda cursor: [cursor.fetchmany(9) for _ in range(2500)],
    "all": lambda cursor: cursor.fetchall(),
    "each": list,
}


@pytest.mark.parametrize("read", READS)
def test_damage_is_told_where_rows_are_read(database: ProjectDatabase, read: str) -> None:
    trash(database)
    with pytest.raises(KnownError, match="damaged"):
        READS[read](database.execute_sql("SELECT w FROM t ORDER BY n"))


@pytest.mark.parametrize("read", READS)
def test_damage_behind_rows_that_are_sound_is_told_too(database: ProjectDatabase, read: str) -> None:
    trash(database, 5)
    cursor = database.execute_sql("SELECT w FROM t ORDER BY n")
    with pytest.raises(KnownError, match="damaged"):
        READS[read](cursor)


def test_damage_is_told_where_rows_are_written(database: ProjectDatabase) -> None:
    trash(database)
    with pytest.raises(KnownError, match="damaged"):
        database.connection().cursor().executemany("INSERT INTO t VALUES (?, 'x')", [(n,) for n in range(9000, 9009)])


def test_text_that_is_no_text_is_damage(database: ProjectDatabase) -> None:
    database.execute_sql("UPDATE t SET w = CAST(x'ff00fe' AS TEXT) WHERE n = 0")
    for read in ("fetchone", "fetchmany", "fetchall"):
        with pytest.raises((KnownError, peewee.OperationalError, sqlite3.OperationalError)):
            getattr(database.execute_sql("SELECT w FROM t ORDER BY n"), read)()


def test_our_own_mistakes_stay_what_they_are(database: ProjectDatabase) -> None:
    with pytest.raises(peewee.IntegrityError):
        database.execute_sql("INSERT INTO t VALUES (0, 'again')")
    with pytest.raises(peewee.OperationalError, match="no such table"):
        database.execute_sql("SELECT * FROM nowhere")
    cursor = database.connection().cursor()
    with pytest.raises(sqlite3.IntegrityError):
        cursor.executemany("INSERT INTO t VALUES (?, 'x')", [(9000,), (9000,)])
    database.rollback()
    assert not database.connection().in_transaction
    database.rollback()  # nothing to undo, and no error about it


def test_a_reader_writes_nothing(database: ProjectDatabase) -> None:
    reader = ProjectDatabase(database.path, reads_only=True)
    with pytest.raises((KnownError, peewee.OperationalError), match=r"writ|readonly"):
        reader.execute_sql("INSERT INTO t VALUES (9000, 'x')")
    assert reader.execute_sql("SELECT count(*) FROM t").fetchone() == (2500,)
    reader.close()
