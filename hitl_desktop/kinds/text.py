"""Texts: made fit for display without changing what is stored."""

import re
import unicodedata
from typing import Final

LONGEST_LINE: Final = 10_000
"""Longer lines are shown in pieces: a text layout slows down with the length of one line."""

_CONTROLS: Final = {code: chr(0x2400 + code) for code in range(0x20) if chr(code) not in "\t\n"} | {0x7F: "␡"}
_CONTROL: Final = re.compile("[\0-\x08\x0b-\x1f\x7f]")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def read_text_item(text: str) -> str:
    """The text as it is shown: line ends as `\\n`, control characters and lone surrogates as visible signs.

    NUL becomes ␀, and so on; tabs stay. For display only: digests and features use the stored text.
    """
    shown = _CONTROL.sub(_sign, text.replace("\r\n", "\n").replace("\r", "\n"))
    return shown if shown.isascii() else _SURROGATE.sub("\ufffd", shown)


def _sign(control: re.Match[str]) -> str:
    return _CONTROLS.get(ord(control.group()), control.group())


def is_rtl(paragraph: str) -> bool:
    """True when the first strong character is right-to-left (Unicode bidirectional algorithm, rules P2 and P3)."""
    for character in paragraph[:LONGEST_LINE]:
        direction = unicodedata.bidirectional(character)
        if direction in ("R", "AL"):
            return True
        if direction == "L":
            return False
    return False
