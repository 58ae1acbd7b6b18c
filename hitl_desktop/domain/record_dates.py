"""Dates as people write them in the cells of a table. What can be read in two ways is never guessed."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

_TIME: Final = r"(?:[T ,]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*([AaPp][Mm])?\s*(Z|[+-]\d{2}:?\d{2})?)?"
_ISO: Final = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})" + _TIME)
_DOTTED: Final = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})" + _TIME)
_SLASHED: Final = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})" + _TIME)
_DAY_NAMED: Final = re.compile(r"(\d{1,2})[. -]+([A-Za-z]{3,9})\.?,?[ -]+(\d{4})" + _TIME)
_NAMED_DAY: Final = re.compile(r"([A-Za-z]{3,9})\.? +(\d{1,2})(?:st|nd|rd|th)?,? +(\d{4})" + _TIME)
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_TWELVE: Final = 12


class DateForm(StrEnum):
    """How a date is written."""

    YEAR_FIRST = "year first"
    DOTTED = "dotted"
    """Day, month, year with points: always in this order."""
    SLASHED = "slashed"
    """With slashes or hyphens and the year last: day first in most of the world, month first in the United States."""
    NAMED = "named"
    """With the name of the month in English."""


@dataclass(frozen=True, slots=True)
class Written:
    """A date as it is written. `first` and `second` are the two numbers before the year of a slashed one.

    The moment of a slashed date is reckoned with `moment(day_first)`; of all others it is `said`.
    """

    form: DateForm
    said: datetime | None
    first: int = 0
    second: int = 0
    year: int = 0
    clock: tuple[int, int, int] = (0, 0, 0)
    zone: str = ""

    @property
    def day_first(self) -> bool | None:
        """What the numbers themselves say of their order: True, False, or None where both are possible."""
        if self.form is not DateForm.SLASHED or (self.first <= _TWELVE and self.second <= _TWELVE):
            return None
        return self.first > _TWELVE

    def moment(self, day_first: bool | None) -> datetime | None:
        """The moment, None for a date that is none in this order, or whose order is not said."""
        if self.form is not DateForm.SLASHED:
            return self.said
        if day_first is None:
            return self.said if self.first == self.second else None
        day, month = (self.first, self.second) if day_first else (self.second, self.first)
        return _moment(self.year, month, day, self.clock, self.zone)


def written_of(cell: str) -> Written | None:
    """How the date in a cell is written; None for a cell that holds none."""
    text = cell.strip()
    if len(text) > 40 or not text[-4:].strip():
        return None
    if found := _ISO.fullmatch(text):
        year, month, day = (int(found[n]) for n in (1, 2, 3))
        return _said(DateForm.YEAR_FIRST, year, month, day, found)
    if found := _DOTTED.fullmatch(text):
        day, month, year = (int(found[n]) for n in (1, 2, 3))
        return _said(DateForm.DOTTED, year, month, day, found)
    if found := _SLASHED.fullmatch(text):
        first, second, year = (int(found[n]) for n in (1, 2, 3))
        clock = _clock(found)
        if clock is None or not min(first, second) >= 1 or min(first, second) > _TWELVE or max(first, second) > 31:
            return None
        zone = found[8] or ""
        same = _moment(year, first, second, clock, zone) if first == second else None
        return Written(DateForm.SLASHED, same, first, second, year, clock, zone)
    if found := _DAY_NAMED.fullmatch(text):
        return _said(DateForm.NAMED, int(found[3]), _month(found[2]), int(found[1]), found)
    if found := _NAMED_DAY.fullmatch(text):
        return _said(DateForm.NAMED, int(found[3]), _month(found[1]), int(found[2]), found)
    return None


def _month(name: str) -> int:
    short = name[:3].casefold()
    return _MONTHS.index(short) + 1 if short in _MONTHS else 0


def _said(form: DateForm, year: int, month: int, day: int, found: re.Match[str]) -> Written | None:
    clock = _clock(found)
    moment = None if clock is None else _moment(year, month, day, clock, found[8])
    return None if moment is None else Written(form, moment)


def _clock(found: re.Match[str]) -> tuple[int, int, int] | None:
    """Hour, minute, second; None for a time that is none."""
    hour, minute, second = int(found[4] or 0), int(found[5] or 0), int(found[6] or 0)
    half = (found[7] or "").casefold()
    if half:
        if not 1 <= hour <= _TWELVE:
            return None
        hour = hour % _TWELVE + (_TWELVE if half == "pm" else 0)
    return (hour, minute, second) if hour < 24 and minute < 60 and second < 60 else None


def _moment(year: int, month: int, day: int, clock: tuple[int, int, int], zone: str | None = None) -> datetime | None:
    """A moment without a zone; one with a zone is told in UTC."""
    try:
        moment = datetime(year, month, day, *clock)
        if not zone:
            return moment
        return datetime.fromisoformat(f"{moment.isoformat()}{zone}").astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return None
