"""Tools that measure: the length between two places, and the value at one. In millimetres where the file knows them."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import MEASURE, OVERLAY_OUTLINE
from hitl_desktop.gui.viewers.canvas_tools import CanvasView, Pointer
from hitl_desktop.gui.viewers.projection import Point
from hitl_desktop.language import decimal, tr

_END: Final = 5.0
"""Half the length of the bar at each end of a line, in logical pixels."""
_PUT_SHARE: Final = 0.1
"""Of the width of the picture: half of a line that a key draws."""
_SHORTEST: Final = 3.0
"""A line that is shorter on the screen was a click, and is not kept."""


@dataclass(frozen=True, slots=True)
class _Line:
    """From `start` to `end` in image coordinates, on one frame."""

    start: Point
    end: Point
    frame: int


class LengthTool:
    """Drag from one place to another; the lines stay until another item comes. A layer as well as a tool."""

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, theme: Theme, repaint: Callable[[], None]) -> None:
        self._theme = theme
        self._repaint = repaint
        self._lines: list[_Line] = []
        self._drawn: _Line | None = None
        self.at_detector = False

    def words(self, view: CanvasView) -> list[str]:
        """What the lines on the frame in view say."""
        return [self._words(line, view) for line in self._lines if line.frame == view.frame]

    def go_on_from(self, before: "LengthTool") -> None:
        """Have the lines of another tool, on the same picture."""
        self._lines = list(before._lines)

    def clear(self) -> None:
        """Take all lines away."""
        self._lines.clear()
        self._drawn = None
        self._repaint()

    def remove_last(self) -> bool:
        """Take the last line away; False when there is none."""
        if not self._lines:
            return False
        self._lines.pop()
        self._repaint()
        return True

    def has_any(self, view: CanvasView) -> bool:
        """True when the line drawn last is on the frame in view."""
        return bool(self._lines) and self._lines[-1].frame == view.frame

    def put(self, view: CanvasView, middle: Point) -> None:
        """Draw a line across `middle`, whose end can then be moved by keys."""
        half = view.size[0] * _PUT_SHARE
        start, end = ((middle[0] + way * half, middle[1]) for way in (-1, 1))
        self._lines.append(_Line(view.inside(start), view.inside(end), view.frame))
        self._repaint()

    def nudge(self, view: CanvasView, right: int, down: int) -> None:
        """Move the end of the line drawn last by pixels of the picture."""
        last = self._lines[-1]
        self._lines[-1] = replace(last, end=view.inside((last.end[0] + right, last.end[1] + down)))
        self._repaint()

    def press(self, pointer: Pointer) -> None:
        """See `CanvasTool`."""
        at = pointer.view.inside(pointer.at)
        self._drawn = _Line(at, at, pointer.view.frame)

    def move(self, pointer: Pointer) -> None:
        """See `CanvasTool`."""
        if self._drawn is not None:
            self._drawn = _Line(self._drawn.start, pointer.view.inside(pointer.at), self._drawn.frame)
            self._repaint()

    def release(self, pointer: Pointer) -> None:
        """See `CanvasTool`."""
        line, self._drawn = self._drawn, None
        if line is not None and math.dist(line.start, line.end) * pointer.view.scale >= _SHORTEST:
            self._lines.append(line)
        self._repaint()

    def hover(self, pointer: Pointer) -> None:
        """See `CanvasTool`."""

    def cancel(self) -> None:
        """See `CanvasTool`."""
        self._drawn = None
        self._repaint()

    def paint(self, painter: QPainter, view: CanvasView) -> None:
        """See `CanvasLayer`."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for line in [*self._lines, *([self._drawn] if self._drawn is not None else [])]:
            if line.frame == view.frame:
                self._paint_line(painter, view, line)

    def _paint_line(self, painter: QPainter, view: CanvasView, line: _Line) -> None:
        start, end = view.to_widget(line.start), view.to_widget(line.end)
        path = QPainterPath(start)
        path.lineTo(end)
        long = math.hypot(end.x() - start.x(), end.y() - start.y()) or 1.0
        across = QPointF(-(end.y() - start.y()) / long * _END, (end.x() - start.x()) / long * _END)
        for tip in (start, end):
            path.moveTo(tip - across)
            path.lineTo(tip + across)
        for colour, width in ((OVERLAY_OUTLINE, 3.5), (MEASURE, 1.5)):
            painter.setPen(QPen(QColor(colour), width))
            painter.drawPath(path)
        below = QPointF((start.x() + end.x()) / 2, max(start.y(), end.y()) + 20)
        paint_label(painter, self._theme, below, self._words(line, view))

    def _words(self, line: _Line, view: CanvasView) -> str:
        return length_words(line.start, line.end, view.spacing, at_detector=self.at_detector)


