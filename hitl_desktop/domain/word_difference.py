"""Where two texts differ, word by word."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Final

Span = tuple[int, int]

MOST_WORDS: Final = 4000
"""Longer texts are not compared word by word beside the window: the time grows with the square of the words."""
_WORD: Final = re.compile(r"\w+|[^\w\s]")


def different_words(one: str, other: str) -> tuple[list[Span], list[Span]]:
    """The stretches (first and end character) of each text that the other one has not at that place.

    Words are compared with large and small letters alike and blanks ignored; neighbouring different words make one
    stretch. Both lists are empty where the texts say the same, and where one has more than `MOST_WORDS` words.
    """
    first, second = list(_WORD.finditer(one)), list(_WORD.finditer(other))
    if max(len(first), len(second)) > MOST_WORDS:
        return [], []
    words = [[match.group().casefold() for match in side] for side in (first, second)]
    left: list[Span] = []
    right: list[Span] = []
    for tag, a, b, c, d in SequenceMatcher(None, words[0], words[1], autojunk=False).get_opcodes():
        if tag != "equal":
            left += _stretch(first[a:b])
            right += _stretch(second[c:d])
    return left, right


def _stretch(words: Sequence[re.Match[str]]) -> list[Span]:
    return [(words[0].start(), words[-1].end())] if words else []
