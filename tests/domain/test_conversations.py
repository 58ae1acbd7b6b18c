"""Conversations: canonical JSON, roles by their words, and what a model reads of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitl_desktop.domain.conversations import (
    LAST,
    Role,
    Said,
    last_words,
    of_text,
    plain,
    role_of,
    to_text,
    whole_words,
)

SAID = st.builds(Said, st.sampled_from(list(Role)), st.text(max_size=20), st.text(max_size=5))


@given(st.lists(SAID, max_size=6))
def test_a_conversation_survives_its_text(turns: list[Said]) -> None:
    text = to_text(turns)
    assert of_text(text) == tuple(turns)
    assert to_text(of_text(text)) == text, "canonical"


def test_a_conversation_is_the_same_item_on_every_computer() -> None:
    """Its text is what it is known by: a letter that is written otherwise would make another item of it."""
    turns = [Said(Role.CUSTOMER, 'é "雪"\n', "Zoë"), Said(Role.AGENT, "ok")]
    assert to_text(turns) == ('[{"name":"Zoë","role":"customer","text":"é \\"雪\\"\\n"},{"role":"agent","text":"ok"}]')


@pytest.mark.parametrize(
    ("word", "role"),
    [
        (" User ", Role.CUSTOMER),
        ("Agent 2", Role.AGENT),
        ("GPT", Role.AGENT),
        ("system", Role.SYSTEM),
        ("tool", Role.TOOL),
        ("wizard", None),
        ("", None),
    ],
)
def test_roles_are_known_by_their_words(word: str, role: Role | None) -> None:
    assert role_of(word) is role


@pytest.mark.parametrize(
    "text", ["", "{}", "[1]", '[{"role":"wizard","text":"a"}]', '[{"role":"agent","text":1}]', "[" * 100_000]
)
def test_anything_else_is_refused_and_plainly_shown_as_it_is(text: str) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        of_text(text)
    assert plain(text) == text


def test_what_a_model_reads() -> None:
    customers = [Said(Role.CUSTOMER, f"c{n}") for n in range(LAST + 2)]
    text = to_text([Said(Role.SYSTEM, "Be kind."), customers[0], Said(Role.AGENT, "a", "Ben"), *customers[1:]])
    assert whole_words(text) == "c0\na\nc1\nc2\nc3\nc4"
    assert last_words(text) == "c2\nc3\nc4"
    assert last_words(to_text([Said(Role.AGENT, "only me")])) == "only me"
    assert plain(text).startswith("system: Be kind.\ncustomer: c0\nBen: a")
