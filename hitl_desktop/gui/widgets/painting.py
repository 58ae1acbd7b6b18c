"""Small drawing operations that the painted widgets share."""

import re
import unicodedata
from functools import lru_cache
from math import ceil
from typing import Final

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QFontMetricsF,
    QImage,
    QPainter,
    QPainterPath,
    QPen,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QStyle

from hitl_desktop.gui.theme import Theme
from hitl_desktop.language import in_use

LEFT: Final = Qt.AlignmentFlag.AlignLeft
RIGHT: Final = Qt.AlignmentFlag.AlignRight
CENTRE: Final = Qt.AlignmentFlag.AlignHCenter
_HATCH_STEP = 4
_LEFT_OVER: Final = 3
_PLAIN: Final = re.compile("[\u0020-\u058f\u2010-\u2027\u2030-\u205e]*")
"""What our own fonts have letters for, written from left to right."""
_RIGHT_TO_LEFT: Final = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_RISE: Final = 0.07
_TO_RIGHT: Final = Qt.LayoutDirection.LeftToRight
_TO_LEFT: Final = Qt.LayoutDirection.RightToLeft


def draw_text(
    painter: QPainter,
    rect: QRect,
    text: str,
    font: QFont,
    colour: QColor,
    align: Qt.AlignmentFlag = LEFT,
    elide: Qt.TextElideMode = Qt.TextElideMode.ElideMiddle,
    *,
    is_quoted: bool = False,
) -> None:
    """One line of plain text, centred vertically in `rect`, shortened where it does not fit.

    Left means the leading edge: it is the right edge in right-to-left layouts. Words of the program run as its language
    does, in a drawing whose axes run to the right too; what `is_quoted` from an item runs as its own first letters do.
    """
    room = rect.width()
    if room <= 0 or not text:
        return
    painter.setFont(font)
    painter.setPen(colour)
    side = painter.layoutDirection()
    at = _alignment(side, align)
    runs = direction_of(text, is_quoted=is_quoted, side=side)
    shown = text
    wide, high, ascent = _measures(shown, font)
    if wide > room:
        shown = _shortened(text, font, elide, room)
        wide, high, ascent = _measures(shown, font)
    if runs is not side:
        painter.setLayoutDirection(runs)
    if wide > room or high > rect.height():  # what is beyond the place must not show
        painter.drawText(rect, _SINGLE_LINE | _SIDES[at], shown)
    else:  # at a point and not in a rectangle, which has the text laid out twice
        left, top = rect.left() + (room - wide) * at, rect.top() + (rect.height() - high) / 2 - rise(text, font)
        painter.drawText(QPointF(left, top + ascent), shown)
    if runs is not side:
        painter.setLayoutDirection(side)


def rise(text: str, font: QFont) -> float:
    """By how much a line is drawn above the middle of its place, in pixels: a font of Arabic leaves more room above its
    letters than it needs, and reaches far below them.
    """
    return _RISE * font.pixelSize() if not _PLAIN.fullmatch(text) and _RIGHT_TO_LEFT.search(text) else 0.0


def direction_of(text: str, *, is_quoted: bool = False, side: Qt.LayoutDirection = _TO_RIGHT) -> Qt.LayoutDirection:
    """The direction in which a line runs that is drawn where the layout has this `side`; see `draw_text`."""
    if _PLAIN.fullmatch(text):
        return _TO_RIGHT if is_quoted else side
    if is_quoted:
        return _own_direction(text)
    return _TO_LEFT if in_use().right_to_left and _RIGHT_TO_LEFT.search(text) else side


@lru_cache(maxsize=1024)
def _own_direction(text: str) -> Qt.LayoutDirection:
    """That of the first letter which has one."""
    for character in text:
        direction = unicodedata.bidirectional(character)
        if direction in ("L", "R", "AL"):
            return _TO_RIGHT if direction == "L" else _TO_LEFT
    return _TO_RIGHT


_SINGLE_LINE: Final = int(Qt.TextFlag.TextSingleLine.value) | int(
    (Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute).value
)
_SIDES: Final = {0.0: 1, 0.5: 4, 1.0: 2}
"""Where in its place a text stands, as a share of the room left over, and Qt's flag for it."""


# What follows is asked again with every paint: measuring a word takes longer than painting a pixmap of it would. A font
# is compared by what it is, so that another text size has places of its own.


@lru_cache(maxsize=64)
def _alignment(direction: Qt.LayoutDirection, align: Qt.AlignmentFlag) -> float:
    """The share of the room left over that lies before the text. Kept, as joining enumerations takes long."""
    visual = QStyle.visualAlignment(direction, align)
    if visual & Qt.AlignmentFlag.AlignRight:
        return 1.0
    return 0.5 if visual & Qt.AlignmentFlag.AlignHCenter else 0.0


@lru_cache(maxsize=4096)
def _shortened(text: str, font: QFont, elide: Qt.TextElideMode, room: int) -> str:
    return QFontMetrics(font).elidedText(text, elide, room)


