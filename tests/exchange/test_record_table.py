"""Tables of records: types are guessed and told, cells that do not fit are named, what is ambiguous is asked."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.domain.records import COUNT, RATIO, ColumnType, RecordColumn, RecordColumns, record_of
from hitl_desktop.exchange.record_cells import number_in
from hitl_desktop.exchange.record_rows import columns_of, guessed, layout_of
from hitl_desktop.exchange.record_types import Doubt, guess_type
from hitl_desktop.exchange.row_kinds import kinds_of
from hitl_desktop.exchange.table import read_table, sniff
from hitl_desktop.exchange.table_records import TableContents

KIND = ColumnType
SAMPLE = Path(__file__).resolve().parents[2] / "resources" / "samples" / "payments.csv"


def written(folder: Path, *lines: str) -> Path:
    path = folder / "table.csv"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def read(path: Path, columns: RecordColumns | None = None, there: Sequence[tuple[str, str]] = ()) -> TableContents:
    guess = sniff(path)
    columns = columns or guessed(guess).columns
    return read_table(
        path,
        id_column=columns.identity,
        text_column=None,
        label_column=columns.label,
        progress=no_progress,
        cancelled=never_cancelled,
        guess=guess,
        kind="record",
        layout=layout_of(columns),
        there=there,
    )


def told(contents: TableContents) -> str:
    return "\n".join(str(note) for note in contents.notes)


def test_the_types_of_the_sample() -> None:
    guess = guessed(sniff(SAMPLE))
    types = {column.name: column.type for column in guess.columns.columns}
    assert types == {
        "payment": KIND.IDENTITY,
        "time": KIND.DATE,
        "customer": KIND.KEY,
        "amount": KIND.NUMBER,
        "merchant": KIND.CATEGORY,
        "category": KIND.CATEGORY,
        "channel": KIND.CATEGORY,
        "country": KIND.CATEGORY,
        "device": KIND.CATEGORY,
        "memo": KIND.TEXT,
    }
    columns = guess.columns
    assert (columns.amount, columns.key, columns.time, columns.label) == ("amount", "customer", "time", "label")
    assert guess.classes == ("genuine", "fraud")
    assert guess.looks_like_records


@pytest.mark.parametrize(
    ("name", "cells", "kind", "doubts"),
    [
        ("sum", ["1,234.50", "$12", "€ 3.10", "n/a"], KIND.NUMBER, (Doubt.CURRENCIES,)),
        ("sum", ["1.234,50 €", "12,5", "3"], KIND.NUMBER, ()),
        ("sum", ["12.5", "13,25", "1.75"], KIND.NUMBER, (Doubt.TWO_DECIMALS,)),
        ("sum", ["1", "2", "3", "4", "five"], KIND.NUMBER, (Doubt.SOME_OTHER,)),
        ("day", ["03/04/2026", "05/06/2026"], KIND.DATE, (Doubt.DAY_OR_MONTH,)),
        ("day", ["03/04/2026", "25/06/2026"], KIND.DATE, ()),
        ("day", ["13/04/2026", "04/13/2026"], KIND.DATE, (Doubt.TWO_ORDERS, Doubt.DAY_OR_MONTH)),
        ("day", ["2026-04-03", "3.4.2026", "Apr 3, 2026"], KIND.DATE, ()),
        ("zip", ["01069", "80331", "04109"], KIND.CATEGORY, ()),
        ("empty", ["", " ", "n/a"], KIND.IGNORED, (Doubt.EMPTY,)),
        ("colour", ["red", "blue", "red"], KIND.CATEGORY, ()),
        ("customer", [f"c{n % 5}" for n in range(20)], KIND.KEY, ()),
        ("customer", [f"c{n}" for n in range(20)], KIND.KEY, (Doubt.ALL_DIFFERENT,)),
        ("remark", [f"the parcel {n} never came" for n in range(9)], KIND.TEXT, ()),
    ],
)
def test_what_a_column_holds(name: str, cells: list[str], kind: ColumnType, doubts: tuple[Doubt, ...]) -> None:
    guess = guess_type(name, cells)
    assert (guess.column.type, guess.doubts) == (kind, doubts)


@pytest.mark.parametrize(
    ("cell", "comma", "value"),
    [
        ("1,234.50", False, 1234.5),
        ("1.234,50 €", True, 1234.5),
        ("1.234", True, 1234.0),
        ("EUR 12", False, 12.0),
        ("12 USD", False, 12.0),
        ("MSG-00012", False, None),
        ("−3.5", False, -3.5),
        ("five", False, None),
        ("12a", False, None),
    ],
)
def test_numbers_in_cells(cell: str, comma: bool, value: float | None) -> None:
    assert number_in(cell, comma=comma) == value


def test_cells_that_do_not_fit_are_told_by_row_and_column(tmp_path: Path) -> None:
    lines = [f"{n},2026-03-{n:02d},c{n % 3},{n * 10},ok" for n in range(1, 20)]
    lines[3] = "4,2026-03-04,c1,a lot,ok"
    lines[6] = "7,someday,c1,70,ok"
    lines[8] = "9,2026-03-09,,90,bad"
    contents = read(written(tmp_path, "id,day,customer,amount,outcome", *lines))
    assert len(contents.items) == 19
    notes = told(contents)
    assert "Row 4 held no number in “amount”, taken as missing: “a lot”." in notes
    assert "Row 7 held no date in “day”, taken as missing: “someday”." in notes
    assert "1 row has no “customer”, and so no history." in notes
    assert contents.class_names == ("bad", "ok")
    assert record_of(contents.items[3].text)["amount"].value is None  # type: ignore[union-attr]


def test_a_date_in_two_readings_is_asked_for(tmp_path: Path) -> None:
    path = written(tmp_path, "day,amount", "7/7/2026,1", "03/04/2026,2", "05/06/2026,3")
    with pytest.raises(KnownError, match="can be read in two ways, such as “03/04/2026” in row 2"):
        read(path)
    said = RecordColumns((RecordColumn("day", KIND.DATE, day_first=True), RecordColumn("amount", KIND.NUMBER)))
    assert record_of(read(path, said).items[1].text)["day"].value == "2026-04-03T00:00:00"  # type: ignore[union-attr]


def test_a_date_in_three_forms_is_one_column_and_the_wrong_order_is_told(tmp_path: Path) -> None:
    path = written(tmp_path, "day,amount", "2026-04-03,1", "3.4.2026,2", "25/04/2026,3", "04/25/2026,4")
    columns = RecordColumns((RecordColumn("day", KIND.DATE, day_first=True), RecordColumn("amount", KIND.NUMBER)))
    notes = told(read(path, columns))
    assert "Row 4 held a date in “day” in another order of day and month, taken as missing: “04/25/2026”." in notes


def test_keys_repeats_many_values_and_currencies_are_told(tmp_path: Path) -> None:
    lines = [f"{n},c{n},shop{n},{'$' if n % 2 else '€'}{n}.50" for n in range(1, 1102)]
    path = written(tmp_path, "id,customer,shop,amount", *lines, lines[0], "1102,,,")
    columns = RecordColumns(
        (
            RecordColumn("id", KIND.IDENTITY),
            RecordColumn("customer", KIND.KEY),
            RecordColumn("shop", KIND.CATEGORY),
            RecordColumn("amount", KIND.NUMBER),
        ),
        "amount",
    )
    contents = read(path, columns)
    notes = told(contents)
    assert "No value of the key “customer” comes twice" not in notes  # its one repeat is a repeated row
    assert "“shop” holds 1,101 different values. Those that are rare count as one." in notes
    assert "“amount” holds amounts in several currencies: $, €. Nothing was converted." in notes
    assert [d.file for d in contents.duplicates] == ["row 1102 (1)"]
    assert [str(u.why) for u in contents.unreadable] == ["Every cell of the row is empty."]


def test_history_follows_the_time_not_the_order_of_the_table_and_goes_on_later(tmp_path: Path) -> None:
    columns = RecordColumns(
        (RecordColumn("at", KIND.DATE), RecordColumn("who", KIND.KEY), RecordColumn("amount", KIND.NUMBER)), "amount"
    )
    path = written(tmp_path, "at,who,amount", "2026-03-02,a,30", "2026-03-01,a,10")
    first = read(path, columns).items
    assert [record_of(item.text).earlier[COUNT] for item in first] == [1.0, 0.0]
    assert record_of(first[0].text).earlier[RATIO] == 3.0
    later = written(tmp_path, "at,who,amount", "2026-03-03,a,40", "2026-03-01,a,10", "2026-02-01,a,9")
    contents = read(later, columns, [(item.text, item.digest) for item in first])
    again, *new = contents.items
    assert (again.digest, again.text) == (first[1].digest, first[1].text)  # as it was, though a row came in before it
    assert [record_of(item.text).earlier[COUNT] for item in new] == [3.0, 0.0]


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    path = written(tmp_path, "a,b", "1,2")
    with pytest.raises(KnownError, match="no column “c”"):
        read(path, RecordColumns((RecordColumn("c", KIND.NUMBER),)))


def test_typed_columns_survive_the_layout() -> None:
    columns = guessed(sniff(SAMPLE)).columns
    names = [column.name for column in columns.columns]
    assert columns_of(layout_of(columns), names, columns.identity, columns.label) == columns
    said = RecordColumns((RecordColumn("d", KIND.DATE, day_first=False), RecordColumn("n", KIND.NUMBER, comma=True)))
    assert columns_of(layout_of(said), ["d", "n"], None, None) == said


def test_a_table_of_numbers_is_taken_for_records_and_one_of_texts_for_texts(tmp_path: Path) -> None:
    assert kinds_of(sniff(SAMPLE))[0] == "record"
    messages = SAMPLE.with_name("support_messages.csv")
    assert kinds_of(sniff(messages))[0] == "text"
