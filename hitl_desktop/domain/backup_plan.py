"""Which backups are kept, and when the next one is due: pure functions of times."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

ALL_FOR: Final = timedelta(days=2)
DAILY: Final = 12
WEEKLY: Final = 10
MONTHLY: Final = 9
EVERY: Final = timedelta(minutes=30)


def kept(times: Iterable[datetime], now: datetime) -> set[datetime]:
    """Those of the backups made at `times` that stay: all of the last two days; of those before, the last one of each
    of the 12 latest days, the 10 latest weeks and the 9 latest months that have any; and the newest of all.

    Times carry their zone; days, weeks (from Monday) and months are those of UTC. What lies in the future, since a
    clock was wrong, stays. Whatever is kept is kept again when the same is asked of the rest.
    """
    every = sorted({time.astimezone(UTC) for time in times}, reverse=True)
    older = [time for time in every if now - time > ALL_FOR]
    stay = set(every) - set(older) | set(every[:1])
    for period, count in ((_day, DAILY), (_week, WEEKLY), (_month, MONTHLY)):
        latest: dict[tuple[int, ...], datetime] = {}
        for time in older:
            latest.setdefault(period(time), time)
        stay |= set(list(latest.values())[:count])
    return stay


def is_due(changed_for: timedelta | None) -> bool:
    """True when the first change that no backup has was made half an hour ago or longer; None: nothing has changed."""
    return changed_for is not None and changed_for >= EVERY


def _day(time: datetime) -> tuple[int, ...]:
    return time.year, time.month, time.day


def _week(time: datetime) -> tuple[int, ...]:
    year, week, _ = time.isocalendar()
    return year, week


def _month(time: datetime) -> tuple[int, ...]:
    return time.year, time.month
