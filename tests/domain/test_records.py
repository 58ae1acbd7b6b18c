"""Records are one canonical text each, dates are never guessed, and a history never looks ahead."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.record_dates import DateForm, written_of
from hitl_desktop.domain.record_history import Histories, in_time
from hitl_desktop.domain.records import (
    COUNT,
    HOURS,
    LAST_DAY,
    NEW,
    RATIO,
    ColumnType,
    Field,
    Record,
    RecordColumn,
    RecordColumns,
    line_of,
    record_of,
    without_columns,
)

KIND = ColumnType
COLUMNS = RecordColumns(
    (
        RecordColumn("at", KIND.DATE, day_first=True),
        RecordColumn("customer", KIND.KEY),
        RecordColumn("amount", KIND.NUMBER, comma=True),
        RecordColumn("shop", KIND.CATEGORY),
    ),
    "amount",
    "label",
)
START = datetime(2026, 3, 1, 12)


def record(hours: float, customer: str, amount: float | None, shop: str = "a") -> Record:
    moment = (START + timedelta(hours=hours)).isoformat()
    values = (moment, customer, amount, shop)
    return Record(tuple(Field(c.type, c.name, v) for c, v in zip(COLUMNS.columns, values, strict=True)))


values = st.one_of(st.none(), st.text(max_size=20), st.floats(allow_nan=False, allow_infinity=False, width=32))


@given(st.lists(st.tuples(st.sampled_from(KIND), st.text(max_size=8), values), max_size=6))
def test_the_text_of_a_record_is_read_as_the_record(parts: list[tuple[ColumnType, str, str | float | None]]) -> None:
    made = Record(tuple(Field(*part) for part in parts), {COUNT: 2.0, HOURS: 0.25})
    assert record_of(made.text) == made
    assert record_of(made.own).fields == made.fields


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"fields":[["number","a",true]]}', '{"fields":[["colour","a",1]]}'])
def test_what_is_no_record_is_refused_and_shown_as_it_is(text: str) -> None:
    with pytest.raises(KnownError, match="no record"):
        record_of(text)
    assert line_of(text) == text


def test_the_line_leaves_out_what_is_empty() -> None:
    assert line_of(record(0, "C1", 12.0, "").text) == "amount 12 · 2026-03-01 12:00 · C1"


def test_columns_survive_json_and_only_one_is_the_key() -> None:
    assert RecordColumns.of(COLUMNS.plain()) == COLUMNS
    moved = COLUMNS.typed("shop", KIND.KEY)
    assert (moved.key, moved.of_type(KIND.CATEGORY)[0].name) == ("shop", "customer")
    assert COLUMNS.typed("amount", KIND.TEXT).amount is None
    with pytest.raises(KnownError, match="has to be a column of numbers"):
        replace(COLUMNS, amount="shop").check()
    with pytest.raises(KnownError, match="No column is left"):
        RecordColumns((RecordColumn("customer", KIND.KEY),)).check()


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
    "cell", ["", "soon", "2026", "2026-02-30", "13/14/2026", "31.04.2026", "1 Foo 2026", "1/0/2026"]
)
def test_what_is_no_date(cell: str) -> None:
    assert written_of(cell) is None


def test_a_history_knows_what_came_before_and_nothing_else() -> None:
    rows = [record(0, "a", 10.0), record(1, "b", 5.0), record(2, "a", 30.0, "b"), record(40, "a", 40.0, "b")]
    histories = Histories(COLUMNS)
    found = [histories.take(one) for one in rows]
    assert found[0] == found[1] == {COUNT: 0.0}
    assert found[2] == {COUNT: 1.0, HOURS: 2.0, LAST_DAY: 1.0, RATIO: 3.0, NEW + "shop": 1.0}
    assert found[3] == {COUNT: 2.0, HOURS: 38.0, LAST_DAY: 0.0, RATIO: 2.0, NEW + "shop": 0.0}


rows = st.builds(
    record,
    st.integers(0, 60),
    st.sampled_from("abc"),
    st.one_of(st.none(), st.floats(0, 1e4)),
    st.sampled_from("xyz"),
)


@given(st.lists(rows, max_size=25), st.integers(0, 25))
def test_no_history_changes_when_the_future_does(records: list[Record], cut: int) -> None:
    order = in_time(records, COLUMNS)

    def known(places: list[int]) -> list[dict[str, float]]:
        histories = Histories(COLUMNS)
        return [histories.take(records[place]) for place in places]

    assert known(order)[:cut] == known(order[:cut])


@given(st.lists(rows, max_size=25))
def test_the_order_of_time_is_stable(records: list[Record]) -> None:
    moments = [(records[p]["at"].moment, p) for p in in_time(records, COLUMNS)]  # type: ignore[union-attr]
    assert moments == sorted(moments)


def test_only_a_date_has_a_moment() -> None:
    assert Field(KIND.DATE, "at", "2026-03-01T12:00:00").moment == START
    assert Field(KIND.TEXT, "at", "2026-03-01T12:00:00").moment is None
    assert Field(KIND.DATE, "at", 3.0).moment is None
    assert Field(KIND.DATE, "at", "soon").moment is None


def test_columns_are_left_out_by_their_names_with_what_was_made_of_them() -> None:
    whole = replace(record(1, "ann", 12.5), earlier={COUNT: 3.0})
    assert without_columns(whole.text, frozenset()) == whole.text
    left = record_of(without_columns(whole.text, frozenset({"amount", "shop"})))
    assert [field.value for field in left.fields] == [(START + timedelta(hours=1)).isoformat(), "ann", None, None]
    assert left.earlier == {}
    assert without_columns("no record", frozenset({"amount"})) == "no record"
