"""The value of a field as people read it."""

from typing import Final

from hitl_desktop.domain.records import ColumnType, Field
from hitl_desktop.gui.widgets.moments import as_recorded
from hitl_desktop.language import decimal

_DIGITS: Final = 6


def field_words(one: Field) -> str:
    """A number with its separators, a date with its weekday, any other value as it is; "" for none."""
    if one.number is not None:
        return number_words(one.number)
    moment = one.moment
    if one.type is ColumnType.DATE and moment is not None:
        return as_recorded(moment.isoformat())
    return one.text


def number_words(value: float) -> str:
    """A number with its digits, up to six; one digit after the separator is made two: 12, 1,240.50, 0.125."""
    _, _, rest = f"{abs(value):.{_DIGITS}f}".partition(".")
    digits = len(rest.rstrip("0"))
    digits = 2 if digits == 1 else digits
    shown = decimal(abs(value), digits)
    return f"−{shown}" if value < 0 else shown
