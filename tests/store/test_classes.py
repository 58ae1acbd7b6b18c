"""Classes on disk, and the record of what was done to them."""

import sqlite3
from dataclasses import replace

import peewee
import pytest

from hitl_desktop.domain.class_changes import ClassAction, ClassOperation
from hitl_desktop.store.store import Store

RENAMED = ClassOperation(
    0, "e1", "2026-01-01T00:00:00Z", "ann", ClassAction.RENAMED, 1, "cat", "tom\udcff", (2,), "why"
)


def test_an_operation_comes_back_as_it_was_written(store: Store) -> None:
    with store.transaction():
        written = store.classes.append(RENAMED)
    assert written.number == 1
    assert store.classes.operations() == [replace(RENAMED, number=1)]


def test_operations_cannot_be_changed_or_deleted(store: Store) -> None:
    with store.transaction():
        store.classes.append(RENAMED)
    for statement in ("UPDATE class_operation SET reason = ''", "DELETE FROM class_operation"):
        with pytest.raises((peewee.DatabaseError, sqlite3.Error), match="append-only"):
            store._database.execute_sql(statement)


def test_an_operation_is_taken_back_once(store: Store) -> None:
    taken = replace(RENAMED, action=ClassAction.TAKEN_BACK, takes_back=1)
    with store.transaction():
        store.classes.append(RENAMED)
        store.classes.append(replace(taken, event_id="e2"))
    with pytest.raises(peewee.IntegrityError):
        store.classes.append(replace(taken, event_id="e3"))


def test_a_class_keeps_its_id_and_its_place(store: Store) -> None:
    cat, dog = store.labels()
    with store.transaction():
        store.classes.change(replace(cat, name="tom", retired=True, counts_as=dog.id))
    assert store.labels() == [replace(cat, name="tom", retired=True, counts_as=dog.id), dog]


def test_what_was_rolled_back_is_not_remembered(store: Store) -> None:
    assert store.classes.operations() == []

    def fail() -> None:
        with store.transaction():
            store.classes.append(RENAMED)
            assert len(store.classes.operations()) == 1
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert store.classes.operations() == []
    with store.transaction():
        store.classes.append(RENAMED)
    assert len(store.classes.operations()) == 1
