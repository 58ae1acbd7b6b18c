from PySide6.QtCore import QDate, QTime
from PySide6.QtWidgets import QApplication

from hitl_desktop.gui.widgets.moments import clock, day_and_time


def test_a_moment_cannot_be_mistaken_for_another_day(qapp: QApplication) -> None:
    year = QDate.currentDate().year()
    assert day_and_time(f"{year}-11-09T12:00:00.000Z").startswith(("8 Nov, ", "9 Nov, ", "10 Nov, "))
    assert str(year) not in day_and_time(f"{year}-11-09T12:00:00.000Z")
    assert "Nov 2019, " in day_and_time("2019-11-09T12:00:00Z")
    assert day_and_time("never") == ""


def test_the_clock_has_24_hours(qapp: QApplication) -> None:
    assert clock(QTime(16, 5)) == "16:05"
