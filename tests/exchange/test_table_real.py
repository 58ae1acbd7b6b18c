"""The shared data sets beside the project, and the collection of odd files with what is expected of each."""

import csv
from pathlib import Path

import pytest

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.exchange.table import read_table, sniff
from hitl_desktop.exchange.table_records import TableContents

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
ODD = DATA / "odd_files"

pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(not ODD.is_dir(), reason=f"the shared data sets are not at {DATA}"),
]


def load(path: Path) -> TableContents:
    guess = sniff(path)
    return read_table(
        path,
        id_column=guess.id_column,
        text_column=guess.text_column,
        label_column=guess.label_column,
        progress=no_progress,
        cancelled=never_cancelled,
        guess=guess,
    )


@pytest.mark.parametrize(
    ("name", "rows", "classes"),
    [
        ("banking77_intents", 10003, 77),
        ("medical_abstracts", 2163, 5),
        ("sms_spam", 4180, 2),
        ("tweets_toxicity_davidson", 18586, 3),
    ],
)
def test_real_tables_are_understood(name: str, rows: int, classes: int) -> None:
    path = DATA / "text" / name / "data.csv"
    guess = sniff(path)
    assert (guess.id_column, guess.text_column, guess.label_column) == ("id", "text", "label")
    assert guess.rows_estimate == pytest.approx(rows, rel=0.15)
    contents = load(path)
    assert (contents.rows, len(contents.class_names)) == (rows, classes)
    assert contents.unreadable == []
    assert len(contents.items) + len(contents.duplicates) == rows


def test_a_table_with_many_label_columns_takes_one_of_them() -> None:
    guess = sniff(DATA / "multi_annotator" / "hatecheck" / "items.csv")
    assert (guess.id_column, guess.text_column) == ("id", "text")
    assert guess.label_column in {"majority", "label_author"}


def test_a_table_of_annotations_has_no_text() -> None:
    guess = sniff(DATA / "multi_annotator" / "hatecheck" / "annotations.csv")
    assert (guess.text_column, guess.label_column) == (None, "label")


def expectations() -> list[dict[str, str]]:
    if not ODD.is_dir():
        return []
    with (ODD / "expectations.csv").open(encoding="utf-8", newline="") as stream:
        return [row for row in csv.DictReader(stream) if row["file"].startswith("text/")]


def load_or_reason(path: Path) -> TableContents | KnownError:
    try:
        return load(path)
    except KnownError as error:
        return error


@pytest.mark.parametrize("row", expectations(), ids=lambda row: Path(row["file"]).stem[:24])
def test_odd_files_get_what_is_expected(row: dict[str, str]) -> None:
    path = ODD / row["file"]
    fine = {row["expect"], *row["also_acceptable"].split()}
    contents = load_or_reason(path)
    if isinstance(contents, KnownError):
        assert "refuse-with-reason" in fine, f"refused: {contents}"
        assert contents.message.endswith(".")
        assert contents.remedy
        return
    assert fine != {"refuse-with-reason"}
    if row["rows"]:
        wanted = int(row["rows"])
        left_out = len(contents.duplicates) + len(contents.unreadable)
        assert contents.rows >= wanted, "rows were lost"
        assert len(contents.items) + left_out == contents.rows
    if fine == {"load-with-warning"}:
        assert contents.notes or contents.unreadable
