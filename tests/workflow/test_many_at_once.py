"""Steps over many items made in parts: each part is durable, the step is one to undo, an error loses nothing."""

import pytest

from hitl_desktop.domain.decisions import Decision, Verdict
from hitl_desktop.domain.errors import KnownError, ReasonNeeded
from hitl_desktop.domain.items import ItemState
from hitl_desktop.domain.sentences import say
from hitl_desktop.store.store import Store
from hitl_desktop.workflow import bulk, many_at_once
from hitl_desktop.workflow.bulk import bulk_events, bulk_step
from hitl_desktop.workflow.many_at_once import Made, Making, at_once
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.review import ReviewSession

PART = 4


@pytest.fixture
def session(image_project: Project, monkeypatch: pytest.MonkeyPatch) -> ReviewSession:
    for module in (bulk, many_at_once):
        monkeypatch.setattr(module, "PART", PART)
    return ReviewSession(image_project, "ann")


def some(session: ReviewSession, count: int) -> list[int]:
    """Undecided items that are no checks."""
    members = session.project.reserve.members
    return [int(i) for i in session.project.pool.undecided() if not members[i]][:count]


def run(session: ReviewSession, making: Making) -> tuple[Made, list[int]]:
    """What a step came to, and how many events there were after each part."""
    there = []
    while True:
        try:
            next(making)
        except StopIteration as ended:
            return ended.value, there
        there.append(session.project.store.decisions.count())


def test_parts_are_durable_one_after_another_and_undo_takes_all_back_in_parts(session: ReviewSession) -> None:
    project, chosen, label = session.project, some(session, 11), session.project.labels[1]
    assert session.current in chosen
    made, there = run(session, bulk_step(session, chosen, Verdict.CORRECTED, label.id))
    assert sorted(set(there)) == [0, 4, 8, 11], "nothing is saved before all is worked out, then part after part"
    assert made.error is None
    assert made.changes.items == frozenset(chosen)
    assert len({event.batch for event in project.store.decisions.all()}) == 1
    assert session.current not in chosen, "the queue goes on"
    assert session.undo_text() == f"Undo: 11 items set to {label.name}"

    taken: list[Making] = []
    session.parts_beside = taken.append
    session.undo()
    assert project.store.decisions.count() == 11, "whoever makes it part by part has it now"
    made, there = run(session, taken.pop())
    assert sorted(set(there)) == [15, 19, 22]
    assert "11 items" in made.changes.told
    assert all(project.pool.state(index) is ItemState.TO_DO for index in chosen)

    session.redo()
    made, _ = run(session, taken.pop())
    assert all(project.pool.state(index) is ItemState.DECIDED for index in chosen)
    session.parts_beside = None
    ReviewSession(project, "ann").undo()
    assert all(project.pool.state(index) is ItemState.TO_DO for index in chosen)
    assert project.pool.ledger().adds_up


def test_a_step_in_parts_is_what_it_would_be_in_one(session: ReviewSession) -> None:
    chosen = some(session, 9)
    at_once_made = bulk_events(session, chosen, Verdict.FLAGGED)
    at_once(bulk_step(session, chosen, Verdict.FLAGGED))
    in_parts = session.project.store.decisions.all()

    def told(events: list[Decision]) -> list[tuple[object, ...]]:
        return [(e.item_index, e.verdict, e.slot, e.exposure, e.route, e.rule) for e in events]

    assert told(in_parts) == told(at_once_made)


def test_what_was_saved_before_the_disk_failed_stays_and_can_be_taken_back(
    session: ReviewSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, chosen, saved = session.project, some(session, 10), []
    record_many = Store.record_many

    def failing(self: Store, decisions: list[Decision], **values: object) -> None:
        if len(saved) == 2:
            raise KnownError(say("The disk is full."))
        saved.append(len(decisions))
        record_many(self, decisions, **values)  # type: ignore[arg-type]

    monkeypatch.setattr(Store, "record_many", failing)
    made, _ = run(session, bulk_step(session, chosen, Verdict.SKIPPED))
    assert isinstance(made.error, KnownError)
    assert made.changes.items == frozenset(chosen[:8])
    monkeypatch.setattr(Store, "record_many", record_many)
    session.undo()
    assert project.store.decisions.count() == 16
    assert not project.pool.in_states(ItemState.SKIPPED).size


def test_a_past_answer_among_them_asks_for_a_reason_before_anything_is_saved(session: ReviewSession) -> None:
    chosen, labels = some(session, 10), session.project.labels
    session.decide_many(bulk_events(session, chosen[6:8], Verdict.CORRECTED, labels[0].id))
    before = session.project.store.decisions.count()
    with pytest.raises(ReasonNeeded):
        at_once(bulk_step(session, chosen, Verdict.CORRECTED, labels[1].id))
    assert session.project.store.decisions.count() == before
    at_once(bulk_step(session, chosen, Verdict.CORRECTED, labels[1].id, reason="looked again"))
    assert session.project.store.decisions.count() == before + 10
