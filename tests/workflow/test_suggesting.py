"""When a suggestion is in view: first, hidden until the answer, or by chance; and what the log says of it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitl_desktop.domain.decisions import Exposure, Slot, Verdict
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.items import ItemState
from hitl_desktop.domain.policy import with_limit
from hitl_desktop.domain.suggesting import Suggesting, SuggestionMode, is_drawn
from hitl_desktop.workflow import routing
from hitl_desktop.workflow.insight import Near, near_items
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.review import ReviewSession
from hitl_desktop.workflow.suggesting import choose_suggesting, suggesting_of
from tests.conftest import MakeProject, Retrain

BLIND = Suggesting(SuggestionMode.BLIND)


@pytest.fixture
def project(image_project: Project, retrain: Retrain) -> Project:
    """A project with a model in use, everything waiting for a person."""
    session = ReviewSession(image_project, "ann")
    for _ in range(10):
        item = session.item
        assert item is not None
        session.decide(Verdict.CORRECTED, item.truth_id)
    retrain(image_project)
    image_project.set_threshold(1.0)
    return image_project


@pytest.fixture
def session(project: Project) -> ReviewSession:
    choose_suggesting(project.store, BLIND)
    session = ReviewSession(project, "ann")
    pass_checks(session)
    return session


@pytest.fixture
def reopened(session: ReviewSession, image_project_folder: Path) -> Iterator[ReviewSession]:
    """The session after a blind answer that the model does not share, and a restart."""
    session.decide(Verdict.CORRECTED, other_class(session))
    session.project.close()
    project = Project.open(image_project_folder)
    yield ReviewSession(project, "ann")
    project.close()


def pass_checks(session: ReviewSession) -> None:
    while session.slot is Slot.EXPLORE:
        session.decide(Verdict.SKIPPED)


def suggested(session: ReviewSession) -> int:
    assert session.shown is not None
    assert session.shown.predicted is not None
    return session.shown.predicted.id


def other_class(session: ReviewSession) -> int:
    return next(label.id for label in session.project.labels if label.id != suggested(session))


def events(session: ReviewSession, count: int) -> list[tuple[Verdict, Exposure | None]]:
    return [(e.verdict, e.exposure) for e in session.project.store.decisions.all()[-count:]]


def test_nobody_chose_so_the_suggestion_comes_first(project: Project) -> None:
    assert suggesting_of(project.store) == Suggesting(SuggestionMode.FIRST)
    session = ReviewSession(project, "ann")
    assert session.visible is session.shown is not None
    session.decide(Verdict.CONFIRMED)
    event = project.store.decisions.all()[-1]
    assert (event.exposure, event.hiding, event.was_in_view) == (Exposure.SHOWN, 0.0, True)


def test_a_choice_is_kept_with_the_project(project: Project) -> None:
    choice = Suggesting(SuggestionMode.MIX, 0.25, blind_checks=True)
    assert choose_suggesting(project.store, choice).settings
    assert suggesting_of(project.store) == choice
    with pytest.raises(KnownError, match="between"):
        choose_suggesting(project.store, Suggesting(SuggestionMode.MIX, 1.0))
    assert suggesting_of(project.store) == choice


def test_without_a_model_nothing_is_hidden(image_project: Project) -> None:
    choose_suggesting(image_project.store, BLIND)
    session = ReviewSession(image_project, "ann")
    session.decide(Verdict.CORRECTED, 1)
    event = image_project.store.decisions.all()[-1]
    assert (event.exposure, event.hiding, event.was_in_view) == (None, None, False)


def test_what_is_hidden_cannot_be_confirmed(session: ReviewSession) -> None:
    before = session.current
    assert session.visible is None
    assert session.shown is not None, "it is there, for the log"
    with pytest.raises(KnownError, match="hidden"):
        session.decide(Verdict.CONFIRMED)
    assert session.current == before


def test_on_agreement_it_goes_on_at_once(session: ReviewSession) -> None:
    before = session.current
    changes = session.decide(Verdict.CORRECTED, suggested(session))
    assert session.current != before
    assert events(session, 1) == [(Verdict.CONFIRMED, Exposure.HIDDEN)]
    assert not session.project.store.decisions.all()[-1].was_in_view
    assert "confirmed" not in changes.told


def test_on_disagreement_the_suggestion_is_revealed_beside_the_own_answer(session: ReviewSession) -> None:
    item, mine, ahead = session.current, other_class(session), session.upcoming(2)
    changes = session.decide(Verdict.CORRECTED, mine)
    assert session.current == item
    assert session.look.own is not None
    assert session.look.own.label_id == mine
    assert session.visible is session.shown
    assert "suggests" in changes.told
    assert session.project.pool.state(item or 0) is ItemState.DECIDED, "the own answer is safe already"
    assert session.waiting()[0] == item, "it keeps its place while it is on screen"
    session.decide(Verdict.CONFIRMED)  # keep it
    own, final = session.project.store.decisions.all()[-2:]
    assert (own.label_id, final.label_id, final.follows) == (mine, mine, own.number)
    assert [(e.verdict, e.exposure) for e in (own, final)] == [
        (Verdict.CORRECTED, Exposure.HIDDEN),
        (Verdict.CORRECTED, Exposure.REVEALED),
    ]
    assert session.current == ahead[0], "on it goes, to what was next"
    assert item not in session.waiting()


def test_the_own_answer_can_be_changed_to_the_suggestion_or_to_a_third(session: ReviewSession) -> None:
    item, theirs, mine = session.current, suggested(session), other_class(session)
    session.decide(Verdict.CORRECTED, mine)
    session.decide(Verdict.CORRECTED, theirs)
    assert events(session, 2) == [(Verdict.CORRECTED, Exposure.HIDDEN), (Verdict.CONFIRMED, Exposure.REVEALED)]
    assert session.project.store.items.get(item or 0).label_id == theirs
    assert session.project.store.decisions.training_since(0) >= 1


def test_setting_aside_after_the_reveal_counts_too(session: ReviewSession) -> None:
    item = session.current
    assert item is not None
    session.decide(Verdict.CORRECTED, other_class(session))
    session.decide(Verdict.UNSURE)
    assert session.project.pool.state(item) is ItemState.UNSURE
    assert session.project.store.decisions.all()[-1].follows is not None


def test_setting_aside_does_not_reveal_anything(session: ReviewSession) -> None:
    item = session.current
    session.decide(Verdict.SKIPPED)
    session.look_again()
    while session.current != item:
        session.step(1)
    assert session.look.exposure is Exposure.HIDDEN, "it can still be answered without it"


def test_undo_takes_back_the_whole_step_and_what_was_seen_stays_seen(session: ReviewSession) -> None:
    item, mine, theirs = session.current, other_class(session), suggested(session)
    made = session.project.store.decisions.made()
    session.decide(Verdict.CORRECTED, mine)
    session.decide(Verdict.CORRECTED, theirs)
    assert session.project.store.decisions.made() == made + 1, "own and final answer are one step"
    session.undo()
    assert session.project.store.decisions.made() == made
    assert session.current == item
    assert session.project.pool.state(item or 0) is ItemState.TO_DO
    assert [e.verdict for e in session.project.store.decisions.all()[-2:]] == [Verdict.RETRACTED] * 2
    assert session.look.exposure is Exposure.REVEALED, "nobody can forget what they saw"
    assert session.look.own is None
    session.redo()
    assert session.current != item
    own, final = session.project.store.decisions.all()[-2:]
    assert (own.label_id, final.label_id, final.follows) == (mine, theirs, own.number)
    session.undo()
    session.decide(Verdict.CORRECTED, mine)
    last = session.project.store.decisions.all()[-1]
    assert (last.exposure, last.follows) == (Exposure.REVEALED, None)


def test_undo_while_it_is_revealed_takes_back_the_own_answer(session: ReviewSession) -> None:
    item, mine = session.current, other_class(session)
    session.decide(Verdict.CORRECTED, mine)
    session.undo()
    assert (session.current, session.look.own) == (item, None)
    session.redo()
    assert (session.current, session.look.own is not None) == (item, True), "it is revealed again"


def test_the_last_decisions_hold_one_row_for_both_answers(session: ReviewSession) -> None:
    before = len(session.recent(50))
    session.decide(Verdict.CORRECTED, other_class(session))
    session.decide(Verdict.CONFIRMED)
    assert len(session.recent(50)) == before + 1
    assert session.recent(1)[0].follows is not None


def test_a_restart_comes_back_to_the_revealed_suggestion(reopened: ReviewSession) -> None:
    own = reopened.look.own
    assert own is not None
    assert reopened.current == own.item_index
    reopened.decide(Verdict.CONFIRMED)
    final = reopened.project.store.decisions.all()[-1]
    assert (final.label_id, final.follows) == (own.label_id, own.number)
    assert reopened.current != own.item_index


def test_another_reviewer_answers_on_their_own(session: ReviewSession) -> None:
    item = session.current
    session.decide(Verdict.CORRECTED, suggested(session))
    session.undo()
    session.set_reviewer("bob")
    session.step(1)
    session.go_to(item or 0)
    assert session.look.exposure is Exposure.HIDDEN


def test_checks_are_blind_and_never_revealed(project: Project) -> None:
    choose_suggesting(project.store, BLIND)
    session = ReviewSession(project, "ann")
    while session.slot is not Slot.EXPLORE:
        session.decide(Verdict.SKIPPED)
    item, mine = session.current, other_class(session)
    changes = session.decide(Verdict.CORRECTED, mine)
    assert session.current != item
    name = project.store.items.get(item or 0).name
    assert changes.told == f"{name} set to {project.label(mine).name}.", "the words do not tell it either"
    assert events(session, 1) == [(Verdict.CORRECTED, Exposure.HIDDEN)]


@pytest.mark.parametrize(
    ("choice", "hidden"),
    [
        (Suggesting(SuggestionMode.FIRST), 0.0),
        (Suggesting(SuggestionMode.FIRST, blind_checks=True), 1.0),
        (Suggesting(SuggestionMode.MIX, 0.2), 1.0),
        (Suggesting(SuggestionMode.BLIND), 1.0),
    ],
)
def test_checks_are_blind_wherever_anything_is(choice: Suggesting, hidden: float) -> None:
    assert choice.hiding(is_check=True) == hidden


def test_a_mix_draws_for_every_item_by_itself_and_says_with_which_probability(project: Project) -> None:
    choose_suggesting(project.store, Suggesting(SuggestionMode.MIX, 0.5))
    session = ReviewSession(project, "ann")
    seen = set()
    for _ in range(12):
        pass_checks(session)
        item = session.item
        assert item is not None
        drawn = is_drawn(project.seed, item.digest, 0.5)
        assert session.look.exposure is (Exposure.HIDDEN if drawn else Exposure.SHOWN)
        session.decide(Verdict.CORRECTED, suggested(session))
        event = project.store.decisions.all()[-1]
        assert (event.exposure is Exposure.HIDDEN, event.hiding) == (drawn, 0.5)
        seen.add(drawn)
    assert seen == {True, False}


@given(st.integers(0, 2**31), st.text("0123456789abcdef", min_size=64, max_size=64), st.floats(0, 1), st.floats(0, 1))
def test_the_draw_is_always_the_same_and_a_larger_share_takes_nothing_back(
    seed: int, digest: str, one: float, other: float
) -> None:
    less, more = sorted((one, other))
    assert is_drawn(seed, digest, less) == is_drawn(seed, digest, less)
    assert not is_drawn(seed, digest, less) or is_drawn(seed, digest, more)
    assert not is_drawn(seed, digest, 0.0)
    assert is_drawn(seed, digest, 1.0)


def test_the_draw_takes_the_share_it_was_told() -> None:
    drawn = [is_drawn(3, f"{i:064x}", 0.3) for i in range(10_000)]
    assert abs(np.mean(drawn) - 0.3) < 0.02


def test_several_findings_are_answered_before_they_are_suggested(findings_project: Project, retrain: Retrain) -> None:
    session = ReviewSession(findings_project, "ann")
    for _ in range(20):
        item = session.item
        assert item is not None
        session.decide(Verdict.CORRECTED, findings=item.truth_findings or ())
    retrain(findings_project)
    findings_project.set_threshold(1.0)
    choose_suggesting(findings_project.store, BLIND)
    session = ReviewSession(findings_project, "ann")
    pass_checks(session)
    assert session.shown is not None
    theirs = tuple(sorted(label.id for label in session.shown.findings or ()))
    mine = tuple(label.id for label in findings_project.labels if label.id not in theirs)
    assert session.visible is None
    session.decide(Verdict.CORRECTED, findings=mine)
    assert session.look.own is not None
    session.decide(Verdict.CORRECTED, findings=theirs)
    own, final = findings_project.store.decisions.all()[-2:]
    assert (own.findings, final.findings, final.follows) == (mine, theirs, own.number)
    assert final.agrees
    assert replace(final, findings=mine).agrees is False


def test_a_new_project_begins_as_it_was_asked_for(
    make_project: MakeProject, image_folder: Path, tmp_path: Path
) -> None:
    choice = Suggesting(SuggestionMode.MIX, 0.3)
    make_project(tmp_path / "Mixed.hitl", image_folder, suggesting=choice)
    project = Project.open(tmp_path / "Mixed.hitl")
    try:
        assert suggesting_of(project.store) == choice
    finally:
        project.close()
    with pytest.raises(KnownError, match="between"):
        make_project(tmp_path / "Odd.hitl", image_folder, suggesting=Suggesting(SuggestionMode.MIX, 0.0))
    assert not (tmp_path / "Odd.hitl").exists()


def near(project: Project) -> list[Near]:
    below, above = routing.preview(project, with_limit(project.policy, 0.5)).near
    return near_items(project, (*below, *above))


def test_the_routing_page_does_not_tell_what_is_hidden(project: Project) -> None:
    assert near(project)
    assert not any(row.is_hidden for row in near(project))
    choose_suggesting(project.store, BLIND)
    assert all(row.is_hidden for row in near(project))
