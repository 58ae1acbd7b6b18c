"""Texts: made fit for display without changing what is stored."""

import re
import unicodedata
from typing import Final

LONGEST_LINE: Final = 10_000
"""Longer lines are shown in pieces: a text layout slows down with the length of one line."""

_WINDOWS: Final = {code: bytes([code]).decode("cp1252", "replace") for code in range(0x80, 0xA0)}
"""No text has controls from 0x80 on: they are signs of Windows (’ “ – €) that were read as another encoding."""
_CONTROLS: Final = (
    {code: chr(0x2400 + code) for code in range(0x20) if chr(code) not in "\t\n"} | {0x7F: "␡"} | _WINDOWS
)
_CONTROL: Final = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f]")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def read_text_item(text: str) -> str:
    """The text as it is shown: line ends as `\\n`, control characters and lone surrogates as visible signs.

    NUL becomes ␀, and so on; tabs stay. One character stays one, so that places in the text hold. For display only:
    digests and features use the stored text.
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
