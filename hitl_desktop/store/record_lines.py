"""Compares the rows of decisions with their lines in `decisions.jsonl`, fast where both say the same.

A row as it is hashed (`record_rows.py`) already has every value as JSON writes it, so the line that belongs to it can
be put together from its parts and compared as text. What the later columns say is the same for many decisions and is
put together once. Only where the text is another one are row and line read and compared as decisions.
"""

import io
import json
import re
from collections.abc import Sequence
from contextlib import suppress
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import BinaryIO, Final

from hitl_desktop.store.record_rows import COMMA
from hitl_desktop.store.record_tables import ADDED, columns_of
from hitl_desktop.store.second_record import LINE_FIELDS, decision_in
from hitl_desktop.store.store import Store

_ITEM: Final = "idx"
_SETS: Final = ("findings", "predicted_findings")
_LAST_OF_ITS_OWN: Final = "retracts"
"""The columns up to this one are nearly never the same twice."""
_NULL: Final = "null"
_TEXT: Final = r'(?:null|"(?:[^"\\]|\\.)*")'
_NAMES: Final = re.compile(rf'", "label": {_TEXT}, "predicted": {_TEXT}\}}\n')
"""How a line ends: with the names of classes as they were then, which nothing follows from."""
_KNOWN_AT_MOST: Final = 10_000
_SENSELESS: Final = (LookupError, ValueError, TypeError, AttributeError, ArithmeticError, RecursionError)
_CLOSE: Final = 65_536
_BEGINS: Final = re.compile(rb'\{"number": (\d{1,18}),')


class Lines:
    """The lines that belong to decisions as they are told of, one after the other."""

    def __init__(self, store: Store, path: Path) -> None:
        self._store = store
        self._path = path
        self._file: io.TextIOWrapper | None = None
        self._names: set[str] = set()
        self._ends: dict[str, str] = {}
        self._begin = self._end = 0
        self.fit = True
        """False once a decision was another one there, or could not be compared."""
        columns = columns_of(store._database, next(table for table in ADDED if table.name == "decision"))
        self._heads = columns.index(_LAST_OF_ITS_OWN) + 1
        heads, self._tail = columns[: self._heads], columns[self._heads :]
        self._item = heads.index(_ITEM)
        fields = [name for name in LINE_FIELDS if name in heads]
        self._fields = itemgetter(*(heads.index(name) for name in fields))
        self._template = "{" + "".join(f'"{name}": %s, ' for name in fields)
        if LINE_FIELDS[: len(fields)] != tuple(fields):  # a line is not in this order: all are read
            self._template = "-"

    @property
    def place(self) -> tuple[int, int] | None:
        """Where the lines begin and end, in bytes; None where there was no decision."""
        return (self._begin, self._end) if self._file is not None else None

    def close(self) -> None:
        """Close the file; `place` stays."""
        if self._file is not None:
            self._file.close()

    def compare(self, numbers: Sequence[int], rows: Sequence[str]) -> None:
        """Compare these decisions, which follow those before, with the lines that follow."""
        if self.fit:
            self.fit = False
            with suppress(OSError, *_SENSELESS):  # a value that no version of this program wrote
                self.fit = self._fits(numbers, rows)

    def _fits(self, numbers: Sequence[int], rows: Sequence[str]) -> bool:
        lines = self._next(numbers[0], len(numbers))
        if len(lines) != len(numbers):
            return False
        parts = [row.split(COMMA, self._heads) for row in rows]
        items = [int(part[self._item]) for part in parts]
        digests = self._store.items.digests_of(items)
        template, fields, ends, names = self._template, self._fields, self._ends, self._names
        other: dict[int, str] = {}
        for number, line, part, item in zip(numbers, lines, parts, items, strict=True):
            end = ends.get(part[-1])
            if end is None:
                end = self._end_of(part[-1])
            expected = f"{template % fields(part)}{end}{digests.get(item)}"
            is_same = line.startswith(expected)
            if not is_same or ((said := line[len(expected) :]) not in names and not self._is_known(said)):
                other[number] = line
        return not other or self._are_the_same(other, {digest: item for item, digest in digests.items()})

    def _end_of(self, tail: str) -> str:
        """What a line says of the later columns, up to the item; what no line begins so where it says more of them."""
        values = dict(zip(self._tail, tail.split(COMMA), strict=True))
        if any(values[name] != _NULL for name in _SETS):
            return "\0"
        end = "".join(f'"{name}": {values[name]}, ' for name in LINE_FIELDS if name in values) + '"item": "'
        if len(self._ends) < _KNOWN_AT_MOST:
            self._ends[tail] = end
        return end

    def _is_known(self, names: str) -> bool:
        if not _NAMES.fullmatch(names):
            return False
        if len(self._names) < _KNOWN_AT_MOST:
            self._names.add(names)
        return True

    def _are_the_same(self, lines: dict[int, str], index_of: dict[str, int]) -> bool:
        """As `rebuilding.differences` compares."""
        events = self._store.decisions.numbered(list(lines))
        return len(events) == len(lines) and all(
            decision_in(json.loads(lines[event.number]), index_of) == event for event in events
        )

    def _next(self, number: int, count: int) -> list[str]:
        if self._file is None:
            raw = self._path.open("rb")
            self._begin = self._end = _place_of(raw, number)
            raw.seek(self._begin)
            self._file = io.TextIOWrapper(raw, "ascii", "replace", newline="\n")  # a character for each byte
        lines = list(islice(self._file, count))
        self._end += sum(map(len, lines))
        return lines


def _place_of(file: BinaryIO, number: int) -> int:
    """Where the line of a decision begins, found by halves, as numbers rise; anywhere, where the file is damaged: then
    the line there is another one.
    """
    low, high = 0, file.seek(0, 2)
    while high - low > _CLOSE:
        middle = (low + high) // 2
        file.seek(middle)
        file.readline()
        begin = file.tell()
        if begin < high and _number(file.readline()) < number:
            low = begin
        else:
            high = middle
    file.seek(low)
    place = low
    for line in file:
        if _number(line) >= number:
            break
        place += len(line)
    return place


def _number(line: bytes) -> int:
    """The number that a line begins with; 0 where it does not."""
    found = _BEGINS.match(line)
    return int(found[1]) if found else 0
