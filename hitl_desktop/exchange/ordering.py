"""The order in which people expect names, and how odd names are shown."""

import re
import unicodedata

_DIGITS = re.compile("([0-9]+)")

NaturalKey = tuple[tuple[tuple[int, str] | str, ...], str]


def natural_key(name: str) -> NaturalKey:
    """A sort key that puts "scan 2" before "scan 10" and ignores case; equal names fall back to plain order."""
    parts = _DIGITS.split(name.casefold())
    # The split alternates text and digits, so parts at the same place always compare like with like.
    return tuple(_number(p) if i % 2 else p for i, p in enumerate(parts)), name


def _number(digits: str) -> tuple[int, str]:
    """Compare by length first: exact for numbers of any size, without turning them into integers."""
    bare = digits.lstrip("0")
    return len(bare), bare


def shown(name: str) -> str:
    """`name` with everything escaped that cannot be shown as it is.

    Bytes that are not UTF-8 become `\\xff`, control and direction-changing characters become `\\u202e`.
    """
    if name.isprintable():
        return name
    return "".join(map(_shown_character, name))


def _shown_character(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
        return f"\\u{code:04x}"
    return character
