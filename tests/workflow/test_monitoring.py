"""The automatic stops itself when people, checks or times say so, and says why."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from hitl_desktop.assurance.monitors import MonitorKind, MonitorState
from hitl_desktop.domain.batch_comparison import BatchComparison
from hitl_desktop.domain.changes import NOTHING
from hitl_desktop.domain.decisions import Exposure, Slot, Verdict
from hitl_desktop.domain.items import ItemState
from hitl_desktop.store.models import ModelVersion
from hitl_desktop.workflow import automation, monitoring
from hitl_desktop.workflow.bulk import is_check
from hitl_desktop.workflow.finding import hidden_items
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.review import ReviewSession
from hitl_desktop.workflow.routing import set_policy
from hitl_desktop.workflow.snapshot import take_snapshot
from hitl_desktop.workflow.suggesting import keeps_back, kept_back
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
    return next(m.state for m in monitoring.monitors_of(project) if m.kind is kind)


def change(project: Project, index: int) -> None:
    """Decide an automatic one otherwise."""
    said = project.store.items.get(index).label_id
    session = ReviewSession(project, "ann")
    session.take(index)
    session.decide(Verdict.CORRECTED, next(label.id for label in project.offered if label.id != said))


def test_it_goes_on_while_all_is_within(project: Project) -> None:
    assert monitoring.look_after(project) is NOTHING
    assert automation.state(project).is_running


def test_it_stops_when_people_change_too_many(project: Project) -> None:
    for index in automatic(project)[:2]:
        change(project, index)
    assert monitoring.look_after(project) is NOTHING
    change(project, automatic(project)[0])
    automation.take_back(project, automatic(project)[0], "ann")
    assert monitoring.look_after(project) is not NOTHING
    now = automation.state(project)
    assert now.pause is not None
    assert now.pause.is_by_itself
    assert str(now.pause.reason).startswith("4 of ")
    assert "automatic decisions were changed by people; 5" in str(now.pause.reason)
    assert monitoring.look_after(project) is NOTHING, "it is paused already"


def test_who_lets_it_go_on_has_seen_what_was_before(project: Project) -> None:
    for index in automatic(project)[:4]:
        change(project, index)
    monitoring.look_after(project)
    automation.resume(project, "ann", "a batch that was scanned badly")
    assert stands(project, MonitorKind.OVERRIDES) is MonitorState.WITHIN
    assert monitoring.look_after(project) is NOTHING


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


@pytest.fixture
def watching(text_project: Project, retrain: Retrain) -> Project:
    """A project where one in two of what would be automatic keeps watch."""
    review(text_project)
    retrain(text_project)
    text_project.set_threshold(0.0)
    set_policy(text_project, replace(text_project.policy, audit_every=2))
    return text_project


def test_only_where_something_is_permitted_there_is_something_to_watch(watching: Project) -> None:
    session = ReviewSession(watching, "ann")
    assert Slot.WATCH not in {session.slot_of(i) for i in session.waiting().tolist()}
    assert automation.watched(watching) is None
    allow(watching)
    front = {session.current, *session.upcoming(1)}
    session.replan()
    kept = set(np.flatnonzero(automation.watched(watching)).tolist())
    asked = {i for i in session.waiting().tolist() if session.slot_of(i) is Slot.WATCH}
    assert asked == {i for i in kept - front if not watching.reserve.members[i]}, "what is in front stays as it is"
    assert len(asked) > 4
    run(watching)
    assert not kept & set(automatic(watching)), "a person looks at them"


def test_what_keeps_watch_is_asked_blind_and_neither_trains_nor_is_revealed(watching: Project) -> None:
    allow(watching)
    session = ReviewSession(watching, "ann")
    index = next(i for i in session.waiting().tolist() if session.slot_of(i) is Slot.WATCH)
    session.go_to(index)
    assert session.visible is None
    assert keeps_back(watching, watching.store.items.get(index))
    assert kept_back(watching, np.array([index])).all()
    hidden = hidden_items(watching)
    assert hidden is not None
    assert hidden[index]
    assert is_check(watching, np.array([index])).all(), "it is not decided with others at a glance"
    suggested = watching.suggested_labels(index)[0].id
    other = next(label.id for label in watching.offered if label.id != suggested)
    session.decide(Verdict.CORRECTED, other)
    (event,) = watching.store.decisions.live(index)
    assert (event.slot, event.exposure, event.predicted_id) == (Slot.WATCH, Exposure.HIDDEN, suggested)
    assert session.current != index, "the suggestion is not revealed"
    snapshot = take_snapshot(watching)
    place = snapshot.rows.tolist().index(index)
    assert not snapshot.trains[place]
    assert not snapshot.measures[place], "it was not drawn from the whole pool"


def test_it_stops_when_those_that_keep_watch_are_wrong(watching: Project) -> None:
    allow(watching)
    session = ReviewSession(watching, "ann")
    places = [i for i in session.waiting().tolist() if session.slot_of(i) is Slot.WATCH][:4]
    for wrong, index in enumerate(places):
        assert watching.store.automation.watched(0) == (wrong, wrong)
        session.take(index)
        suggested = watching.suggested_labels(index)[0].id
        session.decide(Verdict.CORRECTED, next(label.id for label in watching.offered if label.id != suggested))
    assert watching.store.automation.watched(0) == (4, 4)
    watching_error = next(m for m in monitoring.monitors_of(watching) if m.kind is MonitorKind.WATCH_ERROR)
    assert watching_error.state is MonitorState.OUT
    monitoring.look_after(watching)
    now = automation.state(watching)
    assert now.pause is not None
    assert str(now.pause.reason).startswith("Of 4 items checked blind to keep watch, the model had 4 wrong; 5")
    session.undo()
    assert watching.store.automation.watched(0) == (3, 3), "what was taken back does not count"


def test_the_right_ones_and_those_set_aside(watching: Project) -> None:
    allow(watching)
    session = ReviewSession(watching, "ann")
    first, second = [i for i in session.waiting().tolist() if session.slot_of(i) is Slot.WATCH][:2]
    session.take(first)
    session.decide(Verdict.CORRECTED, watching.suggested_labels(first)[0].id)
    assert watching.store.automation.watched(0) == (0, 1)
    session.take(second)
    session.decide(Verdict.SKIPPED)
    assert watching.store.automation.watched(0) == (1, 2), "what has no answer counts as wrong"


def test_slow_reviews_stop_it(project: Project) -> None:
    session = ReviewSession(project, "ann")
    index = automatic(project)[0]
    label = project.store.items.get(index).label_id
    for seconds in [5.0] * 40 + [11.0] * 20:
        session.take(index)
        session.decide(Verdict.CORRECTED, label, seconds=seconds)
        session.take(index)
    assert stands(project, MonitorKind.REVIEW_TIME) is MonitorState.OUT
    monitoring.look_after(project)
    now = automation.state(project)
    assert now.pause is not None
    assert str(now.pause.reason) == "Reviews take 2.2 times as long as before."
    automation.resume(project, "ann", "harder items came")
    assert stands(project, MonitorKind.REVIEW_TIME) is MonitorState.NOT_YET, "what was before is settled"


def test_a_batch_unlike_the_others_is_out_until_somebody_lets_it_go_on(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert stands(project, MonitorKind.DRIFT) is MonitorState.NOT_YET
    batch = BatchComparison(30, 10, 30, 0.9, 0.001, at_utc="2999-01-01T00:00:00.000Z")
    monkeypatch.setattr(monitoring, "comparisons", lambda _project: {1: batch})
    assert batch.differs
    assert stands(project, MonitorKind.DRIFT) is MonitorState.OUT
    monitoring.look_after(project)
    now = automation.state(project)
    assert now.pause is not None
    assert str(now.pause.reason) == "New items differ from the checked ones."
    earlier = replace(batch, at_utc="2000-01-01T00:00:00.000Z")
    monkeypatch.setattr(monitoring, "comparisons", lambda _project: {1: earlier})
    assert stands(project, MonitorKind.DRIFT) is MonitorState.WITHIN


def test_figures_are_said_in_a_few_words_once_there_is_something_to_tell(project: Project) -> None:
    change(project, automatic(project)[0])
    told = [str(monitoring.in_short(one)) for one in monitoring.monitors_of(project)]
    of = project.pool.ledger().automatic + 1
    assert told == ["", f"changed by people: 1 of {of}", "", ""]
