"""From a cell of a table to the value of a field, and what is wrong with a cell that holds none."""

import re
from enum import StrEnum
from typing import Final

from hitl_desktop.domain.amounts import amount_of
from hitl_desktop.domain.record_dates import written_of
from hitl_desktop.domain.records import ColumnType, RecordColumn, Value

MISSING: Final = frozenset({"", "na", "n/a", "n.a.", "nan", "null", "none", "nil", "-", "–", "—", "?", "unknown"})
"""What stands in cells that hold nothing, in small letters."""
_CODES: Final = (
    "EUR|USD|GBP|CHF|JPY|CNY|INR|CAD|AUD|NZD|SEK|NOK|DKK|ISK|PLN|CZK|HUF|RON|BGN|TRY|RUB|UAH|HKD|SGD|TWD|KRW|BRL|MXN|"
    "ARS|CLP|COP|ZAR|NGN|KES|AED|SAR|QAR|KWD|EGP|MAD|ILS|THB|MYR|IDR|PHP|VND|PKR|BDT|LKR"
)
"""Currencies (ISO 4217) that may stand with a number; other letters make it a name."""
_CURRENCY: Final = re.compile(rf"^(?:(?:{_CODES})\s?)?(.*?)(?:\s?(?:{_CODES}))?$", re.DOTALL)
_SIGNS: Final = re.compile(rf"[$€£¥₹]|\b(?:{_CODES})\b")
_POINTED: Final = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d*)\.(\d{1,2}|\d{4,})")
_COMMAED: Final = re.compile(r"[+-]?(\d{1,3}(\.\d{3})+|\d*),(\d{1,2}|\d{4,})")
_LONGEST_CATEGORY: Final = 200
_LONGEST_NUMBER: Final = 200
"""No number has so many characters; texts of millions would be looked through to their end for a currency."""


class Fault(StrEnum):
    """Why a cell that is not empty gives no value."""

    NOT_A_NUMBER = "not a number"
    NOT_A_DATE = "not a date"
    OTHER_ORDER = "other order"
    """A date whose numbers do not fit the order of day and month that the column has."""


def is_missing(cell: str) -> bool:
    """True for a cell that holds nothing."""
    return cell.strip().casefold() in MISSING


def number_in(cell: str, *, comma: bool) -> float | None:
    """The number in a cell, with currency signs or codes around it; None for none. `comma`: its decimal sign."""
    cell = cell.strip()
    if len(cell) > _LONGEST_NUMBER:
        return None
    found = _CURRENCY.match(cell)
    bare = found[1] if found else cell
    if comma:
        bare = bare.replace(".", "").replace(",", ".")
    value = amount_of(bare)
    return None if value != value else value


def decimal_sign(cell: str) -> str:
    """The decimal sign that a number is clearly written with, "." or ","; "" where it could be either."""
    cell = cell.strip()
    if len(cell) > _LONGEST_NUMBER:
        return ""
    found = _CURRENCY.match(cell)
    bare = (found[1] if found else cell).strip(" $€£¥₹\u00a0")
    if _POINTED.fullmatch(bare):
        return "."
    return "," if _COMMAED.fullmatch(bare) else ""


def currency_in(cell: str) -> str:
    """The currency sign or code that stands with a number, "" for none."""
    found = _SIGNS.search(cell)
    return found.group() if found else ""


def value_in(cell: str, column: RecordColumn) -> tuple[Value, Fault | None]:
    """The value of a cell in a column, and what is wrong with it where it has none though it is not empty."""
    if is_missing(cell):
        return None, None
    match column.type:
        case ColumnType.NUMBER:
            number = number_in(cell, comma=column.comma)
            return number, Fault.NOT_A_NUMBER if number is None else None
        case ColumnType.DATE:
            written = written_of(cell)
            if written is None:
                return None, Fault.NOT_A_DATE
            moment = written.moment(column.day_first)
            return (None, Fault.OTHER_ORDER) if moment is None else (moment.isoformat(), None)
        case ColumnType.CATEGORY | ColumnType.KEY:
            return " ".join(cell.split())[:_LONGEST_CATEGORY], None
    return cell, None
