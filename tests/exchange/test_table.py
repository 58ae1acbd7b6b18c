import csv
import gzip
import hashlib
import os
from pathlib import Path

import pytest

from hitl_desktop.domain.errors import Cancelled, KnownError
from hitl_desktop.domain.items import Duplicate
from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.exchange import byte_stream, json_records
from hitl_desktop.exchange.table import SURPLUS_CELLS, read_rows, read_table, sniff
from hitl_desktop.exchange.table_records import TableContents, TableFormat

BOM = b"\xef\xbb\xbf"
SMALL = "id,text,label\na1,The first message,ham\na2,The second message,spam\na3,The third message,ham\n"


def put(folder: Path, content: str | bytes, name: str = "t.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))
    return path


def load(path: Path) -> TableContents:
    """Read a table as it was guessed."""
    guess = sniff(path)
    return read_table(
        path,
        id_column=guess.id_column,
        text_column=guess.text_column,
        label_column=guess.label_column,
        progress=no_progress,
        cancelled=never_cancelled,
        guess=guess,
    )


def texts_of(contents: TableContents) -> list[str]:
    return [item.text for item in contents.items]


def all_notes(contents: TableContents) -> str:
    return "\n".join(map(str, contents.notes))


def refused(path: Path) -> str:
    with pytest.raises(KnownError) as told:
        load(path)
    return str(told.value)


def test_a_plain_table(tmp_path: Path) -> None:
    contents = load(put(tmp_path, "id,text,label,source\na1,Hello there,ham,web\na2,Win a prize, spam ,\n"))
    first, second = contents.items
    assert (first.path, first.label, first.text, first.fields) == ("a1", "ham", "Hello there", {"source": "web"})
    assert first.digest == hashlib.sha256(b"Hello there").hexdigest()
    assert second.label == "spam"
    assert (contents.rows, contents.class_names) == (2, ("ham", "spam"))
    assert contents.columns == ("id", "text", "label", "source")
    assert tuple(map(str, contents.notes)) == ("1 label had spaces before or after it, which were left out: “ spam ”.",)


@pytest.mark.parametrize(
    "content",
    [
        BOM + SMALL.encode(),
        SMALL.encode("utf-16"),
        SMALL.encode("utf-16-le"),
        SMALL.encode("utf-16-be"),
        SMALL.encode("utf-32"),
        SMALL.replace("\n", "\r\n").encode(),
        SMALL.replace("\n", "\r").encode(),
        SMALL.replace("\n", "\r\n", 1).replace("ham\n", "ham\r").encode(),
        SMALL.replace(",", ";").encode(),
        SMALL.replace(",", "\t").encode(),
        SMALL.replace(",", "|").encode(),
        b"sep=;\r\n" + SMALL.replace(",", ";").encode(),
        ("\n\n" + SMALL.replace("\n", "\n\n")).encode(),
        SMALL.rstrip("\n").encode(),
        gzip.compress(SMALL.encode()),
    ],
    ids=["bom", "utf16", "le", "be", "utf32", "crlf", "cr", "mixed", "semicolon", "tab", "bar", "sep", "blank",
         "no end", "gzip"],
)  # fmt: skip
def test_every_way_of_writing_gives_the_same_items(tmp_path: Path, content: bytes) -> None:
    contents = load(put(tmp_path, content))
    assert [(i.path, i.text, i.label) for i in contents.items] == [
        ("a1", "The first message", "ham"),
        ("a2", "The second message", "spam"),
        ("a3", "The third message", "ham"),
    ]


def test_windows_1252_is_read_and_told(tmp_path: Path) -> None:
    contents = load(put(tmp_path, "text\n“Five €” – naïve\nplain words here\n".encode("cp1252")))
    assert texts_of(contents)[0] == "“Five €” – naïve"
    assert "Windows-1252" in all_notes(contents)


def test_damaged_rows_of_a_utf8_file_are_repaired_and_counted(tmp_path: Path) -> None:
    content = "text\nça va bien\n".encode() + "déjà vu là\n".encode("latin-1") + "où est-il né\n".encode()
    contents = load(put(tmp_path, content))
    assert texts_of(contents) == ["ça va bien", "déjà vu là", "où est-il né"]
    assert "Row 2 held bytes that do not fit" in all_notes(contents)


def test_a_character_cut_at_the_end_of_the_look_is_no_damage(tmp_path: Path) -> None:
    path = put(tmp_path, b"text\n" + b"a" * (byte_stream.HEAD_SIZE - 6) + "é b c\n".encode())
    assert sniff(path).encoding == "utf-8"


def test_quoted_line_breaks_and_quotes_stay_in_the_text(tmp_path: Path) -> None:
    contents = load(put(tmp_path, 'id,text\n1,"one,\r\n""two"" words"\n2,three more words\n'))
    assert texts_of(contents) == ['one,\r\n"two" words', "three more words"]


def test_quotes_written_with_a_backslash(tmp_path: Path) -> None:
    contents = load(put(tmp_path, 'id,text,label\n1,"she said \\"no\\", twice",a\n2,"he said \\"yes\\", once",b\n'))
    assert texts_of(contents) == ['she said "no", twice', 'he said "yes", once']
    assert "Quotation marks are written as" in all_notes(contents)


@pytest.mark.parametrize("rest", ["a3,plain words here,ham\n", 'a3,"quoted words, here",ham\n'])
def test_an_unclosed_quote_costs_its_own_row_only(tmp_path: Path, rest: str) -> None:
    contents = load(put(tmp_path, 'id,text,label\na1,some words here,ham\na2,"never closed here,spam\n' + rest))
    assert [(u.file, u.reason) for u in contents.unreadable] == [
        ("row 2", "Line 3 opens a quotation mark that is not closed.")
    ]
    assert [item.path for item in contents.items] == ["a1", "a3"]


def test_an_odd_quote_inside_one_line_is_kept(tmp_path: Path) -> None:
    contents = load(put(tmp_path, 'id,text\n1,a 5" disk drive\n2,"hard" disk drive\n'))
    assert texts_of(contents) == ['a 5" disk drive', "hard disk drive"]


def test_rows_of_uneven_length_are_told(tmp_path: Path) -> None:
    lines = ["id,text,label", "1,only these words", "2,Hello, my dear friend,ham", "3,some words here,ham,extra"]
    contents = load(put(tmp_path, "\n".join([*lines, "4,four more words,ham", "5,five more words,ham"])))
    assert contents.items[0].label is None
    assert "Row 1 had fewer cells" in all_notes(contents)
    assert [(u.file, u.reason) for u in contents.unreadable] == [
        ("row 2 (2)", "The row has 4 cells, but there are 3 columns.")
    ]
    assert contents.items[1].fields == {SURPLUS_CELLS: "extra"}
    assert "Row 3 had more cells" in all_notes(contents)


def test_the_same_text_again_is_a_duplicate(tmp_path: Path) -> None:
    contents = load(put(tmp_path, SMALL + "a4,The first message,ham\na5,The first message,spam\n"))
    assert contents.duplicates == [
        Duplicate("row 4 (a4)", "row 1 (a1)", disagrees=False),
        Duplicate("row 5 (a5)", "row 1 (a1)", disagrees=True),
    ]
    assert contents.rows == len(contents.items) + len(contents.duplicates) + len(contents.unreadable)


def test_empty_texts_and_empty_labels(tmp_path: Path) -> None:
    contents = load(put(tmp_path, 'id,text,label\n1,"  ",ham\n2,some words here, \n3,\xa0,ham\n'))
    assert [(u.file, u.reason) for u in contents.unreadable] == [
        ("row 1 (1)", "The text is empty."),
        ("row 3 (3)", "The text is empty."),
    ]
    assert contents.items[0].label is None


def test_ids_that_repeat_or_are_missing_are_told_and_made_unique(tmp_path: Path) -> None:
    contents = load(put(tmp_path, "id,text\n007,one two three\n007,four five six\n,seven eight nine\n7,ten eleven x\n"))
    assert [item.path for item in contents.items] == ["007", "007 (row 2)", "row 3", "7"]
    assert "“007”" in all_notes(contents)
    assert "Row 3 had no id" in all_notes(contents)


def test_spellings_of_one_label_are_told_and_kept_apart(tmp_path: Path) -> None:
    contents = load(put(tmp_path, "text,label\none two,Ham\nthree four,ham\nfive six,ham \nseven eight,spam\n"))
    assert contents.class_names == ("Ham", "ham", "spam")
    assert "“Ham” (1), “ham” (2)" in all_notes(contents)


def test_words_that_other_programs_take_for_nothing_stay_text(tmp_path: Path) -> None:
    contents = load(put(tmp_path, "id,text,label,x\n1,NA,null,001\n2,None,NaN,1e5\n3,TRUE,nan,-0\n"))
    assert texts_of(contents) == ["NA", "None", "TRUE"]
    assert [item.label for item in contents.items] == ["null", "NaN", "nan"]
    assert [item.fields["x"] for item in contents.items] == ["001", "1e5", "-0"]


def test_nul_characters_are_kept_and_told(tmp_path: Path) -> None:
    contents = load(put(tmp_path, "id,text\n1,one\0two three\n2,four five six\n"))
    assert texts_of(contents)[0] == "one\0two three"
    assert "Row 1 held NUL" in all_notes(contents)


def test_a_huge_cell_is_read_and_the_limit_of_the_module_restored(tmp_path: Path) -> None:
    before = csv.field_size_limit()
    huge = "word " * 40_000
    assert texts_of(load(put(tmp_path, f"id,text\n1,{huge}\n2,more words\n"))) == [huge, "more words"]
    assert csv.field_size_limit() == before
    assert len(sniff(tmp_path / "t.csv").columns[1].samples[0]) < 1000


def test_odd_headers(tmp_path: Path) -> None:
    guess = sniff(put(tmp_path, " id ,,text,text,text (2)\n1,2,a b c,d e f,x\n"))
    assert guess.column_names == ("id", "column 2", "text", "text (2)", "text (2) (2)")
    assert len(guess.notes) == 3


def test_a_table_without_a_header_loses_no_row(tmp_path: Path) -> None:
    path = put(tmp_path, "k1,Where is my card now please?,arrival\nk2,I cannot pay with it at all,payment\n")
    assert sniff(path).header is False
    assert len(load(path).items) == 2
    assert "numbered" in all_notes(load(path))


def test_a_single_column_of_sentences_is_not_cut_at_commas(tmp_path: Path) -> None:
    assert texts_of(load(put(tmp_path, "text\nWell, no\nOh, yes, please\nFine by me\n"))) == [
        "Well, no",
        "Oh, yes, please",
        "Fine by me",
    ]


LINES = [
    '{"id": 1, "text": "one two", "label": "a"}',
    '{"id": 2, "text": "three four", "label": null}',
]


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("t.jsonl", "\n".join(LINES), TableFormat.JSON_LINES),
        ("t.ndjson", "\r\n\r\n".join(LINES), TableFormat.JSON_LINES),
        ("t.json", "[" + ",\n".join(LINES) + "]", TableFormat.JSON_ARRAY),
        ("t.json", "\ufeff [\n" + ",\n".join(LINES) + "\n]\n", TableFormat.JSON_ARRAY),
        ("t.txt", "\n".join(LINES), TableFormat.JSON_LINES),
    ],
)
def test_json_records(tmp_path: Path, name: str, content: str, kind: TableFormat) -> None:
    path = put(tmp_path, content, name)
    assert sniff(path).format is kind
    contents = load(path)
    assert [(i.path, i.text, i.label) for i in contents.items] == [("1", "one two", "a"), ("2", "three four", None)]


