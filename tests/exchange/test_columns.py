import time

import pytest

from hitl_desktop.exchange.columns import (
    describe,
    guess_id,
    guess_label,
    guess_text,
    looks_like_header,
    unique_names,
)

COUNT = 60
SENTENCES = [f"This is sentence number {n} of the table." for n in range(COUNT)]
CODES = [f"k-{n:04}" for n in range(COUNT)]
CLASSES = [("ham", "spam", "other")[n % 3] for n in range(COUNT)]
SCORES = [f"{n / 7:.5f}" for n in range(COUNT)]


def test_a_description_counts_what_is_there() -> None:
    column = describe("x", ["", "a", "a", "b c", " "])
    assert (column.samples, column.filled, column.distinct) == (("a", "b c"), 0.6, 2 / 3)
    assert column.prose == 1 / 3


def test_names_and_values_together_decide() -> None:
    columns = [describe("id", CODES), describe("message", SENTENCES), describe("class", CLASSES)]
    assert guess_text(columns)[0] == "message"
    assert guess_label(columns, "message")[0] == "class"
    assert guess_id(columns, frozenset({"message", "class"}))[0] == "id"


def test_values_alone_decide_where_names_say_nothing() -> None:
    columns = [describe("a", CODES), describe("b", SCORES), describe("c", SENTENCES), describe("d", CLASSES)]
    assert guess_text(columns)[0] == "c"
    assert guess_label(columns, "c")[0] == "d"
    assert guess_id(columns, frozenset({"c", "d"}))[0] == "a"


def test_a_name_alone_is_less_sure_than_name_and_values() -> None:
    by_name = guess_text([describe("text", ["ok"] * COUNT)])[1]
    by_both = guess_text([describe("text", SENTENCES)])[1]
    assert 0 < by_name < by_both <= 1


def test_measurements_are_neither_id_nor_text_nor_label() -> None:
    columns = [describe("score", SCORES)]
    assert guess_text(columns) == (None, 0.0)
    assert guess_label(columns, None) == (None, 0.0)
    assert guess_id(columns, frozenset()) == (None, 0.0)


def test_a_text_without_blanks_between_words_is_prose() -> None:
    columns = [describe("a", CODES), describe("b", [f"我的银行卡还没有到{n}请帮我查一下" for n in range(COUNT)])]
    assert guess_text(columns)[0] == "b"


def test_a_header_is_told_from_data() -> None:
    assert looks_like_header(["code", "words"], [["1", "x"]])
    assert looks_like_header(["text", "2020"], [["a", "3"]])
    assert not looks_like_header(["k1", "spam"], [["k2", "ham"], ["k3", "spam"]])
    assert not looks_like_header(["k1", "3.5"], [["k2", "4"]])
    assert not looks_like_header(["k1", "Where is the card that I ordered?"], [["k2", "x"]])


def test_names_that_come_again_are_told_apart_however_many_there_are() -> None:
    names, notes = unique_names(["a", "a (2)", "a", " a ", "", "b"])
    assert names == ["a", "a (2)", "a (3)", "a (4)", "column 5", "b"]
    assert len(notes) == 3
    began = time.monotonic()
    names, _ = unique_names(["x"] * 50_000 + [f"y{n}" for n in range(50_000)])
    assert len(set(names)) == 100_000
    assert time.monotonic() - began < 20  # looking through all names for each of them takes minutes


def test_a_rare_class_does_not_make_its_column_a_constant() -> None:
    """Two in a hundred are of the rare class, and none of the first rows is."""
    says = describe("Ergebnis", ["ok"] * 98 + ["Betrug"] * 2)
    people = describe("User", [f"user{n % 20}" for n in range(100)])
    constant = describe("State", ["new"] * 100)
    assert says.samples == ("ok", "Betrug")
    assert guess_label([people, constant, says], None)[0] == "Ergebnis"
    assert guess_label([people, constant], None)[0] is None, "who wrote it is not what is said of it"


@pytest.mark.parametrize("name", ["Verdict (moderator)", "status", "Ergebnis", "Kategorie", "Thema"])
def test_columns_of_outcomes_are_known_by_their_names(name: str) -> None:
    channel = describe("Kanal", ["App", "Brief", "Telefon", "Makler"] * 25)
    assert guess_label([channel, describe(name, ["a", "b"] * 50)], None)[0] == name
    labelled = describe("label", ["a", "b"] * 50)
    assert guess_label([describe("status", ["c", "d"] * 50), labelled], None)[0] == "label"
