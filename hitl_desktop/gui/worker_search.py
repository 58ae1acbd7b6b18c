"""One search in the worker at a time, for a page: a newer one, or closing the project, stops the one before."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.gui.bridge import Bridge
from hitl_desktop.workflow.jobs import Job, JobState


class WorkerSearch(QObject):
    """`busy_changed()` when a search begins, and when it has ended and its answer was taken."""

    busy_changed = Signal()

    def __init__(self, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._job: Job | None = None
        bridge.closing.connect(self.stop)

    @property
    def is_busy(self) -> bool:
        """True while one is looking."""
        return self._job is not None

    @property
    def job(self) -> Job | None:
        """The search that runs."""
        return self._job

    def ask(self, task: str, request: object, take: Callable[[object], None]) -> None:
        """Run a task of the table; `take` gets its answer, nothing of what was stopped. A known error is told."""
        self.stop()

        def ended(job: Job) -> None:
            if job is not self._job:  # another one was asked, or the project was closed meanwhile
                return
            self._job = None
            if job.state is JobState.DONE:
                take(job.result)
            elif isinstance(job.error, KnownError):
                self._bridge.tell(job.error)
            self.busy_changed.emit()

        worker = self._bridge.worker
        self._job = self._bridge.start(task, lambda p, c: worker.run(task, request, p, c), ended)
        self.busy_changed.emit()

    def stop(self) -> None:
        """Look no longer."""
        if self._job is not None:
            self._job.cancel()
            self._job = None
            self.busy_changed.emit()
