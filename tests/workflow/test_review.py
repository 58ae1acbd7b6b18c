"""One item after another: what each key does, and that no item is ever lost."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from hitl_desktop.domain.changes import NOTHING
from hitl_desktop.domain.decisions import Slot, Verdict
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.items import ItemState
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.retraining import Retraining
from hitl_desktop.workflow.review import ReviewSession
from tests.conftest import Retrain

Reopen = Callable[[], ReviewSession]


@pytest.fixture
def session(image_project: Project) -> ReviewSession:
    return ReviewSession(image_project, "ann")


@pytest.fixture
def scored(image_project: Project, retrain: Retrain) -> ReviewSession:
    """A session with a model in use and its suggestion on screen, after eleven decisions."""
    session = ReviewSession(image_project, "ann")
    decide_truly(session, 10)
    retrain(image_project)
    image_project.set_threshold(1.0)  # so that enough items still wait
    session.replan()
    decide_truly(session, 1)
    return session


@pytest.fixture
def reopen(image_project_folder: Path) -> Iterator[Reopen]:
    """Close the project, if it is open, and open it again."""
    opened: list[Project] = []

    def again() -> ReviewSession:
        while opened:
            opened.pop().close()
        opened.append(Project.open(image_project_folder))
        return ReviewSession(opened[0], "ann")

    yield again
    while opened:
        opened.pop().close()


def truth(session: ReviewSession) -> int:
    assert session.item is not None
    assert session.item.truth_id is not None
    return session.item.truth_id


def decide_truly(session: ReviewSession, count: int) -> None:
    for _ in range(count):
        session.decide(Verdict.CORRECTED, truth(session))


def current(session: ReviewSession) -> int:
    assert session.current is not None
    return session.current


def test_a_class_that_was_suggested_is_confirmed_and_another_corrected(scored: ReviewSession) -> None:
    shown = scored.shown
    assert shown is not None
    scored.decide(Verdict.CORRECTED, shown.predicted.id)
    assert scored.shown is not None
    suggested = scored.shown.predicted.id
    scored.decide(Verdict.CONFIRMED, next(label.id for label in scored.project.labels if label.id != suggested))
    scored.decide(Verdict.CONFIRMED)
    verdicts = [event.verdict for event in scored.project.store.decisions.all()[-3:]]
    assert verdicts == [Verdict.CONFIRMED, Verdict.CORRECTED, Verdict.CONFIRMED]


def test_a_decision_records_what_was_shown(scored: ReviewSession) -> None:
    shown, slot = scored.shown, scored.slot
    assert shown is not None
    scored.decide(Verdict.CONFIRMED, note="clear", seconds=2.5)
    event = scored.project.store.decisions.all()[-1]
    assert (event.predicted_id, event.confidence, event.model_version) == (
        shown.predicted.id,
        shown.confidence,
        shown.model_version,
    )
    assert (event.slot, event.note, event.seconds, event.reviewer) == (slot, "clear", 2.5, "ann")


def test_without_a_suggestion_there_is_nothing_to_confirm(session: ReviewSession) -> None:
    before = session.current
    with pytest.raises(KnownError, match="no suggestion"):
        session.decide(Verdict.CONFIRMED)
    with pytest.raises(KnownError, match="needs a class"):
        session.decide(Verdict.CORRECTED)
    assert session.current == before
    assert session.project.store.decisions.count() == 0


@pytest.mark.parametrize(
    ("verdict", "state"),
    [
        (Verdict.SKIPPED, ItemState.SKIPPED),
        (Verdict.UNSURE, ItemState.UNSURE),
        (Verdict.FLAGGED, ItemState.FLAGGED),
    ],
)
def test_setting_aside_never_names_a_class(session: ReviewSession, verdict: Verdict, state: ItemState) -> None:
    index = current(session)
    session.decide(verdict, 1)
    item = session.project.store.items.get(index)
    assert (item.state, item.label_id) == (state, None)
    assert session.project.pool.state(index) is state
    assert session.project.store.decisions.training_since(0) == 0
    assert session.current != index


def test_every_decision_moves_to_the_next_of_the_queue(session: ReviewSession) -> None:
    order = session.waiting().tolist()
    for place in range(20):
        assert session.current == order[place]
        session.decide((Verdict.CORRECTED, Verdict.SKIPPED)[place % 2], 1)
    assert session.waiting().tolist() == order[20:]


def test_every_tenth_is_drawn_at_random_with_its_probability(session: ReviewSession) -> None:
    decide_truly(session, 30)
    log = session.project.store.decisions.all()
    assert [event.number for event in log if event.slot is Slot.EXPLORE] == [10, 20, 30]
    assert [event.probability for event in log if event.slot is Slot.EXPLORE] == [0.1, 0.1, 0.1]
    assert {event.slot for event in log} == {Slot.START, Slot.EXPLORE}
    assert all(event.probability is None for event in log if event.slot is Slot.START)


def test_undo_and_redo_walk_back_and_forth(session: ReviewSession) -> None:
    asked = session.waiting().tolist()
    decide_truly(session, 3)
    for place in (2, 1, 0):
        assert "Taken back" in session.undo().told
        assert session.current == asked[place]
    assert session.undo() is NOTHING
    assert session.undo_text() == ""
    assert session.project.pool.ledger().decided == 0
    for place in (1, 2, 3):
        session.redo()
        assert session.current == asked[place]
    assert session.redo() is NOTHING
    assert session.project.pool.ledger().decided == 3
    assert session.project.store.decisions.count() == 9, "nothing in the log was rewritten"


def test_a_new_decision_ends_what_could_be_redone(session: ReviewSession) -> None:
    decide_truly(session, 2)
    session.undo()
    session.decide(Verdict.SKIPPED)
    assert session.redo() is NOTHING


def test_an_item_taken_back_keeps_the_reason_it_was_asked_for(session: ReviewSession) -> None:
    decide_truly(session, 10)
    session.undo()
    assert session.slot is Slot.EXPLORE
    decide_truly(session, 1)
    assert session.project.store.decisions.all()[-1].slot is Slot.EXPLORE


def test_undo_reaches_behind_a_restart_and_the_item_keeps_a_place(reopen: Reopen) -> None:
    session = reopen()
    decide_truly(session, 10)
    last = session.project.store.decisions.all()[-1].item_index
    session = reopen()
    session.undo()
    assert (session.current, session.slot) == (last, Slot.EXPLORE)
    assert last in session.waiting()
    session.step(1)
    session.step(-1)
    assert (session.current, session.slot) == (last, Slot.EXPLORE)
    assert len(session.waiting()) == session.project.pool.ledger().needs_review == 51


def test_the_same_item_and_the_same_queue_after_reopening(reopen: Reopen) -> None:
    session = reopen()
    decide_truly(session, 4)
    session.step(1)
    seen, queue, slot = session.current, session.waiting().tolist(), session.slot
    session = reopen()
    assert session.current == seen
    assert session.waiting().tolist() == queue
    assert session.slot is slot
    assert session.project.pool.ledger().adds_up


def test_stepping_does_not_decide_and_stays_inside(session: ReviewSession) -> None:
    queue = session.waiting().tolist()
    assert session.step(-1) is NOTHING
    session.step(1)
    session.step(1)
    session.step(-1)
    assert session.current == queue[1]
    session.go_to(queue[-1])
    assert session.step(1) is NOTHING
    session.decide(Verdict.SKIPPED)
    assert session.current == queue[0], "what was stepped over comes back"
    assert session.project.store.decisions.count() == 1


def test_an_item_of_the_reserve_picked_by_hand_neither_trains_nor_measures_before_its_turn(
    session: ReviewSession,
) -> None:
    last = int(session.project.reserve.order[-1])
    session.go_to(last)
    assert session.slot is Slot.CHOSEN
    session.decide(Verdict.CORRECTED, 1)
    event = session.project.store.decisions.all()[-1]
    assert (event.slot, event.probability) == (Slot.EXPLORE, 0.1)
    snapshot = Retraining(session.project).snapshot()
    assert (snapshot.rows.tolist(), snapshot.trains.tolist(), snapshot.measures.tolist()) == ([last], [False], [False])
    for index in session.project.reserve.order[:-1]:
        session.go_to(int(index))
        session.decide(Verdict.CORRECTED, 1)
    snapshot = Retraining(session.project).snapshot()
    assert sorted(snapshot.checks[0]) == sorted(session.project.reserve.order)
    assert len(snapshot.training[0]) == 0


def test_going_to_the_item_on_screen_or_to_none_changes_nothing(session: ReviewSession) -> None:
    slot, index = session.slot, current(session)
    assert session.go_to(index) is NOTHING
    for absent in (-1, 60):
        with pytest.raises(KnownError, match="no item"):
            session.go_to(absent)
    assert (session.slot, session.current) == (slot, index)


def test_a_decided_item_can_be_opened_and_changed(session: ReviewSession) -> None:
    first = current(session)
    session.decide(Verdict.CORRECTED, 1)
    session.go_to(first)
    session.decide(Verdict.CORRECTED, 2, reason="looked again")
    assert session.project.store.items.get(first).label_id == 2
    assert session.project.pool.ledger().decided == 1
    session.undo()
    assert session.project.store.items.get(first).label_id == 1


def test_looking_again_goes_once_through_what_was_set_aside_then_back(session: ReviewSession) -> None:
    aside = sorted(current_then(session, Verdict.SKIPPED) for _ in range(3))
    next_in_line = current(session)
    assert session.look_again() is not NOTHING
    assert session.waiting().tolist() == aside
    seen = []
    for verdict in (Verdict.SKIPPED, Verdict.CORRECTED, Verdict.UNSURE):
        assert session.slot is Slot.AGAIN
        seen.append(current(session))
        session.decide(verdict, 1)
    assert seen == aside, "each once, though one was skipped again"
    assert session.current == next_in_line, "the queue still waits"
    assert session.slot is not Slot.AGAIN
    ledger = session.project.pool.ledger()
    assert (ledger.decided, ledger.skipped, ledger.unsure, ledger.needs_review) == (1, 1, 1, 57)


def current_then(session: ReviewSession, verdict: Verdict) -> int:
    index = current(session)
    session.decide(verdict)
    return index


def test_the_end_of_the_queue_is_an_end_and_not_a_crash(session: ReviewSession) -> None:
    for place in range(60):
        session.decide(Verdict.SKIPPED if place % 20 == 0 else Verdict.CORRECTED, 1)
    for _ in range(3):  # they come back once
        assert session.slot is Slot.AGAIN
        session.decide(Verdict.SKIPPED)
    assert (session.current, session.item, session.shown) == (None, None, None)
    assert session.upcoming(3) == []
    assert session.step(1) is NOTHING
    with pytest.raises(KnownError, match="Nothing is waiting"):
        session.decide(Verdict.SKIPPED)
    session.look_again()
    for _ in range(3):
        session.decide(Verdict.CORRECTED, 1)
    assert session.current is None
    assert session.look_again() is NOTHING
    session.undo()
    assert session.current is not None
    assert session.project.pool.ledger().adds_up


def test_what_was_set_aside_comes_back_once_at_the_end_and_what_is_flagged_does_not(session: ReviewSession) -> None:
    aside = [current_then(session, verdict) for verdict in (Verdict.SKIPPED, Verdict.UNSURE, Verdict.FLAGGED)]
    for _ in range(57):
        session.decide(Verdict.CORRECTED, 1)
    assert (session.slot, session.current) == (Slot.AGAIN, min(aside[:2]))
    assert session.waiting().tolist() == sorted(aside[:2])
    session.decide(Verdict.UNSURE)
    again = ReviewSession(session.project, "ann")
    assert again.current == max(aside[:2]), "the one that has not come back yet"
    again.decide(Verdict.CORRECTED, 1)
    assert again.current is None
    assert ReviewSession(session.project, "ann").current is None
    again.undo()
    again.undo()
    again.decide(Verdict.CORRECTED, 1)
    assert again.current == max(aside[:2]), "what was taken back counts no more"


def test_a_filter_is_gone_through_before_the_queue_goes_on(session: ReviewSession) -> None:
    planned = session.waiting().tolist()
    wanted = [planned[40], planned[7], planned[20]]
    session.follow(np.array(wanted))
    assert session.waiting().tolist() == wanted
    session.go_to(wanted[0])
    assert session.upcoming(5) == wanted[1:]
    for index in wanted:
        assert (session.current, session.slot) == (index, Slot.CHOSEN)
        session.decide(Verdict.CORRECTED, 1)
    assert session.current == planned[0], "then the queue goes on from its front"
    assert session.waiting().tolist() == ReviewSession(session.project, "tester").waiting().tolist()
    session.follow(np.array([planned[50], planned[51]]))
    session.follow(None)
    assert session.waiting()[0] == planned[0]


def test_the_item_on_screen_keeps_its_suggestion_while_the_queue_is_ordered_anew(
    scored: ReviewSession, retrain: Retrain
) -> None:
    decide_truly(scored, 3)
    front = scored.waiting()[:2].tolist()
    shown, item = scored.shown, scored.current
    before = scored.waiting().tolist()
    retrain(scored.project)
    scored.replan()
    assert scored.current == item
    assert scored.shown is shown
    assert shown is not None
    assert shown.model_version == 1
    assert scored.waiting()[:2].tolist() == front
    assert sorted(scored.waiting()) == sorted(before) or len(scored.waiting()) < len(before)
    scored.decide(Verdict.CONFIRMED)
    event = scored.project.store.decisions.all()[-1]
    assert event.model_version == 1, "what was on screen is what was answered"
    assert scored.shown is not None
    assert scored.shown.model_version == 2


def test_drafts_stay_with_their_item_until_it_is_decided(session: ReviewSession) -> None:
    session.keep_draft("half a thought")
    session.step(1)
    assert session.draft() == ""
    session.step(-1)
    assert session.draft() == "half a thought"
    session.decide(Verdict.SKIPPED, note="half a thought")
    assert session.draft() == ""
    session.undo()
    assert session.draft() == "half a thought", "what was typed is there again"


def test_the_last_decisions_are_those_that_stand(session: ReviewSession) -> None:
    decide_truly(session, 3)
    session.undo()
    assert [event.number for event in session.recent()] == [2, 1]
    assert [event.number for event in session.recent(1)] == [2]


def test_a_disk_that_refuses_leaves_everything_as_it_was(
    session: ReviewSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    decide_truly(session, 2)
    session.undo()
    before = (session.current, session.slot, session.project.pool.ledger())

    def refuse(*_: object, **__: object) -> None:
        raise KnownError("The disk is full.")

    with monkeypatch.context() as full:
        full.setattr(session.project.store, "record_step", refuse)
        for act in (session.undo, session.redo, lambda: session.decide(Verdict.SKIPPED)):
            with pytest.raises(KnownError, match="full"):
                act()
    assert (session.current, session.slot, session.project.pool.ledger()) == before
    assert session.redo() is not NOTHING, "what could be redone still can"


def test_after_reopening_the_item_on_screen_is_the_front_and_nothing_before_it_is_passed_over(
    session: ReviewSession, reopen: Reopen
) -> None:
    late = int(session.waiting()[20])
    skipped = session.waiting()[:9].tolist()
    session.step(1)
    with session.project.store.transaction():
        session.project.store.set_fact("current", late)
        session.project.store.set_fact("order", "another one")
    session.project.close()
    again = reopen()
    assert again.current == late
    again.decide(Verdict.CORRECTED, 1)
    assert [again.current, *again.upcoming(8)] == skipped
