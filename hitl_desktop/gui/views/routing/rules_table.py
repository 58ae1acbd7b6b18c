"""The rules in their order: number, when, then, how many items, and a bar. Keys move, copy, edit and delete them."""

from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QPainter, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from hitl_desktop.domain.policy import Route
from hitl_desktop.gui.keymaps import portable
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import MEDIUM, ROW, STRONG
from hitl_desktop.gui.views.routing.words import ROUTES
from hitl_desktop.gui.widgets.badge import badge_width, paint_badge
from hitl_desktop.gui.widgets.labels import plain_tooltip
from hitl_desktop.gui.widgets.painting import RIGHT, draw_icon, draw_text, fill_rounded, text_width
from hitl_desktop.language import listed, number, tr, trn

KEYS: Final = {
    "edit": "F2",
    "add": "Ins",
    "delete": "Del",
    "duplicate": "Ctrl+D",
    "up": "Alt+Up",
    "down": "Alt+Down",
}
"""Pressed in the table, or at a button that shows one."""
_Index = QModelIndex | QPersistentModelIndex
_ROOT: Final = QModelIndex()
_NUMBER, _WHEN, _THEN, _ITEMS, _BAR = range(5)
_BAR_WIDTH: Final = 112
_NUMBER_WIDTH: Final = 36
_ICON: Final = 16
_GAP: Final = 8
_ROLE: Final = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One row: when it matches, its route, how many items it takes (None while that is worked out), how many of them
    wait, the share of the largest rule (0–1), and what is odd about it: "", "note" or "warn", in words. It is certified
    when a valid certificate covers what it decides.
    """

    when: str
    route: Route
    items: int | None
    to_do: int
    share: float
    odd: str = ""
    is_warning: bool = False
    is_rest: bool = False
    is_certified: bool = False


class _Rows(QAbstractTableModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: list[RuleRow] = []
        self._titles = ("", tr("When"), tr("Then"), tr("Items"), "")

    def show_rows(self, rows: list[RuleRow]) -> None:
        if len(rows) == len(self.rows):  # the selection and the editor stay where they are
            self.rows = rows
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, _BAR))
            return
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._titles)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._titles[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section == _ITEMS else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        if role == _ROLE:
            return row
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tooltip("\n".join(part for part in (row.when, self._counted(row), row.odd) if part))
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            route = tr(ROUTES[row.route].word)
            if row.is_certified and role == Qt.ItemDataRole.AccessibleTextRole:
                route = listed((route, tr("Certified")))
            texts = ("" if row.is_rest else number(index.row() + 1), row.when, route)
            if index.column() < _ITEMS:
                return texts[index.column()]
            if index.column() == _ITEMS:
                return self._counted(row) if role == Qt.ItemDataRole.AccessibleTextRole else _count(row)
            return row.odd if role == Qt.ItemDataRole.AccessibleTextRole else ""
        return None

    def _counted(self, row: RuleRow) -> str:
        if row.items is None:
            return tr("being counted")
        items = trn("{n} item", "{n} items", row.items)
        return listed((items, trn("{n} to do", "{n} to do", row.to_do)))


def _count(row: RuleRow) -> str:
    return "…" if row.items is None else number(row.items)


class _Delegate(QStyledItemDelegate):
    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(48, self._theme.px(ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        row = index.data(_ROLE)
        if not isinstance(row, RuleRow):
            return
        theme, rect = self._theme, QRect(option.rect)
        painter.save()
        painter.setLayoutDirection(option.direction)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, theme.colour("accent_soft"))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), theme.colour("line"))
        inner = rect.adjusted(_GAP, 0, -_GAP, 0)
        plain = theme.font("body")
        if index.column() == _NUMBER:
            draw_text(painter, inner, index.data() or "", plain, theme.colour("text2"))
        elif index.column() == _WHEN:
            self._paint_when(painter, inner, row)
        elif index.column() == _THEN:
            self._paint_route(painter, inner, row)
        elif index.column() == _ITEMS:
            draw_text(painter, inner, _count(row), theme.font("body", STRONG), theme.colour("text"), RIGHT)
        else:
            self._paint_bar(painter, inner, row)
        painter.restore()

    def _paint_when(self, painter: QPainter, rect: QRect, row: RuleRow) -> None:
        theme = self._theme
        room = rect
        if row.odd:
            icon, colour = ("triangle-alert", "warn") if row.is_warning else ("info", "text2")
            end = QRect(rect.right() - _ICON, rect.top(), _ICON, rect.height())
            mirrored = QStyle.visualRect(painter.layoutDirection(), rect, end)
            draw_icon(painter, theme, mirrored, icon, colour, _ICON)
            room = QStyle.visualRect(painter.layoutDirection(), rect, rect.adjusted(0, 0, -_ICON - _GAP, 0))
        tone = "text2" if row.is_rest else "text"
        draw_text(painter, room, row.when, theme.font("body"), theme.colour(tone), elide=Qt.TextElideMode.ElideRight)

    def _paint_route(self, painter: QPainter, rect: QRect, row: RuleRow) -> None:
        theme, shown = self._theme, ROUTES[row.route]
        at = QStyle.visualRect(painter.layoutDirection(), rect, QRect(rect.left(), rect.top(), _ICON, rect.height()))
        draw_icon(painter, theme, at, shown.icon, shown.tone, _ICON)
        words = QStyle.visualRect(painter.layoutDirection(), rect, rect.adjusted(_ICON + _GAP, 0, 0, 0))
        draw_text(painter, words, tr(shown.word), theme.font("body"), theme.colour("text"))
        if row.is_certified:
            taken = _ICON + 2 * _GAP + text_width(tr(shown.word), theme.font("body"))
            paint_badge(painter, theme, rect.adjusted(taken, 0, 0, 0), "shield-check", tr("Certified"), "ok")

    def _paint_bar(self, painter: QPainter, rect: QRect, row: RuleRow) -> None:
        if not row.items:
            return
        width = max(4, round(rect.width() * row.share))
        bar = QRect(rect.left(), rect.center().y() - 3, width, 8)
        colour = ROUTES[row.route].bar
        fill_rounded(painter, QStyle.visualRect(painter.layoutDirection(), rect, bar), 2, self._theme.colour(colour))


class RulesTable(QTableView):
    """As high as its rows. `wanted(action, row)`: one of `KEYS`, pressed on a row; `row_selected(row)`, −1 for none."""

    wanted = Signal(str, int)
    row_selected = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rows = _Rows(self)
        self.setModel(self._rows)
        self.setItemDelegate(_Delegate(theme, self))
        self.setAccessibleName(tr("Rules, first match wins"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setMinimumSectionSize(24)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(_WHEN, QHeaderView.ResizeMode.Stretch)
        self.activated.connect(lambda index: self.wanted.emit("edit", index.row()))
        self.selectionModel().currentRowChanged.connect(lambda now, _: self.row_selected.emit(now.row()))
        theme.changed.connect(self._fit)
        self._fit()

    def show_rows(self, rows: list[RuleRow]) -> None:
        """Show these rows; the last is everything else. The selected row stays where it was."""
        place = self.currentIndex().row()
        self._rows.show_rows(rows)
        self._fit()
        if 0 <= place < len(rows) and self.currentIndex().row() != place:
            self.setCurrentIndex(self._rows.index(place, 0))

    def rows(self) -> list[RuleRow]:
        """What is shown."""
        return list(self._rows.rows)

    def select(self, row: int) -> None:
        """Select a row; the nearest there is."""
        if self._rows.rows:
            self.setCurrentIndex(self._rows.index(max(0, min(row, len(self._rows.rows) - 1)), 0))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The table's own keys; Qt has others, which move in it."""
        action = next((action for action, key in KEYS.items() if portable(event) == key), None)
        if action is None:
            super().keyPressEvent(event)
        elif not event.isAutoRepeat() or action in ("up", "down"):
            self.wanted.emit(action, self.currentIndex().row())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fit()  # only now the head has the font that it is drawn with

    def _fit(self) -> None:
        theme, rows, header = self._theme, self._rows.rows, self.horizontalHeader()
        small, body, strong = theme.font("small", MEDIUM), theme.font("body"), theme.font("body", STRONG)
        routes = max(text_width(tr(shown.word), body) for shown in ROUTES.values())
        counts = max((text_width(_count(row), strong) for row in rows), default=0)
        header.resizeSection(_NUMBER, theme.px(_NUMBER_WIDTH))
        certified = badge_width(tr("Certified"), theme) + _GAP if any(row.is_certified for row in rows) else 0
        header.resizeSection(_THEN, routes + certified + _ICON + 4 * _GAP)
        wide = max(counts, text_width(tr("Items"), small)) + 3 * _GAP
        header.resizeSection(_ITEMS, max(wide, header.sectionSizeHint(_ITEMS)))
        header.resizeSection(_BAR, theme.px(_BAR_WIDTH))
        self.verticalHeader().setDefaultSectionSize(theme.px(ROW))
        self.setFixedHeight(theme.px(ROW) * (len(rows) + 1) + 4)
