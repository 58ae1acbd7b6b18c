"""How many reviews are left of a day."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.workflow import routing
from hitl_desktop.workflow.capacity import left_today
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.review import ReviewSession


def test_without_a_capacity_there_is_no_end(text_project: Project) -> None:
    assert left_today(text_project) is None


def test_what_was_decided_today_and_stands_is_taken_off(text_project: Project) -> None:
    routing.set_policy(text_project, replace(text_project.policy, daily_capacity=3))
    session = ReviewSession(text_project, "ann")
    assert left_today(text_project) == 3
    for verdict in (Verdict.CORRECTED, Verdict.SKIPPED):
        session.decide(verdict, text_project.labels[0].id if verdict is Verdict.CORRECTED else None)
    assert left_today(text_project) == 1
    session.undo()
    assert left_today(text_project) == 2
    for _ in range(4):
        session.decide(Verdict.CORRECTED, text_project.labels[0].id)
    assert left_today(text_project) == 0
    assert left_today(text_project, datetime.now(UTC) + timedelta(days=1)) == 3, "tomorrow begins anew"
