"""Decided conversations as training data, with the reply that should have been given."""

import json
from pathlib import Path

import pytest

from hitl_desktop.domain.conversations import Role, Said, to_text
from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.domain.responses import NO_RESPONSE, Response
from hitl_desktop.exchange.export_messages import example, write
from hitl_desktop.exchange.records import ExportRow

TURNS = (
    Said(Role.SYSTEM, "Be kind."),
    Said(Role.CUSTOMER, "Help"),
    Said(Role.AGENT, "No"),
    Said(Role.CUSTOMER, "Why?"),
)


def row(response: Response = NO_RESPONSE, **changes: object) -> ExportRow:
    values = {"id": "a" * 64, "path": "1", "label": "Complaints", "state": "decided", "text": to_text(TURNS)}
    return ExportRow(**{**values, "response": response, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("response", "said", "turn"),
    [
        (NO_RESPONSE, ["Be kind.", "Help", "No", "Why?"], None),
        (Response(turn=1), ["Be kind.", "Help", "No", "Why?"], 2),
        (Response(turn=2, reply="Of course."), ["Be kind.", "Help", "Of course."], 3),
        (Response(turn=1, reply="Of course."), ["Be kind.", "Help", "Of course."], 2),
        (Response(reply=" I will call you. "), ["Be kind.", "Help", "No", "Why?", "I will call you."], None),
        (Response(turn=9, reply="x"), ["Be kind.", "Help", "No", "Why?", "x"], None),
    ],
)
def test_the_reply_stands_where_it_should_have_been_given(
    response: Response, said: list[str], turn: int | None
) -> None:
    made = example(row(response))
    assert made is not None
    assert [message["content"] for message in made["messages"]] == said
    assert (made["turn"], made["corrected"], made["label"]) == (turn, bool(response.reply), "Complaints")
    assert made["messages"][0]["role"] == "system"
    assert made["messages"][-1]["role"] == ("assistant" if response.reply else "user")


def test_only_what_somebody_decided_is_written(tmp_path: Path) -> None:
    rows = [row(), row(state="todo"), row(state="automatic"), row(findings=("a", "b"), label="")]
    out = tmp_path / "chats.messages.jsonl"
    assert write(rows, out, no_progress, never_cancelled) == 2
    lines = [json.loads(line) for line in out.read_text("ascii").splitlines()]
    assert [line["label"] for line in lines] == ["Complaints", ["a", "b"]]
