"""Has the map made in the worker."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.gui.bridge import Bridge
from hitl_desktop.workflow.jobs import Job, JobState

if TYPE_CHECKING:
    from hitl_desktop.workflow.map_request import MapRequest


class MapMaking(QObject):
    """`made()`: there is a new map. `busy_changed()` at its beginning and end."""

    made = Signal()
    busy_changed = Signal()

    def __init__(self, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._job: Job | None = None
        bridge.closing.connect(self.stop)

    @property
    def is_busy(self) -> bool:
        """True while a map is made."""
        return self._job is not None

    def begin(self) -> None:
        """Have it made from what the model in use sees."""
        from hitl_desktop.workflow.map_request import map_request

        self.stop()
        try:
            request: MapRequest = map_request(self._bridge.desk.project)
        except KnownError as error:
            self._bridge.tell(error)
            return
        worker = self._bridge.worker
        self._job = self._bridge.start("map", lambda p, c: worker.run("map", request, p, c), self._ended)
        self.busy_changed.emit()

    def stop(self) -> None:
        """Make it no longer."""
        if self._job is not None:
            self._job.cancel()
            self._job = None
            self.busy_changed.emit()

    def _ended(self, job: Job) -> None:
        if job is not self._job:
            return
        self._job = None
        self.busy_changed.emit()
        if job.state is JobState.DONE:
            self.made.emit()
        elif isinstance(job.error, KnownError):
            self._bridge.tell(job.error)
