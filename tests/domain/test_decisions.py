"""The fold over the log."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitl_desktop.domain.decisions import (
    MEASURING_SLOTS,
    UNTOUCHED,
    Decision,
    Exposure,
    Slot,
    Verdict,
    fold,
    live_in,
    state_after,
)
from hitl_desktop.domain.items import ItemState

BLANK = Decision(0, "", 0, Verdict.CONFIRMED, 1, "ann", "now", Slot.UNCERTAIN)
ACTS = st.lists(st.tuples(st.integers(0, 3), st.sampled_from([v for v in Verdict if v is not Verdict.RETRACTED])))


def log(acts: list[tuple[int, Verdict]]) -> list[Decision]:
    return [
        replace(BLANK, number=n, item_index=i, verdict=v, label_id=n if v is Verdict.CORRECTED else None)
        for n, (i, v) in enumerate(acts, 1)
    ]


@given(ACTS)
def test_the_last_decision_of_an_item_holds(acts: list[tuple[int, Verdict]]) -> None:
    events = log(acts)
    standings = fold(events)
    assert set(standings) == {event.item_index for event in events}
    for index, standing in standings.items():
        mine = [e for e in events if e.item_index == index and e.verdict is not Verdict.REPEATED]
        if not mine:
            assert standing == UNTOUCHED, "a repeat changes nothing"
            continue
        last = mine[-1]
        assert standing.decision == last
        assert standing.state is state_after(last.verdict)
        assert standing.label_id == last.label_id


@given(ACTS, st.data())
def test_taking_back_gives_what_the_log_without_it_gives(acts: list[tuple[int, Verdict]], data: st.DataObject) -> None:
    events = log(acts)
    taken = data.draw(st.lists(st.sampled_from(events), unique_by=lambda e: e.number) if events else st.just([]))
    number = len(events)
    with_retractions = [
        *events,
        *(
            replace(e, number=number + i, verdict=Verdict.RETRACTED, label_id=None, retracts=e.number)
            for i, e in enumerate(taken, 1)
        ),
    ]
    expected = fold([event for event in events if event not in taken])
    for index, standing in fold(with_retractions).items():
        assert standing == expected.get(index, UNTOUCHED)


def test_an_item_whose_decisions_were_all_taken_back_is_to_do() -> None:
    (event,) = log([(0, Verdict.FLAGGED)])
    back = replace(event, number=2, verdict=Verdict.RETRACTED, retracts=1)
    assert fold([event, back]) == {0: UNTOUCHED}
    assert UNTOUCHED.state is ItemState.TO_DO


def test_a_retraction_has_no_state_of_its_own_and_only_random_draws_measure() -> None:
    with pytest.raises(KeyError):
        state_after(Verdict.RETRACTED)
    assert frozenset({Slot.EXPLORE, Slot.AUDIT, Slot.IMPORTED_CHECK, Slot.WATCH}) == MEASURING_SLOTS


def test_what_had_been_seen_before_an_answer_may_have_led_it() -> None:
    told = replace(BLANK, predicted_id=2)
    assert told.was_in_view
    assert [replace(told, exposure=e).was_in_view for e in Exposure] == [e is not Exposure.HIDDEN for e in Exposure]
    assert replace(BLANK, predicted_findings=()).was_in_view
    assert not BLANK.was_in_view, "nothing was suggested"
    assert not replace(told, verdict=Verdict.AUTOMATIC, slot=Slot.AUTOMATIC).was_in_view


def test_what_was_not_taken_back_stands_in_its_order() -> None:
    first, second = replace(BLANK, number=1), replace(BLANK, number=2, verdict=Verdict.SKIPPED, label_id=None)
    again = replace(BLANK, number=3, verdict=Verdict.REPEATED)
    back = replace(BLANK, number=4, verdict=Verdict.RETRACTED, retracts=1, label_id=None)
    assert live_in(iter([first, second, again])) == [first, second]
    assert live_in([first, second, again, back]) == [second]
    several = fold([replace(BLANK, number=1, label_id=None, findings=(1, 3))])[0]
    assert (several.findings, several.label_id, UNTOUCHED.findings) == ((1, 3), None, None)
