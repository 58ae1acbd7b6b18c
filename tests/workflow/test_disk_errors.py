"""A full or failing disk is told as such, wherever it is met; a bug stays a bug."""

import errno
import threading
from pathlib import Path

import numpy as np
import pytest

from hitl_desktop.domain.errors import Cancelled, DiskTrouble, KnownError
from hitl_desktop.workflow import tasks, worker
from hitl_desktop.workflow.disk_errors import known_trouble
from hitl_desktop.workflow.jobs import Jobs, JobState

_FULL = Path("/dev/full")


@pytest.mark.parametrize(
    ("number", "said"),
    [(errno.ENOSPC, "disk is full"), (errno.EDQUOT, "disk is full"), (errno.EIO, "reports an error"),
     (errno.EROFS, "permissions"), (errno.EACCES, "permissions")],
)  # fmt: skip
def test_what_the_system_refuses_is_known(number: int, said: str) -> None:
    known = known_trouble(OSError(number, "refused"))
    assert isinstance(known, DiskTrouble)
    assert said in str(known)
    assert known.remedy


def test_what_is_no_trouble_of_the_disk_stays_what_it_is() -> None:
    known = KnownError("It is so.")
    assert known_trouble(known) is known
    bugs = (ValueError("x"), OSError("x"), FileNotFoundError(errno.ENOENT, "x"), Cancelled())
    assert [known_trouble(bug) for bug in bugs] == [None] * 4
    assert "not enough memory" in str(known_trouble(MemoryError()))


@pytest.mark.skipif(not _FULL.exists(), reason="there is no full device here")
def test_an_array_that_does_not_fit_is_known_however_numpy_says_it() -> None:
    for size in (10, 100_000):
        with pytest.raises(OSError, match="o") as refused, _FULL.open("wb") as full:
            np.save(full, np.zeros(size))
        assert isinstance(known_trouble(refused.value), DiskTrouble)


def test_the_worker_tells_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(tasks, "run_task", run)
    sort, message, advice = worker._attempt(run, "train", None, None, None)  # type: ignore[arg-type]
    assert (sort, "disk is full" in str(message), "Free some space" in str(advice)) == ("known", True, True)


def test_a_job_ends_with_it() -> None:
    ended = threading.Event()
    jobs = Jobs(lambda job: ended.set() if job.ended else None)

    def work(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    job = jobs.start("export", work)
    assert ended.wait(10)
    jobs.close()
    assert job.state is JobState.FAILED
    assert isinstance(job.error, DiskTrouble)
