"""Background jobs always come to one of three ends."""

import threading
from collections.abc import Callable, Iterator

import pytest

from hitl_desktop.domain.errors import Cancelled, KnownError
from hitl_desktop.domain.protocols import CancelCheck, Progress
from hitl_desktop.workflow.jobs import Job, Jobs, JobState

WAIT_SECONDS = 5.0


class Listener:
    """Notes every change, and wakes whoever waits for a job's end."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, JobState, int]] = []
        self._changed = threading.Condition()

    def __call__(self, job: Job) -> None:
        with self._changed:
            self.heard.append((job.name, job.state, job.done))
            self._changed.notify_all()

    def wait_for_end(self, job: Job) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: job.ended, WAIT_SECONDS), f"{job.name} never ended"


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture
def jobs(listener: Listener) -> Iterator[Jobs]:
    jobs = Jobs(listener)
    yield jobs
    jobs.close()


def until_cancelled(started: threading.Event) -> Callable[[Progress, CancelCheck], object]:
    def work(progress: Progress, cancelled: CancelCheck) -> object:
        started.set()
        pause = threading.Event()
        while not cancelled():
            pause.wait(0.005)
        raise Cancelled

    return work


def nothing_to_it(progress: Progress, cancelled: CancelCheck) -> object:
    return "well"


def test_a_job_tells_its_progress_and_its_result(jobs: Jobs, listener: Listener) -> None:
    def work(progress: Progress, cancelled: CancelCheck) -> object:
        progress(1, 2, "Half")
        return 42

    job = jobs.start("count", work)
    listener.wait_for_end(job)
    assert (job.state, job.result, job.error, job.what) == (JobState.DONE, 42, None, "Half")
    assert listener.heard == [
        ("count", JobState.RUNNING, 0),
        ("count", JobState.RUNNING, 1),
        ("count", JobState.DONE, 1),
    ]


def test_jobs_run_one_after_the_other_and_a_failed_one_does_not_stop_them(
    jobs: Jobs, listener: Listener, expected_log: Callable[[str], None]
) -> None:
    expected_log("ERROR .*The job bug failed")

    def known(progress: Progress, cancelled: CancelCheck) -> object:
        raise KnownError("The disk is full.")

    def bug(progress: Progress, cancelled: CancelCheck) -> object:
        raise ZeroDivisionError

    first, second = jobs.start("known", known), jobs.start("bug", bug)
    third = jobs.start("fine", nothing_to_it)
    listener.wait_for_end(third)
    assert isinstance(first.error, KnownError)
    assert isinstance(second.error, ZeroDivisionError)
    assert (first.state, second.state, third.state) == (JobState.FAILED, JobState.FAILED, JobState.DONE)


def test_cancelling_ends_a_running_job(jobs: Jobs, listener: Listener) -> None:
    started = threading.Event()
    job = jobs.start("long", until_cancelled(started))
    assert started.wait(WAIT_SECONDS)
    job.cancel()
    listener.wait_for_end(job)
    assert job.state is JobState.CANCELLED


def test_closing_brings_every_job_to_an_end(listener: Listener) -> None:
    jobs = Jobs(listener)
    started = threading.Event()
    running = jobs.start("running", until_cancelled(started))
    waiting = [jobs.start(f"waiting {n}", nothing_to_it) for n in range(3)]
    assert started.wait(WAIT_SECONDS)
    jobs.close()
    assert {job.state for job in (running, *waiting)} == {JobState.CANCELLED}
    assert [name for name, state, _ in listener.heard if state is JobState.CANCELLED] == [
        "running",
        "waiting 0",
        "waiting 1",
        "waiting 2",
    ]
    jobs.close()
