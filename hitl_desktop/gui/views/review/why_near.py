"""A decided item near the one on screen, as a row to click."""

from typing import Final

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from hitl_desktop.domain.labels import in_words
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.theme.tokens import RADIUS_SMALL, SPACE_8
from hitl_desktop.gui.widgets.class_glyph import paint_glyph
from hitl_desktop.gui.widgets.labels import plain_tooltip
from hitl_desktop.gui.widgets.moments import lately
from hitl_desktop.gui.widgets.painted import PaintedButton
from hitl_desktop.gui.widgets.painting import RIGHT, draw_text, fill_rounded, text_lines, text_width
from hitl_desktop.language import tr
from hitl_desktop.workflow.explain_request import NearItem

NEAR_WIDTH: Final = 264
_ROW: Final = {"text": 52, "image": 44}
_THUMB: Final = 36


class NearRow(PaintedButton):
    """One near item: its label, its name and beginning or its thumbnail, who decided it, and when."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context.theme, "", parent)
        self._media = context.media
        self.near: NearItem | None = None
        self._kind = "text"
        self.setEnabled(False)
        context.media.thumbnail_ready.connect(self._thumbnail_ready)

    def show_near(self, near: NearItem | None, kind: str) -> None:
        """Show this item; None: an empty place."""
        self.near, self._kind = near, kind
        self.setEnabled(near is not None)
        self.setVisible(near is not None)
        if near is not None:
            said = tr("Open {name}, decided as {label}, {who}", name=near.item.name, label=_label(near), who=who(near))
            self.setAccessibleName(said)
            self.setToolTip(plain_tooltip("\n".join(part for part in (near.item.name, near.snippet) if part)))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(NEAR_WIDTH, self.theme.px(_ROW[self._kind]))

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.near is None:
            return
        painter = QPainter(self)
        theme = self.theme
        if self.underMouse():
            fill_rounded(painter, QRectF(self.rect()), RADIUS_SMALL, theme.colour("sunken"))
        left = 4
        if self.near.path is not None:
            thumb = self.placed(QRect(left, (self.height() - _THUMB) // 2, _THUMB, _THUMB))
            picture = self._media.thumbnail(self.near.item.digest, self.near.path)
            if picture is not None:
                size = picture.size().scaled(thumb.size(), Qt.AspectRatioMode.KeepAspectRatio)
                place = QRect(thumb.topLeft(), size)
                place.moveCenter(thumb.center())
                painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
                painter.drawPixmap(place, picture)
            left += _THUMB + SPACE_8
        lines = 3 if self._kind == "text" else 2
        step = self.height() // lines
        width = self.width() - left - 4
        mark = 12
        if self.near.labels:
            paint_glyph(painter, self.placed(QRect(left, 0, mark, step)), self.near.labels[0].position, theme.tokens)
        small, caption = theme.font("small", 500), theme.font("caption")
        told = who(self.near)
        room = min(text_width(told, caption), width // 2)
        label = QRect(left + mark + 6, 0, width - mark - 6 - (room + SPACE_8 if lines == 3 else 0), step)
        draw_text(painter, self.placed(label), _label(self.near), small, theme.colour("text"))
        if lines == 3:
            beside = self.placed(QRect(left + width - room, 0, room, step))
            draw_text(painter, beside, told, caption, theme.colour("text2"), RIGHT)
            words = self.near.snippet or self.near.item.name
            for number, text in enumerate(text_lines(words, caption, width, 2), 1):
                below = self.placed(QRect(left, number * step, width, step))
                draw_text(
                    painter, below, text, caption, theme.colour("text2"), elide=Qt.TextElideMode.ElideRight,
                    is_quoted=True,
                )  # fmt: skip
        else:
            under = self.placed(QRect(left, step, width, step))
            draw_text(painter, under, told, caption, theme.colour("text2"), elide=Qt.TextElideMode.ElideRight)

    def _thumbnail_ready(self, digest: str) -> None:
        if self.near is not None and self.near.item.digest == digest:
            self.update()


def who(near: NearItem) -> str:
    """Who decided an item, and when: "anna · 3 Nov, 14:05"."""
    if near.came_with_data:
        return tr("came with the data")
    return tr("{who} · {when}", who=near.reviewer, when=lately(near.at_utc))


def _label(near: NearItem) -> str:
    return in_words(label.name for label in near.labels)
