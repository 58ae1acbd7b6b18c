"""Hidden repeats: what is asked again, what its answer changes (nothing), and what it tells."""

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from hitl_desktop.domain.decisions import Decision, Slot, Verdict, fold
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.items import ItemState
from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.domain.responses import Response
from hitl_desktop.workflow.comparisons import best, sides_now
from hitl_desktop.workflow.ingest import create_project
from hitl_desktop.workflow.past_decisions import of_item
from hitl_desktop.workflow.preference_figures import steadiness
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.repeats import BETWEEN, choose_share, is_asked_again, share_of
from hitl_desktop.workflow.requests import NewProject
from hitl_desktop.workflow.review import ReviewSession
from hitl_desktop.workflow.snapshot import take_snapshot
from tests.unexplained import unexplained


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of sixty comparisons without a model, nothing decided."""
    folder = tmp_path_factory.mktemp("repeats")
    rows = [
        {"id": f"p{n}", "prompt": f"How {n}?", "response_a": f"One {n}.", "response_b": f"Two {n}."} for n in range(60)
    ]
    data = folder / "pairs.jsonl"
    data.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    create_project(NewProject(folder / "P.hitl", data), no_progress, never_cancelled)
    return folder / "P.hitl"


@pytest.fixture
def project(made: Path, tmp_path: Path) -> Iterator[Project]:
    """A copy of it in which as much as possible is asked again."""
    opened = Project.open(Path(shutil.copytree(made, tmp_path / "P.hitl")))
    choose_share(opened.store, 0.2)
    yield opened
    opened.close()


def answer(session: ReviewSession, place: int = 0) -> Decision:
    """Call the answer at a place on screen the better one."""
    item = session.item
    assert item is not None
    said = best(session.project, sides_now(session.project, item), place)
    session.decide(Verdict.CORRECTED, said.label_id, response=said.response)
    return session.project.store.decisions.recent(1)[0]


def repeats_of(project: Project) -> list[Decision]:
    return [event for event in project.store.decisions.all() if event.verdict is Verdict.REPEATED]


def until_asked_again(session: ReviewSession) -> Decision:
    """Answer until a repeat is on screen; the answer that it repeats."""
    for _ in range(55):
        if session.slot is Slot.REPEAT:
            assert session.current is not None
            return session.project.store.decisions.live(session.current)[-1]
        answer(session)
    raise AssertionError("nothing was asked again")


def state_of_things(project: Project) -> tuple[object, ...]:
    """All that an answer to a repeat must leave as it was."""
    taken = take_snapshot(project)
    log = project.store.decisions
    return (
        project.pool.ledger(),
        taken.training[0].tolist(),
        taken.training[1].tolist(),
        taken.checks[0].tolist(),
        log.decided(),
        log.made(),
        log.training_since(0),
        log.standing_verdicts(),
        {index: standing.decision for index, standing in fold(log.all()).items()},
    )


def test_what_is_asked_again_stands_with_its_sides_exchanged_and_looks_like_a_check(project: Project) -> None:
    session = ReviewSession(project, "ann")
    first = until_asked_again(session)
    item = session.item
    assert item is not None
    assert first.reviewer == "ann"
    assert session.project.store.decisions.count() - first.number >= BETWEEN
    assert sides_now(project, item) == first.response.sides[::-1]
    assert not project.reserve.members[item.index]
    assert not session.response, "what was answered before is no draft"
    assert is_asked_again(project, item.index)


def test_the_answer_is_on_record_and_changes_nothing(project: Project) -> None:
    session = ReviewSession(project, "ann")
    first = until_asked_again(session)
    before, waiting = state_of_things(project), session.queue.waiting().tolist()
    event = answer(session, 0)
    assert (event.verdict, event.slot, event.item_index) == (Verdict.REPEATED, Slot.REPEAT, first.item_index)
    assert event.response.sides == first.response.sides[::-1]
    assert state_of_things(project) == before
    assert (session.current, session.slot is Slot.REPEAT) == (waiting[0], False), "the queue goes on where it was"
    found = steadiness(project.store.decisions.all())
    first_side = first.response.sides.index(first.response.ranking[0][0])
    assert (found.same.hits, found.same.of, found.kept_side) == (int(first_side == 1), 1, int(first_side == 0))
    assert unexplained(project.store.decisions.all()) == []
    both = of_item(project, first.item_index)
    assert [past.event.verdict for past in both] == [Verdict.REPEATED, first.verdict]
    assert both[0].before.decision == first, "the history shows both"


def test_undo_asks_it_again_and_a_new_opening_too(project: Project) -> None:
    session = ReviewSession(project, "ann")
    first = until_asked_again(session)
    before = state_of_things(project)
    answer(session)
    session.undo()
    assert (session.current, session.slot) == (first.item_index, Slot.REPEAT)
    assert state_of_things(project) == before
    assert steadiness(project.store.decisions.all()).same.of == 0
    session.redo()
    assert steadiness(project.store.decisions.all()).same.of == 1
    session.undo()
    opened = ReviewSession(project, "ann")
    assert (opened.current, opened.slot) == (first.item_index, Slot.REPEAT)
    bob = ReviewSession(project, "bob")
    assert bob.slot is not Slot.REPEAT, "what somebody else answered is no repeat"
    opened.set_reviewer("bob")
    assert opened.slot is not Slot.REPEAT


def test_setting_it_aside_is_no_answer_but_a_flag_counts(project: Project) -> None:
    session = ReviewSession(project, "ann")
    until_asked_again(session)
    before = state_of_things(project)
    session.decide(Verdict.UNSURE)
    assert state_of_things(project) == before
    found = steadiness(project.store.decisions.all())
    assert (found.same.of, found.unanswered) == (0, 1)
    again = until_asked_again(session)
    session.decide(Verdict.FLAGGED)
    assert project.pool.state(again.item_index) is ItemState.FLAGGED
    session.undo()
    assert project.pool.state(again.item_index) is ItemState.DECIDED
    assert session.slot is Slot.REPEAT


def test_nothing_is_asked_a_third_time_nor_while_measuring_and_a_share_of_nought_asks_nothing(project: Project) -> None:
    session = ReviewSession(project, "ann")
    while session.current is not None:
        answer(session)
    repeated = Counter(event.item_index for event in repeats_of(project))
    assert len(repeated) > 2
    assert set(repeated.values()) == {1}
    assert not any(project.reserve.members[index] for index in repeated)
    slots = [event.slot for event in project.store.decisions.all()]
    assert (Slot.REPEAT, Slot.REPEAT) not in set(pairwise(slots)), "never two in a row"


def test_no_share_asks_nothing_again(project: Project) -> None:
    choose_share(project.store, 0.0)
    assert share_of(project.store) == 0.0
    session = ReviewSession(project, "ann")
    while session.current is not None:
        answer(session)
    assert repeats_of(project) == []
    for share in (-0.01, 0.21, float("nan")):
        with pytest.raises(KnownError, match="share of hidden repeats"):
            choose_share(project.store, share)


def test_scripts_are_never_asked_again(project: Project) -> None:
    session = ReviewSession(project, "ann")
    first = until_asked_again(session)
    session.take(first.item_index)
    assert session.slot is Slot.CHOSEN


def test_a_repeat_is_held_against_what_stood_when_it_was_asked() -> None:
    def event(number: int, verdict: Verdict, label: int | None, better: int, sides: tuple[int, ...]) -> Decision:
        response = Response(ranking=((better,), (1 - better,)), sides=sides)
        slot = Slot.REPEAT if verdict is Verdict.REPEATED else Slot.UNCERTAIN
        return Decision(number, str(number), 0, verdict, label, "ann", "", slot, response=response)

    first = event(1, Verdict.CORRECTED, 1, 0, (0, 1))
    again = event(2, Verdict.REPEATED, 2, 1, (1, 0))
    changed = event(3, Verdict.CORRECTED, 2, 1, (0, 1))
    found = steadiness([first, again, changed])
    assert (found.same.hits, found.same.of, found.kept_side) == (0, 1, 1)
    back = replace(again, number=4, event_id="4", verdict=Verdict.RETRACTED, label_id=None, retracts=2)
    assert steadiness([first, again, changed, back]).same.of == 0
