"""Moments as they are written everywhere in the window: the reader's time, a day that cannot be mistaken, 24 hours.

What the system calls a short date is 11/29/26 in one place and 29.11.26 in another, and nobody knows which is which.
A stored moment is ISO 8601 in UTC; where it cannot be read, nothing is said.
"""

from PySide6.QtCore import QDate, QDateTime, QLocale, Qt, QTime

from hitl_desktop.language import tr, trc


def day_and_time(at_utc: str) -> str:
    """A stored moment: "29 Nov, 04:39", with the year where it is another."""
    moment = local(at_utc)
    if not moment.isValid():
        return ""
    if moment.date().year() == QDate.currentDate().year():
        return QLocale().toString(moment, _day_and_time())
    return QLocale().toString(
        moment, trc("day, year and time, in the letters of Qt's date formats", "d MMM yyyy, HH:mm")
    )


def in_full(at_utc: str) -> str:
    """A stored moment with its year, for what is read much later: "29 November 2026, 04:39"."""
    return QLocale().toString(
        local(at_utc), trc("day, year and time, in the letters of Qt's date formats", "d MMMM yyyy, HH:mm")
    )


def lately(at_utc: str) -> str:
    """A stored moment, as short as can be: "04:39" of today, else with its day."""
    moment = local(at_utc)
    return clock(moment.time()) if moment.date() == QDate.currentDate() else day_and_time(at_utc)


def by_name(at_utc: str, now: QDateTime) -> str:
    """When something was, as people say it: today and yesterday by name, then the day, with another year."""
    moment = local(at_utc)
    if not moment.isValid():
        return ""
    days = moment.date().daysTo(now.date())
    if days == 0:
        return tr("Today, {time}", time=clock(moment.time()))
    if days == 1:
        return tr("Yesterday")
    is_this_year = moment.date().year() == now.date().year()
    day = trc("day and month, in the letters of Qt's date formats", "d MMMM")
    dated = trc("day, month and year, in the letters of Qt's date formats", "d MMMM yyyy")
    return QLocale().toString(moment.date(), day if is_this_year else dated)


def as_recorded(moment: str, *, short: bool = False) -> str:
    """A date or time of an item, which is in nobody's zone: "Tue 4 Aug 2026, 10:22"; `short` without weekday and year.

    What cannot be read stays as it is.
    """
    at = QDateTime.fromString(moment[:19], "yyyy-MM-ddTHH:mm:ss")
    if not at.isValid():
        return moment
    has_time = at.time() != QTime(0, 0)
    if short:
        form, with_time = trc("a day, in the letters of Qt's date formats", "d MMM"), _day_and_time()
    else:
        form = trc("a full date, in the letters of Qt's date formats", "ddd d MMM yyyy")
        with_time = trc("a full date and time, in the letters of Qt's date formats", "ddd d MMM yyyy, HH:mm")
    return QLocale().toString(at, with_time if has_time else form)


def clock(time: QTime, *, seconds: bool = False) -> str:
    """A time of day: "04:39", or "04:39:07"."""
    return QLocale().toString(time, "HH:mm:ss" if seconds else "HH:mm")


def local(at_utc: str) -> QDateTime:
    """A stored moment in the reader's time."""
    return QDateTime.fromString(at_utc, Qt.DateFormat.ISODateWithMs).toLocalTime()


def _day_and_time() -> str:
    return trc("day and time, in the letters of Qt's date formats", "d MMM, HH:mm")
