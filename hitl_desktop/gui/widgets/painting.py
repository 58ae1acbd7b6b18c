"""Small drawing operations that the painted widgets share."""

from functools import lru_cache
from typing import Final

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QStyle

from hitl_desktop.gui.theme import Theme

LEFT: Final = Qt.AlignmentFlag.AlignLeft
RIGHT: Final = Qt.AlignmentFlag.AlignRight
CENTRE: Final = Qt.AlignmentFlag.AlignHCenter
_HATCH_STEP = 4


def draw_text(
    painter: QPainter,
    rect: QRect,
    text: str,
    font: QFont,
    colour: QColor,
    align: Qt.AlignmentFlag = LEFT,
    elide: Qt.TextElideMode = Qt.TextElideMode.ElideMiddle,
) -> None:
    """One line of plain text, centred vertically in `rect`, shortened where it does not fit.

    Left means the leading edge: it is the right edge in right-to-left layouts.
    """
    if rect.width() <= 0:
        return
    painter.setFont(font)
    painter.setPen(colour)
    shown = QFontMetrics(font).elidedText(text, elide, rect.width())
    painter.drawText(rect, _flags(painter.layoutDirection(), align), shown)


@lru_cache(maxsize=64)
def _flags(direction: Qt.LayoutDirection, align: Qt.AlignmentFlag) -> int:
    """What `drawText` is told. Kept, as joining enumerations takes longer than painting a word."""
    visual = QStyle.visualAlignment(direction, align)
    flags = visual | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute
    return int(flags.value) | int(Qt.TextFlag.TextSingleLine.value)


def text_width(text: str, font: QFont) -> int:
    """The width of a line of text in pixels, so that it is not shortened."""
    return QFontMetrics(font).horizontalAdvance(text) + 1


def fill_rounded(painter: QPainter, rect: QRectF | QRect, radius: float, colour: QColor) -> None:
    """A filled rectangle with round corners and no border."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawRoundedRect(QRectF(rect), radius, radius)


def draw_frame(
    painter: QPainter,
    rect: QRect,
    radius: float,
    border: QColor,
    fill: QColor | None = None,
    width: float = 1.0,
    style: Qt.PenStyle = Qt.PenStyle.SolidLine,
) -> None:
    """A border inside `rect` with round corners, with or without a fill."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(border, width, style))
    painter.setBrush(fill if fill is not None else Qt.BrushStyle.NoBrush)
    half = width / 2
    inner = max(0.0, radius - half)
    painter.drawRoundedRect(QRectF(rect).adjusted(half, half, -half, -half), inner, inner)


def fill_hatched(painter: QPainter, rect: QRectF | QRect, radius: float, colour: QColor) -> None:
    """Rising diagonal lines: the pattern of what is set aside."""
    area = QRectF(rect)
    if area.width() <= 0:
        return
    clip = QPainterPath()
    clip.addRoundedRect(area, radius, radius)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setClipPath(clip, Qt.ClipOperation.IntersectClip)
    painter.setPen(QPen(colour, 1.5))
    x = area.left() - area.height()
    while x < area.right():
        painter.drawLine(QPointF(x, area.bottom()), QPointF(x + area.height(), area.top()))
        x += _HATCH_STEP
    painter.restore()


def draw_icon(
    painter: QPainter, theme: Theme, rect: QRect, name: str, colour: str, size: int = 16, stroke: float = 1.75
) -> None:
    """An icon in the colour of a token, centred in `rect`."""
    device = painter.device()
    ratio = device.devicePixelRatioF() if device is not None else 1.0
    pixmap = theme.pixmap(name, size, colour, ratio, stroke)
    corner = QPointF(rect.x() + (rect.width() - size) / 2, rect.y() + (rect.height() - size) / 2)
    painter.drawPixmap(corner.toPoint(), pixmap)
