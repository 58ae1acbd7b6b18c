"""Looks for the items nearest to one, in the worker."""

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, Signal

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.worker_search import WorkerSearch

if TYPE_CHECKING:
    from hitl_desktop.workflow.alike_request import Alike


class AlikeSearch(WorkerSearch):
    """`found(index, indexes, copies)`: the nearest items, of which so many are near copies."""

    found = Signal(int, object, int)

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(context.bridge, parent)

    def find(self, index: int) -> None:
        """Look for the items nearest to this one; what was looked for before no longer is."""
        from hitl_desktop.workflow.alike_request import alike_request

        self.stop()
        try:
            request = alike_request(self._bridge.desk.project, index)
        except KnownError as error:
            self._bridge.tell(error)
            return
        self.ask("alike", request, self._take)

    def _take(self, answer: object) -> None:
        alike = cast("Alike", answer)
        self.found.emit(alike.index, alike.indexes, alike.copies)
