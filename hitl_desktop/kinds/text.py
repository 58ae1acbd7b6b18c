"""Texts: made fit for display without changing what is stored."""

import re
import unicodedata
from typing import Final

LONGEST_LINE: Final = 10_000
"""Longer lines are shown in pieces: a text layout slows down with the length of one line."""

_CONTROLS: Final = {code: chr(0x2400 + code) for code in range(0x20) if chr(code) not in "\t\n"} | {0x7F: "␡"}
STRETCH_OF_LINE: Final = re.compile(r"([^\r\n]*)(\r\n|\r|\n|\Z)")
"""A line and its end, which is empty after the last one."""
_SURROGATES: Final = range(0xD800, 0xE000)


def read_text_item(text: str) -> str:
    """The text as it is shown: line ends as `\\n`, control characters and lone surrogates as visible signs.

    NUL becomes ␀, and so on; tabs stay. For display only: digests and features use the stored text.
    """
    shown = text.replace("\r\n", "\n").replace("\r", "\n").translate(_CONTROLS)
    if shown.isascii() or not any(ord(c) in _SURROGATES for c in shown):
        return shown
    return "".join("\ufffd" if ord(c) in _SURROGATES else c for c in shown)


def is_rtl(paragraph: str) -> bool:
    """True when the first strong character is right-to-left (Unicode bidirectional algorithm, rules P2 and P3)."""
    for character in paragraph[:LONGEST_LINE]:
        direction = unicodedata.bidirectional(character)
        if direction in ("R", "AL"):
            return True
        if direction == "L":
            return False
    return False
