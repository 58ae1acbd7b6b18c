"""What is mistaken for what: a row for every true class, a column for what the model said, counts in the cells.

A real table, so that arrow keys, scrolling and screen readers work as in every other one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QSizePolicy,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import FOCUS_WIDTH, RADIUS_SMALL, SPACE_4, SPACE_8, STRONG
from hitl_desktop.gui.widgets.class_glyph import paint_glyph
from hitl_desktop.gui.widgets.labels import plain_tooltip
from hitl_desktop.gui.widgets.painting import CENTRE, LEFT, RIGHT, draw_frame, draw_text, fill_rounded, text_width
from hitl_desktop.gui.widgets.shades import ink_on, readable_mix
from hitl_desktop.language import mark, number, percent, tr, trc, trn

RIGHT_TITLE: Final = mark("right")
_EMPTY: Final = "·"
_GLYPH: Final = 12
_HEADER: Final = 24
_ROWS: Final = ((3, 48), (6, 32), (8, 28))
"""Up to so many classes: the height of a row."""
_LEAST_ROW: Final = 26
_ROWS_SHOWN: Final = 12
_NARROWEST: Final = 22
_WIDEST: Final = 56
_LONGEST_NAME: Final = 116
_LONGEST_OF_MANY: Final = 72
_NAMES_SHARE: Final = 0.36
_GOOD_CELL: Final = 36
_MANY: Final = 10
_BAR: Final = 12
_Index = QModelIndex | QPersistentModelIndex
_ROOT: Final = QModelIndex()


@dataclass(frozen=True, slots=True)
class ConfusionClass:
    """A class of the grid: its index (for the glyph) and its name."""

    class_index: int
    name: str


class ConfusionModel(QAbstractTableModel):
    """Counts by (true class, class said), and in one more column the share of every class that was right."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.classes: list[ConfusionClass] = []
        self.counts: list[list[int]] = []
        self.most_wrong = self.most_right = 0

    def show_counts(self, classes: Sequence[ConfusionClass], counts: Sequence[Sequence[int]]) -> None:
        """Show these counts; row and column i are `classes[i]`."""
        self.beginResetModel()
        self.classes = list(classes)
        self.counts = [list(row) for row in counts]
        self.most_right = max((row[i] for i, row in enumerate(self.counts)), default=0)
        self.most_wrong = max((n for i, row in enumerate(self.counts) for j, n in enumerate(row) if i != j), default=0)
        self.endResetModel()

    def told(self, truth: int, said: int) -> str:
        """A cell in a sentence."""
        of = sum(self.counts[truth])
        words = {
            "truth": self.classes[truth].name,
            "said": self.classes[said].name,
            "part": number(self.counts[truth][said]),
        }
        if truth == said:
            return trn(
                "{truth} said to be {said}: {part} of {n} check",
                "{truth} said to be {said}: {part} of {n} checks",
                of,
                **words,
            )
        return trn(
            "{truth} taken for {said}: {part} of {n} check",
            "{truth} taken for {said}: {part} of {n} checks",
            of,
            **words,
        )

    def share(self, truth: int) -> str:
        """How many of a class were right, in whole percent; a dash where there was none."""
        of = sum(self.counts[truth])
        return percent(int(100 * self.counts[truth][truth] / of + 0.5 + 1e-9) / 100) if of else "–"

    def rowCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.classes)

    def columnCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() or not self.classes else len(self.classes) + 1

    def flags(self, index: _Index) -> Qt.ItemFlag:
        is_cell = index.isValid() and index.column() < len(self.classes)
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable if is_cell else Qt.ItemFlag.NoItemFlags

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if section >= len(self.classes):
            return tr(RIGHT_TITLE) if role == Qt.ItemDataRole.DisplayRole else None
        name = self.classes[section].name
        is_row = orientation == Qt.Orientation.Vertical
        if role == Qt.ItemDataRole.DisplayRole:
            return name
        if role == Qt.ItemDataRole.AccessibleTextRole:
            if is_row:
                return tr("Truly {name}, {share} right", name=name, share=self.share(section))
            return tr("Model said {name}", name=name)
        return plain_tooltip(name) if role == Qt.ItemDataRole.ToolTipRole else None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row, column = index.row(), index.column()
        if column == len(self.classes):
            return self.share(row) if role == Qt.ItemDataRole.DisplayRole else None
        if role == Qt.ItemDataRole.DisplayRole:
            return number(self.counts[row][column]) if self.counts[row][column] else _EMPTY
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self.told(row, column)
        return plain_tooltip(self.told(row, column)) if role == Qt.ItemDataRole.ToolTipRole else None

    def ground(self, row: int, column: int) -> QColor:
        """The colour of a cell: accent where the model was right, amber where not, stronger with the count."""
        number = self.counts[row][column]
        if not number:
            return self._theme.colour("sunken")
        if row == column:
            tint, share = "accent", 0.3 + 0.5 * number / self.most_right
        else:
            strength = 0.0 if self.most_wrong == 1 else (number - 1) / (self.most_wrong - 1)
            tint, share = "warn", 0.16 + 0.64 * strength
        return readable_mix(self._theme.colour("surface"), self._theme.colour(tint), share, *self.inks())

    def inks(self) -> tuple[QColor, QColor]:
        """The two colours that numbers in cells may have."""
        return self._theme.colour("text"), self._theme.colour("sunken" if self._theme.tokens.is_dark else "surface")


