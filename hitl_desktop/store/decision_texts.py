"""The texts of decisions, as they are hashed and as their lines in `decisions.jsonl` begin, a thousand at a time.

Of the columns of a decision few are of its own: its number, its id, its item, when, how long, the numbers of the model.
All others say the same in many of them, so SQLite is asked for those as one text (`json_array`), and how that text
stands in a row and in a line is put together once. It is JSON of values that are whole numbers, text or nothing, so two
rows that differ in one of them have different texts. What JSON of SQLite does not tell for certain (bytes, a real
number where none belongs), and rows that all say something else, as those with notes do, are read as `record_rows.py`
writes them, as everything is where the record is read in order.
"""

import json
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from operator import itemgetter
from types import NoneType
from typing import Any, Final

import peewee

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.store.record_rows import COMMA, row_texts
from hitl_desktop.store.record_tables import ADDED, columns_of
from hitl_desktop.store.second_record import LINE_FIELDS

_AT_ONCE: Final = 1000
_OF_ITS_OWN: Final = ("number", "event_id", "idx", "at_utc")
_WHOLE: Final = ("number", "idx")
_SETS: Final = ("findings", "predicted_findings")
_NO_SETS: Final = ("null", "null")
_CLASSES: Final = ("label_id", "predicted_id")
_KNOWN_AT_MOST: Final = 4000
_NEW_AT_MOST: Final = 200
"""Of a thousand rows; with more that say what was not met before, nothing is gained."""
_LEFT_ALONE: Final = 20
"""So many thousands are then read the other way at once."""
_NOT_TOLD: Final = (sqlite3.Error, peewee.PeeweeException, KnownError, UnicodeDecodeError)
"""How bytes, and text that is none, come out of SQLite."""
Classes = tuple[str, str]
"""The ids of the class that was decided, and of the one that was suggested, as JSON writes them."""
NOT_KNOWN: Final = "\0"
"""Stands for the beginning of a line that is not known without reading it; no line begins so."""


@dataclass(frozen=True, slots=True)
class _Shape:
    """How rows, and their lines, are put together of what is their own."""

    row: str
    line: str
    classes: Classes


Texts = tuple[list[int], list[str], list[str], list[Classes]]
"""The numbers of decisions, their rows, how their lines begin (all that a line says up to the names of classes), and
the classes that are named then.
"""


