"""Questions about items that only the store can answer, part by part, so that they can be stopped.

Every question is about a part of the pool, a range of indexes or a list of them, and is answered by SQLite as one
value: a million rows handed over one by one would hold the interpreter, and with it the window, for half a second.

Texts have no full-text index. It answers in a millisecond where reading a million short texts takes half a second, but
it would keep the words of texts that are erased, take eleven seconds to make for a million, and find only whole words.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

import numpy as np
import numpy.typing as npt
import peewee

from hitl_desktop.domain.errors import Cancelled
from hitl_desktop.store.text_values import from_sql, to_sql

Indexes = npt.NDArray[np.int64]
Part = range | Sequence[int]

_PARSED_AT_ONCE: Final = 1 << 16
_LIVE: Final = (
    "d.verdict NOT IN ('retracted', 'repeated')"
    " AND NOT EXISTS (SELECT 1 FROM decision AS r WHERE r.retracts = d.number)"
    " AND NOT EXISTS (SELECT 1 FROM decision AS l WHERE l.idx = d.idx AND l.number > d.number"
    " AND l.verdict NOT IN ('retracted', 'repeated')"
    " AND NOT EXISTS (SELECT 1 FROM decision AS s WHERE s.retracts = l.number))"
)
"""The decision of an item that stands."""


class ItemSearch:
    """Looks for items. Belongs to the thread that opened the database; only `stop` may be called from another."""

    def __init__(self, database: peewee.SqliteDatabase) -> None:
        self._database = database
        self._is_stopped = False

    def stop(self) -> None:
        """End the question that is being answered: inside `until_stopped` the thread that asked gets Cancelled."""
        self._is_stopped = True
        try:
            connection = self._database.connection()
            if isinstance(connection, sqlite3.Connection):
                connection.interrupt()
        except (peewee.InterfaceError, sqlite3.ProgrammingError):  # it has just been closed
            return

    @contextmanager
    def until_stopped(self) -> Iterator[None]:
        """Ask questions in here that another thread may stop. Raises Cancelled then."""
        try:
            yield
        except (peewee.OperationalError, sqlite3.OperationalError):
            if self._is_stopped:
                raise Cancelled from None
            raise

    def with_words(self, words: Sequence[str], part: Part) -> Indexes:
        """The items of the part that hold all of the words, anywhere and in any case: in the text, the path, the
        other fields or a note, or as the beginning of the id.
        """
        if not words:
            return np.empty(0, np.int64)
        where, values = _within("i.idx", part)
        noted, of_part = _within("n.idx", part)
        asked = []
        for word in words:
            places, of_word = holding(word, _WORDY)
            values += of_word
            for spelling in spellings(word):
                places.append(f"i.idx IN (SELECT n.idx FROM decision AS n WHERE {noted} AND {_NOTED})")  # noqa: S608
                values += [*of_part, to_sql(f"%{literal(spelling)}%")]
            asked.append(f"({' OR '.join(places)})")
        return self._found(
            f"item AS i LEFT JOIN item_text AS t ON t.idx = i.idx WHERE {where} AND {' AND '.join(asked)}",
            "i.idx",
            values,
        )

    def decided_by(self, reviewer: str, part: Part) -> Indexes:
        """The items of the part whose decision that stands this reviewer made."""
        where, values = _within("d.idx", part)
        return self._found(
            f"decision AS d WHERE {where} AND d.reviewer = ? AND {_LIVE}", "d.idx", [*values, to_sql(reviewer)]
        )

    def with_note(self, part: Part) -> Indexes:
        """The items of the part whose decision that stands has a note."""
        where, values = _within("d.idx", part)
        return self._found(f"decision AS d WHERE {where} AND d.note <> '' AND {_LIVE}", "d.idx", values)

    def last_events(self, part: Part) -> tuple[Indexes, Indexes]:
        """The items of the part that have events, and the number of the last one of each."""
        where, values = _within("idx", part)
        found = self._database.execute_sql(
            "SELECT group_concat(idx), group_concat(last) FROM"  # noqa: S608 - our own words
            f" (SELECT idx, max(number) AS last FROM decision WHERE {where} GROUP BY idx)",
            values,
        ).fetchone()
        return joined_numbers(found[0]), joined_numbers(found[1])

    def by_name(self) -> Indexes:
        """All items in the order of their paths, large and small letters alike."""
        found = self._database.execute_sql(
            "SELECT group_concat(idx) FROM (SELECT idx FROM item ORDER BY path COLLATE NOCASE, idx)"
        ).fetchone()
        return joined_numbers(found[0])

    def reviewers(self) -> list[str]:
        """Everybody who decided something, by name. Looks each name up in the index instead of reading all rows."""
        rows = self._database.execute_sql(
            "WITH RECURSIVE who(name) AS (SELECT min(reviewer) FROM decision UNION ALL"
            " SELECT (SELECT min(reviewer) FROM decision WHERE reviewer > who.name) FROM who"
            " WHERE who.name IS NOT NULL)"
            " SELECT name FROM who WHERE name IS NOT NULL"
        )
        return [from_sql(row[0]) for row in rows]

    def _found(self, source: str, column: str, values: Sequence[object]) -> Indexes:
        row = self._database.execute_sql(f"SELECT group_concat({column}) FROM {source}", values).fetchone()  # noqa: S608
        return joined_numbers(row[0])


_WORDY: Final = ("i.path", "i.fields", "t.text")
_NOTED: Final = "n.note <> '' AND CAST(n.note AS TEXT) LIKE CAST(? AS TEXT) ESCAPE '\\'"


def holding(word: str, columns: Sequence[str]) -> tuple[list[str], list[object]]:
    """Conditions, one of which holds where the id of item `i` begins with the word or a column holds it, and their
    values.
    """
    places = ["i.digest LIKE ? ESCAPE '\\'"]
    values: list[object] = [to_sql(f"{literal(word)}%")]
    for spelling in spellings(word):
        # What is not valid Unicode is stored as bytes, which LIKE passes over unless they are cast.
        places += [f"CAST({column} AS TEXT) LIKE CAST(? AS TEXT) ESCAPE '\\'" for column in columns]
        values += [to_sql(f"%{literal(spelling)}%")] * len(columns)
    return places, values


def spellings(word: str) -> list[str]:
    """The word, and where SQLite would not take large and small letters for the same, in all small and all large
    letters and with a large first one: LIKE knows the case of A to Z only.
    """
    if word.isascii():
        return [word]
    return list(dict.fromkeys((word, word.lower(), word.upper(), word.capitalize())))


def literal(word: str) -> str:
    """A word for LIKE with the escape \\, taken letter by letter."""
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _within(column: str, part: Part) -> tuple[str, list[object]]:
    if isinstance(part, range):
        return f"{column} BETWEEN ? AND ?", [part.start, part.stop - 1]
    return f"{column} IN (SELECT value FROM json_each(?))", [json.dumps([int(index) for index in part])]  # noqa: S608 - our own names


def joined_numbers(joined: str | bytes | None) -> Indexes:
    """Numbers joined by commas. Taken apart in pieces: one long conversion would hold the interpreter."""
    if not joined:
        return np.empty(0, np.int64)
    text = joined.decode("ascii") if isinstance(joined, bytes) else joined
    pieces, start = [], 0
    while start < len(text):
        end = text.find(",", start + _PARSED_AT_ONCE)
        end = len(text) if end < 0 else end
        pieces.append(np.fromstring(text[start:end], np.int64, sep=","))
        start = end + 1
    return np.concatenate(pieces)
