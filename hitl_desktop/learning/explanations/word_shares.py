"""From amounts of stretches of a text to amounts of its words: nothing is lost on the way."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Amounts = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]

_STRETCH: Final = re.compile(r"\S+")
_WITHOUT_BLANKS: Final = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
"""Thai, Lao, Burmese, Khmer, kana and Chinese characters: scripts whose words stand without blanks."""
_SIGNS_TOGETHER: Final = 2
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
    return [
        _piece(text, stretch.start() + first, stretch.start() + last)
        for stretch in _STRETCH.finditer(text)
        for first, last in _cuts(stretch.group())
    ]


def piece_amounts(pieces: Sequence[Piece], characters: Amounts) -> Amounts:
    """The amount of every piece (m,), given those of the characters."""
    sums = np.concatenate([[0.0], np.cumsum(characters)])
    starts = np.fromiter((p.start for p in pieces), np.int64, len(pieces))
    ends = np.fromiter((p.end for p in pieces), np.int64, len(pieces))
    return np.asarray(sums[ends] - sums[starts])


def _cuts(stretch: str) -> list[tuple[int, int]]:
    """Where to cut what has no blanks: not at all up to `LONGEST`, else after signs, and every few characters."""
    is_dense = _WITHOUT_BLANKS.search(stretch) is not None
    if len(stretch) <= LONGEST and not is_dense:
        return [(0, len(stretch))]
    cuts = [0]
    for place in range(1, len(stretch)):
        before, after = stretch[place - 1], stretch[place]
        if not _is_word(after) or unicodedata.category(after).startswith("M"):
            continue  # signs and accents stay with what they follow
        dense = _WITHOUT_BLANKS.match(before) is not None
        most = _SIGNS_TOGETHER if dense else LONGEST
        changes = is_dense and dense != (_WITHOUT_BLANKS.match(after) is not None)
        if place - cuts[-1] >= most or changes or not _is_word(before):
            cuts.append(place)
    return list(zip(cuts, [*cuts[1:], len(stretch)], strict=True))


def _is_word(character: str) -> bool:
    """Letters, digits, and the accents and vowel signs that belong to them."""
    return character.isalnum() or unicodedata.category(character).startswith("M")


def _piece(text: str, start: int, end: int) -> Piece:
    word, word_end = start, end
    while word < word_end and not _is_word(text[word]):
        word += 1
    while word_end > word and not _is_word(text[word_end - 1]):
        word_end -= 1
    return Piece(start, end, word, word_end) if word < word_end else Piece(start, end, start, end)
