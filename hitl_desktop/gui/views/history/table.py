"""The table of the history: as many columns as can be read side by side; the detail beside it has the others."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import ROW
from hitl_desktop.gui.views.history.delegate import HistoryDelegate
from hitl_desktop.gui.views.history.table_model import (
    FROM,
    ITEM,
    MODEL,
    REMARK,
    REVIEWER,
    SECONDS,
    TIME,
    TO,
    HistoryModel,
)
from hitl_desktop.language import tr

_WIDTHS: Final = {TIME: 116, REVIEWER: 88, MODEL: 60, SECONDS: 72}
_SHARING: Final = {ITEM: 2, FROM: 2, TO: 2, REMARK: 1}
"""What is left over goes to these columns, in these shares: names of classes are what the eye looks for."""
_LEAST: Final = {ITEM: 150, FROM: 112, TO: 112, REMARK: 84}
_DROPPED: Final = (MODEL, SECONDS, REVIEWER, FROM)
"""The columns that go first where there is no room for all."""
_ARROW: Final = 16


class HistoryTable(QTableView):
    """A row per decision; only whole rows are selected, one at a time."""

    def __init__(self, theme: Theme, model: HistoryModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setModel(model)
        self.setItemDelegate(HistoryDelegate(theme, self))
        self.setAccessibleName(tr("Decisions"))
        self.setProperty("focusRing", "none")  # the row that the keys are on is marked
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(theme.px(ROW))
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(True)
        header.setSortIndicatorShown(True)
        header.setSortIndicator(TIME, Qt.SortOrder.DescendingOrder)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit_columns()

    def fit_columns(self) -> None:
        """Show the columns for which there is room, each wide enough for its title."""
        header = self.horizontalHeader()
        for column in _DROPPED:  # Qt measures only the titles of those that are shown
            self.setColumnHidden(column, False)
        needs = {column: self._need(column) for column in (*_WIDTHS, *_SHARING)}
        shown, room = set(needs), self.viewport().width()
        for column in _DROPPED:
            if sum(needs[c] for c in shown) <= room:
                break
            shown.discard(column)
        spare = max(0, room - sum(needs[column] for column in shown))
        shares = sum(share for column, share in _SHARING.items() if column in shown)
        for column, width in needs.items():
            self.setColumnHidden(column, column not in shown)
            if column in shown:
                more = spare * _SHARING.get(column, 0) // shares
                rest = spare % shares if column == REMARK else 0
                header.resizeSection(column, width + more + rest)

    def _need(self, column: int) -> int:
        title = self.horizontalHeader().sectionSizeHint(column)
        sorted_by = self.horizontalHeader().sortIndicatorSection() == column
        usual = self._theme.px((_WIDTHS | _LEAST)[column])
        return max(usual, title + (0 if sorted_by else _ARROW))
