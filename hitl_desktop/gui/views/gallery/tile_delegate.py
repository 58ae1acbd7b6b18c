"""How a tile of the gallery is painted: a picture, or a card with the first words; below it name and class."""

from collections import OrderedDict
from dataclasses import dataclass
from functools import partial
from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.media import Media
from hitl_desktop.gui.queue_model import QueueRole, QueueRow
from hitl_desktop.gui.theme.tokens import MEDIUM, RADIUS_CONTROL
from hitl_desktop.gui.views.browse.words import STATES
from hitl_desktop.gui.views.gallery.selection import Selection
from hitl_desktop.gui.widgets.class_glyph import paint_glyph
from hitl_desktop.gui.widgets.painting import (
    RIGHT,
    direction_of,
    draw_frame,
    draw_icon,
    draw_text,
    fill_rounded,
    text_lines,
    text_width,
)
from hitl_desktop.kinds.text import read_text_item
from hitl_desktop.language import percent
from hitl_desktop.workflow.masked_columns import masked_columns

SIDES: Final = (96, 144, 208)
_CARDS: Final = {96: (196, 60), 144: (248, 100), 208: (332, 180)}
"""The cards of texts: width and height of the words."""
_GAP: Final = 6
_INSIDE: Final = 8
_ONE_LINE: Final = int((Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine).value)
_MARK: Final = 20
_GLYPH: Final = 11
_MOST_MARKS: Final = 3
_OPENING: Final = 480
_KEPT: Final = 4096


@dataclass(frozen=True, slots=True)
class TileSize:
    """The size of what is shown of an item, without its frame and the words below."""

    width: int
    height: int


