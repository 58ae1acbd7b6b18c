"""Batches on record: numbered without a gap, append-only, and the last comparison holds."""

import sqlite3
from contextlib import closing
from pathlib import Path

import peewee
import pytest

from hitl_desktop.domain.batches import Batch, BatchCounts, first_import
from hitl_desktop.domain.decisions import Decision, Slot, Verdict
from hitl_desktop.domain.items import Duplicate, FoundItem, ItemState
from hitl_desktop.domain.sentences import say_n
from hitl_desktop.store.store import DATABASE, Store
from tests.store.conftest import MakeDecision

NOTE = say_n("{n} item", "{n} items", 3)


def batch(number: int, first: int, items: int) -> Batch:
    return Batch(number, first, items, "2026-01-01T00:00:00Z", "Ada", "in\udce4box", BatchCounts(known=2), (NOTE,))


def test_a_batch_comes_back_as_it_was(store: Store) -> None:
    with store.transaction():
        store.batches.add(batch(1, 3, 4))
        store.batches.add(batch(2, 7, 0))
    assert store.batches.all() == [batch(1, 3, 4), batch(2, 7, 0)]
    assert list(batch(1, 3, 4).rows) == [3, 4, 5, 6]
    assert first_import(store.batches.all(), 7) == 3
    assert first_import([], 7) == 7


def test_numbers_have_no_gap_and_what_fails_is_forgotten(store: Store) -> None:
    with pytest.raises(ValueError, match="cannot follow"), store.transaction():
        store.batches.add(batch(2, 3, 4))
    with pytest.raises(ZeroDivisionError):
        add_and_fail(store)
    assert store.batches.all() == []


def add_and_fail(store: Store) -> None:
    with store.transaction():
        store.batches.add(batch(1, 3, 4))
        assert store.batches.all()
        raise ZeroDivisionError


def test_the_last_comparison_holds(store: Store) -> None:
    with store.transaction():
        store.batches.add(batch(1, 3, 4))
        store.batches.compare(1, "then", {"p": 0.5})
        store.batches.compare(1, "now", {"p": 0.1})
    assert store.batches.comparisons() == {1: {"at_utc": "now", "p": 0.1}}


def test_the_record_is_append_only(store: Store) -> None:
    with store.transaction():
        store.batches.add(batch(1, 3, 4))
        store.batches.compare(1, "then", {"p": 0.5})
    with closing(sqlite3.connect(store.folder / DATABASE)) as raw:
        for table in ("item_batch", "batch_comparison"):
            for change in (f"DELETE FROM {table}", f"UPDATE {table} SET number = 9"):  # noqa: S608
                with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                    raw.execute(change)


def staged(store: Store, items: int) -> Path:
    """The database of new items, made beside the project as an import makes it: with a text, a decision and a note."""
    beside = Store.create(store.folder.parent / "Staged.hitl")
    with beside.transaction():
        beside.add_labels(["cat", "dog"])
        found = [FoundItem(f"{100 + i:064x}", f"new/{i}", None, f"new {i}", {"n": str(i)}) for i in range(items)]
        beside.items.add(found, {})
        beside.items.add_notes([Duplicate("new/copy", "new/0", True)])
        imported = Decision(0, "imported", 1, Verdict.CONFIRMED, 2, "data", "then", Slot.IMPORTED)
        beside.decisions.append_imported([imported])
    beside.close()
    return beside.folder / DATABASE


def test_new_items_come_after_those_there_are_with_all_they_have(store: Store, decision: MakeDecision) -> None:
    store.record(decision(0), current=None)
    file, came = staged(store, 3), batch(1, 5, 3)
    with store.batches.fresh(file), store.transaction():
        store.batches.add(came)
        assert list(store.batches.take(came)) == [3, 6, 7]
    assert [item.path for item in store.items.many(range(4, 8))] == ["a/4.png", "new/0", "new/1", "new/2"]
    assert store.items.texts_of([7, 5]) == ["new 2", "new 0"]
    assert store.items.fields_of([6]) == [{"n": "1"}]
    last = store.decisions.all()[-1]
    assert (last.number, last.item_index, last.label_id, last.event_id) == (2, 6, 2, "imported")
    assert (store.items.get(6).state, store.items.get(6).label_id) == (ItemState.DECIDED, 2)
    assert store.items.notes() == [Duplicate("new/copy", "new/0", True)]
    assert store.batches.notes_seen() == {("duplicate", "new/copy", "new/0")}
    rows = store._database.execute_sql("SELECT batch FROM import_note").fetchall()
    assert rows == [(1,)]
    with pytest.raises(peewee.OperationalError, match="no such table"):
        store._database.execute_sql("SELECT * FROM fresh.item")


@pytest.mark.parametrize(("first", "items"), [(4, 3), (5, 2), (6, 3)])
def test_items_that_are_not_those_of_the_batch_are_refused(store: Store, first: int, items: int) -> None:
    file = staged(store, 3)
    with store.batches.fresh(file), pytest.raises(ValueError, match=r"3 items after 5 are not those of batch 1"):
        list(store.batches.take(batch(1, first, items)))
    assert store.items.count() == 5
