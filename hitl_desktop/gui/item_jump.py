"""Looking for an item to go to, while one types: at once in a small pool, beside the window in a large one."""

from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, Signal

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.gui.beside import Beside
from hitl_desktop.gui.bridge import Bridge

Place = tuple[str, Callable[[], None], str]
"""What is shown, what going there does, and the key that does it, if any."""

_AT_ONCE: Final = 10_000
_FOUND: Final = 30


class ItemJump(QObject):
    """`found(words, places)`: the items that hold the words. `close` must be called before the program ends."""

    found = Signal(str, object)

    def __init__(self, bridge: Bridge, open_item: Callable[[int], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._open_item = open_item
        self._words = ""
        self._beside = Beside(self)
        self._beside.answered.connect(self._take)

    def look(self, words: str) -> None:
        """Look for items that hold these words; those asked for before are no longer looked for."""
        self._beside.stop()
        if not words or not self._bridge.is_open:
            return
        from hitl_desktop.workflow.finding import Finder

        project = self._bridge.desk.project
        finder = Finder()
        first = partial(finder.first, project.folder, len(project.pool), words, _FOUND)
        self._words = words
        if len(project.pool) > _AT_ONCE:
            self._beside.look(finder, first)
            return
        try:
            self._take(first())
        except KnownError as error:
            self._take(error)

    def close(self) -> None:
        """Stop, and wait for the thread."""
        self._beside.close()

    def _take(self, indexes: list[int] | Exception) -> None:
        if isinstance(indexes, KnownError) or not self._bridge.is_open:
            return  # an item that is not found is no error, and the next letter asks again
        if isinstance(indexes, Exception):
            raise indexes
        items = self._bridge.desk.project.store.items.many(indexes)
        self.found.emit(self._words, [(item.path, partial(self._open_item, item.index), "") for item in items])
