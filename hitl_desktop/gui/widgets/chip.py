"""A chip: one thing that a filter asks for, with a cross that takes it away."""

from typing import Final

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import MEDIUM, RADIUS_SMALL
from hitl_desktop.gui.widgets.painted import PaintedButton
from hitl_desktop.gui.widgets.painting import draw_frame, draw_icon, draw_text, text_width
from hitl_desktop.language import tr

_HEIGHT: Final = 26
_PADDING: Final = 8
_CROSS: Final = 14
_MOST: Final = 260


class Chip(PaintedButton):
    """The words, and a cross; pressing it anywhere takes the thing away."""

    def __init__(self, theme: Theme, text: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, text, parent)
        self.setAccessibleName(tr("Take away the filter “{what}”", what=text))
        self.setToolTip("")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        words = text_width(self.label(), self.theme.font("small", MEDIUM))
        return QSize(min(_MOST, words + 2 * _PADDING + _CROSS + 6), self.theme.px(_HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        colour = self.theme.colour
        border = "accent" if self.underMouse() else "accent_soft"
        draw_frame(painter, self.rect(), RADIUS_SMALL, colour(border), colour("accent_soft"))
        room = self.width() - 2 * _PADDING - _CROSS - 4
        words = self.placed(QRect(_PADDING, 0, room, self.height()))
        elide = Qt.TextElideMode.ElideRight
        draw_text(painter, words, self.label(), self.theme.font("small", MEDIUM), colour("accent"), elide=elide)
        cross = self.placed(QRect(self.width() - _PADDING - _CROSS, 0, _CROSS, self.height()))
        draw_icon(painter, self.theme, cross, "x", "accent", _CROSS)
