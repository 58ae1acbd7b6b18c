"""The versions of a project's model as a table: what each learned from, how it was measured, which one is in use."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QIcon, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHBoxLayout, QHeaderView, QTableView, QWidget

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import ROW, SPACE_4, SPACE_8, STRONG
from hitl_desktop.gui.views.figures_in_words import interval, percent, version_name
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.labels import plain_tooltip
from hitl_desktop.gui.widgets.moments import day_and_time
from hitl_desktop.language import listed, mark, number, tr, trc, trn

if TYPE_CHECKING:  # numpy comes with the first project, not with the first paint
    from hitl_desktop.assurance.estimates import Estimate
    from hitl_desktop.workflow.model_report import VersionRow

COLUMNS: Final = (
    mark("Version"),
    mark("State"),
    mark("Decisions"),
    mark("Accuracy"),
    mark("Found"),
    mark("Trained"),
    "",
)
ACTIONS: Final = len(COLUMNS) - 1
NEWEST: Final = 6
_FOUND: Final = 4
_SPARED: Final = (5, _FOUND, 2)
_RIGHT: Final = frozenset({2, 3, 4})
_STATES: Final = {
    "in use": (mark("In use"), "ok"),
    "challenger": (mark("Challenger"), "warn"),
    "kept": (mark("Kept"), "text2"),
}
_ICONS: Final = {"in use": "check", "challenger": "git-compare-arrows"}
_HASH_SHOWN: Final = 12
_ICON: Final = 16
_WIDEST: Final = 132
_Index = QModelIndex | QPersistentModelIndex
_ROOT: Final = QModelIndex()


class ModelVersionTable(QAbstractTableModel):
    """Newest version first; every one is measured on the same checks."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rows: list[VersionRow] = []
        self._cells: list[tuple[str, ...]] = []
        self.watched = ""

    def show_versions(self, rows: "Sequence[VersionRow]", watched: str) -> None:
        """Show these versions; `watched` names the class of the column "found", empty to leave that column out."""
        self.beginResetModel()
        self._rows, self.watched = list(rows), watched
        self._cells = [_cells(row) for row in rows]  # asked for again and again while columns are measured
        self.endResetModel()

    def row(self, row: int) -> "VersionRow":
        """The version in a row. Raises IndexError when there is no such row."""
        return self._rows[row]

    def row_of(self, version: int | None) -> int:
        """The row of a version; the first one when it is not there."""
        return next((row for row, each in enumerate(self._rows) if each.version == version), 0)

    def rowCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._title(section)
        if role == Qt.ItemDataRole.ToolTipRole and section == _FOUND:
            return plain_tooltip(tr("How many of the checks that are {name} the version finds", name=self.watched))
        return _alignment(section) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row, column = self._rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._cells[index.row()][column]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleDescriptionRole):
            return plain_tooltip(self._told(row, column))
        return self._looks(row, column, role)

    def _title(self, section: int) -> str:
        if section == _FOUND and self.watched:
            return tr("{name} found", name=self.watched)
        return tr(COLUMNS[section]) if COLUMNS[section] else ""

    def _looks(self, row: "VersionRow", column: int, role: int) -> Any:
        tone = _STATES[row.role.value][1]
        if role == Qt.ItemDataRole.FontRole and column == 0:
            return self._theme.font("body", STRONG)
        if column == 1 and role == Qt.ItemDataRole.DecorationRole and row.role.value in _ICONS:
            return self._icon(_ICONS[row.role.value], tone)
        if column == 1 and role == Qt.ItemDataRole.ForegroundRole:
            return self._theme.colour(tone)
        return None

    def _icon(self, name: str, tone: str) -> QIcon:
        """An icon that keeps its colour in a selected row."""
        icon = QIcon()
        for ratio in (1.0, 2.0, 3.0):
            for mode in (QIcon.Mode.Normal, QIcon.Mode.Selected):
                icon.addPixmap(self._theme.pixmap(name, _ICON, tone, ratio), mode)
        return icon

    def _told(self, row: "VersionRow", column: int) -> str:
        if column in (0, 2):
            learned = (
                trn("Learned from {n} decision", "Learned from {n} decisions", row.decisions)
                if row.decisions
                else tr("Learned from none of your decisions")
            )
            return listed((learned, row.trained_hash[:_HASH_SHOWN]))
        measured = {3: row.accuracy, 4: row.watched_recall}.get(column)
        if measured is None:
            return ""
        told = tr(
            "{right} of {checks}, 95 % interval {interval}",
            right=number(measured.right),
            checks=number(measured.of),
            interval=interval(measured),
        )
        return f"{told}. {row.caveat}" if row.caveat else told


