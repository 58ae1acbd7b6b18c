"""Looks for label problems in the worker, and keeps what it found with the project."""

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, Signal

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.gui.context import Context
from hitl_desktop.workflow.jobs import Job, JobState

if TYPE_CHECKING:
    from hitl_desktop.workflow.problems_request import Problems


class ProblemSearch(QObject):
    """`busy_changed()` when a search begins or ends; what was found is published by the bridge."""

    busy_changed = Signal()

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = context.bridge
        self._job: Job | None = None
        self._bridge.closing.connect(self.stop)

    @property
    def is_busy(self) -> bool:
        """True while one is looking."""
        return self._job is not None

    @property
    def job(self) -> Job | None:
        """The search that runs."""
        return self._job

    def look(self) -> None:
        """Look again, unless one is looking."""
        if self._job is not None or not self._bridge.is_open:
            return
        from hitl_desktop.workflow.problem_list import keep_problems
        from hitl_desktop.workflow.problems_request import problems_request

        bridge = self._bridge
        request = problems_request(bridge.desk.project)

        def ended(job: Job) -> None:
            if job is not self._job:  # the project was closed meanwhile
                return
            self._job = None
            if job.state is JobState.DONE:
                bridge.perform(lambda: keep_problems(bridge.desk.project, cast("Problems", job.result)), self)
            elif isinstance(job.error, KnownError):
                bridge.tell(job.error)
            self.busy_changed.emit()

        self._job = bridge.start("problems", lambda p, c: bridge.worker.run("problems", request, p, c), ended)
        self.busy_changed.emit()

    def stop(self) -> None:
        """Look no longer."""
        if self._job is not None:
            self._job.cancel()
            self._job = None
            self.busy_changed.emit()
