"""The shapes of the classes: a class is known by shape and name; its colour alone never says it."""

import math
from collections.abc import Callable
from functools import lru_cache

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QIcon, QImage, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

from hitl_desktop.gui.theme.fonts import FAMILY
from hitl_desktop.gui.theme.tokens import CLASS_SHAPES, Tokens
from hitl_desktop.gui.widgets.painting import kept_image

_FILLED = len(CLASS_SHAPES)
_OUTLINED = 2 * _FILLED
_LINE = 1.5


def paint_glyph(painter: QPainter, rect: QRect | QRectF, class_index: int, tokens: Tokens) -> None:
    """Paint the glyph of a class (index from 0) as large as fits into the middle of `rect`.

    Classes 0–11 have filled shapes, 12–23 the same shapes as outlines, later ones a letter in a square.
    """
    side = min(rect.width(), rect.height())
    area = QRectF(0, 0, side, side)
    area.moveCenter(QRectF(rect).center())
    paint_shape(painter, area, class_index, QColor(tokens.class_colour(class_index)))


def paint_shape(painter: QPainter, area: QRectF, class_index: int, colour: QColor) -> None:
    """Paint the shape of a class into a square area, in any colour."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if class_index >= _OUTLINED:
        _paint_letter(painter, area, class_index - _OUTLINED, colour)
    elif class_index >= _FILLED:
        painter.setPen(QPen(colour, _LINE))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        inset = _LINE / 2
        painter.drawPath(glyph_path(class_index, area.adjusted(inset, inset, -inset, -inset)))
    else:
        painter.fillPath(glyph_path(class_index, area), colour)
    painter.restore()


def draw_glyph(painter: QPainter, rect: QRect, class_index: int, tokens: Tokens) -> None:
    """As `paint_glyph`, for what is painted with every key: from an image that is kept."""
    device = painter.device()
    ratio = device.devicePixelRatioF() if device is not None else 1.0
    side = min(rect.width(), rect.height())
    corner = QPoint(rect.x() + (rect.width() - side) // 2, rect.y() + (rect.height() - side) // 2)
    painter.drawImage(corner, _kept(class_index, side, tokens.class_colour(class_index), ratio))


@lru_cache(maxsize=512)
def _kept(class_index: int, side: int, colour: str, ratio: float) -> QImage:
    image = kept_image(side, side, ratio)
    painter = QPainter(image)
    paint_shape(painter, QRectF(0, 0, side, side), class_index, QColor(colour))
    painter.end()
    return image


def glyph_icon(class_index: int, tokens: Tokens, size: int = 12) -> QIcon:
    """The glyph of a class as an icon for tables and lists, ready for screens of one to three pixels per pixel."""
    icon = QIcon()
    for ratio in (1.0, 2.0, 3.0):
        pixmap = QPixmap(round(size * ratio), round(size * ratio))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        paint_glyph(painter, QRectF(0, 0, size, size), class_index, tokens)
        painter.end()
        for mode in (QIcon.Mode.Normal, QIcon.Mode.Selected):  # a selected row must not tint the colour of a class
            icon.addPixmap(pixmap, mode)
    return icon


def glyph_path(class_index: int, area: QRectF) -> QPainterPath:
    """The shape of a class as a closed path inside a square area."""
    return _PATHS[CLASS_SHAPES[class_index % _FILLED]](area)


def _paint_letter(painter: QPainter, area: QRectF, number: int, colour: QColor) -> None:
    painter.setPen(QPen(colour, 1.0))
    painter.drawRect(area.adjusted(0.5, 0.5, -0.5, -0.5))
    font = QFont(FAMILY)
    font.setPixelSize(max(6, round(area.height() * 0.75)))
    font.setWeight(QFont.Weight.DemiBold)
    painter.setFont(font)
    painter.drawText(area, Qt.AlignmentFlag.AlignCenter, chr(ord("A") + number % 26))


def _polygon(points: list[tuple[float, float]], area: QRectF) -> QPainterPath:
    """A polygon from points in a square from −1 to 1, y downwards."""
    centre, half = area.center(), area.width() / 2
    path = QPainterPath()
    path.addPolygon(QPolygonF([QPointF(centre.x() + x * half, centre.y() + y * half) for x, y in points]))
    path.closeSubpath()
    return path


def _regular(corners: int, area: QRectF, inner: float | None = None) -> QPainterPath:
    """A regular polygon standing with a corner on top; with `inner` a star with that inner radius."""
    points: list[tuple[float, float]] = []
    steps = corners if inner is None else 2 * corners
    for step in range(steps):
        radius = inner if inner is not None and step % 2 else 1.0
        angle = 2 * math.pi * step / steps
        points.append((radius * math.sin(angle), -radius * math.cos(angle)))
    return _polygon(points, area)


def _disc(area: QRectF, share: float = 0.86) -> QPainterPath:
    path = QPainterPath()
    radius = area.width() / 2 * share
    path.addEllipse(area.center(), radius, radius)
    return path


def _square(area: QRectF) -> QPainterPath:
    return _polygon([(-0.8, -0.8), (0.8, -0.8), (0.8, 0.8), (-0.8, 0.8)], area)


def _triangle_up(area: QRectF) -> QPainterPath:
    return _polygon([(0, -0.85), (0.98, 0.8), (-0.98, 0.8)], area)


def _triangle_down(area: QRectF) -> QPainterPath:
    return _polygon([(0, 0.85), (0.98, -0.8), (-0.98, -0.8)], area)


def _cross(area: QRectF) -> QPainterPath:
    a, b = 0.92, 0.33
    corners = [(-b, -a), (b, -a), (b, -b), (a, -b), (a, b), (b, b), (b, a), (-b, a), (-b, b), (-a, b), (-a, -b)]
    return _polygon([*corners, (-b, -b)], area)


def _half_disc(area: QRectF) -> QPainterPath:
    path = QPainterPath()
    disc = _disc(area, 0.98).boundingRect().translated(0, area.height() * 0.2)
    path.moveTo(disc.right(), disc.center().y())
    path.arcTo(disc, 0, 180)
    path.closeSubpath()
    return path


def _bar(area: QRectF) -> QPainterPath:
    return _polygon([(-0.95, -0.38), (0.95, -0.38), (0.95, 0.38), (-0.95, 0.38)], area)


def _ring(area: QRectF) -> QPainterPath:
    return _disc(area, 0.92).subtracted(_disc(area, 0.46))


_PATHS: dict[str, Callable[[QRectF], QPainterPath]] = {
    "circle": _disc,
    "square": _square,
    "triangle_up": _triangle_up,
    "diamond": lambda area: _regular(4, area),
    "pentagon": lambda area: _regular(5, area),
    "cross": _cross,
    "triangle_down": _triangle_down,
    "hexagon": lambda area: _regular(6, area),
    "half_disc": _half_disc,
    "bar": _bar,
    "ring": _ring,
    "star": lambda area: _regular(5, area, inner=0.45),
}
