"""What lies in the data that was chosen, before a project is made of it. Light: the window loads it too.

A table is looked at in the worker, under its limits: a packed one may unpack to gigabytes, and one row may be as large.
A folder is listed by a thread of the window: names, and the first bytes of files whose names say nothing.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Final

from hitl_desktop.domain.protocols import CancelCheck, Progress, stop_if
from hitl_desktop.exchange.image_folder import FolderSurvey
from hitl_desktop.exchange.label_cells import names_in
from hitl_desktop.exchange.ordering import natural_key
from hitl_desktop.exchange.table import read_rows, sniff
from hitl_desktop.exchange.table_records import Row, TableGuess
from hitl_desktop.workflow.find_images import find_images

PREVIEWED: Final = 12
ROWS_LOOKED_AT: Final = 20_000
_MOST_CLASSES: Final = 500
_LONGEST_CLASS: Final = 1000
"""Characters; a column with a longer value names no classes."""
_SHOWN: Final = 2000
"""Characters of a cell that cross to the window: enough to see what it is."""


@dataclass(frozen=True, slots=True)
class FoundFolder:
    """A folder of images, looked through but not read. `counts` are the images per class that the folders name."""

    path: Path
    survey: FolderSurvey
    counts: Mapping[str, int]

    kind = "image"

    @property
    def count(self) -> int:
        """How many images there are, the same ones and unreadable ones included."""
        return len(self.survey.files)

    @property
    def size(self) -> int:
        """Bytes of all images together."""
        return sum(file.size for file in self.survey.files)


@dataclass(frozen=True, slots=True)
class FoundTable:
    """A table of texts: how it is written, its first rows, and how often each value comes in each column.

    `values` leaves out columns with more than 500 different values; it counts the first 20,000 rows, and `complete`
    says whether those are all. `findings` counts the single names where a column's cells seem to hold several.
    """

    path: Path
    guess: TableGuess
    rows: tuple[Row, ...]
    row_count: int
    complete: bool
    values: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    findings: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    kind = "text"

    @property
    def count(self) -> int:
        """How many rows there are; of a long table, about so many."""
        return self.row_count

    def holds_several(self, column: str | None) -> bool:
        """True when the cells of a column seem to hold several names each."""
        return any(guess.several for guess in self.guess.columns if guess.name == column)

    def classes_in(self, column: str | None, *, several: bool = False) -> dict[str, int]:
        """The values of a column as classes, in natural order, with their counts; `several`: the names in its cells."""
        found = self.values.get(column, {}) if column else {}
        if several and column:
            found = self.findings.get(column) or _single_names(found)
        return {name: found[name] for name in sorted(found, key=natural_key)}


Found = FoundFolder | FoundTable


def look_at_folder(path: Path, progress: Progress, cancelled: CancelCheck) -> FoundFolder:
    """List the images of a folder. Raises KnownError when there are none, Cancelled when asked to stop."""
    listing = find_images(path, progress, cancelled)
    counts = Counter(listing.class_of(file.path) for file in listing.files)
    return FoundFolder(path, listing, {name: counts[name] for name in listing.class_names})


def look_at_table(path: Path, progress: Progress, cancelled: CancelCheck) -> FoundTable:
    """Find out how a table is written, and count its values. Raises KnownError when it is none, Cancelled."""
    guess = sniff(path, stop_if(cancelled))
    rows = list(islice(read_rows(path, guess, progress, cancelled), ROWS_LOOKED_AT + 1))
    complete = len(rows) <= ROWS_LOOKED_AT
    readable = [row for row in rows[:ROWS_LOOKED_AT] if not row.problem]
    values: dict[str, Counter[str]] = {name: Counter() for name in guess.column_names}
    for row in readable:
        for name in list(values):
            value = row.values.get(name, "").strip()
            if value:
                values[name][value] += 1
                if len(values[name]) > _MOST_CLASSES or len(value) > _LONGEST_CLASS:
                    del values[name]
    several = [guessed.name for guessed in guess.columns if guessed.several]
    findings = {name: _single_names(Counter(row.values.get(name, "") for row in readable)) for name in several}
    count = len(rows) if complete else max(guess.rows_estimate, len(rows))
    guess = replace(guess, sample=tuple(tuple(cell[:_SHOWN] for cell in row) for row in guess.sample))
    first = tuple(replace(row, values=_cut(row.values)) for row in readable[:PREVIEWED])
    return FoundTable(path, guess, first, count, complete, values, findings)


def _cut(values: Mapping[str, str]) -> dict[str, str]:
    return {name: value[:_SHOWN] for name, value in values.items()}


def _single_names(cells: Mapping[str, int]) -> dict[str, int]:
    """How often each name stands in cells that hold several; cells with their counts."""
    found: Counter[str] = Counter()
    for cell, rows in cells.items():
        found.update(dict.fromkeys(names_in(cell) or (), rows))
    return {name: rows for name, rows in found.items() if len(name) <= _LONGEST_CLASS}
