"""What the log tells of following the model: which answers count, and against what."""

import pytest

from hitl_desktop.domain.decisions import Exposure, Slot, Verdict
from hitl_desktop.domain.suggesting import Suggesting, SuggestionMode
from hitl_desktop.workflow.following_report import following, following_of
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.review import ReviewSession
from hitl_desktop.workflow.snapshot import take_snapshot
from hitl_desktop.workflow.suggesting import choose_suggesting
from tests.conftest import Retrain


@pytest.fixture
def project(image_project: Project, retrain: Retrain) -> Project:
    session = ReviewSession(image_project, "ann")
    for _ in range(10):
        item = session.item
        assert item is not None
        session.decide(Verdict.CORRECTED, item.truth_id)
    retrain(image_project)
    image_project.set_threshold(1.0)
    return image_project


def suggested(session: ReviewSession) -> int:
    assert session.shown is not None
    assert session.shown.predicted is not None
    return session.shown.predicted.id


def other(session: ReviewSession) -> int:
    return next(label.id for label in session.project.labels if label.id != suggested(session))


def review(project: Project, mode: SuggestionMode, items: int, *, follows_when_seen: bool) -> list[Exposure | None]:
    """Answer with the suggestion where it is seen, and with another class where it is hidden; keep own answers."""
    choose_suggesting(project.store, Suggesting(mode))
    session = ReviewSession(project, "ann")
    seen = []
    while len(seen) < items:
        if session.slot is Slot.EXPLORE:
            session.decide(Verdict.CORRECTED, suggested(session))
            continue
        seen.append(session.look.exposure)
        is_seen = session.look.exposure is Exposure.SHOWN
        session.decide(Verdict.CORRECTED, suggested(session) if is_seen and follows_when_seen else other(session))
        if session.look.own is not None:
            session.decide(Verdict.CONFIRMED)
    return seen


def test_without_a_suggestion_there_is_nothing_to_follow(image_project: Project) -> None:
    session = ReviewSession(image_project, "ann")
    session.decide(Verdict.CORRECTED, 1)
    found, checks = following_of(image_project, take_snapshot(image_project))
    assert (found.in_view.same, found.hidden.same, found.mixed, found.changed.all, checks) == (None,) * 5


def test_with_the_suggestion_always_in_view_nothing_is_compared(project: Project) -> None:
    review(project, SuggestionMode.FIRST, 6, follows_when_seen=True)
    found = following(project, 0.5)
    assert found.in_view.same is not None
    assert (found.in_view.same.right, found.in_view.same.of) == (6, 6)
    assert (found.hidden.same, found.mixed) == (None, None)
    assert found.with_truth == 6
    assert found.reviewers == 1


def test_a_mix_tells_what_seeing_it_adds(project: Project) -> None:
    seen = review(project, SuggestionMode.MIX, 14, follows_when_seen=True)
    found = following(project, 0.5)
    shown, hidden = seen.count(Exposure.SHOWN), seen.count(Exposure.HIDDEN)
    assert min(shown, hidden) > 1
    assert found.in_view.same is not None
    assert found.hidden.same is not None
    assert (found.in_view.same.of, found.hidden.same.of) == (shown, hidden)
    assert found.mixed is not None
    assert found.mixed.more_same is not None
    assert found.mixed.more_same.value == 1.0
    assert found.mixed.went_along is not None
    assert found.mixed.went_along.share == 1.0
    assert found.changed.all is not None
    assert (found.changed.all.right, found.changed.all.of) == (0, hidden)


def test_answers_drawn_with_another_share_do_not_compare(project: Project) -> None:
    review(project, SuggestionMode.MIX, 14, follows_when_seen=True)
    found = following(project, 0.25)
    assert found.mixed is None
    assert found.in_view.same is not None, "they are shown all the same"


def test_the_first_answer_counts_even_when_it_was_taken_back(project: Project) -> None:
    choose_suggesting(project.store, Suggesting(SuggestionMode.BLIND))
    session = ReviewSession(project, "ann")
    while session.slot is Slot.EXPLORE:
        session.decide(Verdict.SKIPPED)
    session.decide(Verdict.CORRECTED, other(session))
    session.undo()
    session.decide(Verdict.CORRECTED, suggested(session))
    found = following(project, 0.5)
    assert found.hidden.same is not None
    assert (found.hidden.same.right, found.hidden.same.of) == (0, 1), "who takes back has seen the suggestion"
    assert found.changed.all is None, "what was taken back was not changed to it"


def test_right_and_wrong_are_told_by_hidden_truth(project: Project) -> None:
    choose_suggesting(project.store, Suggesting(SuggestionMode.BLIND))
    session = ReviewSession(project, "ann")
    right = wrong = 0
    for _ in range(12):
        item = session.item
        assert item is not None
        if session.slot is Slot.EXPLORE:
            session.decide(Verdict.SKIPPED)
            continue
        is_right = suggested(session) == item.truth_id
        right, wrong = right + is_right, wrong + (not is_right)
        theirs = suggested(session)
        session.decide(Verdict.CORRECTED, other(session))
        session.decide(Verdict.CORRECTED, theirs)
    changed = following(project, 0.5).changed
    assert changed.all is not None
    assert (changed.all.right, changed.all.of) == (right + wrong, right + wrong)
    assert (changed.when_right.of if changed.when_right else 0) == right
    assert (changed.when_wrong.of if changed.when_wrong else 0) == wrong


def test_checks_are_told_apart_by_what_was_in_view(project: Project) -> None:
    review(project, SuggestionMode.FIRST, 12, follows_when_seen=True)
    review(project, SuggestionMode.BLIND, 12, follows_when_seen=True)
    _, checks = following_of(project, take_snapshot(project))
    assert checks is not None
    assert checks.in_view is not None
    assert checks.hidden is not None
    assert checks.in_view.share == 1.0
    events = [d for d in project.store.decisions.all() if d.slot is Slot.EXPLORE]
    assert checks.in_view.of == sum(d.exposure is Exposure.SHOWN for d in events)
    assert checks.hidden.of == sum(d.exposure is not Exposure.SHOWN for d in events), "also those without a model"
