"""What is signed is one canonical text, read back only where it is one; what became of it is told in words."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.signatures import (
    LONGEST_WORDS,
    VERSION,
    Holds,
    Meaning,
    Signed,
    Subject,
    usable_words,
    words_of,
)

SIGNED = Signed(
    Subject.PROJECT, "", "ab" * 32, Meaning.REVIEWED, "", "r-1", "Ann Łę", "radiologist", "password",
    "2026-01-02T03:04:05+00:00", "p-1", 12, "cd" * 32, 40, "ef" * 32, "1.0",
)  # fmt: skip


def test_the_body_is_one_line_of_ascii_with_its_names_in_order() -> None:
    body = SIGNED.body()
    assert body.isascii()
    assert " " not in body.replace("Ann ", "")
    assert list(json.loads(body)) == sorted(json.loads(body))
    assert json.loads(body)["version"] == VERSION
    assert json.loads(body)["decisions"] == 12


@given(st.sampled_from(Subject), st.sampled_from(Meaning), st.text(), st.integers(0, 10**9))
def test_a_body_is_read_as_what_was_signed(subject: Subject, meaning: Meaning, words: str, decisions: int) -> None:
    signed = replace(SIGNED, subject=subject, meaning=meaning, words=words, decisions=decisions)
    assert Signed.of(signed.body()) == signed


@pytest.mark.parametrize(
    "changes",
    [
        {"version": "hitl-signature-v2"},
        {"subject": "the moon"},
        {"meaning": "liked"},
        {"decisions": "12"},
        {"record": 1.5},
        {"name": 7},
        {"digest": None},
    ],
)
def test_what_is_no_body_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - its words are for nobody
        Signed.of(json.dumps(json.loads(SIGNED.body()) | changes))


@pytest.mark.parametrize("body", ["", "[]", "{}", "7", json.dumps({"version": VERSION}), "[" * 100_000])
def test_what_is_no_signature_at_all_is_refused(body: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - its words are for nobody
        Signed.of(body)


def test_words_are_kept_in_one_line_up_to_their_limit() -> None:
    assert usable_words(Meaning.OWN_WORDS, "  second\n reading\t done ") == "second reading done"
    assert usable_words(Meaning.APPROVED, "") == ""
    assert usable_words(Meaning.OWN_WORDS, "x" * LONGEST_WORDS) == "x" * LONGEST_WORDS
    for words in ("x" * (LONGEST_WORDS + 1), "a\u202eb", "a\0b"):
        with pytest.raises(KnownError, match="at most 300 printable"):
            usable_words(Meaning.APPROVED, words)
    with pytest.raises(KnownError, match="says what it means"):
        usable_words(Meaning.OWN_WORDS, " \n ")


def test_what_became_of_a_signature_is_said() -> None:
    assert "was changed" in str(words_of(Holds.FORGED, SIGNED, None))
    assert "was changed" in str(words_of(Holds.YES, None, 0)), "one that cannot be read is not what was signed"
    changed = {subject: str(words_of(Holds.CHANGED, replace(SIGNED, subject=subject), None)) for subject in Subject}
    assert changed == {
        Subject.PROJECT: "Decisions that were signed are not the same any more.",
        Subject.CERTIFICATE: "The certificate that was signed is not the same any more.",
        Subject.FILE: "This file is not the one that was signed.",
    }
    assert "not at hand" in str(words_of(Holds.UNKNOWN, SIGNED, None))
    assert str(words_of(Holds.SINCE, SIGNED, 1)) == "It holds; 1 decision was made since."
    assert str(words_of(Holds.SINCE, SIGNED, 3)) == "It holds; 3 decisions were made since."
    assert str(words_of(Holds.YES, SIGNED, 0)) == "It holds; nothing was decided since."
    assert str(words_of(Holds.YES, SIGNED, None)) == "It holds; nothing was decided since."


def test_what_became_of_a_signature_is_said_of_what_was_signed() -> None:
    said = {s: str(words_of(Holds.CHANGED, replace(SIGNED, subject=s), None)) for s in Subject}
    assert len(set(said.values())) == len(Subject)
    assert "Decisions" in said[Subject.PROJECT]
    assert "certificate" in said[Subject.CERTIFICATE]
    assert "file" in said[Subject.FILE]
    assert "not at hand" in str(words_of(Holds.UNKNOWN, SIGNED, None))
    assert str(words_of(Holds.SINCE, SIGNED, 1)) == "It holds; 1 decision was made since."
    assert str(words_of(Holds.SINCE, SIGNED, 2)) == "It holds; 2 decisions were made since."
    assert str(words_of(Holds.YES, SIGNED, 0)) == "It holds; nothing was decided since."
