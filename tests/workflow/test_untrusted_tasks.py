"""Every task that reads files of somebody else: it is heard often, and ended at any moment it leaves nothing."""

import os
import shutil
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import pytest

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.workflow.half_done import put_away
from hitl_desktop.workflow.learning_choices import BACKBONES
from hitl_desktop.workflow.limits import UNTRUSTED
from hitl_desktop.workflow.worker import WorkerProcess
from tests.untrusted_requests import MIB, REQUESTS, RUNNER

_MOST: Final = 2 * 16 * MIB
"""What is read, and what is written again. SQLite 3.40 checks a database in one go, so those here are smaller."""
_COUNTERS: Final = Path("/proc/self/task")
"""By thread: what children did is not in it."""
READINGS: Final = pytest.mark.parametrize("name", REQUESTS)


class _KilledError(BaseException):
    """Stands for the end of the process."""


class Ear:
    """Counts what the task reads and writes between two signs of life; ends it at one of them."""

    def __init__(self, dies_at: int | None = None) -> None:
        self.asked = self.longest = 0
        self._dies_at = dies_at
        self._before = self._moved()

    def hear(self) -> None:
        """A sign of life."""
        now = self._moved()
        self.longest, self._before = max(self.longest, now - self._before), now
        self.asked += 1
        if self.asked == self._dies_at:
            raise _KilledError

    def progress(self, _done: int, _total: int, _what: str) -> None:
        self.hear()

    def cancelled(self) -> bool:
        self.hear()
        return False

    @staticmethod
    def _moved() -> int:
        """Bytes that the threads of this process have read and written so far, in files and pipes."""
        moved = 0
        for thread in _COUNTERS.iterdir():
            with suppress(OSError), (thread / "io").open(encoding="ascii") as counts:  # it may have ended
                moved += int(counts.readline()[7:]) + int(counts.readline()[7:])
        return moved


def all_of(room: Path) -> set[Path]:
    """Everything there is, but for what a cache may keep and the folder of own models."""
    return {path for path in room.rglob("*") if "features" not in path.parts and path.name != BACKBONES}


def test_every_such_task_is_tried() -> None:
    assert {task for task, _ in REQUESTS.values()} == UNTRUSTED


@pytest.mark.skipif(not _COUNTERS.is_dir(), reason="THIS SYSTEM DOES NOT COUNT WHAT A PROCESS READS")
@READINGS
def test_it_is_heard_at_least_every_few_megabytes(name: str, tmp_path: Path) -> None:
    task, build = REQUESTS[name]
    request, ear = build(tmp_path), Ear()
    RUNNER.run(task, request, ear.progress, ear.cancelled)
    ear.hear()
    assert ear.asked > 2
    assert ear.longest <= _MOST, f"{ear.longest / MIB:.1f} MiB in one go"


def ends_at(name: str, request: object, ear: Ear, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Run the task until the ear ends it; False where it came to its end. Like a process that is killed, it puts
    nothing away by itself.
    """
    with monkeypatch.context() as patched:
        patched.setattr(shutil, "rmtree", lambda *_, **__: None)
        patched.setattr(Path, "unlink", lambda *_, **__: None)
        try:
            RUNNER.run(REQUESTS[name][0], request, ear.progress, ear.cancelled)
        except _KilledError:
            return True
    return False


@READINGS
def test_what_was_ended_half_way_is_put_away(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    task, build = REQUESTS[name]
    request = build(tmp_path)
    before = all_of(tmp_path)
    ended = 0
    for at in (1, 2, 5, 13, 40, 100):
        if not ends_at(name, request, Ear(at), monkeypatch):
            break
        ended += 1
        put_away(task, request, os.getpid())
        assert all_of(tmp_path) == before, f"ended at the sign {at}"
    assert ended


@pytest.mark.skipif(sys.platform == "win32", reason="A PROCESS CANNOT BE HALTED THERE")
def test_one_that_stands_still_is_ended_and_told(tmp_path: Path, expected_log: Any) -> None:
    expected_log("ERROR .*stood still")
    task, build = REQUESTS["archive"]  # of those here the one that goes on longest after its first word
    request = build(tmp_path)
    before = all_of(tmp_path)
    worker = WorkerProcess(silence=2.0)

    def halt(_done: int, _total: int, _what: str) -> None:
        assert worker.pid is not None
        os.kill(worker.pid, signal.SIGSTOP)  # as a library that hangs: no thread of the process goes on

    try:
        with pytest.raises(KnownError, match="nothing was heard of it for 1 minute") as told:
            worker.run(task, request, halt, never_cancelled)
        assert worker.pid is None
        assert "Check the drive" in told.value.remedy
        assert all_of(tmp_path) == before
        worker._silence = 60.0  # its next process needs more than two seconds to load what it works with
        assert worker.run(task, request, no_progress, never_cancelled)
    finally:
        worker.close()
