"""A plain table of texts: names at the top, one line per row, long cells shortened."""

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import ROW
from hitl_desktop.gui.widgets.labels import plain_tooltip

_Index = QModelIndex | QPersistentModelIndex
_SHOWN = 300
_WIDEST = 340
_AIR = 16


class RowsModel(QAbstractTableModel):
    """Rows of words under named columns. `mono` columns are file names and the like."""

    def __init__(
        self,
        theme: Theme,
        names: Sequence[str],
        rows: Sequence[Sequence[str]],
        mono: frozenset[int] = frozenset(),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme, self._names, self._rows, self._mono = theme, list(names), list(rows), mono

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self._names)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        value = self._rows[index.row()][index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return " ".join(value[:_SHOWN].split())
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tooltip(value[:_SHOWN])
        if role == Qt.ItemDataRole.FontRole:
            mono = index.column() in self._mono
            return self._theme.font("small" if mono else "body", mono=mono)
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._theme.colour("text" if index.column() == 0 else "text2")
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._names[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter
        return None


class RowsTable(QTableView):
    """Shows rows; nothing in it can be edited. Tab leaves it."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._wanted: list[int] = []
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setWordWrap(False)
        self.setProperty("focusRing", "inside")
        self.verticalHeader().hide()
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setStretchLastSection(True)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self._set_heights()
        theme.changed.connect(self._set_heights)

    def show_rows(
        self, names: Sequence[str], rows: Sequence[Sequence[str]], mono: frozenset[int] = frozenset()
    ) -> None:
        """Show these rows in place of what was shown."""
        # File names differ at their ends as well; texts are read from their beginning.
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle if mono else Qt.TextElideMode.ElideRight)
        old = self.model()
        self.setModel(RowsModel(self._theme, names, rows, mono, self))
        if old is not None:
            old.deleteLater()
        columns = range(len(names))
        titles = [self.horizontalHeader().sectionSizeHint(column) for column in columns]
        self._wanted = [max(titles[column], self.sizeHintForColumn(column) + _AIR) for column in columns]
        self._share_width()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_width()

    def _share_width(self) -> None:
        """Columns as wide as their words; long ones take what the others leave, and the last one what is left then."""
        spare = self.viewport().width() - sum(min(_WIDEST, wanted) for wanted in self._wanted)
        for column, wanted in enumerate(self._wanted[:-1]):
            more = max(0, min(spare, wanted - _WIDEST))
            spare -= more
            self.setColumnWidth(column, min(_WIDEST, wanted) + more)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Esc belong to the page."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def _set_heights(self) -> None:
        self.verticalHeader().setDefaultSectionSize(self._theme.px(ROW))
        self.viewport().update()
