"""A date that is written in any of the usual ways is read as that moment, and what can be read in two ways is not."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitl_desktop.domain.record_dates import DateForm, written_of

MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
          "November", "December")  # fmt: skip
ZONES = {"": None, "Z": 0, "+02:00": 120, " -0530": -330, "+14:00": 840}


def dates(at: datetime) -> dict[str, DateForm]:
    """The day of a moment in the ways that are read without asking."""
    name = MONTHS[at.month - 1]
    day = {1: "st", 2: "nd", 3: "rd"}.get(at.day, "th")
    return {
        f"{at:%Y-%m-%d}": DateForm.YEAR_FIRST,
        f"{at.year}/{at.month}/{at.day}": DateForm.YEAR_FIRST,
        f"{at:%Y.%m.%d}": DateForm.YEAR_FIRST,
        f"{at:%d.%m.%Y}": DateForm.DOTTED,
        f"{at.day}.{at.month}.{at.year}": DateForm.DOTTED,
        f"{at.day} {name} {at.year}": DateForm.NAMED,
        f"{at.day}-{name[:3]}-{at.year}": DateForm.NAMED,
        f"{at.day}. {name[:3].lower()}. {at.year}": DateForm.NAMED,
        f"{name} {at.day}, {at.year}": DateForm.NAMED,
        f"{name[:3].upper()}. {at.day}{day} {at.year}": DateForm.NAMED,
    }


def clocks(at: datetime) -> list[str]:
    """The time of a moment, to the second."""
    half = f"{at.hour % 12 or 12}:{at:%M:%S}"
    return [
        f" {at:%H:%M:%S}",
        f"T{at:%H:%M:%S}.5",
        f", {at.hour}:{at:%M:%S},25",
        f" {half} {at:%p}",
        f" {half}{at:%p}".lower(),
    ]


MOMENTS = st.datetimes(datetime(1000, 1, 2), datetime(9999, 12, 30)).map(lambda at: at.replace(microsecond=0))


@given(MOMENTS, st.sampled_from(sorted(ZONES)), st.data())
def test_a_moment_is_read_as_it_was_written(at: datetime, zone: str, data: st.DataObject) -> None:
    day, form = data.draw(st.sampled_from(sorted(dates(at).items())))
    written = written_of(day + data.draw(st.sampled_from(clocks(at))) + zone)
    assert written is not None
    assert (written.form, written.moment(None), written.day_first) == (form, in_utc(at, zone), None)
    alone = written_of(f"  {day} ")
    assert alone is not None
    assert alone.moment(None) == at.replace(hour=0, minute=0, second=0)


@given(MOMENTS, st.sampled_from(sorted(ZONES)), st.booleans(), st.sampled_from("/-"), st.data())
def test_with_slashes_the_order_is_asked_for_and_the_zone_counts_all_the_same(
    at: datetime, zone: str, day_first: bool, between: str, data: st.DataObject
) -> None:
    numbers = (at.day, at.month) if day_first else (at.month, at.day)
    day = between.join(map(str, (*numbers, at.year)))
    written = written_of(day + data.draw(st.sampled_from(clocks(at))) + zone)
    assert written is not None
    assert written.form is DateForm.SLASHED
    assert written.moment(day_first) == in_utc(at, zone)
    assert written.day_first == (day_first if at.day > 12 else None)
    assert written.moment(None) == (in_utc(at, zone) if at.day == at.month else None)
    if at.day > 12:
        assert written.moment(not day_first) is None


def in_utc(at: datetime, zone: str) -> datetime:
    minutes = ZONES[zone]
    if minutes is None:
        return at
    return at.replace(tzinfo=timezone(timedelta(minutes=minutes))).astimezone(UTC).replace(tzinfo=None)


@pytest.mark.parametrize(
    ("cell", "form", "moment"),
    [
        ("2026-03-04", DateForm.YEAR_FIRST, datetime(2026, 3, 4)),
        ("2026-03-04T10:22:05.250Z", DateForm.YEAR_FIRST, datetime(2026, 3, 4, 10, 22, 5)),
        ("2026-03-04 10:22+02:00", DateForm.YEAR_FIRST, datetime(2026, 3, 4, 8, 22)),
        ("4.3.2026 9:05", DateForm.DOTTED, datetime(2026, 3, 4, 9, 5)),
        ("4 March 2026", DateForm.NAMED, datetime(2026, 3, 4)),
        ("Mar 4th, 2026 12:30 AM", DateForm.NAMED, datetime(2026, 3, 4, 0, 30)),
        ("7/7/2026", DateForm.SLASHED, datetime(2026, 7, 7)),
        ("1 Dec 2026 12:00 pm", DateForm.NAMED, datetime(2026, 12, 1, 12)),
        ("1 Dec 2026 11:59 PM", DateForm.NAMED, datetime(2026, 12, 1, 23, 59)),
        ("2026-03-04" + "T10:22" + " " * 14 + "Z", DateForm.YEAR_FIRST, datetime(2026, 3, 4, 10, 22)),
        ("1/1/2026", DateForm.SLASHED, datetime(2026, 1, 1)),
        ("12/12/2026 23:59:59", DateForm.SLASHED, datetime(2026, 12, 12, 23, 59, 59)),
    ],
)
def test_dates_that_can_be_read_in_one_way(cell: str, form: DateForm, moment: datetime) -> None:
    written = written_of(cell)
    assert written is not None
    assert (written.form, written.moment(None)) == (form, moment)


def test_a_date_that_can_be_read_in_two_ways_is_not_guessed() -> None:
    written = written_of("03/04/2026 08:00")
    assert written is not None
    assert written.day_first is None
    assert written.moment(None) is None
    assert written.moment(True) == datetime(2026, 4, 3, 8)
    assert written.moment(False) == datetime(2026, 3, 4, 8)
    told = written_of("25/04/2026")
    assert told is not None
    assert (told.day_first, told.moment(False)) == (True, None)


@pytest.mark.parametrize(
    "cell",
    ["", "   ", "soon", "12", "2026", "2026-13-01", "2026-02-30", "31.4.2026", "32/1/2026", "13/13/2026", "0/1/2026",
     "1/0/2026", "3 Foo 2026", "Foo 3 2026", "2026-01-01 24:00", "2026-01-01 12:60", "2026-01-01 12:00:60",
     "2026-01-01 13:00 pm", "2026-01-01 0:30 am", "1/2/2026 25:00", "2026-1-1 1",
     "26-01-01", "1.1.26", "2026-01-01 12:00+25:00",
     "0001-01-01 00:00+02:00", "9999-12-31T23:00-14:00",
     "2026-01-01x", "x2026-01-01", "1.2-2026", "2026-01-01 " + " " * 40 + "12:00"],
)  # fmt: skip
def test_what_is_no_date_is_none(cell: str) -> None:
    assert written_of(cell) is None


@given(st.text(max_size=45))
def test_any_cell_is_a_date_or_none(cell: str) -> None:
    written = written_of(cell)
    assert written is None or written.moment(True) or written.moment(False) or written.form is DateForm.SLASHED


def test_noon_and_midnight_are_what_they_are() -> None:
    told = {cell: written_of(f"1.2.2026 {cell}") for cell in ("12:00 am", "12:30 AM", "12:00 pm", "11:59 PM", "1:00am")}
    assert {cell: (w.said.hour, w.said.minute) for cell, w in told.items() if w and w.said} == {
        "12:00 am": (0, 0), "12:30 AM": (0, 30), "12:00 pm": (12, 0), "11:59 PM": (23, 59), "1:00am": (1, 0),
    }  # fmt: skip