class DecisionTexts:
    """Reads the decisions from the number `since` on, in order."""

    def __init__(self, database: peewee.SqliteDatabase, since: int) -> None:
        self._database = database
        self._before = since - 1
        table = next(table for table in ADDED if table.name == "decision")
        self._columns = columns_of(database, table)
        reals = [row[1] for row in database.execute_sql("PRAGMA main.table_info(decision)") if row[2] == "REAL"]
        self._own = [name for name in self._columns if name in _OF_ITS_OWN or name in reals]
        self._shared = [name for name in self._columns if name not in self._own]
        self._in_line = [self._own.index(name) for name in LINE_FIELDS if name in self._own]
        own = ", ".join(f"d.{name}" for name in self._own)
        shared = ", ".join(f"d.{name}" for name in self._shared)
        self._ask = (
            f"SELECT {own}, json_array({shared}), i.digest FROM decision AS d LEFT JOIN item AS i ON i.idx = d.idx"  # noqa: S608
            " WHERE d.number > ? ORDER BY d.number LIMIT ?"
        )
        names = ", ".join(f"d.{name}" for name in self._columns)
        self._ask_all = self._ask.replace(f"{own}, json_array({shared})", names)
        self._line = "{" + "".join(f'"{name}": %s, ' for name in LINE_FIELDS) + '"item": "'
        self._of_line = itemgetter(*map(self._columns.index, LINE_FIELDS))
        self._of_sets = itemgetter(*map(self._columns.index, _SETS))
        self._of_classes = itemgetter(*map(self._columns.index, _CLASSES))
        self._shapes: dict[str, _Shape] = {}
        self._new = self._left_alone = 0

    def next(self) -> Texts:
        """The decisions that follow; none at the end. Raises ProjectDamaged."""
        self._left_alone -= 1
        found = (self._quickly() if self._left_alone < 0 else None) or self._as_written()
        if found[0]:
            self._before = found[0][-1]
        return found

    def _as_written(self) -> Texts:
        rows = self._database.execute_sql(self._ask_all, (self._before, _AT_ONCE)).fetchall()
        key, line, values, sets = self._columns.index("number"), self._line, self._of_line, self._of_sets
        texts = row_texts([row[:-1] for row in rows])
        parts = [text.split(COMMA) for text in texts]
        heads = [
            f"{line % values(said)}{row[-1]}" if sets(said) == _NO_SETS else NOT_KNOWN
            for said, row in zip(parts, rows, strict=True)
        ]
        return [row[key] for row in rows], texts, heads, list(map(self._of_classes, parts))

    def _quickly(self) -> Texts | None:
        """None where there is nothing, or something of it has to be read in the other way."""
        try:
            rows = self._database.execute_sql(self._ask, (self._before, _AT_ONCE)).fetchall()
        except _NOT_TOLD:  # what is damaged shows in the other way
            return None
        if not rows:
            return None
        self._new = 0
        *own, shared, digests = zip(*rows, strict=True)
        columns = [_texts(column, name) for column, name in zip(own, self._own, strict=True)]
        with suppress(ValueError, TypeError, RecursionError):
            shapes = list(map(self._shape, shared))
            known: list[Sequence[Any]] = [column for column in columns if column is not None]
            if len(known) == len(columns):
                in_line = zip(*(known[place] for place in self._in_line), digests, strict=True)
                texts = [shape.row % values for shape, values in zip(shapes, zip(*known, strict=True), strict=True)]
                heads = [
                    shape.line % values if shape.line else NOT_KNOWN
                    for shape, values in zip(shapes, in_line, strict=True)
                ]
                classes = [shape.classes for shape in shapes]
                return list(own[self._own.index("number")]), texts, heads, classes
        return None

    def _shape(self, shared: str) -> _Shape:
        """Raises ValueError, TypeError, RecursionError."""
        shape = self._shapes.get(shared)
        if shape is None:
            self._new += 1
            if self._new > _NEW_AT_MOST:
                self._left_alone = _LEFT_ALONE
                raise ValueError("hardly two of them are alike")
            values = json.loads(shared)
            if any(type(value) is float for value in values):
                raise ValueError("a real number as SQLite writes it, which is not all of it")
            shape = self._made(dict(zip(self._shared, row_texts([values])[0].split(COMMA), strict=True)))
            if len(self._shapes) < _KNOWN_AT_MOST:
                self._shapes[shared] = shape
        return shape

    def _made(self, texts: dict[str, str]) -> _Shape:
        def said(name: str) -> str:
            return texts[name].replace("%", "%%") if name in texts else "%s"

        row, classes = COMMA.join(map(said, self._columns)), (texts["label_id"], texts["predicted_id"])
        if any(texts[name] != "null" for name in _SETS):
            return _Shape(row, "", classes)
        fields = "".join(f'"{name}": {said(name)}, ' for name in LINE_FIELDS)
        return _Shape(row, "{" + fields + '"item": "%s', classes)


def _texts(column: Sequence[Any], name: str) -> Sequence[Any] | None:
    """The values of a column as JSON writes them; None where they are not all what they should be."""
    sorts = set(map(type, column))
    if name in _WHOLE:
        return column if sorts == {int} else None
    if name in _OF_ITS_OWN:
        joined = "".join(column) if sorts == {str} else "\0"
        is_plain = joined.isascii() and joined.isprintable() and '"' not in joined and "\\" not in joined
        return [f'"{value}"' for value in column] if is_plain else None
    if not sorts <= {float, NoneType}:
        return None
    return ["null"] * len(column) if sorts == {NoneType} else ["null" if v is None else repr(v) for v in column]
