"""The brush of the masks: a path drawn by the mouse, as wide as it is set, painted as it will be."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from hitl_desktop.domain.mask_strokes import MOST_POINTS, Stroke
from hitl_desktop.gui.theme.tokens import OVERLAY_MARK
from hitl_desktop.gui.viewers.canvas_tools import CanvasView, Pointer
from hitl_desktop.gui.viewers.image_canvas import ImageCanvas

_BLACK: Final = "#000000"
_SHARES: Final = (0.005, 0.01, 0.02, 0.03, 0.05, 0.08, 0.12)
"""Widths of the brush, of the larger side of the picture."""
_USUAL: Final = 3


class Brush:
    """A tool of the canvas; `drawn(stroke)` tells of each one that was finished."""

    def __init__(self, canvas: ImageCanvas, drawn: Callable[[Stroke], None]) -> None:
        self._canvas = canvas
        self._drawn = drawn
        self._step = _USUAL
        self._path: list[tuple[float, float]] = []
        self._at: tuple[float, float] | None = None

    @property
    def cursor(self) -> Qt.CursorShape:
        """A cross: the place counts."""
        return Qt.CursorShape.CrossCursor

    def wider(self, by: int) -> None:
        """The next width, or the one before."""
        self._step = max(0, min(len(_SHARES) - 1, self._step + by))
        self._canvas.update()

    def width(self, view: CanvasView) -> float:
        """In pixels of the picture: at least one."""
        return max(1.0, _SHARES[self._step] * max(view.size))

    def press(self, pointer: Pointer) -> None:
        """A stroke begins."""
        self._path = [pointer.view.inside(pointer.at)]
        self.hover(pointer)

    def move(self, pointer: Pointer) -> None:
        """It goes on, by steps that its width makes smooth."""
        place = pointer.view.inside(pointer.at)
        if self._path and len(self._path) < MOST_POINTS - 1:
            last, step = self._path[-1], self.width(pointer.view) / 8
            if abs(place[0] - last[0]) + abs(place[1] - last[1]) >= step:
                self._path.append(place)
        self.hover(pointer)

    def release(self, pointer: Pointer) -> None:
        """That is it."""
        path, place = self._path, pointer.view.inside(pointer.at)
        self._path = []
        if path:
            path += [place] if place != path[-1] else []
            self._drawn(Stroke(round(self.width(pointer.view), 2), tuple((round(x, 2), round(y, 2)) for x, y in path)))

    def hover(self, pointer: Pointer) -> None:
        """Show how wide it would be."""
        self._at = pointer.at
        self._canvas.update()

    def cancel(self) -> None:
        """Nothing was begun."""
        self._path, self._at = [], None
        self._canvas.update()

    def paint(self, painter: QPainter, view: CanvasView) -> None:
        """What is being drawn, and the ring of the brush."""
        if self._path:
            paint_stroke(painter, view, Stroke(self.width(view), tuple(self._path)))
        if self._at is not None:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(OVERLAY_MARK), 1))
            radius = self.width(view) * view.scale / 2
            painter.drawEllipse(view.to_widget(self._at), radius, radius)


def paint_stroke(painter: QPainter, view: CanvasView, stroke: Stroke) -> None:
    """Black, as it will be."""
    pen = QPen(QColor(_BLACK), stroke.width * view.scale)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    places = [view.to_widget(place) for place in stroke.path]
    path = QPainterPath(places[0])
    for place in places[1:] or [places[0] + QPointF(0.01, 0)]:
        path.lineTo(place)
    painter.drawPath(path)
