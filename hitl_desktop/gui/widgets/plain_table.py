"""A table to read: rows of words and numbers, glyphs of classes where a cell names one. Enter takes a row."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import MEDIUM, ROW, ROW_DENSE, STRONG
from hitl_desktop.gui.widgets.class_glyph import glyph_icon
from hitl_desktop.gui.widgets.labels import plain_tooltip
from hitl_desktop.language import tr

_PADDING: Final = 24
_DENSE_PADDING: Final = 14
_ICON: Final = 20
_Index = QModelIndex | QPersistentModelIndex
_ROOT: Final = QModelIndex()


class Column(NamedTuple):
    """A column: its title, what its tooltip says, and whether it holds numbers (which stand at the right)."""

    title: str
    tooltip: str = ""
    is_number: bool = False


def said(columns: Sequence[Column]) -> tuple[Column, ...]:
    """Columns of a table at the head of a module in the reader's language."""
    return tuple(column._replace(title=tr(column.title), tooltip=tr(column.tooltip)) for column in columns)


class Cell(NamedTuple):
    """A cell: its words, the class it names (−1: none), the token of its colour, whether it is strong, its tooltip."""

    text: str
    class_index: int = -1
    tone: str = ""
    is_strong: bool = False
    tooltip: str = ""


class _Rows(QAbstractTableModel):
    def __init__(self, theme: Theme, columns: Sequence[Column], parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._columns = list(columns)
        self.padding = _PADDING
        self.rows: list[list[Cell]] = []
        self._icons: dict[tuple[str, int], QIcon] = {}

    def show_rows(self, rows: Sequence[Sequence[Cell]]) -> None:
        self.beginResetModel()
        self.rows = [list(row) for row in rows]
        self.endResetModel()

    def set_columns(self, columns: Sequence[Column]) -> None:
        self.beginResetModel()
        self._columns, self.rows = list(columns), []
        self.endResetModel()

    def rowCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        column = self._columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tooltip(column.tooltip)
        return self._alignment(section) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        cell = self.rows[index.row()][index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return cell.text
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(index.column())
        if role == Qt.ItemDataRole.DecorationRole and cell.class_index >= 0:
            return self._icon(cell.class_index)
        if role == Qt.ItemDataRole.ForegroundRole and cell.tone:
            return self._theme.colour(cell.tone)
        if role == Qt.ItemDataRole.FontRole and cell.is_strong:
            return self._theme.font("body", STRONG)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tooltip(cell.tooltip or cell.text)
        return None

    def widths(self) -> list[int]:
        """How wide each column has to be for its title and its words."""
        plain, strong = self._theme.metrics("body"), self._theme.metrics("body", STRONG)
        small = self._theme.metrics("small", MEDIUM)
        found = []
        for place, column in enumerate(self._columns):
            cells = [row[place] for row in self.rows]
            texts = {(cell.text, cell.is_strong) for cell in cells}
            widest = max(((strong if is_strong else plain).horizontalAdvance(t) for t, is_strong in texts), default=0)
            icon = _ICON if any(cell.class_index >= 0 for cell in cells) else 0
            found.append(max(widest + icon, small.horizontalAdvance(column.title)) + self.padding)
        return found

    def _icon(self, class_index: int) -> QIcon:
        key = (self._theme.tokens.name, class_index)
        if key not in self._icons:
            self._icons[key] = glyph_icon(class_index, self._theme.tokens)
        return self._icons[key]

    def _alignment(self, section: int) -> Qt.AlignmentFlag:
        side = Qt.AlignmentFlag.AlignRight if self._columns[section].is_number else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter


class PlainTable(QTableView):
    """As high as its rows, at most `most` of them; beyond that it scrolls. The columns `stretch` share what is left.

    `is_dense`: with little room between columns, for narrow places.
    """

    row_chosen = Signal(int)

    def __init__(
        self,
        theme: Theme,
        name: str,
        columns: Sequence[Column],
        *,
        stretch: tuple[int, ...] = (0,),
        most: int = 10,
        is_dense: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._most, self._stretch = most, stretch
        self._rows = _Rows(theme, columns, self)
        if is_dense:
            self._rows.padding = _DENSE_PADDING
            self.setProperty("dense", "true")
        self.setModel(self._rows)
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # names of classes often begin alike
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.activated.connect(lambda index: self.row_chosen.emit(index.row()))
        theme.changed.connect(self._fit)
        self._fit()

    def show_rows(self, rows: Sequence[Sequence[Cell]]) -> None:
        """Show these rows, one cell for every column; the selected row stays where it was."""
        place = self.currentIndex().row()
        self._rows.show_rows(rows)
        self._fit()
        if 0 <= place < len(rows):
            self.setCurrentIndex(self._rows.index(place, 0))

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Change what the columns are; the rows are taken out."""
        self._rows.set_columns(columns)
        self._size_columns()

    def words(self, row: int) -> list[str]:
        """The words in a row."""
        return [cell.text for cell in self._rows.rows[row]]

    def row_count(self) -> int:
        """How many rows there are."""
        return len(self._rows.rows)

    def _size_columns(self) -> None:
        """Columns as wide as their words. Qt would ask for every cell again whenever anything is laid out."""
        header = self.horizontalHeader()
        for column, width in enumerate(self._rows.widths()):
            is_stretched = column in self._stretch
            header.setSectionResizeMode(
                column, QHeaderView.ResizeMode.Stretch if is_stretched else QHeaderView.ResizeMode.Fixed
            )
            header.resizeSection(column, max(width, header.sectionSizeHint(column)))

    def _fit(self) -> None:
        self._size_columns()
        height = self._theme.px(ROW_DENSE)
        self.verticalHeader().setDefaultSectionSize(height)
        rows = min(max(1, len(self._rows.rows)), self._most)
        self.setFixedHeight(self._theme.px(ROW) + rows * height + 4)
