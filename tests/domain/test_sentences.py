import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from hitl_desktop import language
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.sentences import (
    AtStart,
    Figure,
    Listed,
    Sentence,
    Share,
    in_a_row,
    listed,
    quoted,
    say,
    say_n,
    sentence_of,
)


@pytest.fixture
def german(tmp_path: Path) -> Iterator[None]:
    catalogue = Catalog(locale="de")
    catalogue.add("It is {what}.", "Das ist {what}.")
    catalogue.add("a web page", "eine Webseite")
    catalogue.add("“{name}”", "„{name}“")
    catalogue.add("Half is {share}, and {figure} more.", "Die Hälfte ist {share}, und {figure} mehr.")
    catalogue.add(("{n} file of {all}.", "{n} files of {all}."), ("{n} Datei von {all}.", "{n} Dateien von {all}."))
    folder = tmp_path / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "hitl_desktop.mo").open("wb") as file:
        write_mo(file, catalogue)
    language.use("de", tmp_path)
    yield
    language.use("en", tmp_path)


SENTENCES = [
    (say("a web page"), "a web page", "eine Webseite"),
    (say("It is {what}.", what=say("a web page")), "It is a web page.", "Das ist eine Webseite."),
    (say("It is {what}.", what="a web page"), "It is a web page.", "Das ist a web page."),
    (say_n("{n} file of {all}.", "{n} files of {all}.", 1, all=2019), "1 file of 2,019.", "1 Datei von 2.019."),
    (say_n("{n} file of {all}.", "{n} files of {all}.", 1240, all=2), "1,240 files of 2.", "1.240 Dateien von 2."),
    (
        say("Half is {share}, and {figure} more.", share=Share(0.5, 1), figure=Figure(1234.5, 2)),
        "Half is 50.0 %, and 1,234.50 more.",
        "Die Hälfte ist 50,0 %, und 1.234,50 mehr.",
    ),
    (
        say("It is {what}.", what=listed([quoted("a"), quoted("b {c}")])),
        "It is “a”, “b {c}”.",
        "Das ist „a“, „b {c}“.",
    ),
    (
        say("It is {what}.", what=Listed(("a", say("a web page")), ";")),
        "It is a; a web page.",
        "Das ist a; eine Webseite.",
    ),
    (say("It is {what}.", what=Figure(0.84, 2, is_bare=True)), "It is .84.", "Das ist 0,84."),
    (say("{what}", what=AtStart(say("a web page"))), "A web page", "Eine Webseite"),
    (in_a_row([say("a web page"), Sentence("As it is.")]), "a web page As it is.", "eine Webseite As it is."),
    (Sentence("Braces {here} \udc80"), "Braces {here} \udc80", "Braces {here} \udc80"),
    (Sentence(""), "", ""),
]


@pytest.mark.parametrize(("sentence", "english", "_german"), SENTENCES)
def test_a_sentence_is_said_in_english(sentence: Sentence, english: str, _german: str) -> None:
    assert (str(sentence), sentence.english()) == (english, english)


@pytest.mark.usefixtures("german")
@pytest.mark.parametrize(("sentence", "english", "said"), SENTENCES)
def test_what_was_kept_is_said_in_the_language_of_the_reader(sentence: Sentence, english: str, said: str) -> None:
    for kept in (sentence.plain(), sentence.text()):
        assert sentence_of(kept) == sentence
        assert (str(sentence_of(kept)), sentence.english()) == (said, english)


@pytest.mark.usefixtures("german")
def test_text_that_an_older_version_kept_is_shown_and_said_where_it_stands_in_the_catalogue() -> None:
    assert str(sentence_of("a web page")) == "eine Webseite"
    assert str(sentence_of("It is right on 3 of 4 random checks.")) == "It is right on 3 of 4 random checks."


@pytest.mark.parametrize(
    "kept",
    [
        None,
        7,
        ["say"],
        {},
        {"say": 3},
        {"say": "{a}"} | {"values": {"b": "c"}},
        {"say": "{a.__class__}", "values": {"a": "b"}},
        {"say": "{a:>99999999}", "values": {"a": "b"}},
        {"say": "{a!r}", "values": {"a": "b"}},
        {"say": ["{n}", "{m}"], "n": 2},
        {"say": ["{n}", "{n}"], "n": 2, "values": {"n": "x"}},
        {"say": "{a}", "values": {"a": {"figure": ["x", 1, False]}}},
        {"say": "{a}", "values": {"a": {"figure": [1, 10**9, False]}}},
        {"say": "{a}", "values": {"a": {"start": {"share": [1, 1]}}}},
        {"say": "{", "values": {"a": "b"}},
        {"say": "a", "values": ["b"]},
        '{"say": "a',
        '{"say":' * 100_000,
    ],
)
def test_what_cannot_have_been_kept_says_nothing(kept: object) -> None:
    assert str(sentence_of(kept)) == ""


def test_what_is_nested_too_deep_says_nothing() -> None:
    sentence = say("a")
    for _ in range(20):
        sentence = say("{a}", a=sentence)
    assert str(sentence_of(sentence.plain())) == ""


@pytest.mark.usefixtures("german")
def test_an_error_is_said_when_it_is_read() -> None:
    error = KnownError(say("It is {what}.", what=say("a web page")), "Choose another file.")
    assert (error.message, error.remedy) == ("Das ist eine Webseite.", "Choose another file.")
    language.use("en", Path())
    assert str(error) == "It is a web page. Choose another file."


def test_what_a_choice_of_features_says_is_kept_whole() -> None:
    """The deepest there is: a row of sentences, of which one names two features that stand together."""
    both = say("{first} and {second}", first=say("meaning"), second=say("words"))
    name = AtStart(
        say("{features} with {estimator}", features=say("{features} together", features=both), estimator="x")
    )
    row = in_a_row([say("{name} did best.", name=name), say("Done.")])
    assert sentence_of(json.loads(json.dumps(row.plain()))) == row


@pytest.mark.parametrize("levels", [11, 12, 500])
def test_lists_and_beginnings_count_as_deep_as_sentences(levels: int) -> None:
    """A sentence, and so many parts within each other: twelve steps down are read."""
    listed_in: object = "deep"
    begun_with: object = {"say": "deep"}
    for _ in range(levels):
        listed_in = {"list": [listed_in], "between": ","}
    for _ in range((levels - 2) // 2):
        begun_with = {"say": "{a}", "values": {"a": {"start": begun_with}}}
    assert (str(sentence_of({"say": "{a}", "values": {"a": listed_in}})) == "deep") is (levels < 12)
    assert (str(sentence_of({"say": "{a}", "values": {"a": {"start": begun_with}}})) == "Deep") is (levels < 12)


def test_a_sentence_without_values_is_kept_as_its_english_and_a_number_of_things_is_not() -> None:
    assert say("Done.").plain() == "Done."
    counted = say_n("{n} item", "{n} items", 3)
    assert counted.plain() == {"say": ["{n} item", "{n} items"], "n": 3}
    assert sentence_of(counted.plain()) == counted
    assert json.loads(counted.text()) == counted.plain()
    assert say("{a}", a="b").plain() == {"say": "{a}", "values": {"a": "b"}}
