"""A past decision is changed with a reason, whichever way it is changed: each way is walked, and asks or says why."""

from collections.abc import Callable
from typing import Final

import pytest

from hitl_desktop.domain.decisions import Decision, Exposure, Slot, Verdict
from hitl_desktop.domain.errors import ReasonNeeded
from hitl_desktop.domain.history import HistoryFilter
from hitl_desktop.domain.past_answers import CLASS_CHANGE, CODES, UNDO
from hitl_desktop.workflow.amending import decide_again
from hitl_desktop.workflow.bulk import bulk_events
from hitl_desktop.workflow.classes import ClassEditor
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.review import ReviewSession
from tests.unexplained import unexplained

Way = Callable[[ReviewSession, list[int], str], object]
CORRECTED: Final = Verdict.CORRECTED


def _reopened(session: ReviewSession, items: list[int], reason: str) -> None:
    """By going back to it: from the gallery, the jump, the history, the last decisions, or side by side."""
    session.go_to(items[0])
    session.decide(CORRECTED, 2, reason=reason)


def _set_aside(session: ReviewSession, items: list[int], reason: str) -> None:
    session.go_to(items[1])
    session.decide(Verdict.UNSURE, reason=reason)


def _at_once(session: ReviewSession, items: list[int], reason: str) -> None:
    session.decide_many(bulk_events(session, items, CORRECTED, 2, reason=reason))


def _again(session: ReviewSession, items: list[int], reason: str) -> None:
    """From the history, and from the label problems."""
    decide_again(session, items[0], CORRECTED, 2, reason=reason or "seen with a colleague")


ASKING: Final[dict[str, Way]] = {"reopened": _reopened, "set aside": _set_aside, "at once": _at_once}
SAYING: Final[dict[str, Way]] = {
    "again": _again,
    "undo": lambda session, *_: session.undo(),
    "merge": lambda session, *_: session.change_classes(lambda e: e.merge(1, 2)),
    "split": lambda session, *_: session.change_classes(lambda e: e.split(1, ["x", "y"], "two kinds of it")),
    "retire": lambda session, *_: session.change_classes(lambda e: e.retire(1, give_back=True)),
    "class change taken back": lambda session, *_: (
        session.change_classes(lambda e: e.merge(1, 2)),
        session.change_classes(ClassEditor.take_back),
    ),
    "undo and redo": lambda session, *_: (session.undo(), session.redo()),
}


@pytest.fixture
def decided(image_project: Project) -> tuple[ReviewSession, list[int]]:
    """Three items decided by a person, none of them a random check."""
    session, items = ReviewSession(image_project, "ann"), list[int]()
    while len(items) < 3:
        assert session.current is not None
        if not image_project.reserve.members[session.current]:
            items.append(session.current)
        session.decide(CORRECTED, 1)
    return session, items


@pytest.mark.parametrize("way", list(ASKING))
def test_what_a_person_does_asks_for_a_reason(decided: tuple[ReviewSession, list[int]], way: str) -> None:
    session, items = decided
    log = session.project.store.decisions
    before = log.count()
    with pytest.raises(ReasonNeeded):
        ASKING[way](session, items, " ")
    assert log.count() == before, "nothing was changed"
    ASKING[way](session, items, " wrong side ")
    made = log.all(before)
    assert {event.reason for event in made} == {"wrong side"}
    assert unexplained(log.all()) == []


@pytest.mark.parametrize("way", list(SAYING))
def test_what_follows_from_something_else_says_why(decided: tuple[ReviewSession, list[int]], way: str) -> None:
    session, items = decided
    log = session.project.store.decisions
    before = log.count()
    SAYING[way](session, items, "")
    assert log.count() > before
    assert unexplained(log.all()) == []


def test_reasons_of_the_program_are_few_and_no_change_of_a_person(decided: tuple[ReviewSession, list[int]]) -> None:
    session, items = decided
    store = session.project.store
    session.undo()
    assert store.decisions.recent(1)[0].reason == UNDO
    session.change_classes(lambda editor: editor.merge(1, 2))
    assert store.decisions.recent(1)[0].reason == CLASS_CHANGE
    session.go_to(items[0])
    session.decide(CORRECTED, 3, reason="looked again")
    found = store.history.matching(HistoryFilter(amended=True), (), 1, store.decisions.count())
    assert [event.reason for event in store.decisions.numbered(found.tolist())] == ["looked again"]
    assert len(CODES) == len(set(CODES))


def test_saying_the_same_again_needs_none(decided: tuple[ReviewSession, list[int]]) -> None:
    session, items = decided
    session.go_to(items[0])
    session.decide(CORRECTED, 1)
    assert unexplained(session.project.store.decisions.all()) == []


def _event(number: int, label: int | None, **changes: object) -> Decision:
    verdict = changes.pop("verdict", CORRECTED if label is not None else Verdict.SKIPPED)
    values = {"slot": Slot.CHOSEN, "reviewer": "a", "at_utc": ""} | changes
    return Decision(number, str(number), 0, verdict, label, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("events", "bare"),
    [
        ([_event(1, 1), _event(2, 2)], [2]),
        ([_event(1, 1), _event(2, None)], [2]),
        ([_event(1, 1), _event(2, 2, reason="x")], []),
        ([_event(1, None), _event(2, 2)], []),
        ([_event(1, 1, verdict=Verdict.AUTOMATIC), _event(2, 2)], []),
        ([_event(1, 1, exposure=Exposure.HIDDEN), _event(2, 2, follows=1)], []),
        ([_event(1, 1), _event(2, 2, slot=Slot.AUDIT, exposure=Exposure.HIDDEN)], []),
        ([_event(1, 1), _event(2, None, verdict=Verdict.RETRACTED, retracts=1)], [2]),
        ([_event(1, 1), _event(2, None, verdict=Verdict.RETRACTED, retracts=1, reason=UNDO), _event(3, 2)], []),
    ],
)
def test_events_that_lack_a_reason_are_found(events: list[Decision], bare: list[int]) -> None:
    assert unexplained(events) == bare