class ProbeTool:
    """Click to pin the value of a pixel; the pins stay until another item comes. A layer as well as a tool."""

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, theme: Theme, repaint: Callable[[], None], value: Callable[[int, int], str]) -> None:
        self._theme = theme
        self._repaint = repaint
        self._value = value
        self._pins: list[tuple[Point, int, str]] = []

    @property
    def words(self) -> list[str]:
        """What the pins say."""
        return [words for _, _, words in self._pins]

    def clear(self) -> None:
        """Take all pins away."""
        self._pins.clear()
        self._repaint()

    def remove_last(self) -> bool:
        """Take the last pin away; False when there is none."""
        if not self._pins:
            return False
        self._pins.pop()
        self._repaint()
        return True

    def has_any(self, view: CanvasView) -> bool:
        """True when the last pin is on the frame in view."""
        return bool(self._pins) and self._pins[-1][1] == view.frame

    def put(self, view: CanvasView, middle: Point) -> None:
        """Pin the value in the middle, from where the pin can be moved by keys."""
        self._pin(view, middle)

    def nudge(self, view: CanvasView, right: int, down: int) -> None:
        """Move the last pin by pixels of the picture, within it."""
        (x, y), _, _ = self._pins[-1]
        if self._pin(view, (x + right, y + down)):
            del self._pins[-2]

    def press(self, pointer: Pointer) -> None:
        """See `CanvasTool`."""
        self._pin(pointer.view, pointer.at)

    def _pin(self, view: CanvasView, at: Point) -> bool:
        """Pin the value at a place; False outside of the picture, and where there is none."""
        x, y = (math.floor(place) for place in at)
        width, height = view.size
        words = self._value(x, y) if 0 <= x < width and 0 <= y < height else ""
        if words:
            self._pins.append(((x + 0.5, y + 0.5), view.frame, words))
            self._repaint()
        return bool(words)

    def move(self, pointer: Pointer) -> None:
        """See `CanvasTool`."""

    def release(self, pointer: Pointer) -> None:
        """See `CanvasTool`."""

    def hover(self, pointer: Pointer) -> None:
        """See `CanvasTool`."""

    def cancel(self) -> None:
        """See `CanvasTool`."""

    def paint(self, painter: QPainter, view: CanvasView) -> None:
        """See `CanvasLayer`."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for place, frame, words in self._pins:
            if frame == view.frame:
                at = view.to_widget(place)
                for colour, width in ((OVERLAY_OUTLINE, 3.5), (MEASURE, 1.5)):
                    painter.setPen(QPen(QColor(colour), width))
                    painter.drawEllipse(QRectF(at.x() - _END, at.y() - _END, 2 * _END, 2 * _END))
                paint_label(painter, self._theme, at + QPointF(0, 20), words)


def length_words(start: Point, end: Point, spacing: tuple[float, float] | None, *, at_detector: bool = False) -> str:
    """The length between two places of a picture: in millimetres where the size of a pixel is known, else in pixels."""
    if spacing is None:
        return tr("{length} pixels", length=decimal(math.dist(start, end), 1))
    across, down = ((b - a) * size for a, b, size in zip(start, end, spacing, strict=True))
    length = decimal(math.hypot(across, down), 1)
    # Rays spread on their way: what lies before the detector is smaller than its shadow.
    return tr("{length} mm at the detector", length=length) if at_detector else tr("{length} mm", length=length)


def paint_label(painter: QPainter, theme: Theme, middle: QPointF, words: str) -> None:
    """Words in the colour of measures, outlined, with their baseline at `middle`."""
    font = theme.font("small")
    metrics = theme.metrics("small")
    path = QPainterPath()
    path.addText(middle.x() - metrics.horizontalAdvance(words) / 2, middle.y(), font, words)
    outline = QPen(QColor(OVERLAY_OUTLINE), 3)
    outline.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.strokePath(path, outline)
    painter.fillPath(path, QColor(MEASURE))
