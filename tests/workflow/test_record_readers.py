"""The record read in stretches, by several processes: what is found is what one finds that reads it in order."""

import json
import os
import signal
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.errors import Cancelled
from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.domain.responses import Response
from hitl_desktop.store import record_stretches
from hitl_desktop.store.record_proof import check_record
from hitl_desktop.store.second_record import DECISIONS
from hitl_desktop.store.store import Store
from hitl_desktop.workflow.record_readers import RecordReaders
from tests.store.conftest import ReadersHere, fill
from tests.torture.writer import event


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Decisions of many sorts: notes that are no text, answers, renamed classes, some taken back, a step of many."""
    store = Store.create(tmp_path / "Read.hitl")
    fill(store, 20)
    for turn in range(20):
        note = "é ]\x1e[ \\" * (turn % 3)
        store.record(replace(event(turn, 1 + turn % 2), confidence=turn / 7, seconds=1e-7, note=note), current=1)
    store.record(replace(event(3, 1), note="odd \udcff"), current=1)
    store.record(replace(event(4, 1), response=Response(ranking=((1,), (0,))), probability=1), current=1)
    store.record(replace(event(5, 1), verdict=Verdict.RETRACTED, label_id=None, retracts=6), current=1)
    store.record_many([event(i, 2, "batch") for i in range(12)], current=0, slot=None)
    store.close()
    return store.folder


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record_stretches, "STRETCH", 5)


def changed_line(folder: Path, number: int, change: Callable[[dict[str, object]], None]) -> None:
    lines = (folder / DECISIONS).read_text("ascii").splitlines(keepends=True)
    said = json.loads(lines[number - 1])
    change(said)
    lines[number - 1] = json.dumps(said) + "\n"
    (folder / DECISIONS).write_text("".join(lines), "ascii")


def test_processes_find_what_one_finds(folder: Path) -> None:
    with closing(Store.reader(folder)) as store:
        in_order = check_record(store)
        for reads_along in (True, False):
            with closing(RecordReaders(folder, reads_along=reads_along)) as readers:
                assert check_record(store, readers=readers) == in_order
        here = ReadersHere()
        assert check_record(store, readers=here) == in_order
    assert in_order.is_intact
    assert here.fitted, "no second look was needed"


def test_a_line_that_says_something_else_is_found(folder: Path) -> None:
    kept = (folder / DECISIONS).read_bytes()
    with closing(Store.reader(folder)) as store:
        for number, change, is_same in (
            (7, {"label": "another name", "predicted": "that it never had"}, False),
            (7, {"a field": "of a later version"}, True),
            (7, {"confidence": 0.5}, False),
            (7, {"findings_ids": [1], "findings": ["cat"]}, False),
            (22, {"response": None}, False),
            (30, {"item": "f" * 64}, False),
            (35, {"note": "\udcff"}, False),
        ):
            changed_line(folder, number, lambda said, change=change: said.update(change))  # type: ignore[misc]
            in_order = check_record(store)
            assert check_record(store, readers=ReadersHere()) == in_order
            assert in_order.is_intact == is_same, change
            (folder / DECISIONS).write_bytes(kept)
        for cut in (
            kept[:-1],
            kept[: kept.rfind(b"\n", 0, -1) + 1],
            kept + kept.splitlines(keepends=True)[-1],
            b"x\n" + kept,
        ):
            (folder / DECISIONS).write_bytes(cut)
            for is_in_use in (False, True):
                in_order = check_record(store, is_in_use=is_in_use)
                assert check_record(store, readers=ReadersHere(), is_in_use=is_in_use) == in_order
            (folder / DECISIONS).write_bytes(kept)


def test_a_process_that_dies_costs_time_alone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    with closing(Store.reader(folder)) as store:
        in_order = check_record(store)
        readers = RecordReaders(folder, reads_along=False)
        begin = readers.begin

        def begun(stretches: list[record_stretches.Stretch]) -> None:
            begin(stretches)
            os.kill(readers.pids[0], signal.SIGKILL)

        monkeypatch.setattr(readers, "begin", begun)
        assert check_record(store, readers=readers) == in_order
        assert readers.pids == []


def test_it_can_be_left_at_once(folder: Path) -> None:
    with closing(Store.reader(folder)) as store, closing(RecordReaders(folder, reads_along=False)) as readers:
        readers.begin(
            record_stretches.stretches_of(store._database, record_stretches.RecordIds(()), with_second_record=True)
        )
        began = time.monotonic()
        with pytest.raises(Cancelled):
            readers.finish(store, no_progress, lambda: True)
        assert time.monotonic() - began < 2
        assert readers.pids == []
        assert readers.finish(store, no_progress, never_cancelled) is None
