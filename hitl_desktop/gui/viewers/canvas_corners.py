"""The small text over a picture: lines in the four corners, outlined where they lie on the picture."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPoint, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPainterPath, QPen

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import (
    LIGHT,
    OVERLAY_OUTLINE,
    OVERLAY_TEXT,
    OVERLAY_TEXT2,
    SPACE_8,
    SPACE_12,
    SPACE_16,
)

_LINE: Final = 18
LIGHT_GROUND: Final = 128
"""From this lightness of the ground on, text on it is dark."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a corner; quiet ones are greyer."""

    text: str
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Corners:
    """The lines of the four corners, each from top to bottom."""

    top_left: tuple[Line, ...] = ()
    top_right: tuple[Line, ...] = ()
    bottom_left: tuple[Line, ...] = ()
    bottom_right: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Letters:
    """The letters in the middle of the four edges: which side of the patient lies there."""

    left: str = ""
    right: str = ""
    top: str = ""
    bottom: str = ""


class CornerPainter:
    """Paints text over a picture that lies at `picture` on a ground of one colour, all in logical pixels."""

    def __init__(self, painter: QPainter, theme: Theme, ground: QColor, picture: QRect) -> None:
        self._painter = painter
        self._theme = theme
        self._ground = ground
        self._picture = picture
        self._line = theme.px(_LINE)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def corners(self, pane: QRect, corners: Corners) -> None:
        """All lines, each in its half of the pane."""
        left, right = pane.left() + SPACE_12, pane.right() + 1 - SPACE_12
        top, bottom = pane.top() + SPACE_8, pane.bottom() + 1 - SPACE_8
        room = pane.width() // 2 - SPACE_16
        self._column(corners.top_left, left, top, room, to_right=False)
        self._column(corners.top_right, right, top, room, to_right=True)
        for lines, x, to_right in ((corners.bottom_left, left, False), (corners.bottom_right, right, True)):
            self._column(lines, x, bottom - self._line * len(lines), room, to_right=to_right)

    def letters(self, pane: QRect, letters: Letters) -> None:
        """The letters, each in the middle of its edge of the pane."""
        metrics = self._theme.metrics("small")
        middle_x, middle_y = pane.center().x(), pane.center().y() - self._line // 2
        for text, x, y in (
            (letters.left, pane.left() + SPACE_12, middle_y),
            (letters.right, pane.right() + 1 - SPACE_12 - metrics.horizontalAdvance(letters.right), middle_y),
            (letters.top, middle_x - metrics.horizontalAdvance(letters.top) // 2, pane.top() + SPACE_8),
            (
                letters.bottom,
                middle_x - metrics.horizontalAdvance(letters.bottom) // 2,
                pane.bottom() + 1 - SPACE_8 - self._line,
            ),
        ):
            self.text(QPoint(x, y), text)

    def _column(self, lines: Sequence[Line], x: int, y: int, room: int, *, to_right: bool) -> None:
        metrics = self._theme.metrics("small")
        for row, line in enumerate(lines):
            text = metrics.elidedText(line.text, Qt.TextElideMode.ElideMiddle, room)
            start = x - metrics.horizontalAdvance(text) if to_right else x
            self.text(QPoint(start, y + row * self._line), text, quiet=line.quiet)

    def text(self, corner: QPoint, text: str, *, quiet: bool = False) -> None:
        """One line of 12 px text. Outlined in the colour of the ground where it lies on the picture."""
        if not text:
            return
        font = self._theme.font("small")
        metrics = QFontMetrics(font)
        area = QRect(corner, QSize(metrics.horizontalAdvance(text), self._line))
        baseline = QPointF(corner.x(), corner.y() + (self._line + metrics.ascent() - metrics.descent()) / 2)
        ink, halo = (OVERLAY_TEXT2 if quiet else OVERLAY_TEXT), QColor(OVERLAY_OUTLINE)
        if self._ground.lightness() > LIGHT_GROUND:
            ink, halo = (LIGHT.text2 if quiet else LIGHT.text), self._ground
        if halo == self._ground and not area.intersects(self._picture):
            self._painter.setFont(font)
            self._painter.setPen(QColor(ink))
            self._painter.drawText(baseline, text)
            return
        path = QPainterPath()
        path.addText(baseline, font, text)
        outline = QPen(halo, 2)
        outline.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        self._painter.strokePath(path, outline)
        self._painter.fillPath(path, QColor(ink))
