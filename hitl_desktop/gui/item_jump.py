"""Looking for an item to go to, while one types: at once in a small pool, beside the window in a large one."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QThreadPool, Signal

from hitl_desktop.domain.errors import Cancelled, KnownError
from hitl_desktop.gui.bridge import Bridge

if TYPE_CHECKING:
    from pathlib import Path

    from hitl_desktop.workflow.finding import Finder

Place = tuple[str, Callable[[], None]]
"""What is shown, and what going there does."""

_AT_ONCE: Final = 10_000
_FOUND: Final = 30


class ItemJump(QObject):
    """`found(words, places)`: the items that hold the words. `close` must be called before the program ends."""

    found = Signal(str, object)
    _answered = Signal(object, str, object)

    def __init__(self, bridge: Bridge, open_item: Callable[[int], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._open_item = open_item
        self._finder: Finder | None = None
        self._threads = QThreadPool(self)
        self._threads.setMaxThreadCount(1)
        self._answered.connect(self._take)

    def look(self, words: str) -> None:
        """Look for items that hold these words; those asked for before are no longer looked for."""
        self._stop()
        if not words or not self._bridge.is_open:
            return
        from hitl_desktop.workflow.finding import Finder

        project = self._bridge.desk.project
        self._finder = finder = Finder()
        look = partial(self._look, finder, project.folder, len(project.pool), words)
        if len(project.pool) <= _AT_ONCE:
            look()
        else:
            self._threads.start(look)

    def close(self) -> None:
        """Stop, and wait for the thread."""
        self._stop()
        self._threads.waitForDone()

    def _stop(self) -> None:
        if self._finder is not None:
            self._finder.stop()
            self._finder = None

    def _look(self, finder: "Finder", folder: "Path", items: int, words: str) -> None:
        try:
            self._answered.emit(finder, words, finder.first(folder, items, words, _FOUND))
        except (Cancelled, KnownError):  # an item that is not found is no error, and the next letter asks again
            return

    def _take(self, finder: "Finder", words: str, indexes: list[int]) -> None:
        if finder is not self._finder or not self._bridge.is_open:
            return
        self._finder = None
        items = self._bridge.desk.project.store.items.many(indexes)
        self.found.emit(words, [(item.path, partial(self._open_item, item.index)) for item in items])
