"""Compares the rows of decisions with their lines in `decisions.jsonl`, fast where both say the same.

How the line of a row has to begin is put together with the row itself (`decision_texts.py`) and compared as text. Only
where the text is another one are row and line read and compared as decisions.
"""

import io
import json
import re
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final

from hitl_desktop.paths import open_plain
from hitl_desktop.store.decision_texts import Classes
from hitl_desktop.store.journal import LONGEST_LINE
from hitl_desktop.store.second_record import decision_in, names_ever, names_fit
from hitl_desktop.store.store import Store

_TEXT: Final = r'(null|"(?:[^"\\]|\\.)*")'
_NAMES: Final = re.compile(rf'", "label": {_TEXT}, "predicted": {_TEXT}\}}\n')
"""How a line ends: with the names of classes as they were then."""
_CLASSES: Final = ("label_id", "predicted_id", "label", "predicted")
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
        self._names: set[tuple[Classes, str]] = set()
        self._ever = names_ever(store.folder, store.classes)
        self._begin = self._end = 0
        self.fit = True
        """False once a decision was another one there, or could not be compared."""

    @property
    def place(self) -> tuple[int, int] | None:
        """Where the lines begin and end, in bytes; None where there was no decision."""
        return (self._begin, self._end) if self._file is not None else None

    def close(self) -> None:
        """Close the file; `place` stays."""
        if self._file is not None:
            self._file.close()

    def compare(self, numbers: Sequence[int], heads: Sequence[str], classes: Sequence[Classes]) -> None:
        """Compare these decisions, which follow those before, with the lines that follow. `heads` is how each has to
        begin: all that it says of the decision, up to the names of `classes` (`decision_texts.py`).
        """
        if self.fit:
            self.fit = False
            with suppress(OSError, *_SENSELESS):  # a value that no version of this program wrote
                self.fit = self._fits(numbers, heads, classes)

    def _fits(self, numbers: Sequence[int], heads: Sequence[str], classes: Sequence[Classes]) -> bool:
        lines = self._next(numbers[0], len(numbers))
        if len(lines) != len(numbers) or not all(map(str.isascii, lines)):  # such a line can perhaps not be read again
            return False
        names = self._names
        other = {
            number: line
            for number, line, head, named in zip(numbers, lines, heads, classes, strict=True)
            if not line.startswith(head)
            or ((said := (named, line[len(head) :])) not in names and not self._is_known(*said))
        }
        return not other or self._are_the_same(other)

    def _is_known(self, classes: Classes, names: str) -> bool:
        found = _NAMES.fullmatch(names)
        if not found:
            return False
        values = [json.loads(text) for text in (*classes, *found.groups())]
        if not names_fit(dict(zip(_CLASSES, values, strict=True)), self._ever):
            return False
        if len(self._names) < _KNOWN_AT_MOST:
            self._names.add((classes, names))
        return True

    def _are_the_same(self, lines: dict[int, str]) -> bool:
        """As `rebuilding.differences` compares."""
        events = self._store.decisions.numbered(list(lines))
        digests = self._store.items.digests_of([event.item_index for event in events])
        index_of = {digest: index for index, digest in digests.items()}
        said = {number: json.loads(line) for number, line in lines.items()}
        return len(events) == len(lines) and all(
            decision_in(said[event.number], index_of) == event and names_fit(said[event.number], self._ever)
            for event in events
        )

    def _next(self, number: int, count: int) -> list[str]:
        if self._file is None:
            raw = open_plain(self._path)
            self._begin = self._end = _place_of(raw, number)
            raw.seek(self._begin)
            self._file = io.TextIOWrapper(raw, "ascii", "replace", newline="\n")  # a character for each byte
        lines = list(islice(iter(partial(self._file.readline, LONGEST_LINE), ""), count))
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
        file.readline(LONGEST_LINE)
        begin = file.tell()
        if begin < high and _number(file.readline(LONGEST_LINE)) < number:
            low = begin
        else:
            high = middle
    file.seek(low)
    place = low
    for line in iter(partial(file.readline, LONGEST_LINE), b""):
        if _number(line) >= number:
            break
        place += len(line)
    return place


def _number(line: bytes) -> int:
    """The number that a line begins with; 0 where it does not."""
    found = _BEGINS.match(line)
    return int(found[1]) if found else 0
