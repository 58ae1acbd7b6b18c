"""What was known of a key before each of its rows: computed from earlier rows only, so nothing looks ahead."""

from bisect import insort
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from hitl_desktop.domain.records import COUNT, HOURS, LAST_DAY, NEW, RATIO, ColumnType, Record, RecordColumns

_DAY: Final = timedelta(hours=24)
_MOST_AMOUNTS: Final = 1000
"""The median is taken of so many amounts at most: those that came first of a key with more."""
_LARGEST_RATIO: Final = 1e6


@dataclass(slots=True)
class _Known:
    """What is known of one key."""

    rows: int = 0
    last: datetime | None = None
    recent: deque[datetime] = field(default_factory=deque)
    amounts: list[float] = field(default_factory=list)
    values: set[tuple[str, str]] = field(default_factory=set)


class Histories:
    """The histories of all keys of a table. Rows have to be taken in their order of time."""

    def __init__(self, columns: RecordColumns) -> None:
        self._key, self._time, self._amount = columns.key, columns.time, columns.amount
        self._keys: dict[str, _Known] = {}

    def take(self, record: Record) -> dict[str, float]:
        """What was known before this record, which is known from now on. {} without a key."""
        key = record[self._key] if self._key else None
        if key is None or not key.text:
            return {}
        known = self._keys.setdefault(key.text, _Known())
        found = self._before(known, record)
        self._learn(known, record)
        return found

    def _before(self, known: _Known, record: Record) -> dict[str, float]:
        found = {COUNT: float(known.rows)}
        if not known.rows:
            return found
        moment, amount = self._moment(record), self._number(record)
        if moment is not None and known.last is not None:
            found[HOURS] = max(0.0, (moment - known.last).total_seconds() / 3600)
            while known.recent and moment - known.recent[0] > _DAY:
                known.recent.popleft()
            found[LAST_DAY] = float(len(known.recent))
        if amount is not None and known.amounts:
            middle = len(known.amounts) // 2
            usual = (known.amounts[middle] + known.amounts[~middle]) / 2
            if usual > 0 <= amount:
                found[RATIO] = min(amount / usual, _LARGEST_RATIO)
        for one in record.fields:
            if one.type is ColumnType.CATEGORY and one.text:
                found[NEW + one.name] = float((one.name, one.text) not in known.values)
        return found

    def _learn(self, known: _Known, record: Record) -> None:
        moment, amount = self._moment(record), self._number(record)
        known.rows += 1
        if moment is not None:
            known.last = moment
            known.recent.append(moment)
        if amount is not None and len(known.amounts) < _MOST_AMOUNTS:
            insort(known.amounts, amount)
        known.values.update((f.name, f.text) for f in record.fields if f.type is ColumnType.CATEGORY and f.text)

    def _moment(self, record: Record) -> datetime | None:
        found = record[self._time] if self._time else None
        return found.moment if found else None

    def _number(self, record: Record) -> float | None:
        found = record[self._amount] if self._amount else None
        return found.number if found else None


def in_time(records: list[Record], columns: RecordColumns) -> list[int]:
    """The places of records in the order of their time; those of one time, or of none, as they come.

    A record without a time comes after all others.
    """
    if columns.time is None:
        return list(range(len(records)))
    times = [found.moment if (found := record[columns.time]) else None for record in records]
    return sorted(range(len(records)), key=lambda place: (times[place] is None, times[place] or datetime.min))
