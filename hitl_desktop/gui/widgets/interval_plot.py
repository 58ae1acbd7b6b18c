"""Estimates with their intervals, in order: how good the model was, version by version."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import STRONG
from hitl_desktop.gui.widgets.painted import Painted
from hitl_desktop.gui.widgets.painting import CENTRE, draw_text, text_width
from hitl_desktop.language import listed, percent, percent_range, tr

_HEIGHT: Final = 132
_TOP: Final = 10
_AXIS: Final = 22
_LEFT: Final = 44
_RADIUS: Final = 3.5
_STEPS: Final = (0.02, 0.05, 0.1, 0.2, 0.25, 0.5)
_MOST_LINES: Final = 4


class IntervalPoint(NamedTuple):
    """One estimate, 0–1, with the ends of its interval; `label` names it on the axis."""

    label: str
    value: float
    low: float
    high: float


class IntervalPlot(Painted):
    """Points with whiskers, joined by a line, the last one filled and named. Time runs to the right in any layout."""

    def __init__(self, theme: Theme, points: Sequence[IntervalPoint] = (), parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._points: list[IntervalPoint] = []
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.show_points(points)

    def show_points(self, points: Sequence[IntervalPoint]) -> None:
        """Show these estimates, oldest first."""
        self._points = list(points)
        spoken = [listed((f"{p.label} {_percent(p.value)}", _interval(p))) for p in self._points]
        self.describe(tr("Estimates with intervals"), ". ".join(spoken) or tr("No estimate yet"))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(330, self.theme.px(_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return QSize(220, self.theme.px(_HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        if not self._points:
            draw_text(
                painter,
                self.rect(),
                tr("No estimate yet"),
                self.theme.font("small"),
                self.theme.colour("text2"),
                CENTRE,
            )
            return
        self._paint_grid(painter)
        self._paint_line(painter)
        self._paint_labels(painter)

    def _right(self) -> int:
        """The width kept for the words beside the last point."""
        last = self._points[-1]
        head = text_width(f"{last.label} · {_percent(last.value)}", self.theme.font("body", STRONG))
        return max(head, text_width(_interval(last), self.theme.font("small"))) + 14

    def _ticks(self) -> list[float]:
        low = min(point.low for point in self._points)
        high = max(point.high for point in self._points)
        for step in _STEPS:
            first, last = int(low / step + 1e-9), min(round(1 / step), -int(-high / step + 1e-9) + 1)
            first = min(first, last - 1)
            if last - first < _MOST_LINES:
                return [step * index for index in range(first, last + 1)]
        return [0.0, 0.5, 1.0]

    def _y(self, value: float) -> float:
        ticks = self._ticks()
        bottom = self.height() - self.theme.px(_AXIS) - 6
        share = (value - ticks[0]) / ((ticks[-1] - ticks[0]) or 1.0)
        return bottom - share * (bottom - _TOP)

    def _x(self, index: int) -> float:
        left, right = self.theme.px(_LEFT) + 10, self.width() - self._right() - 6
        if len(self._points) == 1:
            return (left + right) / 2
        return left + (right - left) * index / (len(self._points) - 1)

    def _paint_grid(self, painter: QPainter) -> None:
        line = self.theme.line("caption")
        for tick in self._ticks():
            y = round(self._y(tick))
            painter.fillRect(
                QRect(self.theme.px(_LEFT) - 4, y, self.width() - self._right() - self.theme.px(_LEFT) + 10, 1),
                self.theme.colour("line"),
            )
            rect = QRect(0, y - line // 2, self.theme.px(_LEFT) - 8, line)
            draw_text(painter, rect, _percent(tick), self.theme.font("caption"), self.theme.colour("text2"))

    def _paint_line(self, painter: QPainter) -> None:
        accent, surface = self.theme.colour("accent"), self.theme.colour("surface")
        painter.setPen(QPen(accent, 1.5))
        for index, point in enumerate(self._points):
            x = self._x(index)
            painter.drawLine(QPointF(x, self._y(point.low)), QPointF(x, self._y(point.high)))
        painter.setPen(QPen(accent, 2))
        painter.drawPolyline([QPointF(self._x(i), self._y(point.value)) for i, point in enumerate(self._points)])
        for index, point in enumerate(self._points):
            is_last = index == len(self._points) - 1
            painter.setBrush(accent if is_last else surface)
            painter.drawEllipse(QPointF(self._x(index), self._y(point.value)), _RADIUS, _RADIUS)

    def _paint_labels(self, painter: QPainter) -> None:
        font, colour = self.theme.font("caption"), self.theme.colour("text2")
        top = self.height() - self.theme.px(_AXIS) + 2
        widest = max(text_width(point.label, font) for point in self._points) + 8
        room = max(1.0, self._x(1) - self._x(0)) if len(self._points) > 1 else float(widest)
        every = max(1, -int(-widest // room))
        last = len(self._points) - 1
        for index, point in enumerate(self._points):
            if (last - index) % every == 0:
                rect = QRect(round(self._x(index)) - widest // 2, top, widest, self.theme.line("caption"))
                draw_text(painter, rect, point.label, font, colour, CENTRE)
        self._paint_last(painter)

    def _paint_last(self, painter: QPainter) -> None:
        point = self._points[-1]
        left, line = self.width() - self._right() + 10, self.theme.line("body")
        top = min(max(round(self._y(point.value)) - line + 2, 0), self.height() - self.theme.px(_AXIS) - 2 * line)
        strong = self.theme.font("body", STRONG)
        head = f"{point.label} · {_percent(point.value)}"
        draw_text(painter, QRect(left, top, self._right() - 8, line), head, strong, self.theme.colour("text"))
        rect = QRect(left, top + line, self._right() - 8, self.theme.line("small"))
        draw_text(painter, rect, _interval(point), self.theme.font("small"), self.theme.colour("text2"))


def _percent(value: float) -> str:
    return percent(_rounded(value) / 100)


def _interval(point: IntervalPoint) -> str:
    return percent_range(_rounded(point.low) / 100, _rounded(point.high) / 100)


def _rounded(value: float) -> int:
    """Whole percent, halves upwards as people expect: 33 of 40 is 83 %."""
    return int(100 * value + 0.5 + 1e-9)
