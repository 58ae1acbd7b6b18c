"""What goes out of a project: marks with the names of their classes, and what was in view."""

import csv
import json
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.evidence import Box, Evidence
from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.exchange.marks_coco import read_coco
from hitl_desktop.exchange.marks_csv import read_marks_csv
from hitl_desktop.exchange.records import NamedMark
from hitl_desktop.workflow.exporting import export, export_rows
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.review import ReviewSession
from tests.conftest import MakeProject
from tests.dicom_files import write_series

MARKS = Evidence((Box(1, 2, 3, 4, label_id=2), Box(5, 6, 7, 8)), 28, 28)


def test_marks_go_out_with_decisions_and_drafts_do_not(image_project: Project, tmp_path: Path) -> None:
    session = ReviewSession(image_project, "ann")
    first = image_project.store.items.get(session.current or 0)
    session.mark(MARKS)
    with pytest.raises(KnownError, match="no marks"):
        export(image_project, tmp_path / "none.json", "coco", no_progress, never_cancelled)
    session.decide(Verdict.CORRECTED, 1)
    session.mark(MARKS)
    name = image_project.label(2).name
    row = next(row for row in export_rows(image_project) if row.id == first.digest)
    assert row.marks == (NamedMark(Box(1, 2, 3, 4), name), NamedMark(Box(5, 6, 7, 8)))
    assert row.image_size == (28, 28)
    assert export(image_project, tmp_path / "marks.json", "coco", no_progress, never_cancelled) == 2
    (image,) = read_coco(tmp_path / "marks.json")
    assert (image.id, image.marks) == (first.digest, row.marks)
    assert export(image_project, tmp_path / "marks.csv", "marks", no_progress, never_cancelled) == 2
    assert [mark for _, mark in read_marks_csv(tmp_path / "marks.csv")] == list(row.marks)


def test_a_mark_in_a_series_names_the_file_of_its_frame(tmp_path: Path, make_project: MakeProject) -> None:
    write_series(tmp_path / "data", np.arange(3 * 64, dtype=np.int16).reshape(3, 8, 8))
    make_project(tmp_path / "p.hitl", tmp_path / "data", labels=("x", "y"))
    with closing(Project.open(tmp_path / "p.hitl")) as project:
        item = project.store.items.get(0)
        files = [file.path for file in project.store.item_files.of(0)]
        assert len(files) == 3
        session = ReviewSession(project, "ann")
        marks = (Box(1, 2, 3, 4, frame=2), Box(1, 2, 3, 4, frame=0))
        session.mark(Evidence(marks, 8, 8))
        session.decide(Verdict.CORRECTED, 1)
        export(project, tmp_path / "marks.json", "coco", no_progress, never_cancelled)
        export(project, tmp_path / "marks.csv", "marks", no_progress, never_cancelled)
    images = json.loads((tmp_path / "marks.json").read_text())["images"]
    assert [image["file_name"] for image in images] == [files[2], files[0]]
    (image,) = read_coco(tmp_path / "marks.json")
    assert (image.path, [named.mark for named in image.marks]) == (item.path, list(marks))
    with (tmp_path / "marks.csv").open(encoding="utf-8-sig", newline="") as stream:
        assert [row["file"] for row in csv.DictReader(stream)] == [files[2], files[0]]
    assert [named.mark for _, named in read_marks_csv(tmp_path / "marks.csv")] == list(marks)
