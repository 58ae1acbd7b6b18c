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
        self._is_empty: bool | None = None

    def add(self, found: Sequence[FoundItem], indexes: range) -> None:
        """Keep the files of items that have several."""
        rows = [
            {"idx": index, "place": place, "path": to_sql(file.path), "digest": file.digest}
            for index, item in zip(indexes, found, strict=True)
            for place, file in enumerate(item.files)
        ]
        for start in range(0, len(rows), _CHUNK):
            self._table.insert(rows[start : start + _CHUNK]).execute()
        self._is_empty = None

    def of(self, index: int) -> tuple[ItemFile, ...]:
        """The files of an item in their order; empty for an item of one file."""
        if self._is_empty is None:
            self._is_empty = self._database.execute_sql("SELECT 1 FROM item_file LIMIT 1").fetchone() is None
        if self._is_empty:  # most projects: asked for with every row that is painted
            return ()
        rows = self._database.execute_sql("SELECT path, digest FROM item_file WHERE idx = ? ORDER BY place", (index,))
        return tuple(ItemFile(from_sql(path), digest) for path, digest in rows)

    def paths(self, *, first: bool = False) -> list[str]:
        """The files of all items that have several, or the first one of each."""
        rows = self._database.execute_sql(
            "SELECT path FROM item_file WHERE ? = 0 OR place = 0 ORDER BY idx, place", (int(first),)
        )
        return [from_sql(row[0]) for row in rows]
