"""The log: append-only, gapless, and the state is its fold."""

import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import peewee
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hitl_desktop.domain.decisions import Decision, Exposure, Slot, Verdict, fold, live_in
from hitl_desktop.domain.evidence import Box, Evidence, Span
from hitl_desktop.domain.items import FoundItem, ItemState
from hitl_desktop.store.store import DATABASE, Store
from tests.store.conftest import MakeDecision, fill


def test_numbers_have_no_gap_even_after_a_failed_one(store: Store, decision: MakeDecision) -> None:
    for index in range(3):
        assert store.record(decision(index), current=None).number == index + 1
    with pytest.raises(peewee.IntegrityError):
        store.record(decision(3, label_id=99), current=None)
    assert store.items.get(3).state is ItemState.TO_DO
    assert store.record(decision(3), current=None).number == 4
    assert [event.number for event in store.decisions.all()] == [1, 2, 3, 4]


@pytest.mark.parametrize("statement", ["UPDATE decision SET note = 'forged'", "DELETE FROM decision"])
def test_the_file_itself_forbids_changing_the_past(closed: Path, statement: str) -> None:
    with closing(sqlite3.connect(closed / DATABASE)) as raw:
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            raw.execute(statement)
        assert raw.execute("SELECT count(*) FROM decision WHERE note = ''").fetchone() == (3,)


def test_writing_an_event_twice_is_harmless(store: Store, decision: MakeDecision) -> None:
    first = store.record(decision(0, Verdict.SKIPPED), current=1)
    store.record(decision(1), current=2)
    again = store.record(replace(first, number=0, note="a late copy"), current=2)
    assert again == first
    assert store.decisions.count() == 2
    assert len((store.folder / "decisions.jsonl").read_text("ascii").splitlines()) == 2


def test_a_decision_comes_back_as_it_was_made(store: Store, decision: MakeDecision) -> None:
    made = decision(
        2, Verdict.CORRECTED, label_id=2, predicted_id=1, confidence=0.625, model_version=4, probability=0.25,
        seconds=1.5, note="see page 3", slot=Slot.EXPLORE,
    )  # fmt: skip
    assert store.record(made, current=None) == replace(made, number=1)
    assert store.decisions.all() == [replace(made, number=1)]


def test_taking_back_returns_the_item_to_what_it_was(store: Store, decision: MakeDecision) -> None:
    skipped = store.record(decision(0, Verdict.SKIPPED), current=None)
    decided = store.record(decision(0, label_id=2), current=None)
    assert (store.items.get(0).state, store.items.get(0).label_id) == (ItemState.DECIDED, 2)
    store.record(decision(0, Verdict.RETRACTED, retracts=decided.number), current=None)
    assert (store.items.get(0).state, store.items.get(0).label_id) == (ItemState.SKIPPED, None)
    store.record(decision(0, Verdict.RETRACTED, retracts=skipped.number), current=None)
    assert store.items.get(0).state is ItemState.TO_DO
    assert store.decisions.made() == 0
    assert store.decisions.last_live("ann") is None


def test_a_decision_cannot_be_taken_back_twice(store: Store, decision: MakeDecision) -> None:
    store.record(decision(0), current=None)
    store.record(decision(0, Verdict.RETRACTED, retracts=1), current=None)
    with pytest.raises(peewee.IntegrityError):
        store.record(decision(0, Verdict.RETRACTED, retracts=1), current=None)
    assert store.decisions.count() == 2


def test_the_states_stored_are_the_fold_of_the_log(store: Store, decision: MakeDecision) -> None:
    for index, verdict in enumerate([Verdict.CORRECTED, Verdict.UNSURE, Verdict.FLAGGED, Verdict.SKIPPED]):
        store.record(decision(index, verdict), current=None)
    store.record(decision(1, Verdict.CONFIRMED), current=None)
    standings = fold(store.decisions.all())
    stored = {i.index: (i.state, i.label_id) for i in store.items.many(range(4))}
    assert stored == {index: (s.state, s.label_id) for index, s in standings.items()}
    assert stored == store.decisions.states_from_events()


def test_undo_is_for_ones_own_decisions_that_were_not_imported(store: Store, decision: MakeDecision) -> None:
    own = store.record(decision(0), current=None)
    store.record(decision(1, reviewer="bob"), current=None)
    with store.transaction():
        store.decisions.append_imported([decision(2, slot=Slot.IMPORTED), decision(3, slot=Slot.IMPORTED_CHECK)])
    assert store.decisions.last_live("ann") == own
    assert store.decisions.count() == 4


