"""Numbers as people write them in the cells of a table."""

import math
import re
from typing import Final

_AROUND: Final = " \t\n\r\u00a0\u202f\u2009$€£¥₹"
_BLANKS: Final = str.maketrans("", "", " \u00a0\u202f\u2009'’_")
_FORM: Final = re.compile(r"[+-]?(\d+|\d{1,3}(?:,\d{3})+)?(?:\.\d*)?(?:[eE][+-]?\d{1,3})?")
_COMMA_DECIMAL: Final = re.compile(r"[+-]?(\d*|\d{1,3}(?:\.\d{3})+),\d+")
_THOUSANDS: Final = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+")
NAN: Final = math.nan


def amount_of(cell: str) -> float:
    """The number in a cell; NaN for a cell that holds none, or one that is not finite.

    A point is the decimal separator; commas part thousands (1,234.50) where they stand before groups of three, else a
    single comma is the decimal separator (12,5 and 1.234,50). Blanks and apostrophes between digits, and a currency
    sign at either end, do not count. "1,234" is one thousand two hundred and thirty-four.
    """
    text = cell.strip(_AROUND).translate(_BLANKS).replace("\u2212", "-")
    if not any(character.isdigit() for character in text) or not text.isascii():
        return NAN
    if _FORM.fullmatch(text):
        text = text.replace(",", "")
    elif _COMMA_DECIMAL.fullmatch(text) and not _THOUSANDS.fullmatch(text):
        text = text.replace(".", "").replace(",", ".")
    else:
        return NAN
    try:
        value = float(text)
    except ValueError:
        return NAN
    return value if math.isfinite(value) else NAN
