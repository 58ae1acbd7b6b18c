import csv
import errno
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hitl_desktop.domain.errors import Cancelled, KnownError
from hitl_desktop.domain.evidence import Arrow, Box, Ellipse, Span
from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.domain.responses import NO_RESPONSE, Response
from hitl_desktop.exchange import EXPORTERS, IMPORTERS
from hitl_desktop.exchange.export_csv import read_export_csv
from hitl_desktop.exchange.export_jsonl import read_export_jsonl
from hitl_desktop.exchange.records import ExportRow, NamedMark

READERS = {"csv": read_export_csv, "jsonl": read_export_jsonl}
GOLDEN = Path(__file__).parent / "golden"

CHECKED = ExportRow(
    id="ab" * 32, path="ward 3/scan, 7.png", label="benign", state="decided", verdict="corrected", reviewer="Ada",
    auth="password",
    decided_at="2025-01-02T03:04:05Z", predicted="malignant", confidence=0.5, uncertainty=0.25, model_version=3,
    note="=1+1 looks\nodd",
    reason="seen again", slot="explore", decisions=2, probabilities={"benign": 0.5, "malignant": 0.5},
    exposure="revealed", own_answer="malignant", image_size=(384, 256), route="review", rule=2, policy_version=6,
    marks=(NamedMark(Box(1.25, 2, 30, 40), "benign"), NamedMark(Arrow(0, 0, 5, 5, frame=2))),
    response=Response(((1,), (0, 2)), (3, 0, 1), (2, 0, 1), 4, "=1+1"),
)  # fmt: skip
GUESSED = ExportRow(
    id="cd" * 32, path="row 2", state="todo", predicted="benign", confidence=0.9, uncertainty=0.1, model_version=3,
    probabilities={"benign": 0.9, "malignant": 0.1}, text="-5", fields={"source": "@phone"},
)  # fmt: skip
AUTOMATIC = ExportRow(
    id="ef" * 32, path="row 3", label="benign", state="automatic", verdict="automatic", reviewer="automatic",
    decided_at="2025-01-02T03:04:06Z", predicted="benign", confidence=0.99, uncertainty=0.01, model_version=3,
    slot="automatic", decisions=1, probabilities={"benign": 0.99, "malignant": 0.01},
    policy_version=6, rule=4, route="accept", basis="certificate 1",
)  # fmt: skip

# Characters that have ever broken a CSV file, bytes of odd file names, and any other.
characters = st.one_of(
    st.sampled_from("'=+-@\t\r\n\0\",;\\ud8\udc80\udcff\ufeff1.e"), st.characters(exclude_categories=["Cs"])
)
texts = st.text(characters, max_size=12)
shares = st.floats(0, 1)
numbers = st.floats(-1e6, 1e6)
sizes = st.floats(0.01, 1e6)
named_marks = st.builds(
    NamedMark,
    st.one_of(
        st.builds(Box, numbers, numbers, sizes, sizes, st.integers(0, 9)),
        st.builds(Ellipse, numbers, numbers, sizes, sizes, st.integers(0, 9)),
        st.builds(lambda x, y, by: Arrow(x, y, x + 1 + by, y), numbers, numbers, sizes),
        st.builds(lambda start, text: Span(start, start + len(text), text), st.integers(0, 99), texts.filter(bool)),
    ),
    texts,
)
rows = st.builds(
    ExportRow,
    id=texts, path=texts, label=texts, state=texts, verdict=texts, reviewer=texts, decided_at=texts, predicted=texts,
    auth=texts,
    confidence=st.none() | shares, uncertainty=st.none() | shares, model_version=st.none() | st.integers(0, 99),
    note=texts, slot=texts, decisions=st.integers(0, 99), probabilities=st.dictionaries(texts, shares, max_size=3),
    text=texts, fields=st.dictionaries(texts, texts.filter(bool), max_size=3), exposure=texts, own_answer=texts,
    marks=st.lists(named_marks, max_size=2).map(tuple),
    image_size=st.none() | st.tuples(st.integers(1, 9), st.integers(1, 9)),
    response=st.just(NO_RESPONSE) | st.builds(Response, ratings=st.just((0, 3)), reply=texts),
    route=texts, rule=st.none() | st.integers(1, 9), policy_version=st.none() | st.integers(0, 9), basis=texts,
)  # fmt: skip


def write(name: str, rows: list[ExportRow], out: Path) -> int:
    return EXPORTERS[name].function(rows, out, no_progress, never_cancelled)


