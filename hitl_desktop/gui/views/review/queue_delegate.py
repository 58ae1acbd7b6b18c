"""How a row of the queue is painted: a strip of pictures and confidences, or a list with names and reasons."""

from collections import OrderedDict
from functools import partial
from typing import Final, TypeAlias

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.queue_model import QueueModel, QueueRow
from hitl_desktop.gui.theme.tokens import STRONG
from hitl_desktop.gui.widgets.class_glyph import draw_glyph
from hitl_desktop.gui.widgets.painting import RIGHT, draw_icon, draw_text, text_width
from hitl_desktop.language import percent, tr

LIST_ROW: Final = 60
TEXT_STRIP_ROW: Final = 56
_EDGE: Final = 3
_ROWS_KEPT: Final = 200
_HOVERED: Final = QStyle.StateFlag.State_MouseOver
_THUMB: Final = 36
_GLYPH: Final = 10
_MARK_GAP: Final = 2
_MOST_MARKS: Final = 3
_STATE_ICONS: Final = {
    "decided": ("check", "ok"),
    "skipped": ("skip-forward", "text2"),
    "unsure": ("circle-help", "text2"),
    "flagged": ("flag", "warn"),
    "automatic": ("shield-check", "ok"),
}


_Painted: TypeAlias = tuple[QueueRow, tuple[object, ...], QPixmap]
"""A row, what else its look depends on, and its picture."""


