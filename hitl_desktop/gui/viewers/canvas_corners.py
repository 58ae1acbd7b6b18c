"""The small text over a picture: lines in the four corners, outlined where they lie on the picture."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPoint, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap, QRegion

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
from hitl_desktop.gui.widgets.painting import direction_of

_LINE: Final = 18
_OUTLINE: Final = 2
_KEPT: Final = 256
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
    """Paints text over a picture that lies on a ground of one colour, all in logical pixels.

    Outlined text takes its time, so the lines painted last are kept as they look.
    """

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._outlined: OrderedDict[tuple[str, bool, float], QPixmap] = OrderedDict()
        self._ground = QColor()
        self._picture = QRect()
        theme.changed.connect(self._outlined.clear)

    def paint(
        self, painter: QPainter, pane: QRect, ground: QColor, picture: QRect, corners: Corners, letters: Letters
    ) -> None:
        """All lines in their corners of the pane, and the letters in the middle of its edges."""
        self._ground, self._picture = ground, picture
        painter.save()
        painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # as the picture, in every language
        left, right = pane.left() + SPACE_12, pane.right() + 1 - SPACE_12
        top, bottom = pane.top() + SPACE_8, pane.bottom() + 1 - SPACE_8
        room = pane.width() // 2 - SPACE_16
        self._column(painter, corners.top_left, left, top, room, to_right=False)
        self._column(painter, corners.top_right, right, top, room, to_right=True)
        for lines, x, to_right in ((corners.bottom_left, left, False), (corners.bottom_right, right, True)):
            self._column(painter, lines, x, bottom - self._line * len(lines), room, to_right=to_right)
        self._letters(painter, pane, letters)
        painter.restore()

    @property
    def _line(self) -> int:
        return max(self._theme.px(_LINE), self._theme.line("small") + 2)

    def _letters(self, painter: QPainter, pane: QRect, letters: Letters) -> None:
        metrics = self._theme.metrics("small")
        middle_x, middle_y = pane.center().x(), pane.center().y() - self._line // 2
        width = metrics.horizontalAdvance
        for text, x, y in (
            (letters.left, pane.left() + SPACE_12, middle_y),
            (letters.right, pane.right() + 1 - SPACE_12 - width(letters.right), middle_y),
            (letters.top, middle_x - width(letters.top) // 2, pane.top() + SPACE_8),
            (letters.bottom, middle_x - width(letters.bottom) // 2, pane.bottom() + 1 - SPACE_8 - self._line),
        ):
            self._text(painter, QPoint(x, y), text)

    def _column(self, painter: QPainter, lines: Sequence[Line], x: int, y: int, room: int, *, to_right: bool) -> None:
        metrics = self._theme.metrics("small")
        for row, line in enumerate(lines):
            text = metrics.elidedText(line.text, Qt.TextElideMode.ElideMiddle, room)
            start = x - metrics.horizontalAdvance(text) if to_right else x
            self._text(painter, QPoint(start, y + row * self._line), text, quiet=line.quiet)

    def _text(self, painter: QPainter, corner: QPoint, text: str, *, quiet: bool = False) -> None:
        """One line of 12 px text: light and outlined where it lies on the picture, in the ground's ink beside it."""
        if not text.strip():
            return
        metrics = self._theme.metrics("small")
        area = QRect(corner, QSize(metrics.horizontalAdvance(text), self._line)).adjusted(-_OUTLINE, 0, _OUTLINE, 0)
        if not self._picture.contains(area):
            is_light = self._ground.lightness() > LIGHT_GROUND
            painter.setClipRegion(QRegion(area) - QRegion(self._picture))
            painter.setFont(self._theme.font("small"))
            painter.setPen(QColor((LIGHT.text2 if quiet else LIGHT.text) if is_light else _ink(quiet)))
            painter.setLayoutDirection(direction_of(text))
            painter.drawText(QPointF(corner.x(), corner.y() + self._baseline()), text)
        if area.intersects(self._picture):
            painter.setClipRect(area & self._picture)
            painter.drawPixmap(
                area.topLeft(), self._kept(text, area.size(), quiet, painter.device().devicePixelRatioF())
            )

    def _baseline(self) -> float:
        metrics = self._theme.metrics("small")
        return (self._line + metrics.ascent() - metrics.descent()) / 2

    def _kept(self, text: str, size: QSize, quiet: bool, ratio: float) -> QPixmap:
        key = (text, quiet, ratio)
        if key not in self._outlined:
            self._outlined[key] = self._drawn(text, size, quiet, ratio)
            if len(self._outlined) > _KEPT:
                self._outlined.popitem(last=False)
        self._outlined.move_to_end(key)
        return self._outlined[key]

    def _drawn(self, text: str, size: QSize, quiet: bool, ratio: float) -> QPixmap:
        drawn = QPixmap(size * ratio)
        drawn.setDevicePixelRatio(ratio)
        drawn.fill(Qt.GlobalColor.transparent)
        painter = QPainter(drawn)
        painter.setLayoutDirection(direction_of(text))
        painter.setFont(self._theme.font("small"))
        # Eight times around in the colour of the outline: as good as stroking its path at this size, and much faster.
        painter.setPen(QColor(OVERLAY_OUTLINE))
        for across in (-1.0, 0.0, 1.0):
            for down in (-1.0, 0.0, 1.0):
                painter.drawText(QPointF(_OUTLINE + across, self._baseline() + down), text)
        painter.setPen(QColor(_ink(quiet)))
        painter.drawText(QPointF(_OUTLINE, self._baseline()), text)
        painter.end()
        return drawn


def _ink(quiet: bool) -> str:
    return OVERLAY_TEXT2 if quiet else OVERLAY_TEXT
