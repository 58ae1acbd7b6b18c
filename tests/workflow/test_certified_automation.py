"""Automatic decisions under a certificate: exactly what it covers, and no longer than it holds."""

from dataclasses import replace

import numpy as np
import pytest

from hitl_desktop.domain.changes import NOTHING
from hitl_desktop.domain.decisions import Slot, Verdict
from hitl_desktop.domain.items import ItemState
from hitl_desktop.domain.sentences import say
from hitl_desktop.workflow import auditing, automation, monitoring
from hitl_desktop.workflow.certifying import Stage, coverage, state, suspend
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.review import ReviewSession
from hitl_desktop.workflow.routing import set_policy
from tests.made_up_model import answer_audit, give_model


@pytest.fixture
def session(image_project: Project) -> ReviewSession:
    """Sixty pictures, a model that is right on all of them, and nobody has decided anything."""
    give_model(image_project)
    image_project.set_threshold(0.8)
    return ReviewSession(image_project, "ann")


def certify(session: ReviewSession) -> None:
    auditing.begin(session.project, 0.2, 0.1, None, "ann")
    session.take_audit()
    answer_audit(session)
    assert state(session.project).stage is Stage.VALID


def run(project: Project) -> list[int]:
    done: list[int] = []
    while (changes := automation.tick(project, 7)) is not NOTHING:
        done += changes.items
    return sorted(done)


def test_a_certificate_permits_exactly_what_it_covers(session: ReviewSession) -> None:
    project = session.project
    assert run(project) == []
    certify(session)
    covers = coverage(project).rows & ~automation.kept_for_people(project)
    permission = automation.permitted(project)
    assert np.array_equal(permission.rows, covers)
    assert np.array_equal(permission.covered, covers)
    done = run(project)
    assert done == np.flatnonzero(covers).tolist()
    assert done
    for index in done:
        (event,) = project.store.decisions.live(index)
        assert (event.certificate, event.override, event.verdict) == (1, None, Verdict.AUTOMATIC)
        assert event.label_id == project.store.items.get(index).truth_id


def test_it_stops_with_the_certificate(session: ReviewSession) -> None:
    certify(session)
    assert automation.tick(session.project, 1) is not NOTHING
    suspend(session.project, say("New items differ."))
    assert automation.tick(session.project, 1) is NOTHING
    assert str(automation.permitted(session.project).why_not) == "New items differ."
    assert not automation.is_permitted(session.project)


def test_with_both_each_item_says_what_permitted_it(session: ReviewSession) -> None:
    project = session.project
    certify(session)
    project.set_threshold(0.0)
    automation.override(project, "ann", "the rest too")
    covered = set(np.flatnonzero(coverage(project).rows).tolist())
    done = run(project)
    by = {index: project.store.decisions.live(index)[-1] for index in done}
    assert {i for i in done if by[i].certificate == 1} == covered & set(done)
    rest = [by[i] for i in done if i not in covered]
    assert rest
    assert all((event.certificate, event.override) == (None, 1) for event in rest)


def test_an_open_audit_is_never_answered_automatically(session: ReviewSession) -> None:
    project = session.project
    auditing.begin(project, 0.2, 0.1, None, "ann")
    session.take_audit()
    drawn = project.store.audits.open_items()
    automation.override(project, "ann", "a trial")
    done = run(project)
    assert done
    assert not drawn & set(done)
    assert all(project.pool.state(index) is ItemState.TO_DO for index in drawn)


def test_what_keeps_watch_speaks_against_the_certificate(session: ReviewSession) -> None:
    project = session.project
    set_policy(project, replace(project.policy, audit_every=2))
    session.replan()
    certify(session)
    session.replan()
    assert monitoring.promised(project) == 0.2
    asked = [i for i in session.waiting().tolist() if session.slot_of(i) is Slot.WATCH]
    for index in asked[:4]:
        session.take(index)
        said = project.suggested_labels(index)[0].id
        session.decide(Verdict.CORRECTED, next(label.id for label in project.offered if label.id != said))
    monitoring.look_after(project)
    now = automation.state(project)
    assert now.pause is not None
    assert "the model had 4 wrong; 20" in str(now.pause.reason)
    assert state(project).stage is Stage.SUSPENDED
    automation.resume(project, "ann", "we audit again")
    assert automation.tick(project, 5) is NOTHING, "the certificate stays suspended"
