"""How often the model was right where it stated a confidence: the points of a calibrated model lie on the diagonal.

Source of the diagram: DeGroot and Fienberg, "The comparison and evaluation of forecasters", The Statistician 1983.
"""

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import SPACE_8
from hitl_desktop.gui.widgets.chart import Axes, Chart, Mark, ticks, ticks_within
from hitl_desktop.gui.widgets.painting import draw_text, text_width
from hitl_desktop.language import decimal, mark, number, percent, tr

_SMALLEST: Final = 3.0
_LARGEST: Final = 6.5
_DIAGONAL: Final = mark("stated = observed")
_HEIGHT: Final = 226
_WHISKERS: Final = 0.75
_MOST_ROWS: Final = 6


class ReliabilityPoint(NamedTuple):
    """Checks of about one confidence: mean `stated` and share `observed` right with its interval, 0–1; how many."""

    stated: float
    observed: float
    low: float
    high: float
    right: int
    of: int


class ReliabilityPlot(Chart):
    """Points with whiskers against the dashed diagonal; a larger point stands for more checks."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, tr("No random checks yet"), parent)
        self._points: list[ReliabilityPoint] = []
        self.show_points([])

    def show_points(self, points: Sequence[ReliabilityPoint]) -> None:
        """Show these points, lowest confidence first."""
        self._points = list(points)
        self.describe(tr("Observed against stated confidence"), ". ".join(map(_told, self._points)) or self._note)
        self.update()

    def marks(self) -> list[Mark]:
        axes = self._axes()
        return [Mark(axes.at(100 * p.stated, 100 * p.observed), _told(p)) for p in self._points]

    def sizeHint(self) -> QSize:
        return QSize(280, self.theme.px(_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return QSize(200, self.theme.px(_HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = self.begin()
        if not self._points:
            self.paint_note(painter)
            return
        axes = self._axes()
        self.paint_rows(painter, axes, [(tick, decimal(tick, 0)) for tick in self._rows()])
        columns = [(tick, decimal(tick, 0)) for tick in ticks_within(*axes.x)]
        self.paint_columns(painter, axes, columns, tr("Confidence stated, %"))
        self._paint_diagonal(painter, axes)
        self._paint_points(painter, axes)
        self._paint_words(painter, axes)

    def _rows(self) -> list[float]:
        return ticks(100 * min((p.low for p in self._points), default=0.0), 100.0, _MOST_ROWS)

    def _axes(self) -> Axes:
        rows = self._rows()
        area = self.frame([decimal(row, 0) for row in rows], right=math.ceil(_LARGEST) + 2)
        lowest = 100 * min((p.stated for p in self._points), default=0.0)
        return Axes(area, (max(0.0, min(lowest - 6, 80.0)), 100.0), (rows[0], rows[-1]))

    def _paint_diagonal(self, painter: QPainter, axes: Axes) -> None:
        start = max(axes.x[0], axes.y[0])
        painter.setPen(QPen(self.theme.colour("text3"), 1, Qt.PenStyle.DashLine))
        painter.drawLine(axes.at(start, start), axes.at(100, 100))

    def _paint_words(self, painter: QPainter, axes: Axes) -> None:
        """What the diagonal means, on the side of it where the points are not."""
        start = max(axes.x[0], axes.y[0])
        font, line = self.theme.font("caption"), self.theme.line("caption")
        width = text_width(tr(_DIAGONAL), font)
        middle = start + (100 - start) * 0.5
        at = axes.at(middle, middle)
        over_confident = sum((p.observed - p.stated) * p.of for p in self._points) < 0
        if over_confident:  # the points lie below the line: the words go above it
            rect = QRect(round(at.x()) - width - SPACE_8, round(at.y()) - line - SPACE_8, width, line)
        else:
            rect = QRect(round(at.x()) + SPACE_8, round(at.y()) + SPACE_8, width, line)
        rect.moveRight(min(rect.right(), self.width() - 1))
        painter.fillRect(rect, self.theme.colour("surface"))
        draw_text(painter, rect, tr(_DIAGONAL), font, self.theme.colour("text2"))

    def _paint_points(self, painter: QPainter, axes: Axes) -> None:
        accent = self.theme.colour("accent")
        most = max(point.of for point in self._points)
        painter.setPen(QPen(accent, 1.5))
        painter.setOpacity(_WHISKERS)
        for point in self._points:
            x = axes.across(100 * point.stated)
            painter.drawLine(QPointF(x, axes.up(100 * point.low)), QPointF(x, axes.up(100 * point.high)))
        painter.setOpacity(1.0)
        painter.setPen(QPen(accent, 2))
        painter.drawPolyline([axes.at(100 * p.stated, 100 * p.observed) for p in self._points])
        for point in self._points:
            radius = _SMALLEST + (_LARGEST - _SMALLEST) * math.sqrt(point.of / most)
            painter.setPen(QPen(self.theme.colour("surface"), 1.5))
            painter.setBrush(accent)
            painter.drawEllipse(axes.at(100 * point.stated, 100 * point.observed), radius, radius)


def _told(point: ReliabilityPoint) -> str:
    return tr(
        "Stated {stated}: {right} of {checks} right ({observed}, {low}–{high})",
        stated=percent(point.stated),
        right=number(point.right),
        checks=number(point.of),
        observed=percent(point.observed),
        low=percent(point.low),
        high=percent(point.high),
    )
