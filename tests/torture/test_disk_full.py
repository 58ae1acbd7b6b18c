"""A disk that is full or fails at every place where it can: no decision that was acknowledged is lost."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hitl_desktop.domain.errors import DiskTrouble, KnownError
from hitl_desktop.store.store import Store
from tests.store.conftest import fill
from tests.torture.faulty_disk import FAILS_TO_WRITE, FULL, FaultyDisk, faulty_disk
from tests.torture.sizes import size
from tests.torture.wholeness import assert_whole
from tests.torture.writer import ITEMS, event

ROOT = Path(__file__).resolve().parents[2]
WRITES, SYNCS = size("WRITES", 12), size("SYNCS", 8)
WITHIN_SECONDS = 1.0


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    """A closed project without decisions."""
    store = Store.create(tmp_path / "Fresh.hitl")
    fill(store, ITEMS)
    store.close()
    return store.folder


@pytest.fixture
def disk() -> Iterator[FaultyDisk]:
    with faulty_disk().in_place() as disk:
        yield disk


def decide_through(folder: Path, disk: FaultyDisk) -> list[str]:
    """Decide until the disk fails, heal it, decide the same again and two more; returns what was acknowledged."""
    acknowledged: list[str] = []
    failed = False
    try:
        store = Store.open(folder)
    except DiskTrouble:
        failed = True
        disk.heal()
        store = Store.open(folder)
    for turn in range(1000):
        decision = event(turn % ITEMS, 1 + turn % 2)
        try:
            store.record(decision, current=turn % ITEMS)
        except DiskTrouble:
            assert store.decisions.count() == len(acknowledged)
            failed = True
            disk.heal()
            store.record(decision, current=turn % ITEMS)
        acknowledged.append(decision.event_id)
        if failed or disk.has_failed:  # a checkpoint that fails says nothing: the log is kept, and it is made later
            disk.heal()
            break
    store.record(last := event(0, 1), current=0)
    store.close()
    return [*acknowledged, last.event_id]


@pytest.mark.parametrize("code", [FULL, FAILS_TO_WRITE], ids=["full", "error"])
def test_a_fault_at_each_of_the_first_writes(fresh: Path, disk: FaultyDisk, tmp_path: Path, code: int) -> None:
    for at in range(1, WRITES + 1):
        folder = tmp_path / f"{at}.hitl"
        shutil.copytree(fresh, folder)
        disk.fail_write(at, code)
        acknowledged = decide_through(folder, disk)
        assert assert_whole(folder) == len(acknowledged)
        shutil.rmtree(folder)
    print(f"\na fault at each of the first {WRITES} writes: nothing lost")


def test_a_fault_at_each_of_the_first_syncs(fresh: Path, disk: FaultyDisk, tmp_path: Path) -> None:
    for at in range(1, SYNCS + 1):
        folder = tmp_path / f"{at}.hitl"
        shutil.copytree(fresh, folder)
        disk.fail_sync(at)
        acknowledged = decide_through(folder, disk)
        assert assert_whole(folder) == len(acknowledged)
        shutil.rmtree(folder)
    print(f"\na fault at each of the first {SYNCS} syncs: nothing lost")


def test_making_a_project_on_a_failing_disk_is_told_and_leaves_none_that_opens(
    disk: FaultyDisk, tmp_path: Path
) -> None:
    told = []
    for at in range(1, WRITES + 1, 3):
        folder = tmp_path / f"{at}.hitl"
        disk.fail_write(at, FULL)
        store = None
        try:
            store = Store.create(folder)
            fill(store, ITEMS)
        except KnownError as error:
            told.append(error.remedy)
        disk.heal()
        if store is not None:
            store.close()
    assert told
    assert all(told)


def patient(folder: Path, steps: int, *how: str, before: tuple[str, ...] = ()) -> dict[str, Any]:
    done = subprocess.run(
        [*before, sys.executable, "-m", "tests.torture.patient_writer", str(folder), str(steps), *how],
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def assert_survived(result: dict[str, Any], words: str) -> None:
    assert result["troubles"], "nothing went wrong, so this proves nothing"
    assert result["acknowledged"] == result["steps"]
    assert result["kept"]
    assert result["readable"]
    assert all(seconds < WITHIN_SECONDS for seconds, _ in result["troubles"])
    assert all(words in text for _, text in result["troubles"]), result["troubles"]


@pytest.mark.skipif(sys.platform == "win32", reason="NO LIMIT ON FILES HERE: this test proves nothing on Windows")
def test_a_file_that_may_not_grow(fresh: Path) -> None:
    result = patient(fresh, 60, "limit", str(280_000))
    assert_survived(result, "not saved")
    assert assert_whole(fresh) == 60


def test_a_disk_that_is_really_full(fresh: Path, tmp_path: Path) -> None:
    if sys.platform != "linux" or os.geteuid() != 0 or shutil.which("unshare") is None:
        pytest.skip("NO SMALL DISK: this test needs Linux and root, so it proves nothing here")
    disk = tmp_path / "disk"
    disk.mkdir()
    script = (
        'mount -t tmpfs -o size=3m none "$1" || exit 77; cp -r "$2" "$1/P.hitl";'
        ' dd if=/dev/zero of="$1/filler" bs=4096 2>/dev/null; truncate -s -200K "$1/filler";'  # room to open
        ' "$3" -m tests.torture.patient_writer "$1/P.hitl" 40 filler "$1/filler";'
        ' code=$?; cp -r "$1/P.hitl" "$4"; umount "$1"; exit $code'
    )
    after = tmp_path / "After.hitl"
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", script, "sh", str(disk), str(fresh), sys.executable, str(after)],
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode == 77:
        pytest.skip("NO SMALL DISK: a tmpfs cannot be mounted here, so this test proves nothing here")
    assert done.returncode == 0, done.stderr[-2000:]
    assert_survived(json.loads(done.stdout.splitlines()[-1]), "full")
    assert assert_whole(after) == 40


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [("pwrite64", "ENOSPC", "full"), ("fdatasync", "EIO", "not saved"), ("pwrite64", "EIO", "not saved")],
)
def test_what_the_system_says_is_understood(fresh: Path, call: str, error: str, words: str) -> None:
    strace = shutil.which("strace")
    probe = [strace, "-qq", "-o", os.devnull, "true"] if strace else []
    if not probe or subprocess.run(probe, capture_output=True).returncode:
        pytest.skip("NO ERRORS OF THE SYSTEM INJECTED: strace cannot be used, so this test proves nothing here")
    inject = (
        f"{strace}",
        "-f",
        "-qq",
        "-o",
        os.devnull,
        "-e",
        f"trace={call}",
        "-e",
        f"inject={call}:error={error}:when=30",
    )
    assert_survived(patient(fresh, 40, before=inject), words)
    assert assert_whole(fresh) == 40
