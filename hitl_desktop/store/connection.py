"""Connections to a project's database: the one set of pragmas, and errors that say what happened."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import peewee

from hitl_desktop.store.refusals import known_error

WRITER_PRAGMAS: Final[dict[str, object]] = {
    "journal_mode": "wal",
    # NORMAL loses acknowledged decisions when the power fails.
    "synchronous": "full",
    # macOS: a plain fsync does not reach the platter there. Nothing elsewhere.
    "fullfsync": 1,
    "checkpoint_fullfsync": 1,
    "foreign_keys": 1,
    "trusted_schema": 0,
    # Mapped pages turn an error of the disk into a crash, and a stray pointer into damage.
    "mmap_size": 0,
    # Another program that holds the file is told of within a second.
    "busy_timeout": 700,
}
READER_PRAGMAS: Final[dict[str, object]] = {
    "query_only": 1,
    "wal_autocheckpoint": 0,
    "trusted_schema": 0,
    "mmap_size": 0,
    "busy_timeout": 2000,
}
_ROWS_AT_ONCE = 1000


class _Cursor(sqlite3.Cursor):
    """Errors of disk and damage come as KnownError wherever they surface: statements, rows, commits."""

    connection: "Connection"

    def execute(self, sql: str, parameters: Any = (), /) -> "_Cursor":
        try:
            super().execute(sql, parameters)
        except (sqlite3.Error, UnicodeDecodeError) as error:
            self._tell(error)
        return self

    def executemany(self, sql: str, parameters: Any, /) -> "_Cursor":
        try:
            super().executemany(sql, parameters)
        except (sqlite3.Error, UnicodeDecodeError) as error:
            self._tell(error)
        return self

    def fetchone(self) -> Any:
        try:
            return super().fetchone()
        except (sqlite3.Error, UnicodeDecodeError) as error:
            self._tell(error)

    def fetchmany(self, size: int | None = _ROWS_AT_ONCE) -> list[Any]:
        try:
            return super().fetchmany(size)
        except (sqlite3.Error, UnicodeDecodeError) as error:
            self._tell(error)
            raise

    def fetchall(self) -> list[Any]:
        try:
            return super().fetchall()
        except (sqlite3.Error, UnicodeDecodeError) as error:
            self._tell(error)
            raise

    def __iter__(self) -> Iterator[Any]:  # type: ignore[override]
        # In pieces: a step of Python per row would cost a tenth of a second for a million of them.
        while rows := self.fetchmany(_ROWS_AT_ONCE):
            yield from rows

    def _tell(self, error: Exception) -> None:
        known = known_error(error, self.connection.path, is_reading=self.connection.is_reading)
        if known is None:
            raise error
        raise known from error


class Connection(sqlite3.Connection):
    """A connection whose cursors tell what the disk refuses."""

    path: Path = Path()
    is_reading = False
    """While nothing is saved through it: what the disk refuses is said otherwise."""

    def cursor(self, factory: Any = _Cursor) -> Any:
        """A cursor; peewee asks for one per statement."""
        return super().cursor(factory)


class ProjectDatabase(peewee.SqliteDatabase):  # type: ignore[misc]
    """The database at `path`, for the thread that opens it; every transaction is BEGIN IMMEDIATE."""

    def __init__(self, path: Path, *, reads_only: bool = False) -> None:
        self.path = path
        self.is_reading = reads_only
        if reads_only:
            # Opened read-only it neither writes nor, as the last to close, moves the log into the file.
            name, pragmas = f"{path.absolute().as_uri()}?mode=ro", READER_PRAGMAS
        else:
            name, pragmas = str(path), WRITER_PRAGMAS
        super().__init__(
            name, pragmas=pragmas, lock_type="IMMEDIATE", thread_safe=False, factory=self._connection, uri=reads_only
        )

    def _connection(self, *arguments: Any, **options: Any) -> Connection:
        connection = Connection(*arguments, **options)
        connection.path, connection.is_reading = self.path, self.is_reading
        return connection

    def begins_to_save(self) -> None:
        """The project is open: from now on what the disk refuses is something that was to be saved."""
        self.is_reading = self.connection().is_reading = False

    def rollback(self) -> None:
        """Undo what is not committed. After some errors SQLite has done so by itself, and would refuse a second time:
        the error that a person has to read would be lost.
        """
        if self.connection().in_transaction:
            super().rollback()
