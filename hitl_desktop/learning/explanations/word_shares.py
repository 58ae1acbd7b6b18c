"""From amounts of stretches of a text to amounts of its words: nothing is lost on the way."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Amounts = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]

LONGEST: Final = 30
"""Characters of the longest piece: what has no blank for longer is cut, as scripts without blanks must be."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Something between blanks: the characters `start` to `end`, without the signs around it `word` to `word_end`."""

    start: int
    end: int
    word: int
    word_end: int


def shared_among_characters(length: int, starts: Places, ends: Places, amounts: Amounts) -> Amounts:
    """Spread the amount of each stretch (m,), characters `starts` to `ends`, evenly over its characters: (length,).

    The sum stays. Every stretch has at least one character.
    """
    steps = np.zeros(length + 1)
    each = amounts / (ends - starts)
    np.add.at(steps, starts, each)
    np.add.at(steps, ends, -each)
    return np.asarray(np.cumsum(steps)[:-1])


def pieces_of(text: str) -> list[Piece]:
    """The pieces of a text, in order. Every character that is no blank lies in one; none is longer than `LONGEST`."""
    found: list[Piece] = []
    at = 0
    for stretch in text.split():
        start = text.index(stretch, at)
        at = start + len(stretch)
        for first, last in _cuts(stretch):
            found.append(_piece(text, start + first, start + last))
    return found


def piece_amounts(pieces: Sequence[Piece], characters: Amounts) -> Amounts:
    """The amount of every piece (m,), given those of the characters."""
    sums = np.concatenate([[0.0], np.cumsum(characters)])
    starts = np.fromiter((p.start for p in pieces), np.int64, len(pieces))
    ends = np.fromiter((p.end for p in pieces), np.int64, len(pieces))
    return np.asarray(sums[ends] - sums[starts])


def _cuts(stretch: str) -> list[tuple[int, int]]:
    """Where to cut what has no blanks: not at all up to `LONGEST`, else after signs, and every few characters."""
    if len(stretch) <= LONGEST and not any(_has_no_blanks(c) for c in stretch):
        return [(0, len(stretch))]
    cuts = [0]
    for place in range(1, len(stretch)):
        size = place - cuts[-1]
        most = _SIGNS_TOGETHER if _has_no_blanks(stretch[place - 1]) else LONGEST
        after_sign = not stretch[place - 1].isalnum() and stretch[place].isalnum()
        changes = _has_no_blanks(stretch[place - 1]) != _has_no_blanks(stretch[place]) and stretch[place].isalnum()
        if size >= most or after_sign or changes:
            cuts.append(place)
    return list(zip(cuts, [*cuts[1:], len(stretch)], strict=True))


_SIGNS_TOGETHER: Final = 2
_WITHOUT_BLANKS: Final = ((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3040, 0x30FF), (0x3400, 0x9FFF),
                          (0xF900, 0xFAFF), (0x20000, 0x3FFFF))  # fmt: skip
"""Thai, Lao, Burmese, Khmer, kana and Chinese characters, first and last code point."""


def _has_no_blanks(character: str) -> bool:
    return any(first <= ord(character) <= last for first, last in _WITHOUT_BLANKS)


def _piece(text: str, start: int, end: int) -> Piece:
    word, word_end = start, end
    while word < word_end and not text[word].isalnum():
        word += 1
    while word_end > word and not text[word_end - 1].isalnum():
        word_end -= 1
    return Piece(start, end, word, word_end) if word < word_end else Piece(start, end, start, end)
