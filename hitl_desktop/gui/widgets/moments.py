"""Moments as they are written everywhere in the window: the reader's time, a day that cannot be mistaken, 24 hours.

What the system calls a short date is 11/29/26 in one place and 29.11.26 in another, and nobody knows which is which.
"""

from PySide6.QtCore import QDate, QDateTime, QLocale, Qt, QTime

from hitl_desktop.language import trc


def day_and_time(at_utc: str) -> str:
    """A stored moment (ISO 8601): "29 Nov, 04:39", with the year where it is another; empty where it cannot be read."""
    moment = local(at_utc)
    if not moment.isValid():
        return ""
    if moment.date().year() == QDate.currentDate().year():
        return QLocale().toString(moment, trc("day and time, in the letters of Qt's date formats", "d MMM, HH:mm"))
    return QLocale().toString(
        moment, trc("day, year and time, in the letters of Qt's date formats", "d MMM yyyy, HH:mm")
    )


def clock(time: QTime) -> str:
    """A time of day: "04:39"."""
    return QLocale().toString(time, "HH:mm")


def local(at_utc: str) -> QDateTime:
    """A stored moment in the reader's time."""
    return QDateTime.fromString(at_utc, Qt.DateFormat.ISODateWithMs).toLocalTime()
