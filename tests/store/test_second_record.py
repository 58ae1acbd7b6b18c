"""What the second record says, line by line: each step once, and no line is taken for anything but what it says."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hitl_desktop.domain.class_changes import ClassAction, ClassOperation
from hitl_desktop.domain.decisions import Exposure, Slot, Verdict
from hitl_desktop.domain.evidence import Box, Evidence
from hitl_desktop.domain.labels import Label
from hitl_desktop.domain.responses import Response
from hitl_desktop.store import second_record
from hitl_desktop.store.second_record import LINE_FIELDS, class_entry, classes_in, decision_in, entry, operation_in
from hitl_desktop.store.store import Store
from tests.store.conftest import MakeDecision

NAMES = {1: "cat", 2: "dog"}
ITEM = "ab" * 32


def numbers(folder: Path, name: str) -> list[int]:
    return [json.loads(line)["number"] for line in (folder / name).read_text("ascii").splitlines()]


def rename(store: Store, turn: int) -> None:
    with store.transaction():
        old = store.labels()[0]
        store.classes.change(replace(old, name=f"cat {turn}"))
        store.classes.append(
            ClassOperation(0, f"e{turn}", "now", "ann", ClassAction.RENAMED, 1, old.name, f"cat {turn}")
        )


def test_every_step_on_classes_has_one_line_with_the_classes_after_it(store: Store) -> None:
    file = store.folder / "classes.jsonl"
    assert numbers(store.folder, file.name) == [0], "the classes that the project was made with"
    for turn in (1, 2):
        rename(store, turn)
    with store.transaction():
        store.set_fact("threshold", 0.5)
    store.close()
    again = Store.open(store.folder)
    rename(again, 3)
    assert numbers(store.folder, file.name) == [0, 1, 2, 3]
    lines = [json.loads(line) for line in file.read_text("ascii").splitlines()]
    assert [line["classes"][0]["name"] for line in lines] == ["cat", "cat 1", "cat 2", "cat 3"]
    assert [line["operation"] and line["operation"]["event_id"] for line in lines] == [None, "e1", "e2", "e3"]
    again.close()
    file.unlink()
    Store.open(store.folder).close()
    assert numbers(store.folder, file.name) == [1, 2, 3], "made again from what the database has"


def test_a_project_without_classes_says_nothing_of_them_until_it_has_some(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "None.hitl")
    store.set_fact("threshold", 0.5)
    with store.transaction():
        pass
    assert not (store.folder / "classes.jsonl").exists()
    with store.transaction():
        store.add_labels(["cat"])
    assert numbers(store.folder, "classes.jsonl") == [0]
    store.close()


def test_a_file_that_is_far_behind_is_caught_up_in_parts(
    store: Store, decision: MakeDecision, monkeypatch: pytest.MonkeyPatch
) -> None:
    for index in (0, 1, 2, 3, 4):
        store.record(decision(index), current=None)
    whole = (store.folder / "decisions.jsonl").read_bytes()
    store.close()
    for at_once in (1, 2, 3, 5):
        monkeypatch.setattr(second_record, "_AT_ONCE", at_once)
        (store.folder / "decisions.jsonl").unlink()
        Store.open(store.folder).close()
        assert (store.folder / "decisions.jsonl").read_bytes() == whole


def test_who_only_reads_is_not_behind(closed: Path) -> None:
    reader = Store.reader(closed)
    assert not reader.second_record_is_behind
    reader.close()


def test_after_a_failure_the_files_are_looked_at_before_the_next_line(
    store: Store, decision: MakeDecision, expected_log: Callable[[str], None]
) -> None:
    """Of several files some may have been written: nothing is written twice."""
    expected_log("second record could not be written: IsADirectoryError")
    store.record(decision(0), current=None)
    file = store.folder / "decisions.jsonl"
    kept = file.read_bytes()
    file.unlink()
    file.mkdir()
    rename(store, 1)
    store.record(decision(1), current=None)
    assert store.second_record_is_behind
    file.rmdir()
    file.write_bytes(kept)
    rename(store, 2)
    assert not store.second_record_is_behind
    assert (numbers(store.folder, file.name), numbers(store.folder, "classes.jsonl")) == ([1, 2], [0, 1, 2])


@pytest.fixture
def line(decision: MakeDecision) -> dict[str, Any]:
    """A line in which everything is said."""
    marks = Evidence((Box(1, 2, 3, 4, label_id=2),), 9, 9)
    said = decision(
        3, number=7, label_id=2, predicted_id=1, confidence=0.5, seconds=1.5, exposure=Exposure.SHOWN, evidence=marks,
        response=Response(reply="better"), model_version=3,
    )  # fmt: skip
    made = entry(said, ITEM, lambda i: NAMES.get(i) if i is not None else None)
    assert decision_in(json.loads(json.dumps(made)), {ITEM: 3}) == said
    assert (made["label"], made["predicted"], made["item"]) == ("dog", "cat", ITEM)
    assert tuple(made)[: len(LINE_FIELDS)] == LINE_FIELDS
    return json.loads(json.dumps(made))


@pytest.mark.parametrize(
    "changes",
    [
        {"item": "cd" * 32}, {"item": None}, {"item": ...}, {"verdict": "moon"}, {"verdict": ...}, {"slot": "moon"},
        {"slot": ...}, {"exposure": "moon"}, {"number": "7"}, {"number": 7.5}, {"number": 2**63}, {"number": True},
        {"note": 7}, {"note": None}, {"reviewer": ["ann"]}, {"confidence": "0.5"}, {"confidence": True},
        {"confidence": 1e300}, {"confidence": -1e300}, {"confidence": float("nan")}, {"confidence": float("inf")},
        {"model_version": 1.5}, {"model_version": -(2**63)}, {"label_id": "2"}, {"at_utc": ...}, {"findings_ids": 7},
        {"findings_ids": ["x"]}, {"evidence": [1]}, {"evidence": {"marks": 7}}, {"response": 7}, {"retracts": "1"},
    ],
)  # fmt: skip
def test_a_line_that_makes_no_sense_is_no_decision(line: dict[str, Any], changes: dict[str, Any]) -> None:
    said = {name: value for name, value in (line | changes).items() if value is not ...}
    assert decision_in(said, {ITEM: 3}) is None


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"confidence": 1}, {"confidence": 1}),
        ({"confidence": None}, {"confidence": None}),
        ({"model_version": 2**63 - 1}, {"model_version": 2**63 - 1}),
        ({"of a later version": 9}, {}),
        ({"exposure": ...}, {"exposure": None}),
        ({"exposure": None}, {"exposure": None}),
        ({"label": "another name"}, {}),
        (
            {"label_id": None, "findings_ids": [2, 1], "findings": ["dog", "cat"]},
            {"label_id": None, "findings": (2, 1)},
        ),
        ({"verdict": "skipped"}, {"verdict": Verdict.SKIPPED}),
        ({"slot": "explore"}, {"slot": Slot.EXPLORE}),
    ],
)
def test_what_a_line_may_leave_out_or_say_otherwise(
    line: dict[str, Any], changes: dict[str, Any], expected: dict[str, Any]
) -> None:
    usual = decision_in(line, {ITEM: 3})
    assert usual is not None
    said = {name: value for name, value in (line | changes).items() if value is not ...}
    assert decision_in(said, {ITEM: 3}) == replace(usual, **expected)


def test_a_line_about_classes_comes_back_as_it_was() -> None:
    labels = [Label(1, "cat", 0), Label(2, "do\udce9", 1, True, 1)]
    done = ClassOperation(4, "e", "now", "ann", ClassAction.MERGED, 2, "dog", "", (1, 3), "why")
    said = json.loads(json.dumps(class_entry(4, done, labels)))
    assert (said["number"], classes_in(said), operation_in(said)) == (4, labels, done)
    first = json.loads(json.dumps(class_entry(0, None, labels)))
    assert (classes_in(first), operation_in(first)) == (labels, None)
    for spoiled in ({"classes": [7]}, {"classes": None}, {"classes": [{"id": 1}]}):
        with pytest.raises(ValueError, match="4"):
            classes_in(said | spoiled)
    for operation in ({"action": "renamed"}, said["operation"] | {"others": None}, said["operation"] | {"more": 1}):
        with pytest.raises(ValueError, match="4"):
            operation_in(said | {"operation": operation})
