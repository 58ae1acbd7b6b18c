"""A round lens under the mouse."""

from dataclasses import replace
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from hitl_desktop.gui.decoded import Shot
from hitl_desktop.gui.theme.tokens import OVERLAY_OUTLINE, OVERLAY_TEXT
from hitl_desktop.gui.viewers.canvas_tools import CanvasView
from hitl_desktop.gui.viewers.projection import LARGEST_ZOOM, Projection
from hitl_desktop.gui.viewers.rendering import Tone, render_quickly

DIAMETER: Final = 220
FACTOR: Final = 2.5


def paint_lens(painter: QPainter, shot: Shot, view: CanvasView, position: QPointF, tone: Tone, ground: QColor) -> None:
    """Paint what lies at `position` (of the widget) in a lens around it, `FACTOR` times as large as it is shown."""
    seen = render_quickly(shot, view.size, lens_projection(view, position), tone, ground)
    if seen is None:
        return
    seen.setDevicePixelRatio(view.ratio)
    area = QRectF(position.x() - DIAMETER / 2, position.y() - DIAMETER / 2, DIAMETER, DIAMETER)
    round_area = QPainterPath()
    round_area.addEllipse(area)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setClipPath(round_area)
    painter.drawPixmap(area.topLeft(), seen)
    painter.setClipping(False)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, width in ((OVERLAY_OUTLINE, 4), (OVERLAY_TEXT, 1.5)):
        painter.setPen(QPen(QColor(colour), width))
        painter.drawEllipse(area)
    painter.restore()


def lens_projection(view: CanvasView, position: QPointF) -> Projection:
    """The picture as it lies in the square around the lens: the place under the mouse in its middle."""
    now = view.projection
    side = float(round(DIAMETER * view.ratio))
    scale = min(LARGEST_ZOOM, now.scale * FACTOR)
    at = (position.x() * view.ratio, position.y() * view.ratio)
    x, y = (side / 2 - (place - start) / now.scale * scale for place, start in zip(at, now.origin, strict=True))
    return replace(now, pane=(side, side), scale=scale, origin=(x, y), fits=False)
