"""What is known about a table: the guess before reading it, its rows, its contents."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from hitl_desktop.domain.items import Duplicate, FoundItem, Other, Unreadable
from hitl_desktop.domain.sentences import Sentence


class TableFormat(StrEnum):
    """How a table is written."""

    DELIMITED = "delimited"
    JSON_LINES = "jsonl"
    JSON_ARRAY = "json"


class Oddity(StrEnum):
    """Something about a row that is told, though the row can be read: `table_notes` has the sentences."""

    REPAIRED = "repaired"
    SHORT = "short"
    SURPLUS = "surplus"
    NUL = "nul"
    HALF_CHARACTER = "half character"
    REPEATED_NAME = "repeated name"
    NOT_JSON = "not json"


@dataclass(frozen=True, slots=True)
class ColumnGuess:
    """One column as seen in the sample.

    `samples` are the first five values that are not empty, shortened; `filled` is the share of rows with a value,
    `distinct` the share of different values among those; `mean_length` counts characters; `prose` is the share
    of values that have several words; `several` tells that the cells seem to hold several class names each.
    """

    name: str
    samples: tuple[str, ...]
    filled: float
    distinct: float
    mean_length: float
    prose: float
    several: bool = False


@dataclass(frozen=True, slots=True)
class TableGuess:
    """How a table will be read, and what its columns seem to be. Every part can be replaced before reading.

    The confidences are 0–1 and 0 where no column was found. `delimiter` is "" for one column and for JSON;
    `header` is False where the first row is data. `sample` are the cells of the first rows, by
    column. `notes` are sentences for the user.
    """

    encoding: str
    delimiter: str
    format: TableFormat
    columns: tuple[ColumnGuess, ...]
    id_column: str | None
    text_column: str | None
    label_column: str | None
    id_confidence: float
    text_confidence: float
    label_confidence: float
    rows_estimate: int
    notes: tuple[Sentence, ...] = ()
    header: bool = True
    escape: str = ""
    sample: tuple[tuple[str, ...], ...] = field(default=(), repr=False)

    @property
    def column_names(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return tuple(column.name for column in self.columns)


@dataclass(frozen=True, slots=True)
class TableColumns:
    """The columns of a table that name a row, hold its text and its label; None where there is none."""

    identity: str | None
    text: str | None
    label: str | None

    def plain(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return {"id": self.identity, "text": self.text, "label": self.label}

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "TableColumns":
        """The inverse of `plain`."""
        return cls(stored["id"], stored["text"], stored["label"])


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number from 1 (the header is not counted), and its values by column name, or the `problem`."""

    number: int
    values: Mapping[str, str] = field(default_factory=dict)
    problem: Sentence | None = None
    oddities: tuple[Oddity, ...] = ()


@dataclass(frozen=True, slots=True)
class TableContents:
    """A table read to its end.

    `rows` counts all rows, so rows = items + duplicates + unreadable. `class_names` are the labels found, in
    natural order. `others` is always empty for a table; importers share it. `notes` are sentences for the user.
    """

    items: list[FoundItem]
    duplicates: list[Duplicate]
    unreadable: list[Unreadable]
    others: list[Other]
    rows: int
    columns: tuple[str, ...]
    class_names: tuple[str, ...]
    notes: tuple[Sentence, ...]
