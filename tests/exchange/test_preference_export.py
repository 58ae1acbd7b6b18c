"""What trainers read of preferences: every pair a ranking implies, and nothing of what nobody decided."""

import json
from pathlib import Path

from hitl_desktop.domain.answers import Answer, Comparison, to_text
from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.domain.responses import Response
from hitl_desktop.exchange import TRAINING_EXPORTERS
from hitl_desktop.exchange.preference_export import turns_of
from hitl_desktop.exchange.records import ExportRow

THREE = to_text(Comparison("Why?", (Answer("One.", "m"), Answer("Two.", "n"), Answer("Three."))))
TWO = to_text(Comparison("Human: Hi\n\nAssistant: Hello\n\nHuman: Why?\n\nAssistant:", (Answer("So."), Answer("No."))))


def row(text: str, verdict: str = "corrected", label: str = "", **more: object) -> ExportRow:
    return ExportRow("ab", "p1", label=label, verdict=verdict, text=text, **more)  # type: ignore[arg-type]


ROWS = [
    row(THREE, response=Response(((2,), (0, 1)))),
    row(TWO, label="Answer 2"),
    row(TWO, label="Equal", response=Response(((0, 1),))),
    row(TWO, label="Both bad", response=Response(sides=(1, 0))),
    row(TWO, verdict="skipped"),
    row(TWO, verdict="automatic", label="Answer 1"),
]


def written(name: str, out: Path) -> list[dict[str, object]]:
    count = TRAINING_EXPORTERS[name].function(ROWS, out, no_progress, never_cancelled)
    lines = [json.loads(line) for line in out.read_text("ascii").splitlines()]
    assert len(lines) == count
    return lines


def test_pairs_as_trainers_read_them(tmp_path: Path) -> None:
    found = written("preferences", tmp_path / "out")
    assert [(line["chosen"], line["rejected"]) for line in found] == [
        ("Three.", "One."),
        ("Three.", "Two."),
        ("No.", "So."),
    ]
    assert found[0]["prompt"] == "Why?"
    assert (found[0]["chosen_source"], found[0]["rejected_source"]) == ("", "m")


def test_pairs_as_conversations(tmp_path: Path) -> None:
    last = written("preference_messages", tmp_path / "out")[-1]
    assert last["chosen"] == [{"role": "assistant", "content": "No."}]
    assert last["prompt"] == [
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": "Hello"},
        {"role": "user", "content": "Why?"},
    ]
    assert turns_of("Say: Human: x") == [{"role": "user", "content": "Say: Human: x"}]
