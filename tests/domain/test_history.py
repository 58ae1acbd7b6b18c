"""Past decisions beside what they changed."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from hitl_desktop.domain.decisions import UNTOUCHED, Decision, Slot, Verdict, fold, live_in
from hitl_desktop.domain.history import HistoryFilter, entries_of
from hitl_desktop.domain.items import ItemState


def event(number: int, verdict: Verdict, label_id: int | None = None, retracts: int | None = None) -> Decision:
    return Decision(number, str(number), 4, verdict, label_id, "ann", "", Slot.CHOSEN, retracts=retracts)


LOG = [
    event(1, Verdict.CORRECTED, 1),
    event(2, Verdict.CORRECTED, 2),
    event(3, Verdict.RETRACTED, retracts=2),
    event(5, Verdict.SKIPPED),
    event(6, Verdict.RETRACTED, retracts=1),
]


def test_each_event_stands_beside_what_held_before_and_whether_it_was_taken_back() -> None:
    entries = entries_of(LOG)
    told = {n: (e.before.state, e.before.label_id, e.is_taken_back) for n, e in entries.items()}
    assert told == {
        1: (ItemState.TO_DO, None, True),
        2: (ItemState.DECIDED, 1, True),
        3: (ItemState.DECIDED, 2, False),
        5: (ItemState.DECIDED, 1, False),
        6: (ItemState.SKIPPED, None, False),
    }


def test_taking_back_returns_to_what_held_before() -> None:
    entries = entries_of(LOG)
    assert entries[3].after.decision == LOG[0]
    assert entries[6].after.decision == LOG[3], "the last one still stands, though an earlier one is gone"
    alone = entries_of([event(1, Verdict.SKIPPED), event(2, Verdict.RETRACTED, retracts=1)])
    assert alone[2].after == UNTOUCHED


def test_taking_back_never_returns_to_what_was_taken_back_itself() -> None:
    log = [
        *(event(number, Verdict.CORRECTED, number) for number in (1, 2, 3)),
        event(4, Verdict.RETRACTED, retracts=2),
        event(5, Verdict.RETRACTED, retracts=3),
    ]
    assert entries_of(log)[5].after.decision == log[0]


@given(st.lists(st.tuples(st.integers(0, 2), st.sampled_from(Verdict), st.integers(0, 30)), max_size=14))
def test_an_entry_stands_between_what_the_log_gave_before_and_what_it_gives_after(
    acts: list[tuple[int, Verdict, int]],
) -> None:
    """Decisions on several items in any order, of which any that stands may be taken back, not only the last."""
    log: list[Decision] = []
    for number, (item, verdict, which) in enumerate(acts, 1):
        here = live_in([e for e in log if e.item_index == item])
        if verdict is Verdict.RETRACTED and not here:
            continue
        retracts = here[which % len(here)].number if verdict is Verdict.RETRACTED else None
        log.append(replace(event(number, verdict, which, retracts), item_index=item))
    entries = entries_of(log)
    assert [entry.event for entry in entries.values()] == log
    taken = {e.retracts for e in log}
    for place, one in enumerate(log):
        entry = entries[one.number]
        assert entry.before == fold(log[:place]).get(one.item_index, UNTOUCHED)
        assert entry.after == fold(log[: place + 1])[one.item_index]
        assert entry.is_taken_back == (one.number in taken)


def test_an_empty_filter_asks_nothing() -> None:
    assert HistoryFilter(words=" ").is_empty
    assert not HistoryFilter(amended=True).is_empty


def test_a_hidden_repeat_stands_beside_the_answer_and_changes_nothing() -> None:
    said = Verdict.CONFIRMED
    entries = entries_of([event(n, verdict) for n, verdict in enumerate((said, Verdict.REPEATED, said), 1)])
    assert entries[2].before == entries[3].before
    assert entries[3].before.decision == entries[1].event
