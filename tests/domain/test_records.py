"""Records are one canonical text each, dates are never guessed, and a history never looks ahead."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.record_dates import written_of
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


def test_what_was_made_of_earlier_rows_is_kept_to_a_millionth() -> None:
    """So that the last digit of a division, which may differ from computer to computer, makes no other item."""
    row = record(1, "ann", 12.5)
    thirds = replace(row, earlier={RATIO: 1 / 3, COUNT: 2.0})
    assert thirds.text == replace(row, earlier={COUNT: 2.0, RATIO: 0.3333330001}).text
    assert record_of(thirds.text).earlier == {COUNT: 2.0, RATIO: 0.333333}


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"fields":[["number","a",true]]}', '{"fields":[["colour","a",1]]}'])
def test_what_is_no_record_is_refused_and_shown_as_it_is(text: str) -> None:
    with pytest.raises(KnownError, match="no record"):
        record_of(text)
    assert line_of(text) == text


def test_the_line_leaves_out_what_is_empty() -> None:
    assert line_of(record(0, "C1", 12.0, "").text) == "amount 12 · 2026-03-01 12:00 · C1"


def test_only_one_column_is_the_key() -> None:
    moved = COLUMNS.typed("shop", KIND.KEY)
    assert (moved.key, moved.of_type(KIND.CATEGORY)[0].name) == ("shop", "customer")
    assert COLUMNS.typed("amount", KIND.TEXT).amount is None
    with pytest.raises(KnownError, match="has to be a column of numbers"):
        replace(COLUMNS, amount="shop").check()
    twice = RecordColumns((*COLUMNS.columns, RecordColumn("other", KIND.KEY)))
    with pytest.raises(KnownError, match="One column at most can be the key"):
        twice.check()
    with pytest.raises(KnownError, match="No column is left"):
        RecordColumns((RecordColumn("shop", KIND.CATEGORY),), label="shop").check()
    COLUMNS.check()
    with pytest.raises(KnownError, match="No column is left"):
        RecordColumns((RecordColumn("customer", KIND.KEY),)).check()


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


def test_the_id_gives_way_to_another_and_the_amount_stays_with_its_column() -> None:
    columns = replace(COLUMNS, columns=(*COLUMNS.columns, RecordColumn("id", KIND.IDENTITY)))
    moved = columns.typed("shop", KIND.IDENTITY)
    assert [c.name for c in moved.of_type(KIND.IDENTITY)] == ["shop"]
    assert [c.name for c in moved.of_type(KIND.CATEGORY)] == ["id"]
    assert (moved.key, moved.amount, moved.label) == ("customer", "amount", "label")
    assert columns.typed("amount", KIND.NUMBER).amount == "amount"
    assert RecordColumns(()).key is RecordColumns(()).time is None
    assert COLUMNS.time == "at"


def test_numbers_are_said_as_short_as_they_are_exact_and_nothing_is_said_of_nothing() -> None:
    texts = [Field(KIND.NUMBER, "n", value).text for value in (12.0, 12.5, 0.001, -3.0, 1e15, 999999999999999.0, None)]
    assert texts == ["12", "12.5", "0.001", "-3", "1000000000000000.0", "999999999999999", ""]
    assert Field(KIND.TEXT, "t", "x").number is None
    assert Field(KIND.NUMBER, "n", 3.0).number == 3.0
    assert record(0, "a", 1.0)["nowhere"] is None


@pytest.mark.parametrize("value", ["true", "1e999", "[]", "{}", "1" + "0" * 400])
def test_what_is_no_value_is_refused(value: str) -> None:
    with pytest.raises(KnownError, match="no record"):
        record_of(f'{{"fields":[["number","a",{value}]]}}')


def test_a_record_without_a_key_has_no_history() -> None:
    assert Histories(COLUMNS).take(record(0, "", 10.0)) == {}
    assert Histories(replace(COLUMNS, columns=COLUMNS.columns[2:])).take(record(0, "a", 10.0)) == {}
    assert Histories(COLUMNS).take(Record(())) == {}


def test_a_history_takes_what_there_is_and_no_ratio_to_nothing() -> None:
    rows = [record(0, "a", None, ""), record(1, "a", -5.0, "x"), record(2, "a", 10.0, ""), record(3, "a", 20.0, "y")]
    timeless = [replace(row, fields=(replace(row.fields[0], value=None), *row.fields[1:])) for row in rows]
    histories = Histories(COLUMNS)
    found = [histories.take(one) for one in (rows[0], timeless[1], timeless[2], rows[3])]
    assert found == [
        {COUNT: 0.0},
        {COUNT: 1.0, NEW + "shop": 1.0},  # no amount yet, and no time of its own
        {COUNT: 2.0},  # what was usual is below nothing
        {COUNT: 3.0, HOURS: 3.0, LAST_DAY: 1.0, RATIO: 8.0, NEW + "shop": 1.0},
    ]
    assert histories.take(record(4, "a", -1.0))[COUNT] == 4.0
    assert RATIO not in histories.take(record(5, "a", -1.0)), "an amount below nothing is no share of the usual"


def test_the_last_day_is_twenty_four_hours_and_clocks_that_go_back_count_as_none() -> None:
    histories = Histories(COLUMNS)
    for hours in (0, 1, 24):
        found = histories.take(record(hours, "a", 1.0))
    assert (found[HOURS], found[LAST_DAY]) == (23.0, 2.0), "exactly a day ago still counts"
    assert histories.take(record(24.5, "a", 1.0))[LAST_DAY] == 2.0
    assert histories.take(record(20, "a", 1.0))[HOURS] == 0.0


def test_the_ratio_is_to_the_median_and_has_a_largest_value() -> None:
    histories = Histories(COLUMNS)
    for amount in (4.0, 1.0, 2.0):
        histories.take(record(0, "a", amount))
    assert histories.take(record(0, "a", 6.0))[RATIO] == 3.0
    assert histories.take(record(0, "a", 9.0))[RATIO] == 3.0, "between two, half of both"
    histories.take(record(0, "b", 1e-6))
    assert histories.take(record(0, "b", 1e9))[RATIO] == 1e6
    histories.take(record(0, "c", 0.0))
    assert RATIO not in histories.take(record(0, "c", 5.0))
    assert histories.take(record(0, "a", 0.0))[RATIO] == 0.0


def test_records_without_a_time_come_last_and_without_a_column_of_time_as_they_are() -> None:
    rows = [record(5, "a", 1.0), record(1, "b", 1.0), record(0, "c", 1.0)]
    timeless = replace(rows[2], fields=(replace(rows[2].fields[0], value=None), *rows[2].fields[1:]))
    assert in_time([timeless, *rows], COLUMNS) == [3, 2, 1, 0]
    assert in_time(rows, RecordColumns(COLUMNS.columns[1:])) == [0, 1, 2]


def test_the_numbers_of_a_slashed_date_may_be_what_a_day_and_a_month_may_be() -> None:
    last = written_of("31/12/2026")
    assert last is not None
    assert (last.day_first, last.moment(True), last.moment(False)) == (True, datetime(2026, 12, 31), None)
    other = written_of("12/31/2026")
    assert other is not None
    assert (other.day_first, other.moment(False), other.moment(True)) == (False, datetime(2026, 12, 31), None)
    both = written_of("12/1/2026")
    assert both is not None
    assert (both.day_first, both.moment(None)) == (None, None)
    assert written_of("1/12/2026 12:30").moment(True) == datetime(2026, 12, 1, 12, 30)  # type: ignore[union-attr]


def test_the_column_that_names_the_row_is_known() -> None:
    assert COLUMNS.identity is None
    assert COLUMNS.typed("shop", KIND.IDENTITY).identity == "shop"
