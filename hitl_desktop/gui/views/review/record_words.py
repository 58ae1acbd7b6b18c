"""The parts of a record's score in words: a column with its value, or what was known of the same key before."""

from hitl_desktop.domain.explanations import Part, PartKind
from hitl_desktop.domain.records import COUNT, HOURS, LAST_DAY, NEW, RATIO, ColumnType, Record
from hitl_desktop.gui.viewers.field_words import field_words
from hitl_desktop.gui.widgets.moments import as_recorded
from hitl_desktop.language import decimal, explained, tr, trn

_HOURS_A_DAY = 24
_MANY_HOURS = 72
_SMALL = 0.95
"""Below, a ratio has two digits after the separator: 0.0 times would be nothing at all."""


def part_name(part: Part, record: Record) -> str:
    """The name of a part of kind FIELD or EARLIER."""
    return _field(part.words, record) if part.kind is PartKind.FIELD else _earlier(part.words, record)


def column_of(part: Part) -> str:
    """The column that a part of kind FIELD or EARLIER tells something of; "" for what was known of the key alone."""
    if part.kind is PartKind.FIELD:
        return part.words
    return part.words.removeprefix(NEW) if part.kind is PartKind.EARLIER and part.words.startswith(NEW) else ""


def _field(name: str, record: Record) -> str:
    found = record[name]
    if found is None:  # several columns of text in one
        return name
    if not found.text:
        return tr("{column} is empty", column=name)
    if found.type is ColumnType.DATE:
        return explained(name, as_recorded(found.text, short=True))
    return explained(name, " ".join(field_words(found).split()))


def _earlier(name: str, record: Record) -> str:
    value = record.earlier.get(name)
    if value is None:
        return _unknown(name)
    match name:
        case _ if name == COUNT:
            return trn("{n} record before", "{n} records before", int(value))
        case _ if name == HOURS and value < _MANY_HOURS:
            return tr("{hours} hours after the one before", hours=decimal(value, 1))
        case _ if name == HOURS:
            return trn("{n} day after the one before", "{n} days after the one before", int(value / _HOURS_A_DAY))
        case _ if name == LAST_DAY:
            return trn("{n} record in 24 hours before", "{n} records in 24 hours before", int(value))
        case _ if name == RATIO:
            return tr("{ratio} times the usual amount", ratio=decimal(value, 1 if value >= _SMALL else 2))
    column = name.removeprefix(NEW)
    found = record[column]
    shown = found.text if found is not None else ""
    if value > 0:
        return tr("{column} {value} for the first time", column=column, value=shown)
    return tr("{column} {value} as before", column=column, value=shown)


def _unknown(name: str) -> str:
    """What stands there for a key that has no record before, or none with a time or an amount."""
    if name.startswith(NEW):
        return tr("{column}: nothing to compare with", column=name.removeprefix(NEW))
    if name == RATIO:
        return tr("No usual amount known")
    return tr("No record before")