class TileDelegate(QStyledItemDelegate):
    """Paints tiles of one size. `side` is of `SIDES`."""

    def __init__(self, context: Context, media: Media, selection: Selection) -> None:
        super().__init__()
        self._context = context
        self._media = media
        self._selection = selection
        self._openings: OrderedDict[int, str] = OrderedDict()
        self.side = SIDES[1]
        self.current = -1
        self.has_focus = False
        self._stretch = 0

    def content(self) -> TileSize:
        """The size of the picture, or of the words."""
        if self.shows_pictures():
            return TileSize(self.side + self._stretch, self.side + self._stretch)
        width, height = _CARDS[self.side]
        return TileSize(width + self._stretch, self._context.theme.px(height))

    def fill(self, room: int) -> int:
        """Make tiles somewhat wider, so that as many as go into `room` fill it; returns how many these are."""
        self._stretch = 0
        width = self.cell().width()
        columns = max(1, room // width)
        self._stretch = max(0, room // columns - width)
        return columns

    def cell(self) -> QSize:
        """The size of a tile with all around it."""
        size, theme = self.content(), self._context.theme
        below = theme.line("small") * 2 + 4
        return QSize(size.width + 2 * (_INSIDE + _GAP // 2), size.height + below + 2 * _INSIDE + _GAP)

    def shows_pictures(self) -> bool:
        """True for images, False for texts."""
        bridge = self._context.bridge
        return not bridge.is_open or not bridge.desk.project.kind.from_rows

    def forget(self) -> None:
        """Another project is open."""
        self._openings.clear()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return self.cell()

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        row = index.data(QueueRole.ROW)
        if not isinstance(row, QueueRow):
            return
        theme, size = self._context.theme, self.content()
        cell = self.cell()
        tile = QRect(0, 0, cell.width() - _GAP, cell.height() - _GAP)
        tile.moveCenter(option.rect.center())
        is_chosen = row.item.index in self._selection
        is_hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        painter.save()
        ground = "accent_soft" if is_chosen else "surface"
        border = "accent" if is_chosen else "line_strong" if is_hovered else "line"
        draw_frame(painter, tile, RADIUS_CONTROL, theme.colour(border), theme.colour(ground), 2.0 if is_chosen else 1.0)
        if row.item.index == self.current and self.has_focus:
            draw_frame(painter, tile.adjusted(3, 3, -3, -3), 4, theme.colour("focus"), width=2.0)
        top = QRect(tile.left() + (tile.width() - size.width) // 2, tile.top() + _INSIDE, size.width, size.height)
        if self.shows_pictures():
            self._paint_picture(painter, top, row)
        else:
            self._paint_words(painter, top, row)
        below = QRect(tile.left() + _INSIDE, top.bottom() + 4, tile.width() - 2 * _INSIDE, theme.line("small"))
        draw_text(painter, below, row.item.name, theme.font("small", MEDIUM), theme.colour("text"))
        self._paint_class(painter, below.translated(0, theme.line("small")), row)
        if is_chosen:
            mark = QRect(tile.left() + 6, tile.top() + 6, _MARK, _MARK)
            if not self.shows_pictures():  # words begin there
                mark = QRect(below.right() - below.height(), below.top(), below.height(), below.height())
            mark = QStyle.visualRect(painter.layoutDirection(), tile, mark)
            fill_rounded(painter, mark, mark.height() / 2, theme.colour("accent"))
            draw_icon(painter, theme, mark, "check", "on_accent", mark.height() - 6, 2.5)
        painter.restore()

    def _paint_picture(self, painter: QPainter, rect: QRect, row: QueueRow) -> None:
        theme = self._context.theme
        pixmap = self._thumbnail(row)
        if pixmap is None or pixmap.isNull():
            fill_rounded(painter, rect, 4, theme.colour("sunken"))
            if self._media.has_thumbnail(row.item.digest) or not self._context.bridge.desk.project.data_is_there:
                draw_icon(painter, theme, rect, "file-warning", "text3", 24)
            return
        size = pixmap.size().scaled(rect.size(), Qt.AspectRatioMode.KeepAspectRatio)
        target = QRect(0, 0, size.width(), size.height())
        target.moveCenter(rect.center())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawPixmap(target, pixmap)

    def _paint_words(self, painter: QPainter, rect: QRect, row: QueueRow) -> None:
        theme = self._context.theme
        line = theme.line("body")
        words, font = self._opening(row.item.index), theme.font("body")
        side = painter.layoutDirection()
        painter.setLayoutDirection(direction_of(words, is_quoted=True))  # in which left means the leading edge
        painter.setFont(font)
        painter.setPen(theme.colour("text"))
        for number, shown in enumerate(text_lines(words, font, rect.width(), rect.height() // line)):
            painter.drawText(QRect(rect.left(), rect.top() + number * line, rect.width(), line), _ONE_LINE, shown)
        painter.setLayoutDirection(side)

    def _paint_class(self, painter: QPainter, rect: QRect, row: QueueRow) -> None:
        theme = self._context.theme
        placed = partial(QStyle.visualRect, painter.layoutDirection(), rect)
        _, icon, colour = STATES[row.item.state]
        right = rect.right() + 1
        if row.confidence is not None and icon == "circle":
            share = percent(row.confidence)
            width = text_width(share, theme.font("small"))
            at = QRect(right - width, rect.top(), width, rect.height())
            draw_text(painter, placed(at), share, theme.font("small"), theme.colour("text2"), RIGHT)
            right -= width + 4
        elif icon != "circle":
            draw_icon(painter, theme, placed(QRect(right - 14, rect.top(), 14, rect.height())), icon, colour, 14)
            right -= 18
        left = rect.left()
        if row.is_hidden:
            draw_icon(painter, theme, placed(QRect(left, rect.top(), 14, rect.height())), "eye-off", "audit", 14)
            left += 17
        for mark in row.marks[:_MOST_MARKS]:
            glyph = QRect(left, rect.top() + (rect.height() - _GLYPH) // 2, _GLYPH, _GLYPH)
            paint_glyph(painter, placed(glyph), mark, theme.tokens)
            left += _GLYPH + 3
        words = row.words or row.reason
        at = QRect(left + (2 if row.marks else 0), rect.top(), right - left - 4, rect.height())
        font, ink = theme.font("small"), theme.colour("text2")
        draw_text(painter, placed(at), words, font, ink)

    def _thumbnail(self, row: QueueRow) -> QPixmap | None:
        try:
            path = self._context.bridge.desk.project.item_file(row.item)
        except KnownError:
            return None
        return self._media.thumbnail(row.item.digest, path)

    def prepare(self, indexes: list[int]) -> None:
        """Read the first words of the items that come into view, all at once."""
        missing = [index for index in indexes if index not in self._openings]
        if not missing or self.shows_pictures():
            return
        project = self._context.bridge.desk.project
        if project.kind.is_text:
            found = project.store.items.openings(missing, _OPENING)
        else:  # the words are inside of what is stored
            texts = project.store.items.texts_of(missing)
            masked = masked_columns(project.store)
            found = {i: project.kind.opening(text, _OPENING, masked) for i, text in zip(missing, texts, strict=True)}
        for index in missing:
            self._openings[index] = " ".join(read_text_item(found.get(index, "")).split())
        while len(self._openings) > max(_KEPT, len(indexes)):
            self._openings.popitem(last=False)

    def _opening(self, index: int) -> str:
        if index not in self._openings:
            self.prepare([index])
        return self._openings.get(index, "")