def test_only_decisions_that_may_train_count_towards_the_next_training(store: Store, decision: MakeDecision) -> None:
    store.record(decision(0), current=None)
    store.record(decision(1, slot=Slot.EXPLORE), current=None)
    store.record(decision(2, Verdict.UNSURE), current=None)
    taken_back = store.record(decision(3), current=None)
    store.record(decision(3, Verdict.RETRACTED, retracts=taken_back.number), current=None)
    store.record(decision(4), current=None)
    assert store.decisions.training_since(0) == 2
    assert store.decisions.training_since(1) == 1
    assert store.decisions.decided() == [(0, 1, "uncertain"), (1, 1, "explore"), (4, 1, "uncertain")]


def test_decisions_whose_marks_say_what_counts_are_found_while_they_stand(store: Store, decision: MakeDecision) -> None:
    quoted = Span(0, 12, '"counts": ok')
    teaches = Evidence((quoted, Box(0, 0, 2, 2, counts=False)), 9, 9)
    store.record(decision(0, evidence=Evidence((quoted,))), current=None)
    made = [store.record(decision(i, evidence=teaches), current=None) for i in (3, 1, 2)]
    assert store.decisions.teaching() == [made[1], made[2], made[0]]
    store.record(decision(1, label_id=2), current=None)
    store.record(decision(2, Verdict.RETRACTED, retracts=made[2].number), current=None)
    assert store.decisions.teaching() == [made[0]], "what was replaced or taken back teaches nothing"


def test_what_was_made_lately_is_counted_without_what_came_with_the_data(store: Store, decision: MakeDecision) -> None:
    early, late = {"at_utc": "2026-01-01T00:00:00+00:00"}, {"at_utc": "2026-01-09T00:00:00+00:00"}
    store.record(decision(0, **early), current=None)
    own = store.record(decision(1, **late), current=None)
    store.record(decision(1, follows=own.number, **late), current=None)
    back = store.record(decision(2, **late), current=None)
    store.record(decision(2, Verdict.RETRACTED, retracts=back.number, **late), current=None)
    store.record(decision(3, Verdict.SKIPPED, **late), current=None)
    with store.transaction():
        store.decisions.append_imported([decision(4, slot=Slot.IMPORTED, **late)])
    since = "2026-01-05T00:00:00+00:00"
    assert store.decisions.made_since(since, 99) == 2
    assert store.decisions.made_since(late["at_utc"], 99) == 2, "that moment itself counts"
    assert store.decisions.made_since(early["at_utc"], 99) == 3
    assert store.decisions.made_since(since, 2) == 1, "only the last two events are looked at"


def test_the_last_events_and_what_stands_of_an_item_or_a_step(store: Store, decision: MakeDecision) -> None:
    first = store.record(decision(0, Verdict.UNSURE), current=None)
    second = store.record(decision(0), current=None)
    store.record_many([decision(i, batch="b") for i in (1, 2, 3)], current=None, slot=None)
    batch = store.decisions.all(2)
    back = store.record(decision(2, Verdict.RETRACTED, retracts=4, batch="back"), current=None)
    assert store.decisions.recent(2) == [back, batch[2]]
    assert store.decisions.live(0) == [first, second]
    assert store.decisions.live(2) == []
    assert store.decisions.live_in_batch("b", 99) == [batch[0], batch[2]]
    assert store.decisions.live_in_batch("b", batch[0].number) == [batch[0]]
    assert store.decisions.live_in_batch("", 99) == []
    assert store.decisions.live_of_many([0, 2, 4]) == {0: [first, second]}
    assert store.decisions.between(2, 3) == [second, batch[0]]
    assert store.decisions.numbered([5, 1]) == [first, batch[2]]


def test_answers_in_view_and_those_for_a_second_reader(store: Store, decision: MakeDecision) -> None:
    told = {"predicted_id": 1, "confidence": 0.9, "model_version": 1}
    store.record(decision(0, exposure=Exposure.SHOWN, route="second_reader", **told), current=None)
    store.record(decision(1, exposure=Exposure.HIDDEN, hiding=1.0, **told), current=None)
    store.record(decision(2), current=None)
    store.record(decision(3, **told), current=None)
    store.record(decision(3, Verdict.SKIPPED, **told), current=None)
    store.record(decision(4, exposure=Exposure.HIDDEN, hiding=1.0, route="second_reader", **told), current=None)
    store.record(decision(4, exposure=Exposure.REVEALED, follows=6, **told), current=None)
    assert store.decisions.decided_in_view() == [0, 4]
    assert store.decisions.for_second_reader() == [0, 4]
    store.record(decision(4, Verdict.RETRACTED, retracts=7), current=None)
    assert store.decisions.decided_in_view() == [0]
    assert store.decisions.for_second_reader() == [0, 4]
    assert store.decisions.standing_verdicts() == {"confirmed": 4}


