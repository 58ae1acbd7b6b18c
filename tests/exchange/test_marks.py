"""Exports of marks: what COCO tools find in them, and that nothing is lost."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hitl_desktop.domain.errors import Cancelled, KnownError
from hitl_desktop.domain.evidence import Arrow, Box, Ellipse, Shape, Span
from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.exchange import EXPORTERS, MARK_EXPORTERS
from hitl_desktop.exchange.marks_coco import MarkedImage, read_coco
from hitl_desktop.exchange.marks_csv import read_marks_csv
from hitl_desktop.exchange.records import ExportRow, NamedMark
from tests.exchange.test_export import GUESSED, named_marks

DRAWN = (
    NamedMark(Box(1.25, 2, 30, 40), "nodule"),
    NamedMark(Ellipse(10, 20, 4, 8)),
    NamedMark(Arrow(0, 0, 5, 6, frame=2), "effusion"),
)
IMAGE = ExportRow(
    id="ab" * 32, path="ward 3/scan.png", label="nodule", state="decided", marks=DRAWN, image_size=(384, 256)
)
TEXT = ExportRow(id="cd" * 32, path="row 2", label="billing", marks=(NamedMark(Span(3, 8, "=1\udc80🙂x"), "billing"),))


def write(form: str, rows: list[ExportRow], out: Path) -> int:
    return MARK_EXPORTERS[form].function(rows, out, no_progress, never_cancelled)


def coco(rows: list[ExportRow], out: Path) -> dict[str, Any]:
    write("coco", rows, out)
    return json.loads(out.read_text("ascii"))


def test_the_tables_do_not_share_names() -> None:
    assert not set(EXPORTERS) & set(MARK_EXPORTERS)
    assert all(row.name == name and row.title and row.suffixes for name, row in MARK_EXPORTERS.items())


def test_coco_holds_what_its_tools_look_for(tmp_path: Path) -> None:
    whole = coco([IMAGE, GUESSED], tmp_path / "out.json")
    assert [(i["id"], i["file_name"], i["width"], i["height"]) for i in whole["images"]] == [
        (1, "ward 3/scan.png", 384, 256),
        (2, "ward 3/scan.png", 384, 256),
    ], "a frame is an image of its own"
    box, ellipse, arrow = whole["annotations"]
    names = {c["id"]: c["name"] for c in whole["categories"]}
    assert [names[a["category_id"]] for a in (box, ellipse, arrow)] == ["nodule", "nodule", "effusion"]
    assert ellipse["hitl"]["label"] is None, "it spoke for no class itself"
    assert (box["bbox"], box["area"]) == ([1.25, 2, 30, 40], 1200)
    assert box["segmentation"] == [[1.25, 2, 31.25, 2, 31.25, 42, 1.25, 42]]
    assert len(ellipse["segmentation"][0]) == 128
    assert ellipse["area"] == pytest.approx(3.14159 * 2 * 4, abs=0.01)
    assert (arrow["image_id"], arrow["area"], arrow["segmentation"]) == (2, 0, [])
    assert (arrow["keypoints"], arrow["num_keypoints"]) == ([0, 0, 2, 5, 6, 2], 2)
    assert next(c for c in whole["categories"] if c["name"] == "effusion")["keypoints"] == ["tail", "tip"]
    assert all(a["iscrowd"] == 0 for a in whole["annotations"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.lists(st.lists(named_marks, max_size=3).map(tuple), max_size=4))
def test_nothing_is_lost_on_the_way(tmp_path: Path, given_marks: list[tuple[NamedMark, ...]]) -> None:
    rows = [
        ExportRow(id=str(number), path=f"{number}.png", marks=marks, image_size=(9, 8))
        for number, marks in enumerate(given_marks)
    ]
    assert write("marks", rows, tmp_path / "out.csv") == sum(map(len, given_marks))
    expected = [(row.id, mark) for row in rows for mark in row.marks]
    assert list(read_marks_csv(tmp_path / "out.csv")) == expected
    shapes = {row.id: tuple(m for m in row.marks if isinstance(m.mark, Shape)) for row in rows}
    shapes = {item: marks for item, marks in shapes.items() if marks}
    if not shapes:
        with pytest.raises(KnownError, match="no marks in images"):
            write("coco", rows, tmp_path / "out.json")
        return
    write("coco", rows, tmp_path / "out.json")
    assert read_coco(tmp_path / "out.json") == [
        MarkedImage(item, f"{item}.png", (9, 8), marks) for item, marks in shapes.items()
    ]


def test_spans_are_rows_of_the_csv_file_with_safe_cells(tmp_path: Path) -> None:
    write("marks", [TEXT, IMAGE], tmp_path / "out.csv")
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as stream:
        span, box, _, arrow = csv.DictReader(stream)
    assert (span["kind"], span["start"], span["end"], span["text"][:3]) == ("span", "3", "8", "'=1")
    assert (span["x"], span["frame"], span["image_width"]) == ("", "", "")
    assert (box["kind"], box["class"], box["decided"], box["x"], box["image_width"]) == (
        "box", "nodule", "nodule", "1.25", "384",
    )  # fmt: skip
    assert (arrow["tip_x"], arrow["frame"], arrow["width"]) == ("5", "2", "")


@pytest.mark.parametrize("form", MARK_EXPORTERS)
def test_a_cancelled_export_leaves_the_old_file(form: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.write_text("old")
    with pytest.raises(Cancelled):
        MARK_EXPORTERS[form].function([IMAGE], out, no_progress, lambda: True)
    assert out.read_text() == "old"


@pytest.mark.parametrize("content", [b"hello\n", b"[]", b'{"images": [], "annotations": [{"image_id": 1}]}', b"\xff"])
def test_a_foreign_file_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "foreign").write_bytes(content)
    with pytest.raises(KnownError):
        read_coco(tmp_path / "foreign")
    with pytest.raises(KnownError):
        list(read_marks_csv(tmp_path / "foreign"))
