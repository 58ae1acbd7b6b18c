"""How many of the items that pass are wrong, for every share that may pass: most confident first.

Source: El-Yaniv and Wiener, "On the foundations of noise-free selective classification", JMLR 2010.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import SPACE_8
from hitl_desktop.gui.widgets.chart import Axes, Chart, Mark, ticks
from hitl_desktop.gui.widgets.painting import draw_text, text_width
from hitl_desktop.language import decimal, number, percent, percent_range, tr

_HEIGHT: Final = 226
_RADIUS: Final = 5.0
_SOFT: Final = 0.22
_COLUMNS: Final = (0, 25, 50, 75, 100)


class RiskPoint(NamedTuple):
    """Where the line is drawn at `threshold`: the share of checks above it, and the share of those that is wrong.

    All numbers are 0–1; `low` and `high` end the interval of the risk.
    """

    threshold: float
    coverage: float
    risk: float
    low: float
    high: float


class RiskCoveragePlot(Chart):
    """A line with its band, and a filled point at the line in force."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, tr("No random checks yet"), parent)
        self._points: list[RiskPoint] = []
        self._threshold: float | None = None
        self.show_points([], None)

    def show_points(self, points: Sequence[RiskPoint], threshold: float | None) -> None:
        """Show these points; `threshold` is the line in force, if there is one."""
        self._points = sorted(points, key=lambda point: point.coverage)
        self._threshold = threshold
        spoken = [_told(point) for point in self._points[:: max(1, len(self._points) // 10)]]
        self.describe(tr("Wrong among those that pass"), ". ".join(spoken) or self._note)
        self.update()

    def in_force(self) -> RiskPoint | None:
        """The point at the line in force: the loosest one that is not below it."""
        threshold = self._threshold
        if threshold is None:
            return None
        return next((p for p in reversed(self._points) if p.threshold >= threshold - 1e-9), None)

    def marks(self) -> list[Mark]:
        axes = self._axes()
        return [Mark(axes.at(100 * p.coverage, 100 * p.risk), _told(p)) for p in self._points]

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
        self.paint_rows(painter, axes, [(tick, _tick(tick)) for tick in self._rows()])
        self.paint_columns(painter, axes, [(x, number(x)) for x in _COLUMNS], tr("Share that passes, %"))
        edge = [axes.at(100 * p.coverage, 100 * p.high) for p in self._points]
        edge += [axes.at(100 * p.coverage, 100 * p.low) for p in reversed(self._points)]
        painter.save()
        painter.setClipRect(axes.area)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setOpacity(_SOFT)
        painter.setBrush(self.theme.colour("accent"))
        painter.drawPolygon(QPolygonF(edge))
        painter.setOpacity(1.0)
        painter.setPen(QPen(self.theme.colour("accent"), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline([axes.at(100 * p.coverage, 100 * p.risk) for p in self._points])
        painter.restore()
        self._paint_in_force(painter, axes)

    def _rows(self) -> list[float]:
        # The first few items have intervals that reach far up: they would flatten all the rest.
        settled = [p.high for p in self._points if p.coverage >= 0.2] or [p.high for p in self._points]
        return ticks(0.0, min(100.0, 100 * max(settled, default=1.0)), 4)

    def _axes(self) -> Axes:
        rows = self._rows()
        return Axes(self.frame([_tick(row) for row in rows], right=SPACE_8 + 4), (0.0, 100.0), (0.0, rows[-1]))

    def _paint_in_force(self, painter: QPainter, axes: Axes) -> None:
        point = self.in_force()
        if point is None:
            return
        at = axes.at(100 * point.coverage, 100 * point.risk)
        self.paint_dot(painter, at, _RADIUS, filled=True)
        text = tr("your line, {threshold}", threshold=percent(point.threshold))
        font, line = self.theme.font("small"), self.theme.line("small")
        width = text_width(text, font)
        # The curve rises to the right: the words end above the point, on the left of it.
        left = max(round(at.x()) + SPACE_8 - width, round(axes.area.left()))
        top = round(max(axes.area.top(), axes.up(100 * point.high))) - line - SPACE_8
        rect = QRect(left, max(0, top), width, line)
        draw_text(painter, rect, text, font, self.theme.colour("text"))


def _told(point: RiskPoint) -> str:
    return tr(
        "{share} pass at {threshold} confidence: {wrong} of them wrong ({interval})",
        share=percent(point.coverage),
        threshold=percent(point.threshold),
        wrong=percent(point.risk, 1),
        interval=percent_range(point.low, point.high, 1),
    )


def _tick(value: float) -> str:
    """A number at an axis, with no more digits than it has."""
    _, _, digits = f"{value:g}".partition(".")
    return decimal(value, len(digits))
