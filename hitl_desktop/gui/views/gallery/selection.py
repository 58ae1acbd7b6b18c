"""Which items of the gallery are chosen: a mark for each item of the pool, so that a million can be chosen at once."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, Signal

Indexes = npt.NDArray[np.int64]


class Selection(QObject):
    """Chosen items by pool index. `changed()` follows every change."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._mask = np.zeros(0, bool)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def __contains__(self, index: int) -> bool:
        return index < len(self._mask) and bool(self._mask[index])

    def indexes(self) -> Indexes:
        """The chosen items in pool order."""
        return np.flatnonzero(self._mask)

    def reset(self, items: int) -> None:
        """Begin anew with a pool of so many items."""
        self._mask = np.zeros(items, bool)
        self._done()

    def choose(self, indexes: Iterable[int] | Indexes, *, also: bool = False) -> None:
        """Choose these, and with `also` keep what was chosen."""
        if not also:
            self._mask[:] = False
        self._mask[_array(indexes)] = True
        self._done()

    def toggle(self, index: int) -> None:
        """Choose an item, or no longer."""
        self._mask[index] = not self._mask[index]
        self._done()

    def clear(self) -> None:
        """Choose nothing."""
        if self._count:
            self._mask[:] = False
            self._done()

    def keep_only(self, indexes: Indexes) -> None:
        """What is shown no longer is chosen no longer: nothing is decided that cannot be seen."""
        if not self._count:
            return
        shown = np.zeros(len(self._mask), bool)
        shown[indexes] = True
        self._mask &= shown
        self._done()

    def _done(self) -> None:
        self._count = int(self._mask.sum())
        self.changed.emit()


def _array(indexes: Iterable[int] | Indexes) -> Indexes:
    return indexes if isinstance(indexes, np.ndarray) else np.fromiter(indexes, np.int64)
