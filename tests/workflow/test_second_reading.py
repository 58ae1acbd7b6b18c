"""Two people at one project: the second answers without seeing the first, and what differs is settled."""

import pytest

from hitl_desktop.domain.changes import NOTHING
from hitl_desktop.domain.decisions import Exposure, Slot, Verdict
from hitl_desktop.domain.policy import Route, RoutingPolicy
from hitl_desktop.domain.reviewers import Sitting
from hitl_desktop.domain.suggesting import Suggesting, SuggestionMode
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.review import ReviewSession
from hitl_desktop.workflow.routing import set_policy
from hitl_desktop.workflow.second_reading import agreement, differing, read_second, readings, settle, waiting_for
from hitl_desktop.workflow.status import status
from hitl_desktop.workflow.suggesting import choose_suggesting
from tests.made_up_model import answer, give_model


@pytest.fixture
def project(text_project: Project) -> Project:
    """Forty messages that all go to two readers, and a model."""
    give_model(text_project)
    set_policy(text_project, RoutingPolicy((), Route.SECOND_READER), by="ann")
    return text_project


def other_than(project: Project, label_id: int | None) -> int:
    return next(label.id for label in project.labels if label.id != label_id)


def test_what_one_has_answered_waits_for_somebody_else(project: Project) -> None:
    ann = ReviewSession(project, "ann")
    answered = [answer(ann) for _ in range(4)]
    assert waiting_for(project, Sitting("ann")) == []
    assert waiting_for(project, Sitting("bob")) == answered
    assert read_second(ann) is NOTHING
    ann.undo()
    assert waiting_for(project, Sitting("bob")) == answered[:3]


def test_the_second_reader_agrees_differs_and_somebody_settles(project: Project) -> None:
    ann = ReviewSession(project, "ann")
    answered = [answer(ann) for _ in range(3)]
    bob = ReviewSession(project, "bob")
    read_second(bob)
    assert (bob.current, bob.slot) == (answered[0], Slot.SECOND)
    answer(bob)
    assert bob.current == answered[1]
    item = bob.item
    assert item is not None
    bob.decide(Verdict.CORRECTED, other_than(project, item.truth_id))
    assert differing(project) == [answered[1]]
    assert waiting_for(project, Sitting("bob")) == [answered[2]]
    found = agreement(project)
    assert (found.waits, found.agreed, found.differs, found.settled) == (1, 1, 1, 0)
    assert found.share is not None
    assert (found.share.right, found.share.of) == (1, 2)
    answer(bob)
    assert bob.slot is not Slot.SECOND, "the queue goes on"
    settle(ann)
    assert ann.current == answered[1]
    ann.decide(Verdict.CORRECTED, item.truth_id, reason="Looked at together")
    assert (agreement(project).differs, agreement(project).settled) == (0, 1)
    assert settle(ann) is NOTHING
    assert project.store.items.get(answered[1]).label_id == item.truth_id
    told = status(project)["second_reading"]
    assert (told["agreed"], told["settled"], told["agreement"][0]) == (2, 1, pytest.approx(2 / 3))


def test_the_second_reader_sees_neither_the_answer_nor_what_was_marked(project: Project) -> None:
    choose_suggesting(project.store, Suggesting(SuggestionMode.BLIND))
    ann = ReviewSession(project, "ann")
    answer(ann)
    if ann.look.own is not None:
        ann.decide(Verdict.CONFIRMED)
    bob = ReviewSession(project, "bob")
    read_second(bob)
    assert bob.look.exposure is Exposure.HIDDEN
    assert bob.look.own is None
    assert not bob.marks.evidence.marks
    answer(bob)
    assert len([r for r in readings(project).values() if r.second is not None]) == 1


def test_no_rule_no_second_reader(text_project: Project) -> None:
    give_model(text_project)
    answer(ReviewSession(text_project, "ann"))
    assert readings(text_project) == {}
    assert agreement(text_project).share is None
