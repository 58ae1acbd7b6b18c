"""How good every version is on the same checks, by how many decisions it learned from."""

from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import SPACE_4, SPACE_8, STRONG
from hitl_desktop.gui.widgets.chart import Axes, Chart, Mark, ticks, ticks_within
from hitl_desktop.gui.widgets.painting import draw_text, text_width
from hitl_desktop.language import decimal, mark, number, percent, percent_range, tr, trn

Standing = Literal["kept", "in_use", "challenger"]
_RADIUS: Final = 3.5
_LARGE: Final = 5.5
_LEAST_GAP: Final = 9.0
_HEIGHT: Final = 226
_SOFT: Final = 0.22
_SPARE: Final = 0.06
"""Room left and right of the points, as a share of their span."""


class CurvePoint(NamedTuple):
    """A version: decisions it learned from, share right with its interval (0–1), its name and what it is."""

    decisions: int
    value: float
    low: float
    high: float
    name: str
    standing: Standing = "kept"


class LearningCurvePlot(Chart):
    """A line through the versions with the band of their intervals; the one in use is filled and named.

    A challenger is a diamond, joined by a dashed line.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, tr("No version has been measured yet"), parent)
        self._points: list[CurvePoint] = []
        self.show_points([])

    def show_points(self, points: Sequence[CurvePoint]) -> None:
        """Show these versions, oldest first."""
        self._points = sorted(points, key=lambda point: point.decisions)
        self.describe(tr("Accuracy by decisions learned from"), ". ".join(map(self._told, self._points)) or self._note)
        self.update()

    def marks(self) -> list[Mark]:
        axes = self._axes()
        return [Mark(axes.at(point.decisions, 100 * point.value), self._told(point)) for point in self._points]

    def sizeHint(self) -> QSize:
        return QSize(320, self.theme.px(_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return QSize(200, self.theme.px(_HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = self.begin()
        if not self._points:
            self.paint_note(painter)
            return
        axes = self._axes()
        self.paint_rows(painter, axes, [(tick, decimal(tick, 0)) for tick in self._rows()])
        columns = [(tick, number(round(tick))) for tick in self._columns()]
        self.paint_columns(painter, axes, columns, tr("Decisions learned from"))
        steady = [point for point in self._points if point.standing != "challenger"]
        self._paint_band(painter, axes)
        self._paint_line(painter, axes, steady)
        self._paint_challengers(painter, axes, steady)
        self._paint_names(painter, axes)

    def _rows(self) -> list[float]:
        if not self._points:
            return [0.0, 100.0]
        low, high = min(point.low for point in self._points), max(point.high for point in self._points)
        found = ticks(100 * low, 100 * high, 4)
        return [tick for tick in found if tick <= 100] or found

    def _columns(self) -> list[float]:
        counts = [point.decisions for point in self._points]
        low, high = min(counts), max(counts)
        if low == high:
            return [float(low)]
        return ticks_within(low, high, 4) or [float(low), float(high)]

    def _axes(self) -> Axes:
        rows = self._rows()
        widest = max((text_width(point.name, self.theme.font("small", STRONG)) for point in self._points), default=0)
        area = self.frame([decimal(row, 0) for row in rows], right=max(SPACE_8 + 4, widest // 2 + SPACE_4))
        counts = [point.decisions for point in self._points] or [0]
        low, high = min(counts), max(counts)
        spare = max(1.0, _SPARE * (high - low))
        return Axes(area, (low - spare, high + spare), (rows[0], rows[-1]))

    def _paint_band(self, painter: QPainter, axes: Axes) -> None:
        colour = self.theme.colour("accent")
        if len(self._points) == 1:
            painter.setPen(QPen(colour, 1.5))
            only = self._points[0]
            painter.drawLine(axes.at(only.decisions, 100 * only.low), axes.at(only.decisions, 100 * only.high))
            return
        edge = [axes.at(p.decisions, 100 * p.high) for p in self._points]
        edge += [axes.at(p.decisions, 100 * p.low) for p in reversed(self._points)]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setOpacity(_SOFT)
        painter.setBrush(colour)
        painter.drawPolygon(QPolygonF(edge))
        painter.setOpacity(1.0)

    def _paint_line(self, painter: QPainter, axes: Axes, points: Sequence[CurvePoint]) -> None:
        places = [axes.at(point.decisions, 100 * point.value) for point in points]
        painter.setPen(QPen(self.theme.colour("accent"), 2))
        painter.drawPolyline(places)
        last_drawn = -_LEAST_GAP
        for point, place in zip(points, places, strict=True):
            if point.standing == "kept" and place.x() - last_drawn >= _LEAST_GAP:
                self.paint_dot(painter, place, _RADIUS, filled=False)
                last_drawn = place.x()
        for point, place in zip(points, places, strict=True):
            if point.standing == "in_use":
                self.paint_dot(painter, place, _LARGE, filled=True)

    def _paint_challengers(self, painter: QPainter, axes: Axes, steady: Sequence[CurvePoint]) -> None:
        warn = self.theme.colour("warn")
        for point in self._points:
            if point.standing != "challenger":
                continue
            at = axes.at(point.decisions, 100 * point.value)
            before = [p for p in steady if p.decisions <= point.decisions]
            if before:
                painter.setPen(QPen(self.theme.colour("accent"), 1.5, Qt.PenStyle.DashLine))
                painter.drawLine(axes.at(before[-1].decisions, 100 * before[-1].value), at)
            painter.setPen(QPen(warn, 2))
            painter.setBrush(self.theme.colour("surface"))
            painter.drawPolygon(QPolygonF([at + QPointF(x, y) for x, y in ((0, -6), (6, 0), (0, 6), (-6, 0))]))

    def _paint_names(self, painter: QPainter, axes: Axes) -> None:
        for point in self._points:
            at = axes.at(point.decisions, 100 * point.value)
            if point.standing == "in_use":
                self._paint_name(painter, at, tr("{version} in use", version=point.name), "text", above=True)
            elif point.standing == "challenger":
                self._paint_name(painter, at, point.name, "warn", above=False)

    def _paint_name(self, painter: QPainter, at: QPointF, text: str, colour: str, *, above: bool) -> None:
        font, line = self.theme.font("small", STRONG), self.theme.line("small")
        width = text_width(text, font)
        left = min(max(round(at.x()) - width // 2, 0), self.width() - width)
        over = round(at.y()) - line - SPACE_8
        top = over if above and over >= 0 else round(at.y()) + SPACE_8
        draw_text(painter, QRect(left, top, width, line), text, font, self.theme.colour(colour))

    def _told(self, point: CurvePoint) -> str:
        message = {
            "kept": mark("{version}, {decisions}: {share}, {interval}"),
            "in_use": mark("{version} (in use), {decisions}: {share}, {interval}"),
            "challenger": mark("{version} (challenger), {decisions}: {share}, {interval}"),
        }[point.standing]
        return tr(
            message,
            version=point.name,
            decisions=trn("{n} decision", "{n} decisions", point.decisions),
            share=percent(point.value, 1),
            interval=percent_range(point.low, point.high, 1),
        )
