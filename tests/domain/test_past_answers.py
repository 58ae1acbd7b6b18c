"""Which events change a past decision, and need a reason for it."""

from dataclasses import replace
from typing import Any

import pytest

from hitl_desktop.domain.decisions import Decision, Exposure, Slot, Verdict
from hitl_desktop.domain.past_answers import changes_past, is_asked_blind
from hitl_desktop.domain.responses import Response
from tests.unexplained import unexplained


def event(number: int, label: int | None = 1, **changes: Any) -> Decision:
    verdict = Verdict.CONFIRMED if label is not None else Verdict.SKIPPED
    made = Decision(number, f"e{number}", 0, verdict, label, "ann", "2026-01-02T03:04:05+00:00", Slot.CHOSEN)
    return replace(made, **changes)


def retraction(number: int, of: int, **changes: Any) -> Decision:
    return event(number, None, verdict=Verdict.RETRACTED, retracts=of, **changes)


STANDING = event(1, reviewer_id="r-ann")
AUTOMATIC = event(1, verdict=Verdict.AUTOMATIC, slot=Slot.AUTOMATIC)


@pytest.mark.parametrize(
    ("changes", "needs"),
    [
        ({"label_id": 2}, True),
        ({"label_id": 1}, False),  # the same once more
        ({"label_id": 1, "response": Response(reply="better")}, True),
        ({"label_id": None, "findings": (1,)}, True),
        ({"label_id": None, "verdict": Verdict.SKIPPED}, True),  # there is no answer any more
        ({"label_id": 2, "follows": 1}, False),  # after the reveal of the own answer
        ({"label_id": 2, "follows": 7}, True),
        ({"label_id": 2, "slot": Slot.AUDIT, "exposure": Exposure.HIDDEN}, False),  # a measurement
        ({"label_id": 2, "slot": Slot.AUDIT, "exposure": Exposure.SHOWN}, True),
        ({"label_id": 2, "slot": Slot.CHOSEN, "exposure": Exposure.HIDDEN}, True),
        ({"label_id": 2, "verdict": Verdict.AUTOMATIC, "slot": Slot.AUTOMATIC}, False),
        ({"label_id": 2, "slot": Slot.SECOND, "reviewer_id": "r-bob"}, False),  # another person's own reading
        ({"label_id": 2, "slot": Slot.SECOND, "reviewer_id": "r-ann", "reviewer": "Ann B."}, True),
        ({"label_id": 2, "slot": Slot.SECOND, "reviewer": "bob"}, False),  # known by the name alone
        ({"label_id": 2, "slot": Slot.SECOND}, True),
        ({"label_id": 2, "slot": Slot.CHOSEN, "reviewer_id": "r-bob"}, True),
    ],
)
def test_an_answer_that_replaces_another_needs_a_reason(changes: dict[str, Any], needs: bool) -> None:
    assert changes_past(STANDING, replace(event(2), **changes)) is needs


def test_what_was_no_answer_is_changed_without_a_reason() -> None:
    for standing in (None, event(1, None), AUTOMATIC):
        assert not changes_past(standing, event(2, 2))


def test_blind_is_what_measures_and_was_hidden() -> None:
    assert is_asked_blind(Slot.EXPLORE, Exposure.HIDDEN)
    assert not is_asked_blind(Slot.EXPLORE, Exposure.REVEALED)
    assert not is_asked_blind(Slot.EXPLORE, None)
    assert not is_asked_blind(Slot.UNCERTAIN, Exposure.HIDDEN)


def test_a_log_is_searched_for_changes_without_a_reason() -> None:
    assert unexplained([event(1), event(2, 2)]) == [2]
    assert unexplained([event(1), event(2, 2, reason="misread")]) == []
    assert unexplained([event(1), event(2, 2, item_index=5)]) == [], "another item"
    assert unexplained([event(1), event(2, None), event(3, 2)]) == [2], "what was set aside stands between"


def test_what_takes_back_an_answer_says_why_and_uncovers_the_one_before() -> None:
    assert unexplained([event(1), retraction(2, 1)]) == [2]
    assert unexplained([event(1), retraction(2, 1, reason="undo")]) == []
    assert unexplained([event(1, None), retraction(2, 1)]) == [], "nobody had answered"
    assert unexplained([AUTOMATIC, retraction(2, 1)]) == []
    assert unexplained([event(1), retraction(2, 7)]) == [], "what is not there is not taken back"
    first = [event(1), event(2, 2, reason="misread"), retraction(3, 2, reason="undo")]
    assert unexplained([*first, event(4, 1)]) == [], "the first answer stands again"
    assert unexplained([*first, event(4, 2)]) == [4]
    assert unexplained([event(1), retraction(2, 1, reason="undo"), event(3, 2)]) == []


def test_a_hidden_repeat_needs_no_reason_and_changes_nothing() -> None:
    repeat = event(2, 2, verdict=Verdict.REPEATED, slot=Slot.REPEAT)
    assert not changes_past(STANDING, repeat)
    assert unexplained([event(1), repeat, event(3, 1)]) == [], "the first answer stands"
    assert unexplained([event(1), repeat, event(3, 2)]) == [3]
