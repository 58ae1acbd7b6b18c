"""Looking something up in a project beside the window: in a thread of its own, through a connection that only reads."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hitl_desktop.domain.errors import Cancelled
from hitl_desktop.store.item_search import ItemSearch
from hitl_desktop.store.store import Store


class Looking:
    """What is looked up can be stopped from another thread, in the middle of a question to the store."""

    def __init__(self) -> None:
        self._search: ItemSearch | None = None
        self._stopped = False

    def stop(self) -> None:
        """End the answer that is being looked for. May be called from another thread."""
        self._stopped = True
        search = self._search
        if search is not None:
            search.stop()

    @property
    def is_stopped(self) -> bool:
        """True once it was stopped."""
        return self._stopped

    @contextmanager
    def reading(self, folder: Path) -> Iterator[Store]:
        """The project while its answer is looked for. Raises Cancelled when it was stopped, ProjectRefused."""
        store = Store.reader(folder)
        self._search = store.search
        try:
            with store.search.until_stopped():
                yield store
        finally:
            self._search = None
            store.close()

    def check(self) -> None:
        """Between two parts of an answer. Raises Cancelled when it was stopped."""
        if self._stopped:
            raise Cancelled
