"""What goes out of a project: marks with the names of their classes, and what was in view."""

from pathlib import Path

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