class ModelVersionView(QTableView):
    """The table on the page: the actions of a version are buttons at the end of its row.

    `compare_wanted`, `card_wanted` and `use_wanted` name a version; Enter on a row shows its card.
    """

    compare_wanted = Signal(int)
    card_wanted = Signal(int)
    use_wanted = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._table = ModelVersionTable(theme, self)
        self.setModel(self._table)
        self.setAccessibleName(tr("Versions of the model"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        header.setSectionResizeMode(ACTIONS, QHeaderView.ResizeMode.Stretch)
        self.activated.connect(lambda index: self.card_wanted.emit(self._table.row(index.row()).version))
        theme.changed.connect(self._restyle)
        self._restyle()

    def show_versions(self, rows: "Sequence[VersionRow]", watched: str) -> None:
        """Show these versions; the selected one stays selected."""
        place = self.currentIndex().row()
        selected = self._table.row(place).version if 0 <= place < self._table.rowCount() else None
        self._table.show_versions(rows, watched)
        for place, row in enumerate(rows):
            self.setIndexWidget(self._table.index(place, ACTIONS), self._acts(row))
        self._fit()
        self._fit_columns()
        if selected is not None:
            self.choose(selected)

    def choose(self, version: int) -> None:
        """Select the row of a version."""
        self.setCurrentIndex(self._table.index(self._table.row_of(version), 0))

    def cells(self, row: int) -> list[str]:
        """The words in a row, for tests and for reading aloud."""
        return [str(self._table.data(self._table.index(row, column))) for column in range(ACTIONS)]

    def act_buttons(self, row: int) -> list[Button]:
        """The buttons at the end of a row."""
        host = self.indexWidget(self._table.index(row, ACTIONS))
        return host.findChildren(Button) if host is not None else []

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_columns()

    def _fit_columns(self) -> None:
        """Where there is no room for all columns, those of least use are hidden: what a row can do always shows."""
        header, room = self.horizontalHeader(), self.viewport().width()
        room -= max((self._acts_width(row) for row in range(self._table.rowCount())), default=0)
        most = self._theme.px(_WIDEST)
        for column in range(ACTIONS):  # Qt measures only the titles of columns that are shown
            self.setColumnHidden(column, False)
        needs = {c: max(self.sizeHintForColumn(c), header.sectionSizeHint(c)) for c in range(ACTIONS)}
        widths = {column: min(most, need) for column, need in needs.items()}
        if not self._table.watched:
            widths.pop(_FOUND)
        for column in _SPARED:
            if sum(widths.values()) > room:
                widths.pop(column, None)
        if _FOUND in widths:  # it names a class, which may take what is left over
            spare = max(0, room - sum(widths.values()))
            widths[_FOUND] = min(needs[_FOUND], widths[_FOUND] + spare)
        for column in range(ACTIONS):
            self.setColumnHidden(column, column not in widths)
            header.resizeSection(column, widths.get(column, 0))

    def _acts_width(self, row: int) -> int:
        host = self.indexWidget(self._table.index(row, ACTIONS))
        return host.sizeHint().width() + 2 * SPACE_8 if host is not None else 0  # the padding of a cell lies around it

    def _acts(self, row: "VersionRow") -> QWidget:
        host = QWidget()
        line = QHBoxLayout(host)
        line.setContentsMargins(0, 0, SPACE_4, 0)
        line.setSpacing(SPACE_8)
        line.addStretch(1)
        is_in_use = row.role.value == "in use"
        if is_in_use:
            card = trc("a small button in a table of versions", "Model card")
            line.addWidget(self._act(row, card, tr("Model card of v{version}", version=row.version), self.card_wanted))
            return host
        line.addWidget(
            self._act(
                row,
                tr("Compare"),
                tr("Compare v{version} with the one in use", version=row.version),
                self.compare_wanted,
            )
        )
        is_new = row.role.value == "challenger"
        use = self._act(
            row,
            tr("Use it…") if is_new else tr("Go back to it"),
            tr("Use v{version} anyway", version=row.version)
            if is_new
            else tr("Go back to v{version}", version=row.version),
            self.use_wanted,
        )
        use.setEnabled(row.can_be_used)
        if not row.can_be_used:
            use.setToolTip(tr("The files of this version are gone."))
        line.addWidget(use)
        return host

    def _act(self, row: "VersionRow", label: str, name: str, signal: Any) -> Button:
        button = Button(self._theme, label, "link", size="small")
        button.setAccessibleName(name)
        button.clicked.connect(lambda: signal.emit(row.version))
        return button

    def _restyle(self) -> None:
        self.verticalHeader().setDefaultSectionSize(self._theme.px(ROW))
        self._fit()
        self.viewport().update()

    def _fit(self) -> None:
        self.setFixedHeight(self._theme.px(ROW) * (max(1, self._table.rowCount()) + 1) + 4)


def _cells(row: "VersionRow") -> tuple[str, ...]:
    return (
        version_name(row.version),
        tr(_STATES[row.role.value][0]),
        number(row.decisions) if row.decisions else "–",
        _share(row.accuracy),
        _share(row.watched_recall),
        day_and_time(row.made_utc),
        "",
    )


def _share(measured: "Estimate | None") -> str:
    return percent(measured.share, measured.of) if measured is not None else "–"


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column in _RIGHT else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
