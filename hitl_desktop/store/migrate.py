"""The one path to the present schema: plain SQL files, each in one transaction with its version."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path

import peewee

from hitl_desktop.store.database import APPLICATION_ID
from hitl_desktop.store.refusals import made_by_newer


def migrations() -> list[tuple[int, str]]:
    """All migrations in order, as (version, SQL)."""
    folder = resources.files("hitl_desktop.store").joinpath("migrations")
    files = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".sql"))
    return [(int(name[:4]), folder.joinpath(name).read_text("utf-8")) for name in files]


def current_version() -> int:
    """The schema this program writes."""
    return migrations()[-1][0]


def version_of(database: peewee.SqliteDatabase) -> int:
    """The schema a file has; 0 for a new one."""
    return int(database.execute_sql("PRAGMA user_version").fetchone()[0])


def migrate(database: peewee.SqliteDatabase, path: Path) -> None:
    """Bring a file to the present schema; an older one is copied to `backups/` first.

    Raises ProjectRefused, with the file untouched, when it was made by a newer version.
    """
    have, want = version_of(database), current_version()
    if have > want:
        raise made_by_newer(have, want)
    if 0 < have < want:
        backup(path)
    for version, sql in migrations():
        if version > have:
            _apply(database, version, sql)


def backup(path: Path) -> Path:
    """Copy a database that is open for nobody else to `backups/` beside it, through SQLite itself."""
    folder = path.parent / "backups"
    folder.mkdir(exist_ok=True)
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
    target = folder / f"before-migration-{stamp}.sqlite3"
    source = sqlite3.connect(path)
    copy = sqlite3.connect(target)
    try:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode = delete")  # one file that says it all
        if copy.execute("PRAGMA integrity_check(1)").fetchone() != ("ok",):
            raise sqlite3.DatabaseError("the backup before the migration is not sound")
    except sqlite3.Error:
        target.unlink(missing_ok=True)
        raise
    finally:
        copy.close()
        source.close()
    return target


def _apply(database: peewee.SqliteDatabase, version: int, sql: str) -> None:
    with database.atomic():
        for statement in _statements(sql):
            database.execute_sql(statement)
        database.execute_sql(f"PRAGMA application_id = {APPLICATION_ID:d}")
        database.execute_sql(f"PRAGMA user_version = {version:d}")


def _statements(sql: str) -> Iterator[str]:
    """Split at the semicolons that end a statement, not at those inside a trigger."""
    pending = ""
    for line in sql.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""
    if pending.strip():
        yield pending
