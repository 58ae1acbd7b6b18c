"""Delimited text: CSV and its relatives, record by record, with broken quoting found instead of swallowed."""

import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TextIO

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.sentences import Sentence, say

MAX_LINE = 64 * 1024**2
"""Characters in one line or one cell; more is no table that a person reviews."""
_NO_DELIMITER = "\x1f"
_DELIMITERS = ",;\t|"
_SEP_LINE = re.compile(r"sep=(.)\s*", re.IGNORECASE)
_LOOK_AT = 200
_ENOUGH = 0.3


@dataclass(frozen=True, slots=True)
class Dialect:
    """How cells are told apart. `delimiter` "" means one column; `escape` is "\\" where quotes are written as \\"."""

    delimiter: str
    escape: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """The cells of one record and the line (from 1) on which it begins; or the `problem` that made it unreadable."""

    line: int
    cells: list[str]
    problem: Sentence | None = None


class _Lines:
    """Lines that can be given back; remembers those of the current record."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._returned: deque[str] = deque()
        self.taken: list[str] = []
        self.number = 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._returned.popleft() if self._returned else next(self._lines)
        self.number += 1
        self.taken.append(line)
        return line

    def begin(self) -> None:
        self.taken = []

    def give_back_all_but_first(self) -> None:
        self._returned.extendleft(reversed(self.taken[1:]))
        self.number -= len(self.taken) - 1


def lines_of(stream: TextIO) -> Iterator[str]:
    """The lines of `stream` with their ends. Raises `KnownError` for a line that would fill the memory."""
    number = 0
    while line := stream.readline(MAX_LINE):
        number += 1
        if len(line) == MAX_LINE and line[-1] not in "\r\n":
            raise KnownError(
                say("Line {line} has more than {n} characters.", line=str(number), n=MAX_LINE),
                say("Check that it is a table."),
            )
        yield line


def records(lines: Iterable[str], dialect: Dialect) -> Iterator[Record]:
    """The records of a delimited text; blank lines and an Excel `sep=` line at the top are passed over.

    A quotation mark that opens and is not properly closed costs its own line only: that record has a `problem`,
    and reading goes on with the next line.
    """
    source = _Lines(lines)
    strict = _reader(source, dialect, strict=True)
    while True:
        source.begin()
        line = source.number + 1
        try:
            cells = _next_record(strict)
        except StopIteration:
            return
        except csv.Error:
            yield _mended(source, dialect, line)
            continue
        if cells and not (line == 1 and _SEP_LINE.fullmatch(source.taken[0])):
            yield Record(line, cells)


def _mended(source: _Lines, dialect: Dialect, line: int) -> Record:
    first = source.taken[0]
    if len(source.taken) == 1 and first.count('"') % 2 == 0:
        # All on one line, as in `"5" disk"`: an odd quotation mark inside, but nothing was swallowed.
        return Record(line, _next_record(_reader([first], dialect, strict=False)))
    source.give_back_all_but_first()
    return Record(line, [], say("Line {line} opens a quotation mark that is not closed.", line=str(line)))


def _reader(lines: Iterable[str], dialect: Dialect, *, strict: bool) -> Iterator[list[str]]:
    return csv.reader(
        lines,
        delimiter=dialect.delimiter or _NO_DELIMITER,
        escapechar=dialect.escape or None,
        strict=strict,
    )


def _next_record(reader: Iterator[list[str]]) -> list[str]:
    """The next record with the module's cell limit raised only for this call, because that limit is global."""
    before = csv.field_size_limit(MAX_LINE)
    try:
        return next(reader)
    finally:
        csv.field_size_limit(before)


def plain_records(lines: Iterable[str]) -> Iterator[list[str]]:
    """The records of a well-formed CSV text of our own making. Raises csv.Error for any other."""
    reader = _reader(lines, Dialect(","), strict=True)
    while True:
        try:
            yield _next_record(reader)
        except StopIteration:
            return


def guess_dialect(sample: str, *, complete: bool, preferred: str, known_names: frozenset[str]) -> Dialect:
    """The dialect of which `sample` (the start of a file) has the most records as wide as the first.

    `complete` tells that the sample is the whole file; otherwise its last record is not trusted.
    `preferred` is tried first. An Excel `sep=` line decides at once. Where few records fit, the delimiter
    is still believed if the first record then holds one of `known_names` (in lower case).
    """
    lines = re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+", sample)
    told = _SEP_LINE.fullmatch(lines[0]) if lines else None
    delimiters = told[1] if told else preferred + _DELIMITERS
    escapes = ("", "\\") if '\\"' in sample else ("",)
    candidates = [Dialect(delimiter, escape) for delimiter in delimiters for escape in escapes]
    fits = [_fit(lines, dialect, complete) for dialect in candidates]
    best = max(range(len(candidates)), key=lambda place: (fits[place].share, fits[place].width, -place))
    has_known_name = any(cell.strip().lower() in known_names for cell in fits[best].first)
    if told or fits[best].share >= _ENOUGH or (has_known_name and fits[best].width > 1):
        return candidates[best]
    return Dialect("")


@dataclass(frozen=True, slots=True)
class _Fit:
    """How well a dialect suits: the share of records as wide as the first one; 0 where that has one cell."""

    share: float
    width: int
    first: list[str]


def _fit(lines: list[str], dialect: Dialect, complete: bool) -> _Fit:
    found = list(islice(records(lines, dialect), _LOOK_AT))
    if not complete and len(found) > 1:
        found.pop()
    first = found[0].cells if found else []
    if len(first) < 2:
        return _Fit(0.0, 1, first)
    same = sum(not record.problem and len(record.cells) == len(first) for record in found)
    return _Fit(same / len(found), len(first), first)
