"""A list of items set out in rows of so many tiles: a table, which opens a million items without laying them out."""

from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from hitl_desktop.gui.queue_model import QueueModel
from hitl_desktop.gui.views.gallery.selection import Selection
from hitl_desktop.language import listed, tr

_Index = QModelIndex | QPersistentModelIndex
_ROOT: Final = QModelIndex()


class GridModel(QAbstractTableModel):
    """The rows of `source`, in lines of `columns`. A place is the number of a row of the source."""

    def __init__(self, source: QueueModel, selection: Selection, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.source = source
        self._selection = selection
        self._columns = 1
        self._items = source.rowCount()
        for signal in (source.modelReset, source.rowsInserted, source.rowsRemoved):
            signal.connect(self._source_changed)
        source.dataChanged.connect(lambda *_: self._tell_all())

    def set_columns(self, columns: int) -> None:
        """Set out the tiles in other lines."""
        if columns != self._columns:
            self.beginResetModel()
            self._columns = columns
            self.endResetModel()

    def place(self, index: _Index) -> int:
        """The place at an index; −1 for an index that holds none."""
        if not index.isValid():
            return -1
        place = index.row() * self._columns + index.column()
        return place if place < self._items else -1

    def at(self, place: int) -> QModelIndex:
        """The index that holds a place."""
        return self.index(place // self._columns, place % self._columns)

    def rowCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else -(-self._items // self._columns)

    def columnCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else self._columns

    def flags(self, index: _Index) -> Qt.ItemFlag:
        if self.place(index) < 0:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        place = self.place(index)
        if place < 0:
            return None
        found = self.source.data(self.source.index(place), role)
        if role == Qt.ItemDataRole.AccessibleTextRole and self.source.item_index(place) in self._selection:
            return listed((str(found), tr("chosen")))
        return found

    def _source_changed(self) -> None:
        self.beginResetModel()
        self._items = self.source.rowCount()
        self.endResetModel()

    def _tell_all(self) -> None:
        if self._items:
            last = self.index(self.rowCount() - 1, self._columns - 1)
            self.dataChanged.emit(self.index(0, 0), last)
