"""The fold over the log."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitl_desktop.domain.decisions import MEASURING_SLOTS, UNTOUCHED, Decision, Slot, Verdict, fold, state_after
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
