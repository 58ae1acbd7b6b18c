"""What lies beside the database is looked through as well, and told by what it is."""

import hashlib
import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from hitl_desktop.domain.class_changes import ClassAction, ClassOperation
from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.labels import Label
from hitl_desktop.domain.record_events import RecordCheck
from hitl_desktop.store import record_stretches
from hitl_desktop.store.backups import make_backup
from hitl_desktop.store.models import ModelVersion
from hitl_desktop.store.record_extras import put_beside
from hitl_desktop.store.record_proof import check_record
from hitl_desktop.store.restoring import restore
from hitl_desktop.store.store import Store
from tests.store.conftest import MakeDecision, ReadersHere

Lines = list[dict[str, Any]]


@pytest.fixture
def worked(store: Store, decision: MakeDecision, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three decisions under two names of a class, one with findings, and a model."""
    monkeypatch.setattr(record_stretches, "STRETCH", 3)
    store.record(decision(0, label_id=1, predicted_id=2), current=1)
    with store.transaction():
        store.classes.change(Label(1, "feline", 0))
        store.classes.append(ClassOperation(0, "op", "now", "ann", ClassAction.RENAMED, 1, "cat", "feline"))
    store.record(decision(1, label_id=1), current=2)
    store.record(decision(2, Verdict.CORRECTED, label_id=None, findings=(1, 2)), current=3)
    model = store.folder / "models" / "v1"
    model.mkdir()
    (model / "arrays.npz").write_bytes(b"numbers")
    card = {"arrays_sha256": hashlib.sha256(b"numbers").hexdigest()}
    (model / "card.json").write_text(json.dumps(card), "utf-8")
    with store.transaction():
        store.models.add(ModelVersion(1, "trained", "m", "now", 3, 3))
    store.close()
    return store.folder


def looked_through(folder: Path) -> RecordCheck:
    """In order and in stretches: both find the same."""
    with closing(Store.reader(folder)) as store:
        check = check_record(store)
        assert check_record(store, readers=ReadersHere()) == check
        return check


def change(file: Path, alter: Callable[[Lines], object]) -> None:
    lines = [json.loads(line) for line in file.read_text("ascii").splitlines()]
    alter(lines)
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), "ascii")


def faults(check: RecordCheck) -> list[str]:
    return [fault.what.english() for fault in check.faults]


def test_what_nobody_touched_is_intact_whatever_classes_were_called(worked: Path) -> None:
    check = looked_through(worked)
    assert (check.is_intact, check.notes) == (True, ())
    said = [json.loads(line) for line in (worked / "decisions.jsonl").read_text("ascii").splitlines()]
    assert [line["label"] for line in said] == ["cat", "feline", None]
    assert said[2]["findings"] == ["feline", "dog"]


@pytest.mark.parametrize(
    ("place", "values"),
    [
        (0, {"label": "dog"}), (0, {"label": "cow"}), (0, {"label": None}), (0, {"predicted": "cat"}),
        (1, {"predicted": "dog"}), (2, {"findings": ["dog", "feline"]}), (2, {"findings": ["feline"]}),
        (2, {"findings": "feline"}), (2, {"label": "dog"}), (1, {"label": ["feline"]}),
    ],
)  # fmt: skip
def test_a_class_that_is_called_otherwise_in_a_line_is_told(worked: Path, place: int, values: dict[str, Any]) -> None:
    """Whoever reads the second record reads the name."""
    change(worked / "decisions.jsonl", lambda lines: lines[place].update(values))
    assert faults(looked_through(worked)) == [f"Decision {place + 1} is another one in decisions.jsonl."]


@pytest.mark.parametrize(
    ("alter", "told"),
    [
        (lambda lines: lines[1]["operation"].update(reviewer="bob"), "Change of classes 1"),
        (lambda lines: lines[1]["classes"][1].update(name="cow"), "Change of classes 1"),
        (lambda lines: lines[1]["classes"].pop(), "Change of classes 1"),
        (lambda lines: lines.pop(), "Change of classes 1"),
        (lambda lines: lines.append(lines[1] | {"number": 2}), "Change of classes 2"),
    ],
)
def test_other_classes_in_the_second_record_are_told(worked: Path, alter: Callable[[Lines], object], told: str) -> None:
    """`rebuild` takes the classes from there."""
    change(worked / "classes.jsonl", alter)
    assert faults(looked_through(worked)) == [f"{told} is another one in classes.jsonl."]


def test_the_classes_that_a_project_was_made_with_are_compared(closed: Path) -> None:
    change(closed / "classes.jsonl", lambda lines: lines[0]["classes"][0].update(name="cow"))
    assert faults(looked_through(closed)) == ["The classes are other ones in classes.jsonl."]


def test_while_somebody_works_one_of_the_two_may_be_ahead(worked: Path) -> None:
    for alter in (lambda lines: lines.pop(), lambda lines: lines.append(lines[0] | {"number": 2})):
        before = (worked / "classes.jsonl").read_bytes()
        change(worked / "classes.jsonl", alter)
        with closing(Store.reader(worked)) as store:
            assert check_record(store, is_in_use=True).is_intact
        (worked / "classes.jsonl").write_bytes(before)


def test_lines_that_are_none_and_a_file_that_is_gone_are_told(worked: Path) -> None:
    path = worked / "decisions.jsonl"
    path.write_text(f"{path.read_text('ascii')}rubbish\n[1]\ntorn", "ascii")
    assert faults(looked_through(worked)) == ["2 lines of decisions.jsonl cannot be read."]
    path.unlink()
    assert faults(looked_through(worked)) == ["decisions.jsonl is missing. It is made anew when the project is opened."]


def test_numbers_of_a_model_that_are_others_are_told_and_missing_ones_remarked(worked: Path) -> None:
    model = worked / "models" / "v1"
    (model / "arrays.npz").write_bytes(b"others")
    assert faults(looked_through(worked)) == ["The files of model version 1 are not those that were recorded."]
    for name in ("arrays.npz", "card.json"):
        (model / name).unlink()
        check = looked_through(worked)
        assert check.is_intact
        assert [note.english() for note in check.notes] == ["The files of 1 model version are not there."]


CHECKS, KNOWN = "checks.npy", "known.npy"


@pytest.fixture
def measured(store: Store) -> Path:
    """A model with what it says of the checks and what it knew; the first was written anew since, twice."""
    model = store.folder / "models" / "v1"
    model.mkdir()
    (model / "card.json").write_text("{}", "utf-8")
    (model / "arrays.npz").write_bytes(b"numbers")
    (model / CHECKS).write_bytes(b"first")
    (model / KNOWN).write_bytes(b"known")
    with store.transaction():
        store.models.add(ModelVersion(1, "trained", "m", "now", 3, 3))
    put_beside(store, 1, CHECKS, b"second")
    put_beside(store, 1, CHECKS, b"third")
    store.close()
    return model


def test_what_lies_beside_the_arrays_is_on_record(measured: Path) -> None:
    folder = measured.parent.parent
    assert looked_through(folder).is_intact
    assert sorted(path.name for path in measured.iterdir()) == ["arrays.npz", "card.json", CHECKS, KNOWN]
    (measured / CHECKS).write_bytes(b"second")
    assert looked_through(folder).is_intact, "stopped between the event and the file"
    for name, content in ((CHECKS, b"first"), (CHECKS, b"better"), (KNOWN, b"")):
        before = (measured / name).read_bytes()
        (measured / name).write_bytes(content)
        told = f"The file {name} of model version 1 is not the one that was recorded."
        assert faults(looked_through(folder)) == [told], (name, content)
        (measured / name).write_bytes(before)
    (measured / KNOWN).unlink()
    assert faults(looked_through(folder)) == [f"The file {KNOWN} of model version 1 is not the one that was recorded."]


def test_a_version_whose_files_are_all_gone_is_counted_and_no_fault(measured: Path) -> None:
    for path in measured.iterdir():
        path.unlink()
    check = looked_through(measured.parent.parent)
    assert check.is_intact


def test_nothing_else_is_put_beside_a_model(store: Store) -> None:
    with pytest.raises(ValueError, match="arrays"):
        put_beside(store, 1, "arrays.npz", b"")


def test_a_backup_that_is_put_back_knows_what_came_since(measured: Path) -> None:
    folder = measured.parent.parent
    make_backup(folder)
    with closing(Store.open(folder)) as store:
        put_beside(store, 1, CHECKS, b"fourth")
        put_beside(store, 1, CHECKS, b"fifth")
    restore(folder)
    assert (measured / CHECKS).read_bytes() == b"fifth"
    assert faults(looked_through(folder)) == []
