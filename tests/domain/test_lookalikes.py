"""Names that look the same: what is told, and what is kept apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitl_desktop.domain.lookalikes import as_seen
from hitl_desktop.exchange.label_cells import notes_on_spelling


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("cat", "c\u0430t"),  # Cyrillic a
        ("CAT", "С\u0391Т"),  # Cyrillic C and T, Greek Alpha
        ("cat", "ca\u200bt"),
        ("cat", "\u2060cat\ufeff"),
        ("cat", "cat\ufe0f"),
        ("cat", "c\u00ada\u034ft"),
        ("caf\u00e9", "cafe\u0301"),
        ("a b", "a\u00a0 b"),
        ("Дом", "ДOМ".replace("ДOМ", "Дoм")),  # a Latin o among Cyrillic letters
    ],
)
def test_what_looks_the_same(one: str, other: str) -> None:
    assert one != other
    assert as_seen(one) == as_seen(other)
    assert len(notes_on_spelling({one: 1, other: 2})) == 1


@pytest.mark.parametrize(
    ("one", "other"), [("cat", "cut"), ("H2", "H3"), ("в", "b"), ("дом", "том"), ("猫", "犬"), ("rn", "m")]
)
def test_what_people_can_tell_apart(one: str, other: str) -> None:
    assert as_seen(one) != as_seen(other)
    assert notes_on_spelling({one: 1, other: 1}) == []


def test_three_ways_of_two_sorts_are_one_note() -> None:
    (note,) = notes_on_spelling({"Дом": 1, "ДОМ": 2, "Дoм": 3, "Сад": 4})
    assert "in 3 ways" in str(note)


@given(st.text(max_size=12))
def test_what_is_seen_is_seen_the_same_again(name: str) -> None:
    assert as_seen(as_seen(name)) == as_seen(name)
