"""Lines and bars over an axis, drawn with pyqtgraph in the theme's colours and fonts: a few horizontals, no box.

pyqtgraph is large, so this module is only imported where a plot is shown. Its `PlotItem` is not used: what it would add
(menus, dragging, a legend) is not wanted, and making its forms takes longer than a frame.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, Literal

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QHelpEvent,
    QImage,
    QPainter,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QGraphicsEllipseItem,
    QGraphicsGridLayout,
    QGraphicsItem,
    QSizePolicy,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import SPACE_4, SPACE_8, STRONG
from hitl_desktop.gui.widgets.chart import ticks
from hitl_desktop.gui.widgets.chart_file import ChartFile
from hitl_desktop.gui.widgets.labels import PlainLabel, plain_tooltip
from hitl_desktop.language import decimal

_HEIGHT: Final = 188
_MOST_ROWS: Final = 4
_REACH: Final = 24.0
_BAR: Final = 0.74
_FEWEST_BARS: Final = 6
_BESIDE: Final = 40
_AROUND_LABEL: Final = 12
"""What the plot library leaves free above and below the words of a label, together."""
_SMALL: Final = 3.5
_LARGE: Final = 5.5
Shape = Literal["line", "bars"]


@dataclass(frozen=True, slots=True)
class Point:
    """One value with the ends of its interval, None for none, and what is said of it in words.

    `label` stands beside it; `is_main` makes it stand out; `is_projected` values have not happened: the line to them is
    dashed.
    """

    x: float
    y: float
    told: str
    low: float | None = None
    high: float | None = None
    label: str = ""
    is_main: bool = False
    is_projected: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """What a plot shows: points by a shape, words at places below the axis, a caption, how many digits the numbers have
    at least, whether the vertical axis begins at 0, and a dashed upright line at `mark_x`, None for none.
    """

    shape: Shape
    points: tuple[Point, ...]
    ticks: tuple[tuple[float, str], ...]
    caption: str = ""
    digits: int = 0
    from_zero: bool = False
    mark_x: float | None = None


class Plot(QWidget):
    """Title and sentence for screen readers, tooltips at the points, and a menu that writes the drawing as a file.

    The horizontal axis runs to the right in any layout. It takes the focus by Tab: the menu key opens the menu, Ctrl+S
    asks for a file at once.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._picture = Picture("line", (), ())
        self._items: list[Any] = []
        self._pixels = self.devicePixelRatioF()
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.file = ChartFile(theme, self, self._paint_file)
        self._view: Any = pg.GraphicsView(self, useOpenGL=False, background=None)
        self._box: Any = pg.ViewBox(enableMenu=False, enableMouse=False)
        self._left: Any = pg.AxisItem("left")
        self._bottom: Any = pg.AxisItem("bottom")
        self._caption = PlainLabel("", "caption", "text2", wrap=True)
        self._build()
        theme.changed.connect(self._redraw)

    def show_picture(self, title: str, picture: Picture) -> None:
        """Show this; the title and the sentences of the points are what a screen reader says."""
        self._picture = picture
        self.setAccessibleName(title)
        self.setAccessibleDescription(". ".join(point.told for point in picture.points))
        self._caption.setText(picture.caption)
        self._caption.setVisible(bool(picture.caption))
        self._redraw()

    def _caption_height(self, width: float) -> int:
        """What the caption takes below the drawing, by the theme: a label that was never shown does not know."""
        if not self._caption.text():
            return 0
        flags = int(Qt.TextFlag.TextWordWrap.value)
        metrics = self._theme.metrics("caption")
        needed = metrics.boundingRect(QRect(0, 0, round(width), 1000), flags, self._caption.text()).height()
        return self._theme.line("caption") * max(1, round(needed / metrics.height()))

    def settle(self) -> None:
        """Lay everything out although nobody sees it: for drawings that go to a file alone."""
        self.grab(QRect(0, 0, 1, 1))  # which sends what a hidden widget has been kept from
        self._redraw()

    def told_at(self, place: QPointF) -> str:
        """What the tooltip at a place of the widget says; empty where there is nothing near."""
        near = [((self._place(point) - place).manhattanLength(), point.told) for point in self._picture.points]
        if self._picture.shape == "bars":
            near = [(abs(self._place(point).x() - place.x()), point.told) for point in self._picture.points]
        best = min(near, default=(math.inf, ""))
        return best[1] if best[0] <= _REACH else ""

    def write(self, path: Path) -> None:
        """Write the drawing as SVG or PNG, by the ending."""
        self.file.write(path)

    def picture(self, sharpness: float) -> QImage:
        """The drawing on the ground of a card, with so many pixels per point."""
        return self.file.picture(sharpness)

    def paint(self, painter: QPainter, area: QRectF) -> None:
        """Draw it, with its caption, as lines and text."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        below = self._caption_height(area.width())
        drawing = area.adjusted(0, 0, 0, -below)
        self._view.render(painter, drawing, self._view.rect())
        if below:
            painter.setFont(self._theme.font("caption"))
            painter.setPen(self._theme.colour("text2"))
            rect = QRectF(area.left(), drawing.bottom(), area.width(), below)
            flags = int(Qt.AlignmentFlag.AlignHCenter.value) | int(Qt.TextFlag.TextWordWrap.value)
            painter.drawText(rect, flags, self._caption.text())

    def sizeHint(self) -> QSize:
        return QSize(320, self._theme.px(_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return QSize(180, self._theme.px(_HEIGHT))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._draw_for(self.devicePixelRatioF())
        if self._picture.points:  # there may be room for more words now, or for fewer
            rows = self._rows()
            self._set_range(rows)
            self._draw_axes(rows)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            text = self.told_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), plain_tooltip(text), self) if text else QToolTip.hideText()
            return True
        return super().event(event)

    def _build(self) -> None:
        grid = QGraphicsGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        host = pg.GraphicsWidget()
        host.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        host.setLayout(grid)
        self._view.setCentralItem(host)
        for axis in (self._left, self._bottom):
            axis.linkToView(self._box)
            axis.setStyle(tickLength=0, tickAlpha=0)
        self._box.setDefaultPadding(0.0)
        grid.addItem(self._left, 0, 0)
        grid.addItem(self._box, 0, 1)
        grid.addItem(self._bottom, 1, 1)
        self._view.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._view.setFrameShape(self._view.Shape.NoFrame)
        self._view.setStyleSheet("background: transparent; border: none")
        self._caption.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter)
        self._caption.setContentsMargins(0, 0, 0, SPACE_4)  # letters of a fallback font, as of Arabic, reach lower
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._view, 1)
        column.addWidget(self._caption)

    def _redraw(self) -> None:
        for item in self._items:
            self._box.removeItem(item)
        self._items.clear()
        self.updateGeometry()
        points = self._picture.points
        if not points:
            return
        rows = self._rows()
        self._set_range(rows)
        self._draw_axes(rows)
        for row in rows:
            self._add(pg.InfiniteLine(row, angle=0, pen=self._pen("line", 1.0)))
        if self._picture.mark_x is not None:
            self._add(pg.InfiniteLine(self._picture.mark_x, angle=90, pen=self._pen("text3", 1.0, dashed=True)))
        if self._picture.shape == "bars":
            self._draw_bars(points)
        else:
            self._draw_line(points)
        self._draw_labels(points, rows)

    def _paint_file(self, painter: QPainter) -> None:
        device = painter.device()
        self._draw_for(device.devicePixelRatioF() if device is not None else 1.0)
        self.paint(painter, QRectF(self.rect()))
        self._draw_for(self.devicePixelRatioF())

    def _draw_for(self, pixels: float) -> None:
        """Draw with lines for so many pixels per point: their width does not follow the scale."""
        if pixels != self._pixels:
            self._pixels = pixels
            self._redraw()

    def _set_range(self, rows: Sequence[float]) -> None:
        points = self._picture.points
        spare = 0.6 if self._picture.shape == "bars" else 0.35
        xs = [point.x for point in points]
        across = (min(xs) - spare * self._step(), max(xs) + spare * self._step())
        missing = _FEWEST_BARS * self._step() - (across[1] - across[0])
        if self._picture.shape == "bars" and missing > 0:  # one bar is no wall
            across = (across[0] - missing / 2, across[1] + missing / 2)
        self._box.setRange(xRange=across, yRange=(rows[0], self._top(rows)), padding=0)

    def _top(self, rows: Sequence[float]) -> float:
        """The end of the upright axis: a little above the last row, and where every label has room."""
        end = rows[-1] + 0.04 * (rows[-1] - rows[0])
        below = self._caption.sizeHint().height() + self._theme.line("caption") + SPACE_4
        taken = min(0.5, (self._theme.line("small") + _AROUND_LABEL) / max(1, self.height() - below))
        tops = [self._label_foot(point, rows) for point in self._picture.points if point.label]
        return max(end, *((top - taken * rows[0]) / (1 - taken) for top in tops)) if tops else end

    def _rows(self) -> list[float]:
        low = min(point.y if point.low is None else point.low for point in self._picture.points)
        high = max(point.y if point.high is None else point.high for point in self._picture.points)
        if self._picture.from_zero:
            low = min(0.0, low)
        return ticks(low, max(high, low + 1e-6), _MOST_ROWS)

    def _step(self) -> float:
        """The smallest distance of two points: what a bar may be as wide as."""
        xs = sorted({point.x for point in self._picture.points})
        return min((later - earlier for earlier, later in pairwise(xs)), default=1.0)

    def _draw_axes(self, rows: Sequence[float]) -> None:
        font = self._theme.font("caption")
        columns = self._picture.ticks
        words = max((self._theme.metrics("caption").horizontalAdvance(text) for _, text in columns), default=0)
        room = (self.width() - _BESIDE) / max(1, len(columns))
        skip = math.ceil((words + SPACE_8) / max(1.0, room))
        # Counted from the end: the newest is always named.
        columns = columns[::-1][::skip][::-1] if columns else ()
        self._left.setTicks([[(row, decimal(row, self._digits(rows))) for row in rows]])
        self._bottom.setTicks([list(columns)])
        for axis in (self._left, self._bottom):
            axis.setTickFont(font)
            axis.setPen(QPen(Qt.PenStyle.NoPen))
            axis.setTextPen(self._theme.colour("text2"))
        widest = max(self._theme.metrics("caption").horizontalAdvance(decimal(r, self._digits(rows))) for r in rows)
        self._left.setWidth(widest + 3 * SPACE_4)
        self._bottom.setHeight(self._theme.line("caption") + SPACE_4 if columns else 0)

    def _digits(self, rows: Sequence[float]) -> int:
        step = rows[1] - rows[0] if len(rows) > 1 else 1.0
        return max(self._picture.digits, 0 if step >= 1 else min(3, math.ceil(-math.log10(step) - 1e-9)))

    def _draw_bars(self, points: Sequence[Point]) -> None:
        width = _BAR * self._step()
        soft = QColor(self._theme.colour("accent"))
        soft.setAlphaF(0.55)
        brushes = [self._theme.colour("accent") if point.is_main else soft for point in points]
        self._add(
            pg.BarGraphItem(
                x=[p.x for p in points],
                height=[p.y for p in points],
                width=width,
                brushes=[QBrush(colour) for colour in brushes],
                pen=QPen(Qt.PenStyle.NoPen),
            )
        )
        self._draw_whiskers(points, "text")

    def _draw_line(self, points: Sequence[Point]) -> None:
        happened = [p for p in points if not p.is_projected]
        projected = [*happened[-1:], *(p for p in points if p.is_projected)]
        self._draw_whiskers(points, "accent")
        for part, dashed in ((happened, False), (projected, True)):
            if len(part) > 1:
                pen = self._pen("accent", 2.0, dashed=dashed)
                self._add(pg.PlotCurveItem([p.x for p in part], [p.y for p in part], pen=pen, antialias=True))
        for point in points:
            self._draw_dot(point, _LARGE if point.is_main else _SMALL)

    def _draw_dot(self, point: Point, radius: float) -> None:
        """A ring with the ground of a card in it, filled for the main one; of lines, so that a file keeps it sharp."""
        dot = QGraphicsEllipseItem(-radius, -radius, 2 * radius, 2 * radius)
        dot.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIgnoresTransformations)
        dot.setPen(self._pen("accent", 2.0))
        dot.setBrush(QBrush(self._theme.colour("accent" if point.is_main else "surface")))
        dot.setPos(point.x, point.y)
        self._add(dot)

    def _draw_whiskers(self, points: Sequence[Point], colour: str) -> None:
        for point in points:
            if point.low is not None and point.high is not None:
                ends = ([point.x, point.x], [point.low, point.high])
                self._add(pg.PlotCurveItem(*ends, pen=self._pen(colour, 1.5), antialias=True))

    def _draw_labels(self, points: Sequence[Point], rows: Sequence[float]) -> None:
        for point in points:
            if point.label:
                is_last = point is points[-1] and len(points) > 1 and self._picture.shape == "line"
                item = pg.TextItem(point.label, color=self._theme.colour("text"), anchor=(1.0 if is_last else 0.5, 1.0))
                item.setFont(self._theme.font("small", STRONG))
                item.setPos(point.x, self._label_foot(point, rows))
                self._add(item)

    @staticmethod
    def _label_foot(point: Point, rows: Sequence[float]) -> float:
        return max(point.y, point.high or point.y) + 0.01 * (rows[-1] - rows[0])

    def _place(self, point: Point) -> QPointF:
        scene = self._box.mapViewToScene(QPointF(point.x, point.y))
        return QPointF(self._view.mapFromScene(scene)) + QPointF(self._view.pos())

    def _pen(self, colour: str, width: float, *, dashed: bool = False) -> QPen:
        pen = QPen(
            self._theme.colour(colour), width * self._pixels, Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine
        )
        pen.setCosmetic(True)
        return pen

    def _add(self, item: Any) -> None:
        self._box.addItem(item, ignoreBounds=True)
        self._items.append(item)
