"""The files of items that are a series."""

from collections.abc import Sequence

import peewee

from hitl_desktop.domain.items import FoundItem, ItemFile
from hitl_desktop.store.text_values import from_sql, to_sql

_CHUNK = 400


class ItemFileTable:
    """Rows of `item_file`. What writes runs inside a transaction that the caller holds."""

    def __init__(self, database: peewee.SqliteDatabase) -> None:
        self._database = database
        self._table = peewee.Table("item_file", ("idx", "place", "path", "digest"), _database=database)
        self._is_empty = False
        self._looked_at: tuple[object, int] | None = None
        """The connection, and how many rows it had changed, when it was looked whether there are any."""

    def add(self, found: Sequence[FoundItem], indexes: range) -> None:
        """Keep the files of items that have several."""
        rows = [
            {"idx": index, "place": place, "path": to_sql(file.path), "digest": file.digest}
            for index, item in zip(indexes, found, strict=True)
            for place, file in enumerate(item.files)
        ]
        for start in range(0, len(rows), _CHUNK):
            self._table.insert(rows[start : start + _CHUNK]).execute()

    def of(self, index: int) -> tuple[ItemFile, ...]:
        """The files of an item in their order; empty for an item of one file."""
        if self._has_none():
            return ()
        rows = self._database.execute_sql("SELECT path, digest FROM item_file WHERE idx = ? ORDER BY place", (index,))
        return tuple(ItemFile(from_sql(path), digest) for path, digest in rows)

    def _has_none(self) -> bool:
        """True in most projects. Asked for with every row that is painted, so it is known until something is written,
        here or elsewhere: a batch brings files of its own.
        """
        connection = self._database.connection()
        now = (connection, connection.total_changes)
        if self._looked_at != now:
            self._is_empty = self._database.execute_sql("SELECT 1 FROM item_file LIMIT 1").fetchone() is None
            self._looked_at = now
        return self._is_empty

    def paths(self, *, first: bool = False) -> list[str]:
        """The files of all items that have several, or the first one of each."""
        rows = self._database.execute_sql(
            "SELECT path FROM item_file WHERE ? = 0 OR place = 0 ORDER BY idx, place", (int(first),)
        )
        return [from_sql(row[0]) for row in rows]
