"""What is in the schema of a database that this program did not put there.

A trigger or a view of somebody else would run with the next decision, whatever it does; so a database with any of them
is not opened to write. Reading the list of what there is runs nothing.
"""

import logging
import sqlite3
from contextlib import closing
from functools import lru_cache
from pathlib import Path
from typing import Final

import peewee

from hitl_desktop.store.migrate import migrations, version_of
from hitl_desktop.store.refusals import damaged, not_ours, strange

_log = logging.getLogger(__name__)

_LIST: Final = "SELECT type, name, sql FROM main.sqlite_master WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"


def check_own(database: peewee.SqliteDatabase, path: Path) -> None:
    """Refuse a database that is to be opened to write and is not as we made it; make again what guards it, where
    somebody took that away. Raises ProjectRefused.
    """
    version = version_of(database)
    if version == 0:
        raise not_ours(path)
    if names := strangers(database, version):
        raise strange(path, names)
    if gone := lacking(database, version):
        _log.warning("The database lacked %d triggers and indexes: they are made again", len(gone))
        ours = _own(version)
        try:
            with database.atomic():
                for found in gone:
                    database.execute_sql(ours[found])
        except (peewee.IntegrityError, sqlite3.IntegrityError) as error:
            raise damaged(path) from error


def strangers(database: peewee.SqliteDatabase, version: int) -> tuple[str, ...]:
    """The names of tables, indexes, views and triggers that our migrations up to this schema do not make, or make
    otherwise; in alphabetical order.
    """
    ours = _own(version)
    rows = database.execute_sql(_LIST).fetchall()
    return tuple(sorted(str(name) for sort, name, sql in rows if _plain(ours.get((sort, name))) != _plain(sql)))


def lacking(database: peewee.SqliteDatabase, version: int) -> tuple[tuple[str, str], ...]:
    """The triggers and indexes (sort, name) of this schema that are not there, in alphabetical order."""
    there = {(sort, name) for sort, name, _ in database.execute_sql(_LIST).fetchall()}
    return tuple(sorted(found for found in _own(version) if found[0] in ("trigger", "index") and found not in there))


@lru_cache(4)
def _own(version: int) -> dict[tuple[str, str], str]:
    with closing(sqlite3.connect(":memory:")) as fresh:
        for number, sql in migrations():
            if number <= version:
                fresh.executescript(sql)
        return {(sort, name): str(sql) for sort, name, sql in fresh.execute(_LIST)}


def _plain(sql: object) -> str:
    """Without what depends on how a line is broken."""
    return " ".join(str(sql).split())
