"""What only the store can find: words, notes, reviewers, the last event of each item."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import peewee
import pytest

from hitl_desktop.domain.decisions import Decision, Slot, Verdict
from hitl_desktop.domain.errors import Cancelled
from hitl_desktop.domain.items import FoundItem
from hitl_desktop.store import item_search
from hitl_desktop.store.item_search import joined_numbers, spellings
from hitl_desktop.store.store import Store

ALL = range(6)
TEXTS = (
    "The Parcel has not arrived",
    "parcel refund, please",
    "100 % sure_thing",
    "Über die Straße",
    "ÜBERALL",
    "plain",
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.create(tmp_path / "a.hitl")
    with store.transaction():
        store.add_labels(["cat", "dog"])
        store.items.add(
            [
                FoundItem(f"{n:x}" * 64, f"box/item {n}.txt", None, text, {"town": "Bonn" if n == 5 else ""})
                for n, text in enumerate(TEXTS)
            ],
            {},
        )
    yield store
    store.close()


def decided(store: Store, index: int, reviewer: str, note: str = "", **changes: object) -> Decision:
    event = Decision(
        0, f"{index} {reviewer} {store.decisions.count()}", index, Verdict.CORRECTED, 1, reviewer,
        "2026-01-01T00:00:00+00:00", Slot.CHOSEN, note,
    )  # fmt: skip
    return store.record(replace(event, **changes), current=None)  # type: ignore[arg-type]


def taken_back(store: Store, decision: Decision) -> None:
    decided(
        store, decision.item_index, decision.reviewer, verdict=Verdict.RETRACTED, label_id=None,
        retracts=decision.number,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["parcel"], [0, 1]),
        (["arriv", "PARCEL"], [0]),
        (["parcel refund"], [1]),
        (["100 %"], [2]),
        (["sure_"], [2]),
        (["e_t"], [2]),
        (["%"], [2]),
        (["über"], [3, 4]),
        (["ÜBER"], [3, 4]),
        (["straße"], [3]),
        (["item 4"], [4]),
        (["bonn"], [5]),
        (["555"], [5]),
        (["ox/"], [0, 1, 2, 3, 4, 5]),
        (["nothing like it"], []),
    ],
)
def test_words_are_found_in_texts_names_ids_and_fields(store: Store, words: list[str], found: list[int]) -> None:
    assert store.search.with_words(words, ALL).tolist() == found
    assert store.search.with_words(words, [5, 3, 1]).tolist() == [i for i in found if i % 2]
    assert store.search.with_words(words, range(2, 4)).tolist() == [i for i in found if i in (2, 3)]


def test_words_are_found_in_notes_also_when_they_are_no_valid_text(store: Store) -> None:
    decided(store, 2, "ann", "look here")
    decided(store, 5, "ann", "odd \udc80 note")
    assert store.search.with_words(["look"], ALL).tolist() == [2]
    assert store.search.with_words(["odd"], ALL).tolist() == [5]
    assert store.search.with_words(["look", "sure"], ALL).tolist() == [2], "one word in the note, one in the text"


def test_a_reviewer_is_found_by_the_decision_that_stands(store: Store) -> None:
    decided(store, 0, "ann")
    first = decided(store, 1, "ann")
    decided(store, 1, "bob")
    second = decided(store, 3, "bob")
    assert store.search.decided_by("ann", ALL).tolist() == [0]
    assert store.search.decided_by("bob", ALL).tolist() == [1, 3]
    taken_back(store, second)
    assert store.search.decided_by("bob", ALL).tolist() == [1]
    taken_back(store, first)
    assert store.search.decided_by("ann", ALL).tolist() == [0]
    assert store.search.reviewers() == ["ann", "bob"]


def test_notes_are_those_of_the_decisions_that_stand(store: Store) -> None:
    decided(store, 0, "ann", "first")
    decided(store, 1, "ann", "first")
    decided(store, 1, "ann")
    assert store.search.with_note(ALL).tolist() == [0]


def test_the_last_event_of_each_item(store: Store) -> None:
    for index in (3, 1, 3):
        decided(store, index, "ann")
    indexes, numbers = store.search.last_events(ALL)
    assert dict(zip(indexes.tolist(), numbers.tolist(), strict=True)) == {1: 2, 3: 3}
    assert [len(part) for part in store.search.last_events(range(4, 6))] == [0, 0]


def test_nobody_and_nothing(store: Store) -> None:
    assert store.search.reviewers() == []
    assert store.search.with_words([], ALL).tolist() == []
    assert store.search.by_name().tolist() == [0, 1, 2, 3, 4, 5]


def test_case_is_spelled_out_where_sqlite_does_not_know_it() -> None:
    assert spellings("plain") == ["plain"]
    assert set(spellings("Éa")) == {"Éa", "éa", "ÉA"}


def test_a_question_that_is_stopped_ends_and_an_error_is_not_taken_for_it(store: Store) -> None:
    endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"
    with pytest.raises(peewee.OperationalError, match="no such table"), store.search.until_stopped():
        store._database.execute_sql("SELECT * FROM nowhere")
    timer = threading.Timer(0.05, store.search.stop)
    timer.start()
    with pytest.raises(Cancelled), store.search.until_stopped():
        store._database.execute_sql(endless).fetchone()
    timer.join()
    assert store.search.by_name().tolist() == [0, 1, 2, 3, 4, 5], "the next question is answered"


def test_stopping_what_was_closed_is_harmless(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "Closed.hitl")
    search = store.search
    store.close()
    search.stop()


@pytest.mark.parametrize("joined", [None, "", b""])
def test_no_numbers_are_joined_in_nothing(joined: str | bytes | None) -> None:
    assert joined_numbers(joined).tolist() == []


def test_numbers_are_taken_apart_in_pieces_without_losing_one(monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = [7, 12345, 0, 99, 1234567]
    for at_once in range(1, 20):
        monkeypatch.setattr(item_search, "_PARSED_AT_ONCE", at_once)
        assert joined_numbers(",".join(map(str, numbers))).tolist() == numbers
    assert joined_numbers(b"1,2").tolist() == [1, 2]
