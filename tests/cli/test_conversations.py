"""Conversations without a window: made, decided with a turn and a reply, and written as training data."""

import json
from pathlib import Path

from tests.cli.test_contract import Console, console, project

__all__ = ["console", "project"]


def test_a_turn_and_a_reply_go_with_the_decision(console: Console, project: Path, tmp_path: Path) -> None:
    data, folder, out = tmp_path / "chats.jsonl", tmp_path / "chats.hitl", tmp_path / "chats.messages.jsonl"
    lines = [
        {"id": str(n), "messages": [{"role": "user", "content": f"Hello {n}"}, {"role": "assistant", "content": "No"}]}
        for n in range(6)
    ]
    data.write_text("\n".join(map(json.dumps, lines)), "utf-8")
    made = console.json("new", folder, "--data", data, "--labels", "close,escalate", "--model", "none")
    assert (made["kind"], made["items"]) == ("conversation", 6)
    item = console.json("queue", folder, "--limit", 1)[0]["id"]
    said = ("decide", folder, item, "--label", "escalate", "--reviewer", "ann")
    assert "no turn 3" in console.refused(*said, "--turn", 3)
    console.json(*said, "--turn", 2, "--reply", "One moment")
    assert console.json("export", folder, out, "--format", "messages")["items"] == 1
    line = json.loads(out.read_text("ascii"))
    assert [message["content"] for message in line["messages"]][1:] == ["One moment"]
    assert (line["label"], line["turn"], line["corrected"]) == ("escalate", 2, True)
    other = console.json("queue", project, "--limit", 1)[0]["id"]
    assert "Only conversations" in console.refused(
        "decide", project, other, "--label", "bill", "--reviewer", "ann", "--reply", "x"
    )
    assert "conversations" in console.refused("export", project, tmp_path / "x.jsonl", "--format", "messages")
