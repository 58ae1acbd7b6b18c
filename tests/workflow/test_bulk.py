"""One answer for many items: one logged decision each, one step to take back; checks are left out."""

import numpy as np
import pytest

from hitl_desktop.domain.changes import NOTHING
from hitl_desktop.domain.decisions import MEASURING_SLOTS, Exposure, Verdict
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.items import ItemState
from hitl_desktop.domain.suggesting import Suggesting, SuggestionMode
from hitl_desktop.workflow.bulk import MOST, bulk_events, look_at
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.review import ReviewSession
from hitl_desktop.workflow.suggesting import choose_suggesting, keeps_back, kept_back
from tests.conftest import Retrain


@pytest.fixture
def session(image_project: Project, retrain: Retrain) -> ReviewSession:
    session = ReviewSession(image_project, "ann")
    for _ in range(24):
        assert session.item is not None
        session.decide(Verdict.CORRECTED, session.item.truth_id)
    retrain(image_project)
    session.replan()
    return session


def some(session: ReviewSession, count: int = 6) -> list[int]:
    """Undecided items that are no checks, and not the one on screen."""
    members = session.project.reserve.members
    return [int(i) for i in session.project.pool.undecided() if not members[i] and i != session.current][:count]


def test_each_item_gets_a_decision_of_its_own_and_one_undo_takes_all_back(session: ReviewSession) -> None:
    project, chosen = session.project, some(session)
    before, shown = project.store.decisions.count(), session.current
    label = project.labels[0]
    changes = session.decide_many(bulk_events(session, chosen, Verdict.CORRECTED, label.id))
    made = project.store.decisions.all(after=before)
    assert sorted(event.item_index for event in made) == sorted(chosen)
    assert len({event.event_id for event in made}) == len(chosen)
    assert len({event.batch for event in made}) == 1
    for event in made:
        right = event.predicted_id == label.id
        assert event.verdict is (Verdict.CONFIRMED if right else Verdict.CORRECTED)
        assert event.exposure is Exposure.SHOWN
    assert changes.items == frozenset(chosen)
    assert session.current == shown, "the item on screen stays"
    assert not set(chosen) & set(session.waiting().tolist())
    assert project.pool.ledger().adds_up
    assert session.undo_text().startswith(f"Undo: {len(chosen)} items ")
    session.undo()
    assert all(project.pool.state(i) is ItemState.TO_DO for i in chosen)
    taken = project.store.decisions.all(after=before + len(chosen))
    assert {event.verdict for event in taken} == {Verdict.RETRACTED}
    session.redo()
    assert all(project.pool.state(i) is ItemState.DECIDED for i in chosen)
    again = ReviewSession(project, "ann")
    again.undo()
    assert all(project.pool.state(i) is ItemState.TO_DO for i in chosen), "also after opening again"
    assert project.store.decisions.states_from_events() == {
        i: (project.store.items.get(i).state, project.store.items.get(i).label_id)
        for i in project.store.decisions.states_from_events()
    }


def test_confirming_gives_each_its_own_suggestion(session: ReviewSession) -> None:
    chosen = some(session)
    events = bulk_events(session, chosen, Verdict.CONFIRMED)
    predicted = {event.item_index: event.predicted_id for event in events}
    assert all(event.verdict is Verdict.CONFIRMED and event.label_id == event.predicted_id for event in events)
    assert predicted == {i: session.project.labels[session.project.pool.predicted[i]].id for i in chosen}


def test_random_checks_are_asked_one_at_a_time(session: ReviewSession) -> None:
    checks = [int(i) for i in np.flatnonzero(session.project.reserve.members)]
    chosen = some(session, 3)
    selected = look_at(session.project, [*chosen, *checks])
    assert (selected.items, selected.checks, selected.deciding) == (3 + len(checks), len(checks), 3)
    assert sum(count for _, count in selected.suggestions) == 3
    events = bulk_events(session, [*chosen, *checks], Verdict.SKIPPED)
    assert sorted(event.item_index for event in events) == chosen
    assert not {event.slot for event in events} & MEASURING_SLOTS
    with pytest.raises(KnownError, match="together"):
        bulk_events(session, checks, Verdict.SKIPPED)


def test_the_item_on_screen_moves_on_when_it_is_among_them(session: ReviewSession) -> None:
    chosen = some(session, 2)
    session.go_to(chosen[0])
    session.decide_many(bulk_events(session, chosen, Verdict.CONFIRMED))
    assert session.current not in chosen
    assert session.project.store.fact("current") == session.current


def test_what_is_hidden_is_not_confirmed_and_an_own_answer_is_recorded_as_one(session: ReviewSession) -> None:
    choose_suggesting(session.project.store, Suggesting(SuggestionMode.BLIND))
    chosen = some(session)
    assert look_at(session.project, chosen).suggestions == ()
    with pytest.raises(KnownError):
        bulk_events(session, chosen, Verdict.CONFIRMED)
    events = bulk_events(session, chosen, Verdict.CORRECTED, session.project.labels[0].id)
    assert {event.exposure for event in events} == {Exposure.HIDDEN}


@pytest.mark.parametrize("mode", list(SuggestionMode))
def test_what_is_kept_back_of_many_is_what_is_of_each(session: ReviewSession, mode: SuggestionMode) -> None:
    project = session.project
    choose_suggesting(project.store, Suggesting(mode))
    session.decide(Verdict.CORRECTED, project.labels[0].id)
    session.decide(Verdict.SKIPPED)
    rows = np.flatnonzero(~project.reserve.members)
    each = [keeps_back(project, item) for item in project.store.items.many(rows.tolist())]
    assert kept_back(project, rows).tolist() == each
    assert (any(each), all(each)) == ((mode is not SuggestionMode.FIRST), False)


def test_one_item_is_an_ordinary_decision_and_too_many_are_refused(session: ReviewSession) -> None:
    (event,) = bulk_events(session, some(session, 1), Verdict.FLAGGED)
    assert event.batch == ""
    with pytest.raises(KnownError, match="5,000"):
        bulk_events(session, range(MOST + 1), Verdict.FLAGGED)
    assert session.decide_many([]) is NOTHING
