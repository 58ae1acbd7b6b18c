"""A copy of a database in one file, to be given away: taken beside the writer, and without where the data lies here."""

import sqlite3
from contextlib import closing
from pathlib import Path

import peewee

from hitl_desktop.store.database import connect_for_reading
from hitl_desktop.store.refusals import told

_OF_THIS_MACHINE = ("data_root",)


def write_snapshot(path: Path, target: Path) -> None:
    """Write the database at `path`, as it is now, to the new file `target`. Raises KnownError where a disk refuses."""
    with told(path):
        source = connect_for_reading(path)
        try:
            # A connection that only reads may not write another file either; nothing of ours is written on this one.
            source.execute_sql("PRAGMA query_only = 0")
            source.execute_sql("VACUUM INTO ?", (str(target),))
        except peewee.OperationalError:
            target.unlink(missing_ok=True)
            raise
        finally:
            source.close()
    with told(target), closing(sqlite3.connect(target)) as copy, copy:
        copy.executemany("DELETE FROM project WHERE key = ?", [(key,) for key in _OF_THIS_MACHINE])
