"""What each column of a record adds to its score, and what was known of the same key before it."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.explanations import Part, PartKind
from hitl_desktop.domain.records import COUNT, HOURS, LAST_DAY, NEW, RATIO, ColumnType, Record
from hitl_desktop.features import record_fields
from hitl_desktop.learning.representations.record_columns import RecordColumnsMap

_VISIBLE: Final = 5e-3
_PARTS_OF_DATE: Final = ("days", "hour", "hour sine", "hour cosine")

Amounts = npt.NDArray[np.float64]


def record_parts(representation: RecordColumnsMap, record: Record, amounts: Amounts) -> list[Part]:
    """From what the columns of a transformed row add (d,) to what the columns of the table add, those for it first.

    What cannot be seen in two digits is left out. A column that is empty in this record may count too: that it is. What
    belongs to columns that this table does not have is nobody's, and stays in the rest.
    """
    found: defaultdict[tuple[PartKind, str], float] = defaultdict(float)
    numbers, groups = _numbers_of(record), _groups_of(record)
    text = ", ".join(f.name for f in record.fields if f.type is ColumnType.TEXT)
    own = representation.rows
    names = [
        *(numbers.get(int(slot)) for slot in own.numbers),
        *(numbers.get(int(slot)) for slot in own.flags),
        *(groups.get(int(slot) // record_fields.VALUES) for slot in own.values),
        *(groups.get(int(group)) for group in own.groups),
        *([(PartKind.FIELD, text) if text else None] * len(own.words)),
    ]
    for name, value in zip(names, amounts.tolist(), strict=True):
        if name is not None:
            found[name] += value
    parts = [Part(kind, value, words) for (kind, words), value in found.items() if abs(value) >= _VISIBLE]
    return sorted(parts, key=lambda part: -part.value)


def _numbers_of(record: Record) -> dict[int, tuple[PartKind, str]]:
    """Which column of the table, or part of what was before, a place in the block of numbers belongs to."""
    return dict(_number_names(record))


def _number_names(record: Record) -> Iterator[tuple[int, tuple[PartKind, str]]]:
    for part in _earlier_names(record):
        yield record_fields.earlier_slot(part), (PartKind.EARLIER, part)
    for one in record.fields:
        parts = ("",) if one.type is ColumnType.NUMBER else _PARTS_OF_DATE if one.type is ColumnType.DATE else ()
        for part in parts:
            yield record_fields.number_slot(one.name, part), (PartKind.FIELD, one.name)


def _earlier_names(record: Record) -> list[str]:
    categories = [NEW + one.name for one in record.fields if one.type is ColumnType.CATEGORY]
    return [COUNT, HOURS, LAST_DAY, RATIO, *categories]


def _groups_of(record: Record) -> dict[int, tuple[PartKind, str]]:
    """Which column of the table a group of categories belongs to; of two that share one, the first."""
    found: dict[int, tuple[PartKind, str]] = {}
    for one in record.fields:
        if one.type is ColumnType.CATEGORY:
            found.setdefault(record_fields.group_of(one.name), (PartKind.FIELD, one.name))
        elif one.type is ColumnType.DATE:
            found.setdefault(record_fields.group_of(record_fields.weekday_of(one.name)), (PartKind.FIELD, one.name))
    return found
