"""Where two texts differ, by words: to the letter (`different_words`), or for the eye (`differences`).

For the eye the comparison is quick, and leaves out what says little.
"""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Final

Spans = tuple[tuple[int, int], ...]
"""Stretches of a text: first character and end."""

MOST_WORDS: Final = 600
"""Longer texts are compared by sentences: the comparison takes the square of the parts."""
MOST_EXACT: Final = 4000
"""Words of texts that are compared to the letter: it happens beside the window, in the square of their number."""
_MOST_PARTS: Final = 1500
_ALIKE: Final = 0.15
"""Texts with fewer words in common than this have no differences worth marking: everything is."""
_SMALL: Final = 3
_WORD: Final = re.compile(r"\w+(?:['’]\w+)*|[^\w\s]")
_PIECE: Final = re.compile(r"\w+|[^\w\s]")
_SENTENCE: Final = re.compile(r"[^.!?\n]+[.!?]*")


def different_words(one: str, other: str) -> tuple[Spans, Spans]:
    """The stretches of each text that the other one has not at that place.

    Words are compared with large and small letters alike and blanks ignored; neighbouring different words make one
    stretch. None where the texts say the same, and where one has more than `MOST_EXACT` words.
    """
    first, second = list(_PIECE.finditer(one)), list(_PIECE.finditer(other))
    if max(len(first), len(second)) > MOST_EXACT:
        return (), ()
    words = [[match.group().casefold() for match in side] for side in (first, second)]
    codes = SequenceMatcher(None, words[0], words[1], autojunk=False).get_opcodes()
    different = [(first[a:b], second[c:d]) for tag, a, b, c, d in codes if tag != "equal"]
    left = tuple((found[0].start(), found[-1].end()) for found, _ in different if found)
    right = tuple((found[0].start(), found[-1].end()) for _, found in different if found)
    return left, right


def differences(left: str, right: str) -> tuple[Spans, Spans]:
    """The stretches of each text that the other does not have; none where they are all different, or far too long.

    Stretches with no more than a short word between them are joined.
    """
    by_word = [list(_WORD.finditer(text)) for text in (left, right)]
    if max(map(len, by_word)) > MOST_WORDS:
        by_word = [[m for m in _SENTENCE.finditer(text) if m.group().strip()] for text in (left, right)]
    if not all(by_word) or max(map(len, by_word)) > _MOST_PARTS:
        return (), ()
    parts = [[" ".join(match.group().casefold().split()) for match in found] for found in by_word]
    matcher = SequenceMatcher(None, parts[0], parts[1], autojunk=False)
    blocks = matcher.get_matching_blocks()
    common = sum(block.size for block in blocks)
    if 2 * common < _ALIKE * (len(parts[0]) + len(parts[1])):
        return (), ()
    kept = [set[int](), set[int]()]
    for block in blocks:
        kept[0].update(range(block.a, block.a + block.size))
        kept[1].update(range(block.b, block.b + block.size))
    return _spans(left, by_word[0], kept[0]), _spans(right, by_word[1], kept[1])


def _spans(text: str, found: Sequence[re.Match[str]], common: set[int]) -> Spans:
    spans: list[tuple[int, int]] = []
    for place, match in enumerate(found):
        if place in common or not any(character.isalnum() for character in match.group()):
            continue
        start, end = match.span()
        start += len(match.group()) - len(match.group().lstrip())
        if spans and _is_small(text[spans[-1][1] : start]):
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return tuple(spans)


def _is_small(between: str) -> bool:
    """One short word inside of a sentence does not make two differences of one."""
    return len(between.strip()) <= _SMALL and not any(c in ".!?\n" for c in between)
