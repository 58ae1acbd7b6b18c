"""The files of a series, in their order."""

from hitl_desktop.domain.items import FoundItem, ItemFile
from hitl_desktop.store.store import Store


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


def test_more_files_than_go_into_one_statement(store: Store) -> None:
    count, names = store.items.count(), [f"s/{n}" for n in range(1001)]
    found = [series(77, *names)]
    with store.transaction():
        store.items.add(found, {})
        store.item_files.add(found, range(count, count + 1))
    assert [file.path for file in store.item_files.of(count)] == names
