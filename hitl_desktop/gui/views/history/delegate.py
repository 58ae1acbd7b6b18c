"""How the cells of the history are painted: glyphs of classes, icons of verdicts, what was taken back struck out."""

from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView, QWidget

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.views.history.table_model import FROM, ITEM, PAST, SECONDS, SIDE, TIME, TO
from hitl_desktop.gui.views.history.words import VERDICTS, Side
from hitl_desktop.gui.widgets.class_glyph import paint_glyph
from hitl_desktop.gui.widgets.painting import LEFT, RIGHT, draw_icon, draw_text, text_width
from hitl_desktop.workflow.past_decisions import PastDecision

_PADDING: Final = 8
_GLYPH: Final = 12
_GAP: Final = 6
_MOST_MARKS: Final = 3


class HistoryDelegate(QStyledItemDelegate):
    """Paints cells with the theme; `right_to_left` layouts are mirrored by `QStyle.visualRect`."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        past = index.data(PAST)
        if not isinstance(past, PastDecision):
            return
        theme, rect = self._theme, QRect(option.rect)
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, theme.colour("accent_soft"))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, theme.colour("window"))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), theme.colour("line"))
        inner = rect.adjusted(_PADDING, 0, -_PADDING, 0)
        column = index.column()
        side = index.data(SIDE)
        text = str(index.data() or "")
        is_gone = past.entry.is_taken_back
        if column == TO:
            own = side.look if isinstance(side, Side) else None
            icon, colour = own or VERDICTS[past.event.verdict][1:]
            mark = QRect(inner.left(), inner.top(), 16, inner.height())
            draw_icon(painter, theme, QStyle.visualRect(option.direction, inner, mark), icon, colour)
            inner = QStyle.visualRect(option.direction, inner, inner.adjusted(16 + _GAP, 0, 0, 0))
        if isinstance(side, Side) and side.is_suggested:
            text = side.words
            mark = QRect(inner.left(), inner.top(), 14, inner.height())
            where = QStyle.visualRect(option.direction, inner, mark)
            draw_icon(painter, theme, where, "brain-circuit", "text3", 14)
            inner = QStyle.visualRect(option.direction, inner, inner.adjusted(14 + _GAP, 0, 0, 0))
        if isinstance(side, Side) and side.marks:
            inner = self._marks(painter, option, inner, side)
        font = theme.font("body", 500 if column in (ITEM, TO) and not is_gone else None)
        ink = "text3" if is_gone else "text" if column in (ITEM, TO) else "text2"
        align = RIGHT if column == SECONDS else LEFT
        elide = Qt.TextElideMode.ElideMiddle if column in (ITEM, FROM, TO) else Qt.TextElideMode.ElideRight
        draw_text(painter, inner, text, font, theme.colour(ink), align, elide)
        if is_gone and column in (FROM, TO) and text:
            width = min(text_width(text, font), inner.width())
            line = QStyle.visualRect(option.direction, inner, QRect(inner.left(), inner.center().y() + 1, width, 1))
            painter.fillRect(line, theme.colour("text3"))
        if option.state & QStyle.StateFlag.State_HasFocus and column == _first(option.widget):
            edge = QRect(rect.left(), rect.top(), 3, rect.height())
            painter.fillRect(QStyle.visualRect(option.direction, rect, edge), theme.colour("accent"))
        painter.restore()

    def _marks(self, painter: QPainter, option: QStyleOptionViewItem, inner: QRect, side: Side) -> QRect:
        """Paint the glyphs; returns the room left for the words."""
        shown = side.marks[:_MOST_MARKS]
        for place, mark in enumerate(shown):
            glyph = QRect(inner.left() + place * (_GLYPH + 3), inner.top(), _GLYPH, inner.height())
            paint_glyph(painter, QStyle.visualRect(option.direction, inner, glyph), mark, self._theme.tokens)
        taken = len(shown) * (_GLYPH + 3) + 3
        return QStyle.visualRect(option.direction, inner, inner.adjusted(taken, 0, 0, 0))


def _first(table: QWidget | None) -> int:
    """The first column that is shown: it has the mark of the row that the keys are on."""
    return ITEM if isinstance(table, QTableView) and table.isColumnHidden(TIME) else TIME
