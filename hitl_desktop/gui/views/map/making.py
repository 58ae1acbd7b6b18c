"""Has the map made in the worker."""

from PySide6.QtCore import Signal

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.gui.worker_search import WorkerSearch


class MapMaking(WorkerSearch):
    """`made()`: there is a new map."""

    made = Signal()

    def begin(self) -> None:
        """Have it made from what the model in use sees."""
        from hitl_desktop.workflow.map_request import map_request

        self.stop()
        try:
            request = map_request(self._bridge.desk.project)
        except KnownError as error:
            self._bridge.tell(error)
            return
        self.ask("map", request, lambda _left_out: self.made.emit())
