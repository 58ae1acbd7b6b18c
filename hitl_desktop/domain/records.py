"""Records: rows of a table as items. What a column holds, and the one text that a row is kept as.

A record is stored as a text of canonical JSON, so that everything that is there for texts goes on working: digests,
search, packing, rebuilding. The text holds typed values and what was known of the same key before, so whatever is made
of it is a pure function of the text.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.sentences import say

COUNT: Final = "rows"
"""Of `Record.earlier`: how many rows of the same key came before."""
HOURS: Final = "hours"
"""Hours since the last of them."""
LAST_DAY: Final = "day"
"""How many of them lie within 24 hours before."""
RATIO: Final = "ratio"
"""The amount over the median of their amounts."""
NEW: Final = "new "
"""Before the name of a category column: 1 where none of them had this value, else 0."""


class ColumnType(StrEnum):
    """What a column holds."""

    NUMBER = "number"
    CATEGORY = "category"
    DATE = "date"
    TEXT = "text"
    KEY = "key"
    """Who a row belongs to: a customer, an account. Rows of one key are each other's history, and are not told apart
    by it: the key itself is never learned from."""
    IDENTITY = "id"
    """The name of the row."""
    IGNORED = "ignored"


LEARNED: Final = (ColumnType.NUMBER, ColumnType.CATEGORY, ColumnType.DATE, ColumnType.TEXT)
"""Columns that a model looks at."""

Value = str | float | None
"""A number is a float, a date an ISO text to the second; None where the cell holds nothing that can be read."""


@dataclass(frozen=True, slots=True)
class RecordColumn:
    """One column. `day_first` says how dates with slashes are written, None where it is not in question;
    `comma` that numbers have a decimal comma.
    """

    name: str
    type: ColumnType
    day_first: bool | None = None
    comma: bool = False


@dataclass(frozen=True, slots=True)
class RecordColumns:
    """The columns of a table of records, in its order. `amount` names the number that is at stake, None for none.

    `label` is the column with the class, which is no part of the record.
    """

    columns: tuple[RecordColumn, ...]
    amount: str | None = None
    label: str | None = None

    def of_type(self, *types: ColumnType) -> tuple[RecordColumn, ...]:
        """The columns of some types."""
        return tuple(column for column in self.columns if column.type in types)

    @property
    def key(self) -> str | None:
        """The column that says who a row belongs to."""
        return next((column.name for column in self.of_type(ColumnType.KEY)), None)

    @property
    def time(self) -> str | None:
        """The column by which rows are earlier or later: the first date."""
        return next((column.name for column in self.of_type(ColumnType.DATE)), None)

    @property
    def identity(self) -> str | None:
        """The column that names the row."""
        return next((column.name for column in self.of_type(ColumnType.IDENTITY)), None)

    def typed(self, name: str, kind: ColumnType) -> "RecordColumns":
        """The same with another type for one column; where there may be only one of a type, the other gives way."""
        only_one = (ColumnType.KEY, ColumnType.IDENTITY)
        found = []
        for column in self.columns:
            if column.name == name:
                found.append(replace(column, type=kind))
            elif kind in only_one and column.type is kind:
                found.append(replace(column, type=ColumnType.CATEGORY))
            else:
                found.append(column)
        amount = None if self.amount == name and kind is not ColumnType.NUMBER else self.amount
        return replace(self, columns=tuple(found), amount=amount)

    def check(self) -> None:
        """Raise KnownError for columns that nothing can be learned from, or an amount that is no number."""
        for kind in (ColumnType.KEY, ColumnType.IDENTITY):
            if len(self.of_type(kind)) > 1:
                raise KnownError(say("One column at most can be the key, and one the id."))
        if not [column for column in self.of_type(*LEARNED) if column.name != self.label]:
            raise KnownError(
                say("No column is left to learn from."),
                say("Say of one column at least that it holds numbers, categories, dates or text."),
            )
        if self.amount is not None and self.amount not in {c.name for c in self.of_type(ColumnType.NUMBER)}:
            raise KnownError(say("The amount “{name}” has to be a column of numbers.", name=self.amount))


@dataclass(frozen=True, slots=True)
class Field:
    """One value of a record, with the column it stands in."""

    type: ColumnType
    name: str
    value: Value

    @property
    def number(self) -> float | None:
        """The value of a number."""
        return self.value if isinstance(self.value, float) else None

    @property
    def text(self) -> str:
        """The value as it is compared and shown in a row; "" for none."""
        if self.value is None:
            return ""
        return plain_number(self.value) if isinstance(self.value, float) else self.value

    @property
    def moment(self) -> datetime | None:
        """The value of a date."""
        if self.type is not ColumnType.DATE or not isinstance(self.value, str):
            return None
        try:
            return datetime.fromisoformat(self.value)
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Record:
    """One row: its fields in the order of the table, and what was known of its key before it (`COUNT` …)."""

    fields: tuple[Field, ...]
    earlier: Mapping[str, float] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Field | None:
        """The field of a column, None where the record has no such column."""
        return next((found for found in self.fields if found.name == name), None)

    @property
    def own(self) -> str:
        """The canonical text of the fields alone: two rows of the same are one and the same."""
        return _dumped({"fields": [[f.type.value, f.name, f.value] for f in self.fields]})

    @property
    def text(self) -> str:
        """The canonical text that the item is kept as."""
        kept: dict[str, Any] = {"fields": [[f.type.value, f.name, f.value] for f in self.fields]}
        if self.earlier:
            kept["earlier"] = {name: round(value, 6) for name, value in sorted(self.earlier.items())}
        return _dumped(kept)

    @property
    def line(self) -> str:
        """The record in one line, for lists and logs: numbers with their names first, without the id."""
        order = (ColumnType.NUMBER, ColumnType.CATEGORY, ColumnType.TEXT, ColumnType.DATE, ColumnType.KEY)
        filled = sorted((f for f in self.fields if f.text and f.type in order), key=lambda f: order.index(f.type))
        return " · ".join(_in_line(f) for f in filled)


def _in_line(one: Field) -> str:
    if one.type is ColumnType.NUMBER:
        return f"{one.name} {one.text}"
    return one.text[:16].replace("T", " ") if one.type is ColumnType.DATE else one.text


def record_of(text: str) -> Record:
    """The record that a text holds. Raises KnownError for a text that holds none."""
    try:
        kept = json.loads(text)
        fields = tuple(Field(ColumnType(kind), str(name), _value(value)) for kind, name, value in kept["fields"])
        earlier = {str(name): float(value) for name, value in kept.get("earlier", {}).items()}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError) as error:
        raise KnownError(say("This item holds no record that can be read.")) from error
    return Record(fields, earlier)


def line_of(text: str) -> str:
    """What a stored text says in one line; a text that holds no record as it is."""
    try:
        return record_of(text).line
    except KnownError:
        return text


def without_columns(text: str, columns: frozenset[str]) -> str:
    """The stored text with some columns emptied, and without what was known before, which is made of all of them."""
    if not columns:
        return text
    try:
        record = record_of(text)
    except KnownError:
        return text
    return Record(tuple(replace(f, value=None) if f.name in columns else f for f in record.fields)).text


def plain_number(value: float) -> str:
    """A number as short as it can be said exactly: 12, 12.5, 0.001."""
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def _value(value: object) -> Value:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError("no value of a record")
    return float(value)


def _dumped(kept: Mapping[str, Any]) -> str:
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
