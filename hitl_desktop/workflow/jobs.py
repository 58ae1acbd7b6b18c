"""Background jobs: one supervising thread, one job at a time, with progress, cancel and a clear end."""

import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from hitl_desktop.domain.errors import Cancelled, KnownError
from hitl_desktop.domain.protocols import CancelCheck, Progress
from hitl_desktop.workflow.disk_errors import known_trouble

_log = logging.getLogger(__name__)


class JobState(StrEnum):
    """The life of a job; it always ends in one of the last three."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


ENDED = frozenset({JobState.DONE, JobState.FAILED, JobState.CANCELLED})


@dataclass(eq=False)
class Job:
    """One piece of background work. `error` is set when it failed; `result` when it is done."""

    name: str
    work: Callable[[Progress, CancelCheck], object]
    state: JobState = JobState.WAITING
    done: int = 0
    total: int = 0
    what: str = ""
    result: object = None
    error: Exception | None = None
    _cancel: threading.Event = field(default_factory=threading.Event)

    def cancel(self) -> None:
        """Ask the job to stop; it ends as `CANCELLED` unless it was done already."""
        self._cancel.set()

    @property
    def cancel_asked(self) -> bool:
        """True once the user has asked to stop."""
        return self._cancel.is_set()

    @property
    def ended(self) -> bool:
        """True when nothing more will come."""
        return self.state in ENDED


class Jobs:
    """The queue of jobs. `listener` is called on the supervising thread with every job that changed."""

    def __init__(self, listener: Callable[[Job], None]) -> None:
        self._listener = listener
        self._waiting: queue.Queue[Job | None] = queue.Queue()
        self._thread: threading.Thread | None = None
        self._closing = False

    def start(self, name: str, work: Callable[[Progress, CancelCheck], object]) -> Job:
        """Queue work; it runs when the jobs before it have ended."""
        job = Job(name, work)
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="jobs", daemon=True)
            self._thread.start()
        self._waiting.put(job)
        return job

    def close(self) -> None:
        """Cancel what runs and what waits, and end the thread. Every job ends, and the listener hears of it."""
        if self._thread is None:
            return
        self._closing = True
        self._waiting.put(None)
        self._thread.join()
        self._thread = None
        self._closing = False

    def _run(self) -> None:
        while (job := self._waiting.get()) is not None:
            self._finish(job)

    def _finish(self, job: Job) -> None:
        def progress(done: int, total: int, what: str) -> None:
            job.done, job.total, job.what = done, total, what
            self._listener(job)

        def cancelled() -> bool:
            return job.cancel_asked or self._closing

        job.state = JobState.RUNNING
        self._listener(job)
        try:
            if cancelled():
                raise Cancelled
            job.result = job.work(progress, cancelled)
            job.state = JobState.DONE
        except Cancelled:
            job.state = JobState.CANCELLED
        except Exception as error:
            job.error, job.state = known_trouble(error) or error, JobState.FAILED
            if job.error is error and not isinstance(error, KnownError):
                _log.exception("The job %s failed", job.name)
        self._listener(job)