def test_imported_checks_stay_known_and_what_a_failed_transaction_saw_does_not(
    store: Store, decision: MakeDecision
) -> None:
    def fail() -> None:
        with store.transaction():
            store.decisions.append_imported([decision(3, slot=Slot.IMPORTED_CHECK)])
            assert store.decisions.imported_checks() == [3]
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert store.decisions.imported_checks() == []
    with store.transaction():
        store.decisions.append_imported([decision(2, slot=Slot.IMPORTED), decision(4, slot=Slot.IMPORTED_CHECK)])
    assert store.decisions.imported_checks() == [4]
    assert store.decisions.imported() == [2, 4]
    store.record(decision(4), current=None)
    assert store.decisions.imported_checks() == [4], "whatever was decided on it since"


def test_columns_of_events_are_read_up_to_the_end_of_the_log_and_not_beyond(
    store: Store, decision: MakeDecision
) -> None:
    store.record(decision(0), current=None)
    table = store.events.read(99)
    assert table.number.tolist() == [1]
    store.record(decision(1, reviewer="bob"), current=None)
    assert store.events.read(99, table).number.tolist() == [1, 2]
    assert store.events.read(99, store.events.read(2)).reviewers == ("ann", "bob")


def test_the_first_event_of_somebody_is_theirs(store: Store, decision: MakeDecision) -> None:
    assert store.decisions.first_of("ann") is None
    for index, reviewer in enumerate(("ann", "b\udce9b", "ann", "b\udce9b")):
        store.record(decision(index, reviewer=reviewer), current=None)
    assert (store.decisions.first_of("ann"), store.decisions.first_of("b\udce9b")) == (1, 2)
    assert store.decisions.first_of("cleo") is None


def test_what_a_step_answered_is_counted_as_far_as_it_stands(store: Store, decision: MakeDecision) -> None:
    step = [decision(i, batch="b", label_id=1 + i // 2) for i in range(4)]
    step.append(decision(4, Verdict.SKIPPED, batch="b"))
    store.record_many([*step, decision(0, batch="other"), decision(0)], current=None, slot=None)
    store.record(decision(3, Verdict.RETRACTED, retracts=4, batch="b"), current=None)
    found = {answer[:3]: answer[3] for answer in store.decisions.answers_in_batch("b", 99)}
    confirmed, skipped = Verdict.CONFIRMED, Verdict.SKIPPED
    assert found == {(confirmed, 1, None): 2, (confirmed, 2, None): 1, (skipped, None, None): 1}
    assert store.decisions.answers_in_batch("b", 1) == [(confirmed, 1, None, 1)]
    assert store.decisions.answers_in_batch("", 99) == []
    sets = [decision(i, label_id=None, findings=(2, 1), batch="sets") for i in (0, 1)]
    store.record_many(sets, current=None, slot=None)
    assert store.decisions.answers_in_batch("sets", 99) == [(confirmed, None, (1, 2), 2)]
    assert [event.number for event in store.decisions.live_in_batch("b", 99)] == [1, 2, 3, 5]
    assert [event.number for event in store.decisions.live_in_batch("b", 99, 2)] == [3, 5], "the last ones"
    assert [event.number for event in store.decisions.live_in_batch("b", 2)] == [1, 2]


def test_what_is_read_ahead_is_not_read_again(store: Store, decision: MakeDecision) -> None:
    for index in (0, 2, 0):
        store.record(decision(index), current=None)
    wanted = {index: store.decisions.of_items([index]) for index in (0, 2, 4)}
    with store.transaction():  # what was known is forgotten
        store.set_fact("threshold", 0.5)
    store.decisions.read_ahead([0, 4, 2])
    asked: list[str] = []
    store._database.connection().set_trace_callback(asked.append)
    assert {index: store.decisions.of_item(index) for index in (0, 2, 4)} == wanted
    assert asked == []
    store._database.connection().set_trace_callback(None)
    assert [event.number for event in wanted[0]] == [1, 3]


def test_events_between_two_numbers_are_those_and_no_others(store: Store, decision: MakeDecision) -> None:
    """Of few that are known the log is not asked; of many, or where one is not known, it is."""
    for index in range(4):
        store.record(decision(index), current=None)
    store.record_many([decision(i % 5) for i in range(12)], current=None, slot=None)
    store.record(decision(4), current=None)
    for first, last in ((1, 4), (2, 3), (3, 3), (4, 5), (1, 17), (16, 17), (17, 17), (17, 30), (18, 20), (3, 2)):
        numbers = [event.number for event in store.decisions.between(first, last)]
        assert numbers == list(range(first, min(last, 17) + 1)), (first, last)


def test_a_step_of_many_is_recorded_up_to_the_last(store: Store, decision: MakeDecision) -> None:
    """The first events of a project go in by four hundreds."""
    found = [FoundItem(f"{100 + i:064x}", f"b/{i}") for i in range(801)]
    with store.transaction():
        rows = store.items.add(found, {})
        made = [decision(i, Verdict.CORRECTED, label_id=1 + i % 2, slot=Slot.IMPORTED) for i in rows]
        assert store.decisions.append_imported(made) == 801
        assert store.decisions.append_imported([]) == 0
    assert [(e.number, e.item_index, e.label_id) for e in store.decisions.all()] == [
        (place, event.item_index, event.label_id) for place, event in enumerate(made, 1)
    ]
    assert store.items.get(rows[-1]).label_id == made[-1].label_id
    assert store.decisions.imported() == list(rows)
    assert [event.number for event in store.decisions.all(799)] == [800, 801]
    assert [event.number for event in store.decisions.recent(2)] == [801, 800]


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["own", "own", "after the reveal", "imported", "repeat", "take back"]),
        st.integers(0, 4),
        st.sampled_from([Verdict.CONFIRMED, Verdict.CORRECTED, Verdict.SKIPPED]),
        st.integers(0, 3),
    ),
    max_size=16,
)


