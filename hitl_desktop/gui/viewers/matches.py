"""Find words literally in a text, in the units in which Qt counts."""

import re

Span = tuple[int, int]


def find_all(text: str, words: str) -> list[Span]:
    """All places of `words` in `text`, whatever the case, as (start, end) in UTF-16 units; none overlap."""
    if not words:
        return []
    found = [match.span() for match in re.finditer(re.escape(words), text, re.IGNORECASE)]
    if text.isascii() or max(text) <= "\uffff":
        return found
    return _in_utf16(text, found)


def _in_utf16(text: str, spans: list[Span]) -> list[Span]:
    """Characters beyond the first 65,536, such as emoji, count twice there."""
    shifted: list[Span] = []
    at = units = 0
    for start, end in spans:
        first = units + _units(text[at:start])
        units = first + _units(text[start:end])
        at = end
        shifted.append((first, units))
    return shifted


def _units(text: str) -> int:
    return len(text) + sum(character > "\uffff" for character in text)
