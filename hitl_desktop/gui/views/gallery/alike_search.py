"""Looks for the items nearest to one, in the worker."""

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, Signal

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.gui.context import Context
from hitl_desktop.workflow.jobs import Job, JobState

if TYPE_CHECKING:
    from hitl_desktop.workflow.alike_request import Alike


class AlikeSearch(QObject):
    """`found(index, indexes, copies)`: the nearest items, of which so many are near copies."""

    found = Signal(int, object, int)
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

    def find(self, index: int) -> None:
        """Look for the items nearest to this one; what was looked for before no longer is."""
        from hitl_desktop.workflow.alike_request import alike_request

        self.stop()
        try:
            request = alike_request(self._bridge.desk.project, index)
        except KnownError as error:
            self._bridge.tell(error)
            return

        def ended(job: Job) -> None:
            if job is not self._job:
                return
            self._job = None
            self.busy_changed.emit()
            if job.state is JobState.DONE:
                answer = cast("Alike", job.result)
                self.found.emit(answer.index, answer.indexes, answer.copies)
            elif isinstance(job.error, KnownError):
                self._bridge.tell(job.error)

        worker = self._bridge.worker
        self._job = self._bridge.start("alike", lambda p, c: worker.run("alike", request, p, c), ended)
        self.busy_changed.emit()

    def stop(self) -> None:
        """Look no longer."""
        if self._job is not None:
            self._job.cancel()
            self._job = None
            self.busy_changed.emit()
