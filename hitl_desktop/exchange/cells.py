"""Cells of an exported CSV file: safe in a spreadsheet, valid UTF-8, and read back exactly."""

import re

# Spreadsheets with an East Asian keyboard take the wide forms of the signs for the signs themselves.
_FORMULA = re.compile("'*[=+\\-@\t\r\n\0＝＋－＠]")
_GUARDED = re.compile("'+[=+\\-@\t\r\n\0＝＋－＠]")
_PLAIN_NUMBER = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?([eE][+-]?[0-9]+)?")
_SURROGATE = re.compile("(\\\\*)([\ud800-\udfff]|ud[89a-f][0-9a-f]{2})")
_ESCAPED = re.compile(r"(\\+)(ud[89a-f][0-9a-f]{2})")


def neutralise(cell: str) -> str:
    """Put a `'` before a cell that a spreadsheet would run as a formula; plain numbers stay numbers.

    A cell that already looks guarded gets one more `'`, so `unneutralise` always gives back the original.
    Source: OWASP, "CSV Injection"; ASVS 1.2.10.
    """
    if not _FORMULA.match(cell) or _PLAIN_NUMBER.fullmatch(cell):
        return cell
    return "'" + cell


def unneutralise(cell: str) -> str:
    """The cell as it was before `neutralise`."""
    return cell[1:] if _GUARDED.match(cell) else cell


def without_surrogates(cell: str) -> str:
    """Write lone surrogates (halves of characters, bytes of odd file names) as `\\udc80`, so that UTF-8 can hold them.

    Backslashes directly before such a place are doubled, which keeps the way back unambiguous.
    """
    return _SURROGATE.sub(_escape, cell)


def with_surrogates(cell: str) -> str:
    """The cell as it was before `without_surrogates`."""
    return _ESCAPED.sub(_unescape, cell)


def _escape(match: re.Match[str]) -> str:
    backslashes, place = match.groups()
    if len(place) == 1:
        return f"{backslashes * 2}\\u{ord(place):04x}"
    return backslashes * 2 + place


def _unescape(match: re.Match[str]) -> str:
    backslashes, place = match.groups()
    half = backslashes[: len(backslashes) // 2]
    return half + (chr(int(place[1:], 16)) if len(backslashes) % 2 else place)
