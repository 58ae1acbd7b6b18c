"""The value of a field as people read it."""

from typing import Final

from PySide6.QtCore import QDateTime, QLocale, QTime

from hitl_desktop.domain.records import ColumnType, Field
from hitl_desktop.language import decimal, trc

_DIGITS: Final = 6


def field_words(one: Field) -> str:
    """A number with its separators, a date with its weekday, any other value as it is; "" for none."""
    if one.number is not None:
        return number_words(one.number)
    moment = one.moment
    if one.type is ColumnType.DATE and moment is not None:
        return moment_words(moment.isoformat())
    return one.text


def number_words(value: float) -> str:
    """A number with its digits, up to six; one digit after the separator is made two: 12, 1,240.50, 0.125."""
    _, _, rest = f"{abs(value):.{_DIGITS}f}".partition(".")
    digits = len(rest.rstrip("0"))
    digits = 2 if digits == 1 else digits
    shown = decimal(abs(value), digits)
    return f"−{shown}" if value < 0 else shown


def moment_words(moment: str, *, short: bool = False) -> str:
    """An ISO date or time in the reader's language: "Tue 4 Aug 2026, 10:22"; `short` without weekday and year."""
    at = QDateTime.fromString(moment[:19], "yyyy-MM-ddTHH:mm:ss")
    if not at.isValid():
        return moment
    has_time = at.time() != QTime(0, 0)
    if short:
        form = trc("a day, in the letters of Qt's date formats", "d MMM")
        with_time = trc("day and time, in the letters of Qt's date formats", "d MMM HH:mm")
    else:
        form = trc("a full date, in the letters of Qt's date formats", "ddd d MMM yyyy")
        with_time = trc("a full date and time, in the letters of Qt's date formats", "ddd d MMM yyyy, HH:mm")
    return QLocale().toString(at, with_time if has_time else form)
