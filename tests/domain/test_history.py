"""Past decisions beside what they changed."""

from hitl_desktop.domain.decisions import Decision, Slot, Verdict
from hitl_desktop.domain.history import HistoryFilter, after, entries_of
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
    assert after(entries[3], entries) == LOG[0]
    assert after(entries[6], entries) == LOG[3], "the last one still stands, though an earlier one is gone"
    alone = entries_of([event(1, Verdict.SKIPPED), event(2, Verdict.RETRACTED, retracts=1)])
    assert after(alone[2], alone) is None


def test_an_empty_filter_asks_nothing() -> None:
    assert HistoryFilter(words=" ").is_empty
    assert not HistoryFilter(amended=True).is_empty


def test_a_hidden_repeat_stands_beside_the_answer_and_changes_nothing() -> None:
    said = Verdict.CONFIRMED
    entries = entries_of([event(n, verdict) for n, verdict in enumerate((said, Verdict.REPEATED, said), 1)])
    assert entries[2].before == entries[3].before
    assert entries[3].before.decision == entries[1].event
