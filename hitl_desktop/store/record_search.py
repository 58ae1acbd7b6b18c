"""What the records of items say, part by part: the cells of a column, and which of them hold a word.

As in `ItemSearch`, every question is about a part of the pool and is answered as one value.
"""

import json
from collections.abc import Sequence
from typing import Any

import peewee

from hitl_desktop.store.item_search import Indexes, joined_numbers, literal, spellings
from hitl_desktop.store.text_values import from_sql, to_sql

_FIELDS = "json_each(CAST(i.fields AS TEXT)) AS e"


class RecordSearch:
    """Reads the columns of items. Belongs to the thread that opened the database; `ItemSearch.stop` stops it too."""

    def __init__(self, database: peewee.SqliteDatabase) -> None:
        self._database = database

    def cells(self, column: str, part: range) -> list[str]:
        """The cells of a column, one for each item of the part in its order; "" where there is none."""
        found = self._value(
            "SELECT CAST(json_group_array(cell) AS BLOB) FROM"  # noqa: S608 - our own words
            f" (SELECT coalesce((SELECT e.value FROM {_FIELDS} WHERE e.key = ?), '') AS cell FROM item AS i"
            " WHERE i.idx BETWEEN ? AND ? ORDER BY i.idx)",
            to_sql(column),
            part.start,
            part.stop - 1,
        )
        return [cell if isinstance(cell, str) else json.dumps(cell) for cell in json.loads(from_sql(found))]

    def columns(self, part: range) -> list[str]:
        """The names of the columns that the items of the part have, in alphabetical order."""
        found = self._value(
            f"SELECT CAST(json_group_array(DISTINCT e.key) AS BLOB) FROM item AS i, {_FIELDS}"  # noqa: S608
            " WHERE i.idx BETWEEN ? AND ?",
            part.start,
            part.stop - 1,
        )
        return sorted(json.loads(from_sql(found)))

    def has_column(self, column: str) -> bool:
        """True when any item has a column of this name."""
        return bool(
            self._value(
                f"SELECT EXISTS (SELECT 1 FROM item AS i, {_FIELDS} WHERE e.key = ?)",  # noqa: S608 - our own words
                to_sql(column),
            )
        )

    def with_any_word(self, words: Sequence[str], part: range, *, anywhere: bool) -> Indexes:
        """The items of the part that hold one of the words in their text, or `anywhere` in their record."""
        asked: list[str] = []
        values: list[object] = [part.start, part.stop - 1]
        for spelling in dict.fromkeys(spelling for word in words for spelling in spellings(word)):
            like = "LIKE CAST(? AS TEXT) ESCAPE '\\'"
            asked.append(f"CAST(t.text AS TEXT) {like}")
            values.append(to_sql(f"%{literal(spelling)}%"))
            if anywhere:
                asked.append(f"EXISTS (SELECT 1 FROM {_FIELDS} WHERE e.value {like})")  # noqa: S608 - our own words
                values.append(values[-1])
        found = self._value(
            "SELECT group_concat(i.idx) FROM item AS i LEFT JOIN item_text AS t ON t.idx = i.idx"  # noqa: S608
            f" WHERE i.idx BETWEEN ? AND ? AND ({' OR '.join(asked)})",
            *values,
        )
        return joined_numbers(found)

    def _value(self, question: str, *values: object) -> Any:
        return self._database.execute_sql(question, values).fetchone()[0]
