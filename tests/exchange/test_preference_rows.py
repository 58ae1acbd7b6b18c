"""Comparisons in every layout that is about, and rows that are told instead of guessed."""

import json
from pathlib import Path
from typing import Any

import pytest

from hitl_desktop.domain.answers import of_text, plain, to_text
from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.exchange.preference_layout import refusal
from hitl_desktop.exchange.row_kinds import Layout, kinds_of
from hitl_desktop.exchange.table import read_table, sniff
from hitl_desktop.exchange.table_records import TableContents


def table(tmp_path: Path, rows: list[dict[str, Any]]) -> Path:
    path = tmp_path / "pairs.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    return path


def read(path: Path, **options: Any) -> TableContents:
    guess = sniff(path)
    assert kinds_of(guess)[0] == "preference"
    return read_table(
        path, id_column=guess.id_column, text_column=None, label_column=None, progress=no_progress,
        cancelled=never_cancelled, guess=guess, kind="preference", **options,
    )  # fmt: skip


AB = {"id": "p1", "prompt": "Why?", "response_a": "So.", "response_b": "Because <b>x</b>.", "preferred": "b"}
DIALOGUE = "\n\nHuman: Hello\n\nAssistant: Hi\n\nHuman: Why?\n\nAssistant:"
MESSAGES = [{"role": "user", "content": "Why?"}]


@pytest.mark.parametrize(
    ("row", "prompt", "answers", "label"),
    [
        (AB, "Why?", ["So.", "Because <b>x</b>."], "Answer 2"),
        ({**AB, "preferred": "tie"}, "Why?", ["So.", "Because <b>x</b>."], "Equal"),
        ({**AB, "preferred": "both_bad"}, "Why?", ["So.", "Because <b>x</b>."], "Both bad"),
        ({**AB, "preferred": ""}, "Why?", ["So.", "Because <b>x</b>."], None),
        (
            {"fields": {"prompt": "Why?", "response-1": "So.", "response-2": "Because."},
             "responses": [{"values": {"preference": {"value": [
                 {"rank": 1, "value": "response-2"}, {"rank": 2, "value": "response-1"}]}}}]},
            "Why?", ["So.", "Because."], "Answer 2",
        ),
        (
            {"text": "Why?", "options": [{"id": "A", "text": "So."}, {"id": "B", "text": "Because."}],
             "accept": ["A"], "answer": "accept"},
            "Why?", ["So.", "Because."], "Answer 1",
        ),
        (
            {"prompt": "Why?", "answers": ["So.", "Because.", "Who asks?"], "ranking": "c>a=b"},
            "Why?", ["So.", "Because.", "Who asks?"], "Answer 3",
        ),
    ],
)  # fmt: skip
def test_the_layouts_with_answers_in_order(
    tmp_path: Path, row: dict[str, Any], prompt: str, answers: list[str], label: str | None
) -> None:
    (item,) = read(table(tmp_path, [row])).items
    found = of_text(item.text)
    assert (found.prompt, list(found.texts), item.label) == (prompt, answers, label)
    assert to_text(found) == item.text
    assert plain(item.text).startswith(prompt)


@pytest.mark.parametrize(
    "row",
    [
        {"chosen": f"{DIALOGUE} So.", "rejected": f"{DIALOGUE} Because."},
        {"prompt": "Why?", "chosen": "So.", "rejected": "Because."},
        {
            "chosen": [*MESSAGES, {"role": "assistant", "content": "So."}],
            "rejected": [*MESSAGES, {"role": "assistant", "content": "Because."}],
        },
        {"input": {"text": "Why?"}, "accept": {"text": "So."}, "reject": {"text": "Because."}},
    ],
)
def test_chosen_and_rejected_in_an_order_that_does_not_tell(tmp_path: Path, row: dict[str, Any]) -> None:
    (item,) = read(table(tmp_path, [row])).items
    found = of_text(item.text)
    assert found.prompt.endswith("Why?") or "Why?" in found.prompt
    assert sorted(found.texts) == ["Because.", "So."]
    best = found.texts.index("So.")
    assert item.label == f"Answer {best + 1}"
    assert item.response.ranking == ((best,), (1 - best,))


def test_what_was_chosen_stands_first_as_often_as_last(tmp_path: Path) -> None:
    rows = [{"prompt": f"Why {n}?", "chosen": f"So {n}.", "rejected": f"Because {n}."} for n in range(60)]
    firsts = sum(item.label == "Answer 1" for item in read(table(tmp_path, rows)).items)
    assert 15 <= firsts <= 45


def test_what_does_not_fit_is_told_by_row(tmp_path: Path) -> None:
    rows = [
        AB,
        {**AB, "response_b": "  "},
        {**AB, "response_a": None},
        {**AB, "prompt": ""},
        {**AB, "response_b": "So."},
        {**AB, "preferred": "perhaps"},
        {**AB, "prompt": "Nul\u0000?", "preferred": "A"},
    ]
    rows = [row | {"id": f"p{n}"} for n, row in enumerate(rows, 1)]
    found = read(table(tmp_path, rows))
    assert len(found.items) == 2
    assert [note.reason for note in found.unreadable] == [
        "Answer 2 is empty.",
        "Answer 1 is empty.",
        "The prompt is empty.",
        "Two of its answers are the same.",
        "“perhaps” names none of its answers.",
    ]
    assert found.unreadable[0].file == "row 2 (p2)"
    assert any("NUL" in str(note) for note in found.notes)


def test_three_answers_in_a_project_of_two_are_told(tmp_path: Path) -> None:
    rows = [{"prompt": f"Why {n}?", "answers": ["So.", "Because."], "best": "1"} for n in range(6)]
    path = table(tmp_path, [*rows, {"prompt": "Which?", "answers": ["One.", "Two.", "Three."], "best": ""}])
    layout = {"answers": ("answers",), "prompt": ("prompt",)}
    found = read(path, layout=Layout(layout, {"answers": "2"}))
    assert len(found.items) == 6
    assert [note.reason for note in found.unreadable] == ["It has 3 answers, and this project compares 2."]


def test_sources_and_ratings_come_along(tmp_path: Path) -> None:
    row = {
        "prompt": "Why?", "response_1": "So.", "response_2": "Because.", "model_1": "m", "model_2": "n",
        "ratings": [2, 5], "preferred": "response_2",
    }  # fmt: skip
    (item,) = read(table(tmp_path, [row])).items
    assert [answer.source for answer in of_text(item.text).answers] == ["m", "n"]
    assert (item.response.ratings, item.label) == ((2, 5), "Answer 2")
    assert not item.fields


def test_a_row_whose_answers_are_no_list_is_told_and_the_column_stays_one_of_answers(tmp_path: Path) -> None:
    rows = [{"id": f"p{n}", "prompt": f"Why {n}?", "answers": ["So.", f"Because {n}."]} for n in range(4)]
    rows[1]["answers"] = "So. Because."
    found = read(table(tmp_path, rows))
    assert [(note.file, note.reason) for note in found.unreadable] == [("row 2 (p1)", "Its answers are no list.")]
    assert len(found.items) == 3


def test_columns_that_are_neither_prompt_nor_answers_are_said_to_be_so() -> None:
    assert str(refusal(Layout())) == "No columns look like a prompt with answers to it."
    assert str(refusal(Layout({"answers": ("a", "b")}))) == "No column is the prompt."
    assert str(refusal(Layout({"prompt": ("p",)}))) == "No column holds answers."
