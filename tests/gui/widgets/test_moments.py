"""Moments are written in one way, and by one piece of code."""

import pytest
from PySide6.QtCore import QDate, QDateTime, Qt, QTime
from PySide6.QtWidgets import QApplication

from hitl_desktop.gui.widgets.moments import as_recorded, by_name, clock, day_and_time, in_full, lately


def test_a_moment_cannot_be_mistaken_for_another_day(qapp: QApplication) -> None:
    year = QDate.currentDate().year()
    assert day_and_time(f"{year}-11-09T12:00:00.000Z").startswith(("8 Nov, ", "9 Nov, ", "10 Nov, "))
    assert str(year) not in day_and_time(f"{year}-11-09T12:00:00.000Z")
    assert "Nov 2019, " in day_and_time("2019-11-09T12:00:00Z")
    assert day_and_time("never") == ""


def test_the_clock_has_24_hours(qapp: QApplication) -> None:
    assert clock(QTime(16, 5)) == "16:05"
    assert clock(QTime(16, 5, 7), seconds=True) == "16:05:07"


def test_what_is_read_much_later_has_its_year(qapp: QApplication) -> None:
    year = QDate.currentDate().year()
    assert f"November {year}, " in in_full(f"{year}-11-09T12:00:00.000Z")
    assert in_full("never") == ""


def test_what_was_today_has_its_time_alone(qapp: QApplication) -> None:
    now = QDateTime.currentDateTime()
    today = now.toUTC().toString(Qt.DateFormat.ISODateWithMs)
    assert lately(today) == clock(now.time())
    assert lately("2019-11-09T12:00:00Z") == day_and_time("2019-11-09T12:00:00Z")
    assert lately("never") == ""


def test_what_an_item_says_is_in_nobodys_zone(qapp: QApplication) -> None:
    assert as_recorded("2026-08-04T10:22:00") == "Tue 4 Aug 2026, 10:22"
    assert as_recorded("2026-08-04T10:22:00", short=True) == "4 Aug, 10:22"
    assert as_recorded("2026-08-04T00:00:00", short=True) == "4 Aug"
    assert as_recorded("soon") == "soon"


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        ("2026-11-22T16:05:00.000", "Today, "),
        ("2026-11-21T23:59:00.000", "Yesterday"),
        ("2026-10-28T10:00:00.000", "28 October"),
        ("2025-10-28T10:00:00.000", "28 October 2025"),
        ("no date", ""),
    ],
)
def test_a_day_is_said_as_people_say_it(qapp: QApplication, moment: str, said: str) -> None:
    now = QDateTime.fromString("2026-11-22T18:00:00", Qt.DateFormat.ISODate)
    words = by_name(moment, now)
    assert words.startswith(said)
    assert bool(words) == bool(said)
