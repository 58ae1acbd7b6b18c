"""The automatic stops itself when people, checks or times say so, and says why."""

from collections.abc import Callable

import pytest

from hitl_desktop.assurance.monitors import MonitorKind, MonitorState
from hitl_desktop.domain.changes import NOTHING
from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.items import ItemState
from hitl_desktop.store.models import ModelVersion
from hitl_desktop.workflow import automation, watching
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.review import ReviewSession
from tests.workflow.test_automation import allow, automatic, review, run

Retrain = Callable[[Project], ModelVersion]


@pytest.fixture
def project(text_project: Project, retrain: Retrain) -> Project:
    """A project of which all that may be is decided automatically."""
    review(text_project)
    retrain(text_project)
    text_project.set_threshold(0.0)
    allow(text_project)
    run(text_project)
    return text_project


def stands(project: Project, kind: MonitorKind) -> MonitorState:
    return next(m.state for m in watching.monitors_of(project) if m.kind is kind)


def change(project: Project, index: int) -> None:
    """Decide an automatic one otherwise."""
    said = project.store.items.get(index).label_id
    session = ReviewSession(project, "ann")
    session.take(index)
    session.decide(Verdict.CORRECTED, next(label.id for label in project.offered if label.id != said))


def test_it_goes_on_while_all_is_within(project: Project) -> None:
    assert watching.look_after(project) is NOTHING
    assert automation.state(project).is_running


def test_it_stops_when_people_change_too_many(project: Project) -> None:
    for index in automatic(project)[:2]:
        change(project, index)
    assert watching.look_after(project) is NOTHING
    change(project, automatic(project)[0])
    automation.take_back(project, automatic(project)[0], "ann")
    assert watching.look_after(project) is not NOTHING
    now = automation.state(project)
    assert now.pause is not None
    assert now.pause.is_by_itself
    assert str(now.pause.reason).startswith("4 of ")
    assert "automatic decisions were changed by people; 5" in str(now.pause.reason)
    assert watching.look_after(project) is NOTHING, "it is paused already"


def test_who_lets_it_go_on_has_seen_what_was_before(project: Project) -> None:
    for index in automatic(project)[:4]:
        change(project, index)
    watching.look_after(project)
    automation.resume(project, "ann", "a batch that was scanned badly")
    assert stands(project, MonitorKind.OVERRIDES) is MonitorState.WITHIN
    assert watching.look_after(project) is NOTHING


def test_a_person_who_says_the_same_changes_nothing(project: Project) -> None:
    session = ReviewSession(project, "ann")
    for index in automatic(project)[:4]:
        session.take(index)
        session.decide(Verdict.CORRECTED, project.store.items.get(index).label_id)
    assert project.store.automation.changed(0) == 0


def test_a_change_that_was_undone_does_not_count(project: Project) -> None:
    change(project, automatic(project)[0])
    assert project.store.automation.changed(0) == 1
    ReviewSession(project, "ann").undo()
    assert project.store.automation.changed(0) == 0
    assert ItemState.AUTOMATIC in {project.pool.state(i) for i in range(len(project.pool))}


def test_slow_reviews_stop_it(project: Project) -> None:
    session = ReviewSession(project, "ann")
    index = automatic(project)[0]
    label = project.store.items.get(index).label_id
    for seconds in [5.0] * 40 + [11.0] * 20:
        session.take(index)
        session.decide(Verdict.CORRECTED, label, seconds=seconds)
        session.take(index)
    assert stands(project, MonitorKind.REVIEW_TIME) is MonitorState.OUT
    watching.look_after(project)
    now = automation.state(project)
    assert now.pause is not None
    assert str(now.pause.reason) == "Reviews take 2.2 times as long as before."
