"""Key caps: the small frame with a key's name that stands beside every action."""

from functools import lru_cache
from typing import Final, Literal

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import RADIUS_SMALL, STRONG
from hitl_desktop.gui.widgets.painting import CENTRE, draw_text, kept_image, text_width

CapStyle = Literal["plain", "on_accent", "disabled"]
_HEIGHT: Final = 20
_PADDING: Final = 6
_COLOURS: Final = {
    "plain": ("line_strong", "text2"),
    "on_accent": ("on_accent", "on_accent"),
    "disabled": ("line", "text3"),
}


def key_cap_height(theme: Theme) -> int:
    """The height of every cap."""
    return theme.px(_HEIGHT)


def key_cap_width(text: str, theme: Theme) -> int:
    """The width of the cap with this text: square for a single letter."""
    return max(key_cap_height(theme), text_width(text, theme.font("caption", STRONG)) + 2 * _PADDING)


def paint_key_cap(painter: QPainter, rect: QRect, text: str, theme: Theme, style: CapStyle = "plain") -> None:
    """Paint the cap at its own height, centred vertically in `rect`, over the whole width of `rect`."""
    border, ink = _COLOURS[style]
    height = key_cap_height(theme)
    cap = QRect(rect.x(), rect.y() + (rect.height() - height) // 2, rect.width(), height)
    device = painter.device()
    ratio = device.devicePixelRatioF() if device is not None else 1.0
    painter.drawImage(cap.topLeft(), _frame(cap.width(), height, theme.tokens.colour(border), ratio))
    draw_text(painter, cap.adjusted(0, 0, 0, -1), text, theme.font("caption", STRONG), theme.colour(ink), CENTRE)


@lru_cache(maxsize=128)
def _frame(width: int, height: int, colour: str, ratio: float) -> QImage:
    """The frame of a cap. Kept: taking one path from another takes longer than all else that a button paints."""
    image = kept_image(width, height, ratio)
    painter = QPainter(image)
    cap = QRectF(0, 0, width, height)
    outer, inner = QPainterPath(), QPainterPath()
    outer.addRoundedRect(cap, RADIUS_SMALL, RADIUS_SMALL)
    # The lower edge is twice as thick, like the edge of a key.
    inner.addRoundedRect(cap.adjusted(1, 1, -1, -2), RADIUS_SMALL - 1, RADIUS_SMALL - 1)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillPath(outer.subtracted(inner), QColor(colour))
    painter.end()
    return image