@lru_cache(maxsize=4096)
def _measures(text: str, font: QFont) -> tuple[float, float, float]:
    """The width of a line, its height, and how much of that is above its base line."""
    if _PLAIN.fullmatch(text):
        return QFontMetricsF(font).horizontalAdvance(text), *_line(font)
    return _laid_out(text, font)  # other fonts stand in for the letters that this one has not


@lru_cache(maxsize=64)
def _line(font: QFont) -> tuple[float, float]:
    return _laid_out("x", font)[1:]


def _laid_out(text: str, font: QFont) -> tuple[float, float, float]:
    layout = QTextLayout(text, font)
    layout.beginLayout()
    line = layout.createLine()
    layout.endLayout()
    return line.naturalTextWidth(), line.ascent() + line.descent(), line.ascent()


def text_width(text: str, font: QFont) -> int:
    """The width of a line of text in pixels, so that it is not shortened."""
    return ceil(_measures(text, font)[0]) + 1


@lru_cache(maxsize=512)
def text_lines(text: str, font: QFont, width: int, most: int) -> tuple[str, ...]:
    """A text broken into lines of this width, up to so many; the last one is shortened where more would follow."""
    layout = QTextLayout(text, font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.beginLayout()
    found: list[str] = []
    while len(found) < most and (line := layout.createLine()).isValid():
        line.setLineWidth(max(1, width))
        end = line.textStart() + line.textLength()
        is_cut = len(found) == most - 1 and end < len(text)
        words = text[line.textStart() :] if is_cut else text[line.textStart() : end].rstrip()
        found.append(QFontMetrics(font).elidedText(words, Qt.TextElideMode.ElideRight, width) if is_cut else words)
    layout.endLayout()
    return tuple(found)


@lru_cache(maxsize=512)
def name_lines(name: str, font: QFont, width: int) -> tuple[str, ...]:
    """A name in one line, or in two where it is longer: the second loses its beginning where it is too long as well.

    Long names of classes often begin alike, so their ends tell them apart.
    """
    first = text_lines(name, font, width, 2)[0]
    rest = name[len(first) :].strip()
    is_parted = bool(rest) and not name[len(first)].isspace()
    if rest and (is_parted or text_width(rest, font) > width) and _PLAIN.fullmatch(name):
        first, rest = _filled(name, font, width)
    return (first, QFontMetrics(font).elidedText(rest, Qt.TextElideMode.ElideLeft, width)) if rest else (first,)


def _filled(name: str, font: QFont, width: int) -> tuple[str, str]:
    """The first line with as many letters as it holds, also of a word, and what is left of the name."""
    end = max((end for end in range(1, len(name)) if text_width(name[:end] + "-", font) <= width), default=1)
    letters = len(name[end:].split(" ", 1)[0])
    if 0 < letters < _LEFT_OVER and end > 2 * _LEFT_OVER:  # no letter goes alone to the next line
        end -= _LEFT_OVER - letters
    first, rest = name[:end], name[end:]
    is_inside = first[-1].isalpha() and rest[0].isalpha()
    is_whole = text_width(rest, font) <= width
    return first.rstrip() + ("-" if is_inside and is_whole else ""), rest.lstrip()


def draw_name(painter: QPainter, rect: QRect, name: str, fonts: tuple[QFont, QFont], colour: QColor) -> None:
    """A name in the first font, or in two lines of the second one where it is too long for that."""
    if text_width(name, fonts[0]) <= rect.width():
        draw_text(painter, rect, name, fonts[0], colour)
        return
    lines = name_lines(name, fonts[1], rect.width())
    line = QFontMetrics(fonts[1]).height()
    top = rect.top() + (rect.height() - line * len(lines)) // 2
    for place, words in enumerate(lines):
        draw_text(painter, QRect(rect.left(), top + place * line, rect.width(), line), words, fonts[1], colour)


def draw_rounded(painter: QPainter, rect: QRect, radius: int, colour: QColor) -> None:
    """As `fill_rounded`, for what is painted with every key: from an image that is kept."""
    device = painter.device()
    ratio = device.devicePixelRatioF() if device is not None else 1.0
    painter.drawImage(rect.topLeft(), _rounded(rect.width(), rect.height(), radius, colour.rgba(), ratio))


@lru_cache(maxsize=512)
def _rounded(width: int, height: int, radius: int, rgba: int, ratio: float) -> QImage:
    image = kept_image(width, height, ratio)
    painter = QPainter(image)
    fill_rounded(painter, QRect(0, 0, width, height), radius, QColor.fromRgba(rgba))
    painter.end()
    return image


def kept_image(width: int, height: int, ratio: float) -> QImage:
    """Room for something that is painted once and kept. No pixmap: that must not outlive the application."""
    image = QImage(round(width * ratio), round(height * ratio), QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    return image


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
