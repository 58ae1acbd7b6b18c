"""A text as lines on the screen, and which character of the stored text stands where."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import Final, NamedTuple
from unicodedata import combining

from hitl_desktop.kinds.text import LONGEST_LINE, read_text_item

Span = tuple[int, int]
_RAW: Final = {0x09: "␉", 0x20: "·"}
"""Blanks as they are seen in a raw view."""
_PART: Final = 50_000
"""Characters that are made lines of at once."""
_NEAR: Final = 200
"""A line that is too long is cut behind a blank, if there is one among so many characters."""
_BLANKS: Final = " ·"
_JOINER: Final = "\u200d"
_LINE_END: Final = re.compile("\r\n|\r|\n")


class ShownLine(NamedTuple):
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
    """Lines in order; more may be appended. Positions on the screen count in UTF-16 units, a line break as one.

    `starts` has the position of each line.
    """

    def __init__(self, lines: Iterable[ShownLine]) -> None:
        self.lines: list[ShownLine] = []
        self.starts: list[int] = []
        self._stored_lines: list[int] = []
        self._stored_starts: list[int] = []
        self.length = -1
        self.append(lines)

    def append(self, lines: Iterable[ShownLine]) -> None:
        """Add lines at the end."""
        first = len(self.lines)
        self.lines += lines
        new = self.lines[first:]
        ends = list(accumulate((units(line.text) + 1 for line in new), initial=self.length + 1))
        self.starts += ends[:-1]
        self.length = ends[-1] - 1
        stored = [number for number, line in enumerate(new, first) if not line.is_heading]
        self._stored_lines += stored
        self._stored_starts += [self.lines[number].start for number in stored]

    @property
    def text(self) -> str:
        """All lines as one text."""
        return "\n".join(line.text for line in self.lines)

    def line_at(self, position: int) -> int:
        """The number of the line that a position lies in."""
        return max(0, bisect_right(self.starts, position) - 1)

    def to_screen(self, place: int) -> int:
        """Where the stored character `place` (a code point) stands; the end of the text for one behind it."""
        number = max(0, bisect_right(self._stored_starts, place) - 1)
        line = self.lines[self._stored_lines[number]]
        return self.starts[self._stored_lines[number]] + units(line.text[: line.column(place)])

    def to_stored(self, position: int) -> int:
        """The stored character at a position; on a heading, the first of its turn."""
        number = max(0, bisect_right(self.starts, position) - 1)
        line = self.lines[number]
        if line.is_heading:
            return line.start
        return line.place(_column(line.text, position - self.starts[number]))

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
                at = self.starts[number]
                found.append((at + units(line.text[:begin]), at + units(line.text[:end])))
            if line.start >= span[1]:
                break
        return found


def plain(text: str) -> ShownText:
    """A text as it is read: see `lines_of`."""
    return ShownText(lines_of(text))


def lines_of(text: str, start: int = 0, turn: int = -1) -> list[ShownLine]:
    """The lines of a stretch of a stored text that begins there; none longer than `LONGEST_LINE`. At least one."""
    return [line for part in parts_of_text(text) for line in _plain_lines(text, *part, start, turn)]


def in_parts(text: str, *, is_raw: bool = False) -> Iterator[list[ShownLine]]:
    """The same, or the lines of `raw`, some at a time: a megabyte is too much for one go beside the window."""
    for first, end in parts_of_text(text):
        yield _raw_lines(text, first, end) if is_raw else _plain_lines(text, first, end, 0, -1)


def raw(text: str) -> ShownText:
    """A text as it is stored: blanks, tabs, line ends and control characters as signs."""
    return ShownText(line for part in in_parts(text, is_raw=True) for line in part)


def parts_of_text(text: str) -> Iterator[Span]:
    """Stretches of a text of about `_PART` characters, cut behind a line's end, or within a line that is longer.

    The last one holds what stands behind the last line's end, perhaps nothing; there is always one.
    """
    first = 0
    while len(text) - first > 2 * _PART:
        at = text.rfind("\n", first, first + _PART) + 1
        # A line without an end is cut where its pieces are; the two signs of one line end stay together.
        end = at or _cut(text, first + _PART - _PART % LONGEST_LINE)
        end += text[end - 1 : end + 1] == "\r\n"
        yield first, end
        first = end
    yield first, len(text)


def _plain_lines(text: str, first: int, end: int, start: int, turn: int) -> list[ShownLine]:
    stretch = text[first:end]
    at = start + first
    if "\r" not in stretch:
        lines = read_text_item(stretch).split("\n")
        if end < len(text) and not lines[-1]:  # what follows the last line's end is the next part's
            lines.pop()
        starts = accumulate((len(line) + 1 for line in lines), initial=at)
        if max(map(len, lines), default=0) <= LONGEST_LINE:
            return [ShownLine(line, place, turn) for line, place in zip(lines, starts, strict=False)]
        return [piece for line, place in zip(lines, starts, strict=False) for piece in _pieces(line, place, turn)]
    found: list[ShownLine] = []
    place = 0
    for line_end in _LINE_END.finditer(stretch):
        found += _pieces(read_text_item(stretch[place : line_end.start()]), at + place, turn)
        place = line_end.end()
    if place < len(stretch) or end == len(text):
        found += _pieces(read_text_item(stretch[place:]), at + place, turn)
    return found


def _raw_lines(text: str, first: int, end: int) -> list[ShownLine]:
    stretch = text[first:end]
    found: list[ShownLine] = []
    place = 0
    for line_end in _LINE_END.finditer(stretch):
        signs = {"\r\n": "␍␊", "\r": "␍", "\n": "␊"}[line_end.group()]
        line = read_text_item(stretch[place : line_end.start()]).translate(_RAW) + signs
        found += _pieces(line, first + place, -1)
        place = line_end.end()
    if place < len(stretch) or end == len(text):
        found += _pieces(read_text_item(stretch[place:]).translate(_RAW), first + place, -1)
    return found


def _pieces(line: str, place: int, turn: int) -> list[ShownLine]:
    """A line, in pieces where it is too long to be laid out."""
    found, at = [], 0
    while len(line) - at > LONGEST_LINE:
        end = _cut(line, at + LONGEST_LINE)
        found.append(ShownLine(line[at:end], place + at, turn))
        at = end
    return [*found, ShownLine(line[at:], place + at, turn)]


def _cut(text: str, at: int) -> int:
    """Where to cut a text that is longer than `at`: behind a blank, if one is near, and never within a letter."""
    blank = max(text.rfind(sign, at - _NEAR, at) for sign in _BLANKS) + 1
    if blank:
        return blank
    end = at
    while at - end < _NEAR and (combining(text[end]) or _JOINER in text[end - 1 : end + 1]):
        end -= 1
    return end if at - end < _NEAR else at


def units(text: str) -> int:
    """The length of a text in UTF-16 units: characters beyond the first 65,536, such as emoji, count twice."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


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
