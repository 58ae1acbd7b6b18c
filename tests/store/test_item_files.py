"""The files of a series, in their order."""

from contextlib import closing
from pathlib import Path

import pytest

from hitl_desktop.domain.batches import Batch
from hitl_desktop.domain.items import FoundItem, ItemFile
from hitl_desktop.store.store import DATABASE, Store


def series(number: int, *names: str) -> FoundItem:
    return FoundItem(
        f"{number:064x}", names[0], files=tuple(ItemFile(name, f"{number}.{n}") for n, name in enumerate(names))
    )


def test_an_item_of_one_file_has_none(store: Store) -> None:
    assert store.item_files.of(0) == ()
    assert store.item_files.paths() == []


def test_files_come_in_their_order_and_by_their_item(store: Store) -> None:
    count = store.items.count()
    found = [series(900, "b/2", "b/10", "b/\udc801"), series(901, "c/1", "c/2"), FoundItem(f"{902:064x}", "d.png")]
    with store.transaction():
        store.items.add(found, {})
        store.item_files.add(found, range(count, count + 3))
    assert [file.path for file in store.item_files.of(count)] == ["b/2", "b/10", "b/\udc801"]
    assert store.item_files.of(count + 1) == found[1].files
    assert store.item_files.of(count + 2) == ()
    assert store.item_files.paths() == ["b/2", "b/10", "b/\udc801", "c/1", "c/2"]
    assert store.item_files.paths(first=True) == ["b/2", "c/1"]


def test_files_that_came_with_a_batch_are_there_where_it_was_known_that_there_were_none(
    store: Store, tmp_path: Path
) -> None:
    """Rows are painted before and after it."""
    count = store.items.count()
    assert store.item_files.of(0) == ()
    found = [series(900, "b/1", "b/2"), FoundItem(f"{901:064x}", "c.png")]
    with closing(Store.create(tmp_path / "Staged.hitl")) as staged, staged.transaction():
        staged.add_labels(["cat", "dog"])
        staged.items.add(found, {})
        staged.item_files.add(found, range(2))
    batch = Batch(1, count, 2, "now", "ann", "b")
    with store.batches.fresh(tmp_path / "Staged.hitl" / DATABASE), store.transaction():
        store.batches.add(batch)
        assert store.item_files.of(count) == ()
        assert sum(1 for _ in store.batches.take(batch)) > 0
    assert store.item_files.of(count) == found[0].files
    assert store.item_files.of(count + 1) == store.item_files.of(0) == ()


def test_files_that_were_taken_back_with_their_transaction_are_not_there(store: Store) -> None:
    def fail() -> None:
        with store.transaction():
            store.item_files.add([series(0, "b/1", "b/2")], range(1))
            assert len(store.item_files.of(0)) == 2
            raise InterruptedError

    assert store.item_files.of(0) == ()
    with pytest.raises(InterruptedError):
        fail()
    assert store.item_files.of(0) == ()
    with store.transaction():
        store.item_files.add([series(0, "b/3", "b/4")], range(1))
    assert [file.path for file in store.item_files.of(0)] == ["b/3", "b/4"]


def test_more_files_than_go_into_one_statement(store: Store) -> None:
    count, names = store.items.count(), [f"s/{n}" for n in range(1001)]
    found = [series(77, *names)]
    with store.transaction():
        store.items.add(found, {})
        store.item_files.add(found, range(count, count + 1))
    assert [file.path for file in store.item_files.of(count)] == names
