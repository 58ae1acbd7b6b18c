"""Batches on record: numbered without a gap, append-only, and the last comparison holds."""

import sqlite3
from contextlib import closing

import pytest

from hitl_desktop.domain.batches import Batch, BatchCounts, first_import
from hitl_desktop.domain.sentences import say_n
from hitl_desktop.store.store import DATABASE, Store

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