class _Cells(QStyledItemDelegate):
    """Paints a cell: its ground, its number, and a frame where the keyboard is."""

    def __init__(self, theme: Theme, view: QTableView, model: ConfusionModel) -> None:
        super().__init__(view)
        self._theme, self._view, self._model = theme, view, model

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        theme, rect = self._theme, option.rect
        text = str(index.data())
        if index.column() == len(self._model.classes):
            draw_text(painter, rect.adjusted(0, 0, -2, 0), text, theme.font("small"), theme.colour("text2"), RIGHT)
            return
        cell = rect.adjusted(1, 1, -1, -1)
        ground = self._model.ground(index.row(), index.column())
        fill_rounded(painter, cell, RADIUS_SMALL - 1, ground)
        is_right = index.row() == index.column()
        font = theme.font("small", STRONG if is_right and text != _EMPTY else None)
        ink = theme.colour("text3") if text == _EMPTY else ink_on(ground, *self._model.inks())
        draw_text(painter, cell, text, font, ink, CENTRE)
        if index == self._view.currentIndex() and self._view.hasFocus():
            draw_frame(painter, rect, RADIUS_SMALL, theme.colour("focus"), None, FOCUS_WIDTH)


class _Header(QHeaderView):
    """Names of classes with their glyphs; across the top, where there is no room for names, the glyphs alone."""

    def __init__(self, theme: Theme, orientation: Qt.Orientation, model: ConfusionModel, parent: QWidget) -> None:
        super().__init__(orientation, parent)
        self._theme, self._shown = theme, model
        self.longest = theme.px(_LONGEST_NAME)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setSectionsClickable(False)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(1)

    def sizeHint(self) -> QSize:
        if self.orientation() == Qt.Orientation.Horizontal:
            return QSize(super().sizeHint().width(), self._theme.px(_HEADER))
        font = self._theme.font("body")
        longest = max((text_width(each.name, font) for each in self._shown.classes), default=0)
        return QSize(_GLYPH + SPACE_8 + min(longest, self.longest) + SPACE_8, 0)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        theme = self._theme
        painter.save()
        painter.fillRect(rect, theme.colour("surface"))
        if section >= len(self._shown.classes):
            text = rect.adjusted(0, 0, -2, 0)
            draw_text(painter, text, tr(RIGHT_TITLE), theme.font("caption"), theme.colour("text2"), RIGHT)
        elif self.orientation() == Qt.Orientation.Horizontal:
            side = QRect(rect.center().x() - _GLYPH // 2 + 1, rect.center().y() - _GLYPH // 2 + 1, _GLYPH, _GLYPH)
            paint_glyph(painter, side, self._shown.classes[section].class_index, theme.tokens)
        else:
            self._paint_name(painter, rect, self._shown.classes[section])
        painter.restore()

    def _paint_name(self, painter: QPainter, rect: QRect, shown: ConfusionClass) -> None:
        theme = self._theme
        is_rtl = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        left = rect.right() - _GLYPH if is_rtl else rect.left()
        paint_glyph(painter, QRect(left, rect.top(), _GLYPH, rect.height()), shown.class_index, theme.tokens)
        gap = _GLYPH + SPACE_8
        name = rect.adjusted(SPACE_8, 0, -gap, 0) if is_rtl else rect.adjusted(gap, 0, -SPACE_8, 0)
        draw_text(painter, name, shown.name, theme.font("body"), theme.colour("text"), LEFT)


class ConfusionGrid(QTableView):
    """Arrow keys move, Enter or a click chooses a cell that is not empty: `cell_chosen(row, column)`.

    `cell_told` carries a sentence about the cell under the keyboard or the pointer, and whether it can be chosen.
    """

    cell_chosen = Signal(int, int)
    cell_told = Signal(str, bool)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._is_wide = False
        self._cells = ConfusionModel(theme, self)
        self.setModel(self._cells)
        self.setItemDelegate(_Cells(theme, self, self._cells))
        self.setHorizontalHeader(_Header(theme, Qt.Orientation.Horizontal, self._cells, self))
        self._names = _Header(theme, Qt.Orientation.Vertical, self._cells, self)
        self.setVerticalHeader(self._names)
        self.setAccessibleName(tr("What is mistaken for what"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setCornerButtonEnabled(False)
        for corner in self.findChildren(QAbstractButton):
            corner.setAccessibleName(tr("Rows: what it is. Columns: what the model said."))
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setProperty("focusRing", "none")
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.clicked.connect(lambda index: self._choose(index))
        self.entered.connect(self._tell)
        theme.changed.connect(self._fit)

    def show_counts(self, classes: Sequence[ConfusionClass], counts: Sequence[Sequence[int]]) -> None:
        """Show these counts; row and column i are `classes[i]`. The cell with the keyboard stays where it was."""
        place = (self.currentIndex().row(), self.currentIndex().column())
        self._cells.show_counts(classes, counts)
        wrong = [(n, -i, -j) for i, row in enumerate(counts) for j, n in enumerate(row) if i != j]
        _, row, column = max(wrong, default=(0, 0, 0))
        if not (0 <= place[0] < len(classes) and 0 <= place[1] < len(classes)):
            place = (-row, -column)
        self.setAccessibleDescription(self._summary())
        self._fit()
        if classes:
            self.setCurrentIndex(self._cells.index(*place))

    def told(self) -> str:
        """The cell with the keyboard, in a sentence; empty while there is none."""
        index = self.currentIndex()
        return self._cells.told(index.row(), index.column()) if index.isValid() else ""

    def tell(self) -> None:
        """Tell the cell with the keyboard again."""
        self._tell(self.currentIndex())

    def sizeHint(self) -> QSize:
        return QSize(420, self._wanted_height())

    def minimumSizeHint(self) -> QSize:
        return QSize(220, self._wanted_height())

    def currentChanged(self, current: _Index, previous: _Index) -> None:
        super().currentChanged(current, previous)
        self.viewport().update()
        self._tell(current)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            if not event.isAutoRepeat():
                self._choose(self.currentIndex())
            return
        super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        index = self.indexAt(event.position().toPoint())
        is_open = index.isValid() and index.column() < len(self._cells.classes)
        is_open = is_open and self._cells.counts[index.row()][index.column()] > 0
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if is_open else Qt.CursorShape.ArrowCursor)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_columns()

    def _fit_names(self, right: int) -> None:
        """Names have as much room as leaves cells that are no strips; among many classes cells come first."""
        classes = len(self._cells.classes)
        room = min(round(self.width() * _NAMES_SHARE), self.width() - right - classes * self._theme.px(_GOOD_CELL))
        usual = self._theme.px(_LONGEST_NAME if classes < _MANY else _LONGEST_OF_MANY)
        self._names.longest = max(usual, room) if classes < _MANY else usual
        width = self._names.sizeHint().width()
        if width != self._names.width():
            self._names.setFixedWidth(width)
            self.updateGeometries()

    def _choose(self, index: _Index) -> None:
        is_cell = index.isValid() and index.column() < len(self._cells.classes)
        if is_cell and self._cells.counts[index.row()][index.column()]:
            self.cell_chosen.emit(index.row(), index.column())

    def _tell(self, index: _Index) -> None:
        if index.isValid() and index.column() < len(self._cells.classes):
            can_choose = self._cells.counts[index.row()][index.column()] > 0
            self.cell_told.emit(self._cells.told(index.row(), index.column()), can_choose)

    def _summary(self) -> str:
        pairs = [
            (number, self._cells.told(i, j))
            for i, row in enumerate(self._cells.counts)
            for j, number in enumerate(row)
            if i != j and number
        ]
        worst = sorted(pairs, key=lambda pair: -pair[0])[:5]
        if not worst:
            return tr("No mistakes on these checks")
        between = trc("between the items of a list that have commas", "; ")
        return tr("Most often: {mistakes}", mistakes=between.join(text for _, text in worst))

    def _row_height(self) -> int:
        classes = len(self._cells.classes)
        return self._theme.px(next((height for most, height in _ROWS if classes <= most), _LEAST_ROW))

    def _wanted_height(self) -> int:
        rows = len(self._cells.classes)
        bar = _BAR if self._is_wide else 0
        return self._theme.px(_HEADER) + min(max(rows, 2), _ROWS_SHOWN) * self._row_height() + bar + 2

    def _fit(self) -> None:
        self.verticalHeader().setDefaultSectionSize(self._row_height())
        self.horizontalHeader().setFixedHeight(self._theme.px(_HEADER))
        self.updateGeometries()
        self._fit_columns()
        self.viewport().update()

    def _fit_columns(self) -> None:
        classes = len(self._cells.classes)
        if not classes:
            return
        font = self._theme.font("small")
        right = max(text_width(percent(1), font), text_width(tr(RIGHT_TITLE), self._theme.font("caption"))) + SPACE_8
        self._fit_names(right)
        room = (self.viewport().width() - right) // classes
        widest_number = max((text_width(number(n), font) for row in self._cells.counts for n in row), default=0)
        least = max(self._theme.px(_NARROWEST), widest_number + SPACE_4)
        header = self.horizontalHeader()
        header.setDefaultSectionSize(min(max(room, least), self._theme.px(_WIDEST)))
        for column in range(classes):
            header.resizeSection(column, header.defaultSectionSize())
        header.resizeSection(classes, right)
        self._is_wide = classes * header.defaultSectionSize() + right > self.viewport().width()
        self.setFixedHeight(self._wanted_height())