class QueueDelegate(QStyledItemDelegate):
    """Paints rows with uniform heights; `wide` chooses the list, otherwise the strip."""

    def __init__(self, context: Context, rows: QueueModel) -> None:
        super().__init__()
        self._context = context
        self._rows = rows
        self.wide = False
        self.current = -1
        self._look: tuple[object, ...] = ()
        self._painted: OrderedDict[int, _Painted] = OrderedDict()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(72, self.height())

    def height(self) -> int:
        """The height of every row now."""
        return self._context.theme.px(LIST_ROW if self.wide or self._shows_pictures() else TEXT_STRIP_ROW)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        row = self._rows.row(index.row())
        if row is None:
            return
        rect = option.rect
        hovered = bool(option.state & _HOVERED)
        painter.drawPixmap(rect.topLeft(), self._picture(painter, rect.size(), row, hovered=hovered))

    def _picture(self, painter: QPainter, size: QSize, row: QueueRow, *, hovered: bool) -> QPixmap:
        """A row as it was painted before, where nothing about it has changed: after each decision all of them move up,
        and each would be painted anew for it.
        """
        theme, index = self._context.theme, row.item.index
        device = painter.device()
        ratio = device.devicePixelRatioF() if device is not None else 1.0
        shows_pictures = self._shows_pictures()
        look = (
            self.wide, shows_pictures, size.width(), size.height(), ratio, theme.tokens.name, theme.scale,
            painter.layoutDirection(),
        )  # fmt: skip
        if look != self._look:
            self._painted.clear()
            self._look = look
        thumbnail = self._thumbnail(row) if shows_pictures else None
        key = (index == self.current, hovered, None if thumbnail is None else thumbnail.cacheKey())
        kept = self._painted.get(index)
        if kept is not None and kept[1] == key and (kept[0] is row or kept[0] == row):
            return kept[2]
        picture = self._room(size * ratio, kept)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        inner = QPainter(picture)
        inner.setLayoutDirection(painter.layoutDirection())
        self._paint_row(inner, QRect(QPoint(0, 0), size), row, hovered=hovered)
        inner.end()
        self._painted[index] = (row, key, picture)
        return picture

    def _room(self, size: QSize, before: _Painted | None) -> QPixmap:
        """Something to paint a row on: what the row was painted on before, or the one painted longest ago.

        The binding of Qt keeps six references to None for every picture that Python makes and paints on.
        """
        if before is None and len(self._painted) >= _ROWS_KEPT:
            _, before = self._painted.popitem(last=False)
        return before[2] if before is not None and before[2].size() == size else QPixmap(size)

    def _paint_row(self, painter: QPainter, rect: QRect, row: QueueRow, *, hovered: bool) -> None:
        theme = self._context.theme
        if row.item.index == self.current:
            painter.fillRect(rect, theme.colour("accent_soft"))
            edge = QRect(rect.left(), rect.top(), _EDGE, rect.height())
            painter.fillRect(QStyle.visualRect(painter.layoutDirection(), rect, edge), theme.colour("accent"))
        elif hovered:
            painter.fillRect(rect, theme.colour("sunken"))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), theme.colour("line"))
        (self._paint_list if self.wide else self._paint_strip)(painter, rect, row)
        if row.ends_day:
            painter.fillRect(QRect(rect.left(), rect.bottom() - 1, rect.width(), 2), theme.colour("accent"))

    def _paint_strip(self, painter: QPainter, rect: QRect, row: QueueRow) -> None:
        theme = self._context.theme
        middle = rect.left() + rect.width() // 2
        line = theme.line("caption")
        bottom = QRect(rect.left() + 4, rect.bottom() - line - 3, rect.width() - 8, line)
        top_height = rect.height() - line - 6
        if self._shows_pictures():
            self._paint_thumb(painter, QRect(middle - _THUMB // 2, rect.top() + 4, _THUMB, top_height - 4), row)
            self._paint_confidence(painter, bottom, row, with_glyph=True)
        else:
            side = 14
            glyph = QRect(middle - _marks_width(row, side) // 2, rect.top() + (top_height - side) // 2 + 2, side, side)
            self._paint_mark(painter, QStyle.visualRect(painter.layoutDirection(), rect, glyph), row)
            self._paint_confidence(painter, bottom, row, with_glyph=False)

    def _paint_confidence(self, painter: QPainter, rect: QRect, row: QueueRow, *, with_glyph: bool) -> None:
        theme = self._context.theme
        font = theme.font("caption")
        text = _percent(row)
        width = text_width(text, font) - 1 + (_marks_width(row, _GLYPH) + 4 if with_glyph else 0)
        left = rect.left() + (rect.width() - width) // 2
        placed = partial(QStyle.visualRect, painter.layoutDirection(), rect)
        if with_glyph:
            glyph = QRect(left, rect.top() + (rect.height() - _GLYPH) // 2, _GLYPH, _GLYPH)
            self._paint_mark(painter, placed(glyph), row)
            left += _marks_width(row, _GLYPH) + 4
        at = QRect(left, rect.top(), rect.right() - left, rect.height())
        draw_text(painter, placed(at), text, font, theme.colour("text"))

    def _paint_list(self, painter: QPainter, rect: QRect, row: QueueRow) -> None:
        theme = self._context.theme
        placed = partial(QStyle.visualRect, painter.layoutDirection(), rect)
        left = rect.left() + 12
        if self._shows_pictures():
            self._paint_thumb(painter, placed(QRect(left, rect.top() + (rect.height() - 44) // 2, 44, 44)), row)
            left += 56
        right = rect.right() - 12
        share = _percent(row)
        width = text_width(share, theme.font("small")) + 3
        line = theme.line("body")
        top = rect.top() + (rect.height() - line - theme.line("small")) // 2
        draw_text(
            painter,
            placed(QRect(left, top, right - left - width - 8, line)),
            row.item.name,
            theme.font("body", 500),
            theme.colour("text"),
        )
        draw_text(
            painter,
            placed(QRect(right - width, top, width, line)),
            share,
            theme.font("small"),
            theme.colour("text2"),
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
        )
        below = QRect(left, top + line, right - left, theme.line("small"))
        self._paint_mark(painter, placed(QRect(left, below.top() + 3, _GLYPH, _GLYPH)), row)
        if row.ends_day:
            below = self._paint_end(painter, rect, below)
        draw_text(
            painter,
            placed(below.adjusted(_marks_width(row, _GLYPH) + 6, 0, 0, 0)),
            self._below(row),
            theme.font("small"),
            theme.colour("text2"),
        )

    def _paint_end(self, painter: QPainter, rect: QRect, below: QRect) -> QRect:
        """Say at the end of the lower line that today's reviews end here; returns what is left of it."""
        theme, words = self._context.theme, tr("today ends here")
        width = theme.metrics("caption", STRONG).horizontalAdvance(words) + 4
        at = QRect(below.right() - width, below.top(), width, below.height())
        at = QStyle.visualRect(painter.layoutDirection(), rect, at)
        draw_text(painter, at, words, theme.font("caption", STRONG), theme.colour("accent"), RIGHT)
        return below.adjusted(0, 0, -width - 8, 0)

    def _below(self, row: QueueRow) -> str:
        return f"{row.words} · {row.reason}" if row.words else row.reason

    def _paint_mark(self, painter: QPainter, rect: QRect, row: QueueRow) -> None:
        theme = self._context.theme
        state = row.item.state.value
        if row.is_hidden:
            draw_icon(painter, theme, rect, "eye-off", "audit", 12)
        elif row.marks:
            step = rect.width() + _MARK_GAP
            step = -step if painter.layoutDirection() is Qt.LayoutDirection.RightToLeft else step
            for place, mark in enumerate(row.marks[:_MOST_MARKS]):
                draw_glyph(painter, rect.translated(place * step, 0), mark, theme.tokens)
        elif row.words:  # none of several findings
            draw_icon(painter, theme, rect, "ban", "text2", 12)
        elif state in _STATE_ICONS:
            icon, colour = _STATE_ICONS[state]
            draw_icon(painter, theme, rect, icon, colour, 12)
        else:
            draw_icon(painter, theme, rect, "circle-help", "text3", 12)

    def _paint_thumb(self, painter: QPainter, rect: QRect, row: QueueRow) -> None:
        pixmap = self._thumbnail(row)
        if pixmap is None or pixmap.isNull():
            theme, desk = self._context.theme, self._context.bridge.desk
            painter.fillRect(rect.adjusted(2, 2, -2, -2), theme.colour("sunken"))
            if self._context.media.has_thumbnail(row.item.digest) or not desk.project.data_is_there:
                draw_icon(painter, theme, rect, "file-warning", "text3", 16)
            return
        size = pixmap.size().scaled(rect.size(), Qt.AspectRatioMode.KeepAspectRatio)
        target = QRect(0, 0, size.width(), size.height())
        target.moveCenter(rect.center())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawPixmap(target, pixmap)

    def _thumbnail(self, row: QueueRow) -> QPixmap | None:
        if self._context.media.has_thumbnail(row.item.digest):
            return self._context.media.thumbnail(row.item.digest, ())
        try:
            path = self._context.bridge.desk.project.item_file(row.item)
        except KnownError:
            return None
        return self._context.media.thumbnail(row.item.digest, path)

    def _shows_pictures(self) -> bool:
        bridge = self._context.bridge
        return bridge.is_open and not bridge.desk.project.kind.from_rows


def _marks_width(row: QueueRow, side: int) -> int:
    """How wide the glyphs of a row stand, `side` being the width of one."""
    marks = min(max(1, len(row.marks)), _MOST_MARKS)
    return marks * side + (marks - 1) * _MARK_GAP


def _percent(row: QueueRow) -> str:
    if row.is_hidden:
        return ""
    return "–" if row.confidence is None else percent(row.confidence)
