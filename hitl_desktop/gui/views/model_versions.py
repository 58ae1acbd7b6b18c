"""The versions of a project's model as a table: what each learned from, how it was measured, which one is in use."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import ROW, STRONG
from hitl_desktop.gui.views.figures_in_words import count, interval, moment

if TYPE_CHECKING:
    from hitl_desktop.store.models import ModelVersion
    from hitl_desktop.workflow.insight import Estimate

COLUMNS: Final = ("Version", "State", "Made", "Origin", "Learned from", "Random checks", "95 % interval")
_RIGHT: Final = frozenset({4, 5, 6})
_MOST_ROWS_SHOWN: Final = 8
_LEAST_ROWS_SHOWN: Final = 3
_Index = QModelIndex | QPersistentModelIndex
_ROOT: Final = QModelIndex()


class ModelVersionTable(QAbstractTableModel):
    """Newest version first. The measurement is the one taken when the version was made."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rows: list[tuple[ModelVersion, Estimate | None]] = []
        self._in_use: int | None = None

    def show_versions(self, rows: "Sequence[tuple[ModelVersion, Estimate | None]]", in_use: int | None) -> None:
        """Show these versions with their measurements; `in_use` is the number of the one in use."""
        self.beginResetModel()
        self._rows, self._in_use = list(reversed(rows)), in_use
        self.endResetModel()

    def version(self, row: int) -> "ModelVersion":
        """The version in a row. Raises IndexError when there is no such row."""
        return self._rows[row][0]

    def row_of(self, version: int | None) -> int:
        """The row of a version; the first one when it is not there."""
        return next((row for row, (model, _) in enumerate(self._rows) if model.version == version), 0)

    def rowCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section]
        return _alignment(section) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        model, measured = self._rows[index.row()]
        is_in_use = model.version == self._in_use
        if role == Qt.ItemDataRole.DisplayRole:
            return self._cells(model, measured)[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(index.column())
        if role == Qt.ItemDataRole.FontRole and index.column() == 0:
            return self._theme.font("body", STRONG)
        if role == Qt.ItemDataRole.DecorationRole and index.column() == 1 and is_in_use:
            return self._theme.icon("check", 16, "ok")
        if role == Qt.ItemDataRole.ForegroundRole and index.column() == 1:
            return self._theme.colour("ok" if is_in_use else "text2")
        return None

    def _cells(self, model: "ModelVersion", measured: "Estimate | None") -> tuple[str, ...]:
        came_with = model.origin == "bundled"
        return (
            f"v{model.version}",
            "In use" if model.version == self._in_use else "Kept",
            moment(model.made_utc),
            "In the box" if came_with else "Trained here",
            "–" if came_with else count(model.trained_on),
            f"{count(measured.right)} of {count(measured.of)}" if measured else "none",
            interval(measured) if measured else "–",
        )


class ModelVersionView(QTableView):
    """The table on the page: whole rows are selected, and `chosen` names the version of the selected one."""

    chosen = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._table = ModelVersionTable(theme, self)
        self.setModel(self._table)
        self.setAccessibleName("Versions of the model")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(3, QHeaderView.ResizeMode.Stretch)
        self.selectionModel().currentRowChanged.connect(self._row_changed)
        theme.changed.connect(self._restyle)
        self._restyle()

    def show_versions(self, rows: "Sequence[tuple[ModelVersion, Estimate | None]]", in_use: int | None) -> None:
        """Show these versions; the selected one stays selected, at first it is the one in use."""
        selected = self.chosen_version()
        self._table.show_versions(rows, in_use)
        self._fit()
        if rows:
            self.selectRow(self._table.row_of(in_use if selected is None else selected.version))

    def chosen_version(self) -> "ModelVersion | None":
        """The version of the selected row."""
        row = self.currentIndex().row()
        return self._table.version(row) if 0 <= row < self._table.rowCount() else None

    def choose(self, version: int) -> None:
        """Select the row of a version."""
        self.selectRow(self._table.row_of(version))

    def _row_changed(self, current: QModelIndex) -> None:
        if current.isValid():
            self.chosen.emit(self._table.version(current.row()).version)

    def _restyle(self) -> None:
        self.verticalHeader().setDefaultSectionSize(self._theme.px(ROW))
        self._fit()
        self.viewport().update()

    def _fit(self) -> None:
        shown = min(max(self._table.rowCount(), _LEAST_ROWS_SHOWN), _MOST_ROWS_SHOWN)
        self.setFixedHeight(self._theme.px(ROW) * (shown + 1) + 4)


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column in _RIGHT else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
