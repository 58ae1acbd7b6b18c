"""Cells of records, part by part."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hitl_desktop.domain.items import FoundItem
from hitl_desktop.store.store import Store

FIELDS = [
    {"amount": "10", 'an "odd" name': "x"},
    {"amount": "50 %", "kind": "Ärger_1"},
    {},
    {"kind": "bad \udc80 bytes", "amount": ""},
    {"kind": 'quo"ted\nline \\ back'},
]
TEXTS = ["Amount due", "Nothing", "100% sure", "ÄRGER", ""]


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Store]:
    store = Store.create(tmp_path / "Records.hitl")
    with store.transaction():
        store.items.add(
            [
                FoundItem(f"{n:064x}", f"{n}", None, text, fields)
                for n, (text, fields) in enumerate(zip(TEXTS, FIELDS, strict=True))
            ],
            {},
        )
    yield store
    store.close()


@pytest.mark.parametrize("column", ["amount", "kind", 'an "odd" name', "missing"])
@pytest.mark.parametrize("part", [range(5), range(1, 4), range(4, 5)])
def test_the_cells_of_a_part_are_those_of_its_items(records: Store, column: str, part: range) -> None:
    assert records.records.cells(column, part) == [FIELDS[n].get(column, "") for n in part]


def test_columns_are_named_by_what_the_items_have(records: Store) -> None:
    assert records.records.columns(range(5)) == ["amount", 'an "odd" name', "kind"]
    assert records.records.columns(range(2, 3)) == []
    assert records.records.has_column("kind")
    assert not records.records.has_column("kin")


@pytest.mark.parametrize(
    ("words", "anywhere", "found"),
    [
        (("amount",), False, [0]),
        (("amount",), True, [0]),
        (("ärger",), False, [3]),
        (("ärger",), True, [1, 3]),
        (("%",), True, [1, 2]),
        (("_1",), True, [1]),
        (("nothing", "SURE"), False, [1, 2]),
        (('quo"ted\nline',), True, [4]),
        (("\\",), True, [4]),
        (("kind",), True, []),
    ],
)
def test_words_are_found_in_texts_and_in_cells_but_not_in_names_of_columns(
    records: Store, words: tuple[str, ...], anywhere: bool, found: list[int]
) -> None:
    assert records.records.with_any_word(words, range(5), anywhere=anywhere).tolist() == found
    some = records.records.with_any_word(words, range(2, 4), anywhere=anywhere).tolist()
    assert some == [n for n in found if n in range(2, 4)]