def test_json_values_become_text(tmp_path: Path) -> None:
    line = '{"text": "a b", "n": 1.50, "big": 1e400, "yes": true, "list": [1, "é"], "meta": {"src": "x", "deep": {}}}'
    (item,) = load(put(tmp_path, line, "t.jsonl")).items
    assert item.fields == {
        "n": "1.50", "big": "1e400", "yes": "true", "list": '[1,"é"]', "meta.src": "x", "meta.deep": "{}",
    }  # fmt: skip


def test_bad_json_lines_are_told_by_number(tmp_path: Path) -> None:
    lines = [LINES[0], "{oops", "[1]", "{} {}", '{"a":' * 100_000, '{"text": "y z", "n": ' + "9" * 5000 + "}"]
    contents = load(put(tmp_path, "\n".join(lines), "t.jsonl"))
    assert [u.file for u in contents.unreadable] == ["row 2", "row 3", "row 4", "row 5"]
    assert contents.unreadable[0].reason == "Line 2 is not JSON."
    assert "nested too deeply" in contents.unreadable[3].reason
    assert contents.items[1].fields["n"] == "9" * 5000


def test_a_broken_json_list_keeps_what_came_before(tmp_path: Path) -> None:
    contents = load(put(tmp_path, "[\n" + LINES[0] + ",\n{oops]", "t.json"))
    assert len(contents.items) == 1
    assert [(u.file, u.reason) for u in contents.unreadable] == [
        ("row 2", "The JSON is broken. The file cannot be read from line 3 on.")
    ]


