"""A text as lines on the screen, and which character of the stored text stands where."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from hitl_desktop.kinds.text import LONGEST_LINE, STRETCH_OF_LINE, read_text_item

Span = tuple[int, int]
_RAW: Final = {0x09: "␉", 0x20: "·"}
"""Blanks as they are seen in a raw view."""


@dataclass(frozen=True, slots=True)
class ShownLine:
    """One line. Its characters are those of the stored text from `start` on, or stand at `places` there.

    `turn` is the number of the turn of a conversation that it belongs to, from 0; −1 without turns. A `is_heading` line
    is nothing that is stored: it says whose turn begins, and `start` is where that is.
    """

    text: str
    start: int
    turn: int = -1
    is_heading: bool = False
    places: Sequence[int] | None = None

    def place(self, column: int) -> int:
        """The stored character at a column; beyond the last one, the one after it."""
        if self.places is None:
            return self.start + min(column, len(self.text))
        if column < len(self.places):
            return self.places[column]
        return self.places[-1] + 1 if self.places else self.start

    def column(self, place: int) -> int:
        """The first column whose stored character is `place` or comes after it."""
        if self.places is None:
            return min(max(place - self.start, 0), len(self.text))
        low, high = 0, len(self.places)
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if self.places[middle] < place else (low, middle)
        return low


class ShownText:
    """Lines in order. Positions on the screen count in UTF-16 units, a line break as one: as Qt does."""

    def __init__(self, lines: Sequence[ShownLine]) -> None:
        self.lines = tuple(lines)

    @property
    def text(self) -> str:
        """All lines as one text."""
        return "\n".join(line.text for line in self.lines)

    def to_screen(self, place: int) -> int:
        """Where the stored character `place` (a code point) stands; the end of the text for one behind it."""
        number = max(0, bisect_right(self._stored_starts, place) - 1)
        line = self.lines[self._stored_lines[number]]
        return self._starts[self._stored_lines[number]] + units(line.text[: line.column(place)])

    def to_stored(self, position: int) -> int:
        """The stored character at a position; on a heading, the first of its turn."""
        number = max(0, bisect_right(self._starts, position) - 1)
        line = self.lines[number]
        if line.is_heading:
            return line.start
        return line.place(_column(line.text, position - self._starts[number]))

    def spans_on_screen(self, span: Span) -> list[Span]:
        """A stretch of the stored text as stretches on the screen, one for each line that it touches."""
        found: list[Span] = []
        first = max(0, bisect_right(self._stored_starts, span[0]) - 1)
        for number in self._stored_lines[first:]:
            line = self.lines[number]
            if line.start >= span[1] and found:
                break
            begin, end = line.column(span[0]), line.column(span[1])
            if begin < end:
                at = self._starts[number]
                found.append((at + units(line.text[:begin]), at + units(line.text[:end])))
            if line.start >= span[1]:
                break
        return found

    @cached_property
    def _starts(self) -> list[int]:
        starts, at = [], 0
        for line in self.lines:
            starts.append(at)
            at += units(line.text) + 1
        return starts

    @cached_property
    def _stored_lines(self) -> list[int]:
        """The numbers of the lines that are stored."""
        return [number for number, line in enumerate(self.lines) if not line.is_heading]

    @cached_property
    def _stored_starts(self) -> list[int]:
        return [self.lines[number].start for number in self._stored_lines]


def plain(text: str) -> ShownText:
    """A text as it is read: see `lines_of`."""
    return ShownText(lines_of(text))


def lines_of(text: str, start: int = 0, turn: int = -1) -> list[ShownLine]:
    """The lines of a stretch of a stored text that begins there; none longer than `LONGEST_LINE`. At least one."""
    found: list[ShownLine] = []
    for stretch in STRETCH_OF_LINE.finditer(text):
        line = read_text_item(stretch.group(1))
        at = start + stretch.start()
        pieces = [(line[i : i + LONGEST_LINE], at + i) for i in range(0, len(line), LONGEST_LINE)] or [("", at)]
        found += [ShownLine(piece, place, turn) for piece, place in pieces]
        if not stretch.group(2):
            break
    return found


def raw(text: str) -> ShownText:
    """A text as it is stored: blanks, tabs, line ends and control characters as signs."""
    found: list[ShownLine] = []
    for stretch in STRETCH_OF_LINE.finditer(text):
        signs = {"\r\n": "␍␊", "\r": "␍", "\n": "␊"}.get(stretch.group(2), "")
        line = read_text_item(stretch.group(1)).translate(_RAW) + signs
        at = stretch.start()
        pieces = [(line[i : i + LONGEST_LINE], at + i) for i in range(0, len(line), LONGEST_LINE)] or [("", at)]
        found += [ShownLine(piece, place) for piece, place in pieces]
        if not stretch.group(2):
            break
    return ShownText(found)


def units(text: str) -> int:
    """The length of a text in UTF-16 units: characters beyond the first 65,536, such as emoji, count twice."""
    if text.isascii() or not text or max(text) <= "\uffff":
        return len(text)
    return len(text) + sum(character > "\uffff" for character in text)


def _column(line: str, unit: int) -> int:
    """The column of a line that lies at a distance in UTF-16 units; in the middle of a character, that character."""
    if line.isascii() or not line or max(line) <= "\uffff":
        return min(unit, len(line))
    at = 0
    for column, character in enumerate(line):
        at += 2 if character > "\uffff" else 1
        if at > unit:
            return column
    return len(line)
