"""The table of the history: as many columns as can be read side by side; the detail beside it has the others."""

from collections.abc import Iterable
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
from hitl_desktop.gui.widgets.painting import text_width
from hitl_desktop.language import tr

_WIDTHS: Final = {TIME: 116, REVIEWER: 88, MODEL: 60, SECONDS: 72}
_SHARING: Final = {ITEM: 2, FROM: 1, TO: 1, REMARK: 2}
"""What is left over once classes and reviewers are named whole goes to these columns, in these shares."""
_LEAST: Final = {ITEM: 150, FROM: 112, TO: 112, REMARK: 84}
_DROPPED: Final = (MODEL, SECONDS, REVIEWER, FROM, REMARK)
"""The columns that go first where there is no room for all."""
_LESS_THAN_NAMES: Final = (MODEL, SECONDS)
"""These go before the name of a class is shortened."""
_MOST_NAME: Final = 200
_BESIDE_REVIEWER: Final = 16
_TIGHT: Final = {ITEM: 92, TO: 96}
"""What is left of those that stay, where not even they have room; then the time goes as well."""
_ARROW: Final = 16
_BESIDE_NAMES: Final = 56
"""Padding, icon and glyph beside the name of a class."""


class HistoryTable(QTableView):
    """A row per decision; only whole rows are selected, one at a time."""

    def __init__(self, theme: Theme, model: HistoryModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._names: tuple[str, ...] = ()
        self._reviewers: tuple[str, ...] = ()
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
        for column in (TIME, *_DROPPED):  # Qt measures only the titles of those that are shown
            self.setColumnHidden(column, False)
        needs = {column: self._need(column) for column in (*_WIDTHS, *_SHARING)}
        shown, room = set(needs), self.viewport().width()
        named = {column: max(needs[column], self._named()) for column in (FROM, TO)}
        for column in _DROPPED:
            wanted = needs | named if column in _LESS_THAN_NAMES else needs
            if sum(wanted[c] for c in shown) > room:
                shown.discard(column)
        tight = needs | {column: min(needs[column], self._theme.px(least)) for column, least in _TIGHT.items()}
        if sum(tight[c] for c in shown) > room:
            shown.discard(TIME)
        for column in _TIGHT:
            lack = sum(needs[c] for c in shown) - room
            needs[column] = max(needs[column] - max(0, lack), tight[column])
        for column, wish in ((TO, named[TO]), (FROM, named[FROM]), (REVIEWER, self._named_reviewers())):
            spare = room - sum(needs[c] for c in shown)
            if column in shown:
                needs[column] += max(0, min(spare, wish - needs[column]))
        spare = max(0, room - sum(needs[column] for column in shown))
        shares = sum(share for column, share in _SHARING.items() if column in shown)
        for column, width in needs.items():
            self.setColumnHidden(column, column not in shown)
            if column in shown:
                more = spare * _SHARING.get(column, 0) // shares
                rest = spare % shares if column == ITEM else 0
                header.resizeSection(column, width + more + rest)

    def set_names(self, names: Iterable[str], reviewers: Iterable[str]) -> None:
        """The names of the classes and of who decided: they are shown whole where there is room for them."""
        if (known := (tuple(names), tuple(reviewers))) != (self._names, self._reviewers):
            self._names, self._reviewers = known
            self.fit_columns()

    def _named(self) -> int:
        """The width of a column of classes that shows the longest name whole."""
        font = self._theme.font("body", 500)
        longest = max((text_width(name, font) for name in self._names), default=0)
        return min(longest + _BESIDE_NAMES, self._theme.px(_MOST_NAME))

    def _named_reviewers(self) -> int:
        """The width of a column of reviewers that shows the longest name whole."""
        font = self._theme.font("body")
        longest = max((text_width(name, font) for name in self._reviewers), default=0)
        return min(longest + _BESIDE_REVIEWER, self._theme.px(_MOST_NAME))

    def _need(self, column: int) -> int:
        title = self.horizontalHeader().sectionSizeHint(column)
        sorted_by = self.horizontalHeader().sortIndicatorSection() == column
        usual = self._theme.px((_WIDTHS | _LEAST)[column])
        return max(usual, title + (0 if sorted_by else _ARROW))
