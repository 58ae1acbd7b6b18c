"""Looks for label problems in the worker, and keeps what it found with the project."""

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject

from hitl_desktop.gui.context import Context
from hitl_desktop.gui.worker_search import WorkerSearch

if TYPE_CHECKING:
    from hitl_desktop.workflow.problems_request import Problems


class ProblemSearch(WorkerSearch):
    """What was found is published by the bridge."""

    def __init__(self, context: Context, parent: QObject | None = None) -> None:
        super().__init__(context.bridge, parent)

    def look(self) -> None:
        """Look again, unless one is looking."""
        if self.is_busy or not self._bridge.is_open:
            return
        from hitl_desktop.workflow.problems_request import problems_request

        self.ask("problems", problems_request(self._bridge.desk.project), self._take)

    def _take(self, answer: object) -> None:
        from hitl_desktop.workflow.problem_list import keep_problems

        bridge = self._bridge
        bridge.perform(lambda: keep_problems(bridge.desk.project, cast("Problems", answer)), self)
