"""The code of what comes next is loaded before anybody asks for it: beside the start page, that of a project and its
pages.
"""

import importlib
from threading import Thread
from typing import Final

from PySide6.QtCore import QObject, QTimer

_LIBRARIES: Final = ("numpy", "peewee")
"""Loaded in a thread, as they take longest. Nothing of ours is: two threads that load a package and a part of it may
each wait for the other.
"""
_STEPS: Final = (
    "domain.policy_conditions", "domain.pool", "workflow.requests", "store.record", "store.replaying", "store.store",
    "store.record_proof", "workflow.routing", "workflow.project", "workflow.certifying", "workflow.review",
    "exchange.preference_kind", "exchange.record_rows", "exchange.row_kinds", "exchange.table", "workflow.insight",
    "workflow.finished", "workflow.retraining", "workflow.workspace", "gui.queue_model", "gui.viewers.image_viewer",
    "gui.viewers.talk_viewer", "gui.viewers.comparison_viewer", "gui.views.review.item_pane", "gui.views.review.why",
    "gui.views.review.panel", "gui.views.review.counting", "gui.views.settings_page", "gui.views.done_page",
    "gui.views.review.page", "gui.desk_view", "workflow.reporting", "gui.views.gallery.page",
    "gui.views.model_overview", "gui.views.model_page", "gui.views.routing.rules_card", "gui.views.routing.page",
    "gui.views.figures.page", "gui.views.history.page", "gui.views.map.page", "workflow.map_facts",
    "gui.views.classes.page", "gui.views.steer.page", "gui.views.batches.page", "gui.views.masks.page",
    "gui.views.compare.page", "gui.views.keys.page",
)  # fmt: skip
"""What opening a project needs comes first. Each takes a frame or, the first of a package, two."""
_PAUSE_MS: Final = 20


class LoadAhead(QObject):
    """One step a turn of the event loop, with a pause after each. What is asked for meanwhile loads what it needs."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._thread = Thread(target=_load_libraries, name="load-ahead")
        self._left = list(_STEPS)
        self._timer = QTimer(self)
        self._timer.setInterval(_PAUSE_MS)
        self._timer.timeout.connect(self._turn)

    @property
    def is_done(self) -> bool:
        """True when nothing is left to load."""
        return not self._left

    def start(self) -> None:
        """Begin; once is enough."""
        self._thread.start()
        self._timer.start()

    def _turn(self) -> None:
        if self._thread.is_alive():
            return
        importlib.import_module(f"hitl_desktop.{self._left.pop(0)}")
        if not self._left:
            self._timer.stop()


def _load_libraries() -> None:
    for library in _LIBRARIES:
        importlib.import_module(library)
