"""Cells with several names, and names that only look like one."""

from pathlib import Path

import pytest

from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.exchange.label_cells import holds_several, names_in, notes_on_spelling
from hitl_desktop.exchange.table import read_table, sniff
from hitl_desktop.exchange.table_records import TableContents


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("cat", ("cat",)),
        ("cat; dog", ("cat", "dog")),
        (" cat|dog |cat;", ("cat", "dog")),
        ('["cat", "dog"]', ("cat", "dog")),
        ("[1, 2]", ("1", "2")),
        ("[]", ()),
        ("", None),
        ("  ", None),
        ("[cat", ("[cat",)),
        ('[{"a": 1}]', ('[{"a": 1}]',)),
    ],
)
def test_the_names_in_a_cell(cell: str, names: tuple[str, ...] | None) -> None:
    assert names_in(cell) == names


@pytest.mark.parametrize(
    ("cells", "several"),
    [
        (["a; b", "a", "b", "a; b; c", "c"], True),
        (["a|b", "b|c", "a|c"], True),
        (['["a","b"]', '["b"]', '["a","b"]'], True),
        (["a", "b", "a"], False),
        (["Hello; how are you", "I came; I saw", "well"], False),
        (["a; b"], False),
    ],
)
def test_a_column_of_several_names_is_recognised(cells: list[str], several: bool) -> None:
    assert holds_several(cells) is several


def test_labels_that_differ_only_in_case_or_spaces_are_told() -> None:
    (note,) = notes_on_spelling({"Spam": 3, "spam": 1, "ham": 5})
    assert str(note) == "One label seems to be spelled in 2 ways: “Spam” (3), “spam” (1). They are kept apart."


def read(path: Path, text: str, *, several: bool) -> TableContents:
    path.write_text(text, "utf-8")
    return read_table(
        path, id_column=None, text_column="text", label_column="tags", progress=no_progress,
        cancelled=never_cancelled, several=several,
    )  # fmt: skip


def test_the_cells_of_a_table_become_sets(tmp_path: Path) -> None:
    text = "text,tags\none two,cat; dog\nthree four,[]\nfive six,\none two,dog; cat\nseven,Cat\n"
    contents = read(tmp_path / "t.csv", text, several=True)
    assert [item.findings for item in contents.items] == [("cat", "dog"), (), None, ("Cat",)]
    assert {item.label for item in contents.items} == {None}
    assert not contents.duplicates[0].disagrees, "the same findings in another order"
    assert set(contents.class_names) == {"cat", "dog", "Cat"}
    assert "One label seems to be spelled in 2 ways" in str(contents.notes[0])


def test_spaces_around_a_label_are_told_and_another_case_is_another_class(tmp_path: Path) -> None:
    contents = read(tmp_path / "t.csv", 'text,tags\none two,Spam\nthree four," spam "\nfive six,spam\n', several=False)
    assert set(contents.class_names) == {"Spam", "spam"}
    assert any("spelled in 2 ways: “Spam” (1), “spam” (2)" in str(note) for note in contents.notes)
    assert "1 label had spaces before or after it, which were left out: “ spam ”." in map(str, contents.notes)


def test_a_column_of_several_names_is_guessed_to_be_the_labels(findings_table: Path, tmp_path: Path) -> None:
    guess = sniff(findings_table)
    assert guess.label_column == "tags"
    assert [column.name for column in guess.columns if column.several] == ["tags"]
    lines = tmp_path / "lines.jsonl"
    rows = '{"text": "one two", "labels": ["a", "b"]}\n{"text": "three four", "labels": ["a"]}\n'
    lines.write_text(rows * 3, "utf-8")
    assert [column.name for column in sniff(lines).columns if column.several] == ["labels"]
