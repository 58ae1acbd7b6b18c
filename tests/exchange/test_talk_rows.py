"""Conversations from tables: every layout, and every row that cannot be used says why."""

import json
import time
from pathlib import Path

import pytest

from hitl_desktop.domain.conversations import Role, Said, of_text
from hitl_desktop.domain.sentences import Sentence
from hitl_desktop.exchange.row_kinds import Composed, Layout
from hitl_desktop.exchange.table import sniff
from hitl_desktop.exchange.table_records import Row
from hitl_desktop.exchange.talk_rows import FIRST, compose, guess, join, refusal

WHOLE = Layout({"messages": ("talk",)})
TURNS = Layout({"conversation": ("id",), "speaker": ("who",), "text": ("said",), "order": ("n",)})
TWO = (Said(Role.CUSTOMER, "Where is my card?"), Said(Role.AGENT, "On its way."))


def made(cell: object, layout: Layout = WHOLE) -> tuple[Said, ...]:
    found = compose({"talk": cell if isinstance(cell, str) else json.dumps(cell)}, layout)
    assert isinstance(found, Composed), found
    return of_text(found.text)


def refused(cell: object) -> str:
    found = compose({"talk": cell if isinstance(cell, str) else json.dumps(cell)}, WHOLE)
    assert isinstance(found, Sentence)
    return found.english()


@pytest.mark.parametrize(
    "cell",
    [
        [{"role": "user", "content": "Where is my card?"}, {"role": "assistant", "content": "On its way."}],
        {"messages": [{"role": "USER", "text": "Where is my card?"}, {"from": "gpt", "value": "On its way."}]},
        [{"role": "user", "content": [{"type": "text", "text": "Where is my card?"}]},
         {"role": "assistant", "content": None, "tool_calls": [{"id": "x"}]},
         {"role": "assistant", "content": "On its way."}],
        "Customer: Where is my card?\nAgent: On its way.",
        "[10:02] Client: Where is my card?\n[10:03] Bot: On its way.\n",
    ],
)  # fmt: skip
def test_the_same_conversation_in_every_layout(cell: object) -> None:
    assert made(cell) == TWO


def test_names_take_the_sides_that_the_user_says() -> None:
    cell = "Anna: Good morning\nBen: My card: it is lost\nAnna: I see.\nOne moment: please\nBen: Thanks"
    turns = made(cell)
    assert [said.role for said in turns] == [Role.CUSTOMER, Role.AGENT, Role.CUSTOMER, Role.AGENT]
    assert turns[2] == Said(Role.CUSTOMER, "I see.\nOne moment: please", "Anna")
    turned = made(cell, Layout(WHOLE.roles, {FIRST: "agent"}))
    assert [said.role for said in turned] == [Role.AGENT, Role.CUSTOMER, Role.AGENT, Role.CUSTOMER]


def test_markup_and_control_characters_stay_what_they_are() -> None:
    text = '<script>alert("x")</script>\x07 \u202eabc'
    assert made([{"role": "user", "content": text}])[0].text == text


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("", "The conversation is empty."),
        ("[1, 2]", "Turn 1 is no message"),
        ('{"a": 1}', "no list of messages"),
        ("[{broken", "no list of messages"),
        ("just a text", "does not begin with who speaks"),
        ([{"role": "user", "content": " "}], "Turn 1 is empty."),
        ([{"role": "user", "content": "a"}, {"role": "wizard", "content": "b"}], "Turn 2 is by “wizard”"),
        ([{"content": "a"}], "Turn 1 does not say who speaks."),
        ([{"role": "system", "content": "Be kind."}], "Nobody speaks in it."),
        ([{"role": "user", "content": "a", "turn": 2}, {"role": "user", "content": "b", "turn": 1}], "out of order"),
        ([{"role": "user", "content": "a"}] * 5001, "more than 5000 turns"),
    ],
)
def test_what_cannot_be_used_is_told(cell: object, why: str) -> None:
    assert why in refused(cell)