@pytest.mark.parametrize("name", EXPORTERS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(given_rows=st.lists(rows, max_size=4))
def test_an_export_is_read_back_exactly(name: str, tmp_path: Path, given_rows: list[ExportRow]) -> None:
    out = tmp_path / "out"
    assert write(name, given_rows, out) == len(given_rows)
    assert list(READERS[name](out)) == given_rows


@pytest.mark.parametrize("name", EXPORTERS)
def test_the_file_is_as_agreed(name: str, tmp_path: Path) -> None:
    write(name, [CHECKED, GUESSED, AUTOMATIC], tmp_path / "out")
    assert (tmp_path / "out").read_bytes() == (GOLDEN / f"export.{name}").read_bytes()


def test_the_csv_file_suits_spreadsheets(tmp_path: Path) -> None:
    write("csv", [CHECKED, GUESSED], tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_bytes().startswith(b"\xef\xbb\xbfid,")
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as stream:
        checked, guessed = csv.DictReader(stream)
    assert checked["note"] == "'=1+1 looks\nodd"
    assert guessed["text"] == "-5"
    assert guessed["field.source"] == "'@phone"
    assert (checked["label"], guessed["label"], guessed["p(benign)"]) == ("benign", "", "0.9")


def test_a_lone_surrogate_leaves_the_csv_file_valid_utf8(tmp_path: Path) -> None:
    write("csv", [ExportRow(id="1", path="gr\udcf6n.png")], tmp_path / "out.csv")
    assert "gr\\udcf6n.png" in (tmp_path / "out.csv").read_text("utf-8")


def interrupted() -> Iterator[ExportRow]:
    yield CHECKED
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("name", EXPORTERS)
def test_a_failed_export_leaves_the_old_file(name: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.write_text("old")
    with pytest.raises(KnownError, match="the disk is full"):
        EXPORTERS[name].function(interrupted(), out, no_progress, never_cancelled)
    assert out.read_text() == "old"
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize("name", EXPORTERS)
def test_a_cancelled_export_leaves_the_old_file(name: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.write_text("old")
    with pytest.raises(Cancelled):
        EXPORTERS[name].function([CHECKED], out, no_progress, lambda: True)
    assert out.read_text() == "old"
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize("name", EXPORTERS)
def test_a_missing_folder_is_told(name: str, tmp_path: Path) -> None:
    with pytest.raises(KnownError, match="the folder is not there"):
        write(name, [CHECKED], tmp_path / "gone" / "out")


@pytest.mark.parametrize("name", EXPORTERS)
@pytest.mark.parametrize("content", [b"hello\n", b"\xff\xfe\n", b'{"id": 1}\n', b"id,path\n1,2\n"])
def test_a_foreign_file_is_refused(name: str, content: bytes, tmp_path: Path) -> None:
    (tmp_path / "foreign").write_bytes(content)
    with pytest.raises(KnownError):
        list(READERS[name](tmp_path / "foreign"))


@pytest.mark.parametrize("name", EXPORTERS)
def test_progress_ends_with_the_number_of_rows(name: str, tmp_path: Path) -> None:
    told: list[tuple[int, int, str]] = []
    EXPORTERS[name].function([CHECKED] * 501, tmp_path / "out", lambda *args: told.append(args), never_cancelled)
    assert told[0][0] == 500
    assert told[-1] == (501, 501, "Writing the file")


def test_a_number_that_is_not_finite_is_refused() -> None:
    with pytest.raises(ValueError, match="not finite"):
        ExportRow(id="1", path="p", probabilities={"a": float("nan")})


def test_the_tables_agree_with_themselves() -> None:
    for table in (IMPORTERS, EXPORTERS):
        for name, row in table.items():
            assert row.name == name
            assert row.title
            assert all(suffix.startswith(".") for suffix in row.suffixes)
    assert set(READERS) == set(EXPORTERS)


@pytest.mark.parametrize("name", EXPORTERS)
def test_an_export_from_before_it_said_how_a_reviewer_had_signed_in_is_read(name: str, tmp_path: Path) -> None:
    write(name, [CHECKED], tmp_path / "new")
    lines = (tmp_path / "new").read_bytes()
    older = lines.replace(b",auth,", b",").replace(b",password,", b",").replace(b', "auth": "password"', b"")
    assert older != lines
    (tmp_path / "older").write_bytes(older)
    assert list(READERS[name](tmp_path / "older")) == [replace(CHECKED, auth="")]
