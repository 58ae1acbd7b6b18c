"""A scripted session whose truth is known: what figures are checked against, and what their page shows in tests."""

from pathlib import Path
from typing import Final

from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.requests import LabelUse
from hitl_desktop.workflow.review import ReviewSession
from tests.conftest import MakeProject, Retrain

THRESHOLD: Final = 0.7


def make_scripted(folder: Path, images: Path, make_project: MakeProject, retrain: Retrain) -> None:
    """Ann teaches two versions, then Bob changes every third suggestion; some items are set aside, one is undone."""
    make_project(folder, images, use_labels=LabelUse.TRUTH)
    project = Project.open(folder)
    project.set_threshold(1.0)
    session = ReviewSession(project, "ann")
    for number in range(24):
        assert session.item is not None
        aside = {7: Verdict.SKIPPED, 13: Verdict.FLAGGED}.get(number)
        label = None if aside else session.item.truth_id
        session.decide(aside or Verdict.CORRECTED, label, seconds=2.0 + number % 7)
        if number in (11, 23):
            retrain(project)
            session.replan()
    session.set_reviewer("bob")
    for number in range(9):
        assert session.shown is not None
        assert session.shown.predicted is not None
        other = next(label.id for label in project.labels if label != session.shown.predicted)
        wanted = other if number % 3 == 0 else session.shown.predicted.id
        session.decide(Verdict.CORRECTED, wanted, seconds=10.0 + number)
    session.undo()
    project.set_threshold(THRESHOLD)
    project.close()
