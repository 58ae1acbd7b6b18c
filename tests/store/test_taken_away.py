"""Files that somebody takes away, puts back or changes while a project is open: nothing is called saved that is not."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from hitl_desktop.domain.class_changes import ClassAction, ClassOperation
from hitl_desktop.domain.errors import DiskTrouble
from hitl_desktop.store.masks import Mask
from hitl_desktop.store.store import DATABASE, Store
from tests.store.conftest import MakeDecision

Harm = Callable[[Path], None]


def _older(folder: Path) -> Path:
    return folder.with_name("Older.hitl")


def renamed(folder: Path) -> None:
    folder.rename(folder.with_name("Renamed.hitl"))


def deleted(folder: Path) -> None:
    shutil.rmtree(folder)


def another_in_its_place(folder: Path) -> None:
    renamed(folder)
    shutil.copytree(_older(folder), folder)


def database_gone(folder: Path) -> None:
    (folder / DATABASE).unlink()


def database_replaced(folder: Path) -> None:
    shutil.copy(_older(folder) / DATABASE, folder / "new")
    (folder / "new").rename(folder / DATABASE)


@pytest.fixture
def store(store: Store) -> Store:
    shutil.copytree(store.folder, _older(store.folder))
    return store


@pytest.mark.parametrize("harm", [renamed, deleted, another_in_its_place, database_gone, database_replaced])
def test_a_project_that_was_taken_away_takes_no_decision(
    harm: Harm, store: Store, decision: MakeDecision, allowed_log: Callable[[str], None]
) -> None:
    allowed_log("second record|An anchor")
    store.record(decision(0), current=1)
    lines = store.folder / "decisions.jsonl"
    harm(store.folder)
    before = lines.read_bytes() if lines.exists() else None
    for _ in range(2):
        with pytest.raises(DiskTrouble, match=r"Small\.hitl was moved, renamed, deleted or replaced.*Put it back"):
            store.record(decision(1), current=2)
    assert store.is_refused
    assert store.decisions.count() == 1
    assert (lines.read_bytes() if lines.exists() else None) == before


def test_once_it_is_put_back_the_next_decision_is_saved(store: Store, decision: MakeDecision) -> None:
    folder = store.folder
    renamed(folder)
    with pytest.raises(DiskTrouble):
        store.record(decision(0), current=1)
    folder.with_name("Renamed.hitl").rename(folder)
    store.record(decision(1), current=2)
    assert not store.is_refused
    store.close()
    again = Store.open(folder)
    assert [d.item_index for d in again.decisions.all()] == [1]
    again.close()


def _numbers(path: Path) -> list[int]:
    return [json.loads(line)["number"] for line in path.read_text("ascii").splitlines()]


def gone(path: Path) -> None:
    path.unlink()


def put_back(path: Path) -> None:
    path.write_text("".join(path.read_text("ascii").splitlines(keepends=True)[:1]), "ascii")


def cut_in_the_middle(path: Path) -> None:
    lines = path.read_text("ascii").splitlines(keepends=True)
    path.write_text("".join([*lines[:1], *lines[2:]]), "ascii")


@pytest.mark.parametrize("is_open", [True, False])
@pytest.mark.parametrize("harm", [gone, put_back, cut_in_the_middle])
def test_the_second_record_is_whole_again_with_the_next_step(
    harm: Harm, is_open: bool, store: Store, decision: MakeDecision, allowed_log: Callable[[str], None]
) -> None:
    allowed_log("decisions.jsonl did not fit the database")
    path, folder = store.folder / "decisions.jsonl", store.folder
    for index in range(3):
        store.record(decision(index), current=None)
    if not is_open:
        store.close()
    harm(path)
    if not is_open:
        store = Store.open(folder)
    store.record(decision(3), current=None)
    store.record(decision(4), current=None)
    assert _numbers(path) == [1, 2, 3, 4, 5]
    kept = list(folder.glob("decisions-set-aside-*.jsonl"))
    assert len(kept) == int(harm is cut_in_the_middle or (is_open and harm is put_back)), "nothing is thrown away"
    store.close()


@pytest.mark.parametrize("is_open", [True, False])
def test_the_files_of_masks_and_classes_are_whole_again_too(
    is_open: bool, store: Store, allowed_log: Callable[[str], None]
) -> None:
    allowed_log(r"(masks|classes).jsonl did not fit the database")
    folder = store.folder

    def work(times: int) -> None:
        for _ in range(times):
            with store.transaction():
                number = store.classes.last_operation() + 1
                store.masks.set_many([(0, Mask(looked=number % 2 == 1))], "ann")
                store.classes.append(
                    ClassOperation(0, f"e{number}", "now", "ann", ClassAction.RENAMED, 1, "cat", f"cat {number}")
                )

    work(3)
    if not is_open:
        store.close()
    cut_in_the_middle(folder / "masks.jsonl")
    cut_in_the_middle(folder / "classes.jsonl")
    if not is_open:
        store = Store.open(folder)
    work(2)
    assert _numbers(folder / "masks.jsonl") == [1, 2, 3, 4, 5]
    assert _numbers(folder / "classes.jsonl") == [1, 2, 3, 4, 5]
    store.close()


def test_a_pipe_in_the_place_of_the_second_record_is_not_waited_for(
    store: Store, decision: MakeDecision, expected_log: Callable[[str], None]
) -> None:
    expected_log("second record (could not be written|cannot be read)")
    path = store.folder / "decisions.jsonl"
    store.record(decision(0), current=1)
    path.unlink()
    os.mkfifo(path)
    store.record(decision(1), current=2)
    assert store.second_record_is_behind
    store.close()
    again = Store.open(store.folder)
    again.record(decision(2), current=3)
    assert again.decisions.count() == 3
    path.unlink()
    again.record(decision(3), current=4)
    assert _numbers(path) == [1, 2, 3, 4]
    again.close()


def test_a_log_that_somebody_tidied_away_takes_no_decision_with_it(store: Store, decision: MakeDecision) -> None:
    """What was written to it would be nowhere but in this process."""
    log, copy = store.folder / f"{DATABASE}-wal", store.folder.with_name("Copy.hitl")
    for index in range(2):
        store.record(decision(index), current=None)
    log.unlink()
    for index in range(2, 4):
        store.record(decision(index), current=None)
    shutil.copytree(store.folder, copy)  # as whoever looks after the program was killed
    (copy / "decisions.jsonl").unlink()
    again = Store.open(copy)
    assert [event.item_index for event in again.decisions.all()] == [0, 1, 2, 3]
    again.close()
    store.close()