def next_event(log: list[Decision], decision: MakeDecision, act: tuple[str, int, Verdict, int]) -> Decision | None:
    """An event that the program could write after these; None where it could not."""
    what, item, verdict, which = act
    at = {"at_utc": f"2026-01-{1 + len(log):02}T00:00:00+00:00", "reviewer": "ab"[which % 2]}
    live = live_in([event for event in log if event.item_index == item])
    if what == "own":
        return decision(item, verdict, **at)
    if what == "after the reveal":
        return decision(item, verdict, follows=live[-1].number, **at) if live and live[-1].follows is None else None
    if what == "imported":
        return decision(item, slot=Slot.IMPORTED, **at)
    if what == "repeat":
        return decision(item, Verdict.REPEATED, slot=Slot.REPEAT, label_id=1, **at) if live else None
    if not live:
        return None
    taken = live[which % len(live)]
    if any(event.follows == taken.number for event in live):
        return None  # an own answer is taken back after the one that follows it
    back = {"verdict": Verdict.RETRACTED, "label_id": None, "retracts": taken.number, **at}
    return replace(taken, event_id=f"back {len(log)}", number=0, **back)


@given(ACTS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_counted_in_the_database_is_what_the_log_adds_up_to(
    tmp_path_factory: pytest.TempPathFactory, decision: MakeDecision, acts: list[tuple[str, int, Verdict, int]]
) -> None:
    with closing(Store.create(tmp_path_factory.mktemp("any") / "Any.hitl")) as store:
        fill(store)
        log: list[Decision] = []
        for act in acts:
            if (event := next_event(log, decision, act)) is not None:
                log.append(store.record(event, current=None))
        taken, last = {event.retracts for event in log}, store.decisions
        stands = [e for e in log if e.number not in taken and e.verdict is not Verdict.RETRACTED]
        by_people = [e for e in stands if e.follows is None and e.verdict is not Verdict.REPEATED]
        assert last.made() == len(by_people)
        lately = [e for e in log[-6:] if e in stands and e.follows is None and e.slot is not Slot.IMPORTED]
        for day in (1, 4, 9):
            since = f"2026-01-{day:02}T00:00:00+00:00"
            assert last.made_since(since, 6) == sum(event.at_utc >= since for event in lately)
        decided = [said.decision for said in fold(log).values() if said.state is ItemState.DECIDED]
        told = ["imported" if d.slot is Slot.IMPORTED else d.verdict.value for d in decided if d]
        assert last.standing_verdicts() == Counter(told)
        assert sum(last.standing_verdicts().values()) == sum(
            item.state is ItemState.DECIDED for item in store.items.many(range(5))
        )
        assert last.imported() == sorted({e.item_index for e in log if e.slot is Slot.IMPORTED})
        for reviewer in "ab":
            assert last.first_of(reviewer) == next((e.number for e in log if e.reviewer == reviewer), None)