def turn(number: int, identity: str, who: str, said: str, n: str = "", **more: str) -> Row:
    return Row(number, {"id": identity, "who": who, "said": said, "n": n, **more})


def test_rows_of_turns_become_conversations() -> None:
    rows = [
        turn(1, "a", "user", "Where is my card?", "1"),
        turn(2, "b", "user", "Hello", "1"),
        turn(3, "a", "agent", "On its way.", "2", label="card"),
        turn(4, "b", "agent", "Hi", "10"),
        turn(5, "b", "user", "Bye", "9"),
        turn(6, "", "user", "lost", "1"),
    ]
    found = list(join(rows, TURNS))
    assert [row.number for row in found] == [6, 1, 2]
    assert found[0].problem is not None
    composed = [compose(row.values, TURNS) for row in found[1:]]
    assert all(isinstance(one, Composed) for one in composed)
    assert of_text(composed[0].text) == TWO  # type: ignore[union-attr]
    assert [said.text for said in of_text(composed[1].text)] == ["Hello", "Bye", "Hi"]  # type: ignore[union-attr]
    assert found[1].values["label"] == "card"


def test_an_id_that_stands_for_two_conversations_is_told() -> None:
    twice = [turn(1, "a", "user", "x", "1"), turn(2, "b", "user", "y", "1"), turn(3, "a", "user", "z", "1")]
    assert "two conversations" in str(next(iter(join(twice, TURNS))).problem)
    unordered = Layout({name: columns for name, columns in TURNS.roles.items() if name != "order"})
    assert "stand apart" in str(next(iter(join(twice, unordered))).problem)
    equal = [turn(1, "a", "user", "x", "1"), turn(2, "a", "user", "y", "1")]
    assert "the same place" in str(next(iter(join(equal, TURNS))).problem)
    assert "no place" in str(next(iter(join([turn(1, "a", "user", "x", "")], TURNS))).problem)
    times = [turn(1, "a", "user", "x", "2026-01-01 10:00"), turn(2, "a", "agent", "y", "2026-01-01 10:00")]
    assert next(iter(join(times, TURNS))).problem is None


def test_layouts_are_found_and_texts_are_left_alone(tmp_path: Path) -> None:
    messages = tmp_path / "messages.jsonl"
    line = json.dumps({"id": "1", "messages": [{"role": "user", "content": "Hi"}], "outcome": "closed"})
    messages.write_text(f"{line}\n{line.replace('Hi', 'Ho')}\n", "utf-8")
    assert guess(sniff(messages)) == Layout({"messages": ("messages",)})
    turns = tmp_path / "turns.csv"
    turns.write_text("conversation_id,turn,role,text\n1,1,user,Hi\n1,2,agent,Ho\n2,1,user,Ha\n", "utf-8")
    assert guess(sniff(turns)) == Layout(
        {"conversation": ("conversation_id",), "speaker": ("role",), "text": ("text",), "order": ("turn",)}
    )
    lines = tmp_path / "lines.csv"
    lines.write_text('id,transcript\n1,"Customer: Hi\nAgent: Ho"\n2,"Customer: a\nAgent: b"\n', "utf-8")
    assert guess(sniff(lines)) == Layout({"messages": ("transcript",)})
    texts = tmp_path / "texts.csv"
    texts.write_text("id,text,label\n1,hello there,a\n2,good bye now,b\n", "utf-8")
    assert guess(sniff(texts)) is None
    assert refusal(Layout()) is not None
    assert refusal(WHOLE) is refusal(TURNS) is None


def test_a_transcript_of_many_lines_is_read_in_one_go_and_not_once_for_every_line() -> None:
    lines = [f"Note {n}: nobody begins two lines" for n in range(30_000)]
    began = time.monotonic()
    (said,) = made("\n".join(["Customer: Where is it?", *lines]))
    assert time.monotonic() - began < 20  # looking through all lines for each of them takes minutes
    assert said.text.splitlines() == ["Where is it?", *lines]