def test_repeated_names_and_numbers_that_are_no_json_are_told(tmp_path: Path) -> None:
    contents = load(put(tmp_path, '{"text": "a b", "label": "x", "label": "y", "n": NaN}', "t.jsonl"))
    assert contents.items[0].label == "y"
    assert contents.items[0].fields == {"n": "NaN"}
    assert "named a value twice" in all_notes(contents)
    assert "NaN or Infinity" in all_notes(contents)


def test_half_a_character_is_kept_and_told(tmp_path: Path) -> None:
    contents = load(put(tmp_path, '{"text": "bad \\ud83d half"}', "t.jsonl"))
    assert contents.items[0].text == "bad \ud83d half"
    assert contents.items[0].digest == hashlib.sha256(b"bad \xed\xa0\xbd half").hexdigest()
    assert "half a character" in all_notes(contents)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (BOM, "The file is empty."),
        (b" \r\n\n", "The file is empty."),
        (b"id,text,label\n", "This table has no rows."),
        (b"PK\x03\x04\x14\0[Content_Types].xml", "This is an Excel workbook"),
        (b"PK\x03\x04\x14\0data.csv", "This is a ZIP archive"),
        (b"\n<!DOCTYPE html><html>", "This is a web page"),
        (b"{\\rtf1 hello}", "This is a formatted document"),
        (b"MZ\x90\0\x03\0\0\0\x04\xff\xfe\x81\0" * 50, "This is a binary file"),
        (gzip.compress(SMALL.encode())[:-12], "The packed file is cut off or damaged."),
        (b"id,code\n1,abc\n2,def\n", "No column looks like text. Choose the column to read."),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_table_of_text_is_refused_in_plain_words(tmp_path: Path, content: bytes, sentence: str) -> None:
    assert refused(put(tmp_path, content)).startswith(sentence)


