"""What only the second record has, taken back: in parts, without what cannot be, and never what is there already."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.store import replaying
from hitl_desktop.store.replaying import Replayed
from hitl_desktop.store.store import DATABASE, Store
from tests.store.conftest import MakeDecision


@pytest.fixture
def put_back(closed: Path, decision: MakeDecision) -> Path:
    """A project whose database is that of three decisions, and whose second record has five more."""
    kept = (closed / DATABASE).read_bytes()
    store = Store.open(closed)
    store.record(decision(3), current=None)
    store.record(decision(4, Verdict.SKIPPED), current=None)
    store.record(decision(3, Verdict.RETRACTED, retracts=4), current=None)
    store.record(decision(3, label_id=2), current=None)
    store.record(decision(0, Verdict.RETRACTED, retracts=1), current=None)
    store.close()
    (closed / DATABASE).write_bytes(kept)
    return closed


def change(folder: Path, number: int, **values: Any) -> None:
    file = folder / "decisions.jsonl"
    lines = [json.loads(line) for line in file.read_text("ascii").splitlines()]
    lines[number - 1] |= values
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), "ascii")


def opened(folder: Path) -> tuple[Replayed, list[int], list[str]]:
    """What was taken, and the numbers and states that are there then."""
    store = Store.open(folder)
    try:
        states = [item.state.value for item in store.items.many(range(5))]
        return store.replayed, [event.number for event in store.decisions.all()], states
    finally:
        store.close()


STATES = ["todo", "decided", "decided", "decided", "skipped"]


@pytest.mark.parametrize("at_once", [1, 2, 3, 5, 2000])
def test_what_is_taken_does_not_depend_on_how_many_are_taken_at_once(
    put_back: Path, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(replaying, "_AT_ONCE", at_once)
    kept = (put_back / "decisions.jsonl").read_bytes()
    assert opened(put_back) == (Replayed(decisions=5), list(range(1, 9)), STATES)
    assert (put_back / "decisions.jsonl").read_bytes() == kept
    assert opened(put_back) == (Replayed(), list(range(1, 9)), STATES), "once"


@pytest.mark.parametrize("at_once", [2, 2000])
@pytest.mark.parametrize(
    ("number", "values", "unplaced", "states"),
    [
        (5, {"item": "f" * 64}, {5}, ["todo", "decided", "decided", "decided", "todo"]),
        (4, {"item": "f" * 64}, {4, 6}, STATES),
        (4, {"label_id": 99}, {4, 6}, STATES),
        (8, {"retracts": 99}, {8}, ["decided", *STATES[1:]]),
        (7, {"verdict": "moon"}, {7}, [*STATES[:3], "todo", "skipped"]),
        (7, {"follows": 6}, set(), STATES),
    ],
)
def test_what_cannot_be_is_left_out_with_what_refers_to_it(
    put_back: Path, monkeypatch: pytest.MonkeyPatch, at_once: int, number: int, values: dict[str, Any],
    unplaced: set[int], states: list[str],
) -> None:  # fmt: skip
    monkeypatch.setattr(replaying, "_AT_ONCE", at_once)
    change(put_back, number, **values)
    numbers = [n for n in range(1, 9) if n not in unplaced]
    replayed = Replayed(decisions=5 - len(unplaced), unplaced=len(unplaced))
    assert opened(put_back) == (replayed, numbers, states)


def test_lines_that_come_twice_or_out_of_order_are_taken_once(put_back: Path) -> None:
    file = put_back / "decisions.jsonl"
    lines = file.read_text("ascii").splitlines(keepends=True)
    file.write_text("".join([*lines[:5], lines[4], lines[0], *lines[5:]]), "ascii")
    assert opened(put_back)[:2] == (Replayed(decisions=5), list(range(1, 9)))


def test_whether_anything_was_taken() -> None:
    assert not Replayed()
    for name in ("decisions", "operations", "unplaced", "further", "left"):
        assert Replayed(**{name: 1}), name


def test_a_record_that_is_as_far_and_the_same_stays(closed: Path) -> None:
    before = {path.name: path.read_bytes() for path in closed.glob("*.jsonl")}
    assert opened(closed)[0] == Replayed()
    assert {path.name: path.read_bytes() for path in closed.glob("*.jsonl")} == before


def test_an_empty_record_is_filled_and_one_of_an_empty_project_is_taken(closed: Path, tmp_path: Path) -> None:
    (closed / "decisions.jsonl").write_bytes(b"")
    assert opened(closed)[0] == Replayed()
    assert len((closed / "decisions.jsonl").read_bytes().splitlines()) == 3
    empty = Store.create(tmp_path / "Empty.hitl")
    with empty.transaction():
        empty.add_labels(["cat", "dog"])
        empty.items.add([], {})
    empty.close()
    shutil.copyfile(closed / "decisions.jsonl", empty.folder / "decisions.jsonl")
    assert opened(empty.folder)[0] == Replayed(unplaced=3), "its items are not here"