def test_a_packed_file_that_swells_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(byte_stream, "UNPACKED_LIMIT", 2 * 1024**2)
    bomb = gzip.compress(b"id,text\n" + b"a,b c\n" * 500_000)
    assert refused(put(tmp_path, bomb)).startswith("The packed file grows to more than 2 MiB.")


def test_json_without_records_is_refused(tmp_path: Path) -> None:
    assert "Line 1 is not JSON." in refused(put(tmp_path, "nothing\n", "t.jsonl"))
    assert "no list of records" in refused(put(tmp_path, '"text"', "t.json"))


def test_a_json_list_that_fills_the_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_records, "ARRAY_LIMIT", 20)
    assert "too large" in refused(put(tmp_path, "[" + LINES[0] + "]", "t.json"))


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    assert "is not there" in refused(tmp_path / "gone.csv")
    assert "is a folder" in refused(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs POSIX files")
def test_a_pipe_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "t.csv")
    assert "not an ordinary file" in refused(tmp_path / "t.csv")


def test_a_missing_column_names_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(KnownError) as told:
        read_table(
            put(tmp_path, SMALL),
            id_column=None,
            text_column="body",
            label_column=None,
            progress=no_progress,
            cancelled=never_cancelled,
        )
    assert told.value.message == "There is no column “body”."
    assert told.value.remedy == "The columns are: id, text, label."


def test_columns_left_out_become_fields(tmp_path: Path) -> None:
    contents = read_table(
        put(tmp_path, SMALL),
        id_column=None,
        text_column=None,
        label_column=None,
        progress=no_progress,
        cancelled=never_cancelled,
    )
    assert contents.items[0].path == "row 1"
    assert contents.items[0].label is None
    assert contents.items[0].fields == {"id": "a1", "label": "ham"}


def test_rows_are_streamed_with_progress_and_can_be_cancelled(tmp_path: Path) -> None:
    path = put(tmp_path, "id,text\n" + "".join(f"{n},some words {n}\n" for n in range(2500)))
    told: list[tuple[int, int, str]] = []
    rows = read_rows(path, sniff(path), lambda *args: told.append(args), never_cancelled)
    assert next(rows).values == {"id": "0", "text": "some words 0"}
    assert told == []
    assert sum(1 for _ in rows) == 2499
    assert [done for done, _, _ in told] == [1000, 2000]
    with pytest.raises(Cancelled):
        list(read_rows(path, sniff(path), no_progress, lambda: True))


def test_the_number_of_rows_is_estimated(tmp_path: Path) -> None:
    path = put(tmp_path, "id,text\n" + "".join(f"{n:05},some words {n:05}\n" for n in range(20_000)))
    assert sniff(path).rows_estimate == pytest.approx(20_000, rel=0.05)
