"""How sure the model is of the undecided items: one bar for every five percent, with the line between the sides."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import STRONG
from hitl_desktop.gui.widgets.painted import Painted
from hitl_desktop.gui.widgets.painting import CENTRE, LEFT, RIGHT, draw_text, fill_rounded, text_width
from hitl_desktop.language import listed, number, percent, percent_range, tr, trn

_HEIGHT: Final = 168
_TOP: Final = 24
_AXIS: Final = 20
_LEFT: Final = 40
_GAP: Final = 2
_TICKS: Final = (0, 20, 40, 60, 80, 100)
_ROUND: Final = (1, 2, 3, 4, 5, 6, 8, 10)


class ConfidenceHistogram(Painted):
    """Below the line in the accent: they need a person. From the line on in grey: they are only proposed."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._bins: list[tuple[int, int]] = []
        self._threshold = 0.0
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # axes run to the right in any layout
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.show_bins([], 0.0)

    def show_bins(self, bins: Sequence[tuple[int, int]], threshold: float) -> None:
        """Show equal parts of 0–1 as (items below the line, items at or above it); `threshold` is the line, 0–1."""
        self._bins, self._threshold = list(bins), threshold
        spoken = [
            trn("{range}: {n} item", "{range}: {n} items", sum(pair), range=self.range_of(place))
            for place, pair in enumerate(self._bins)
            if sum(pair)
        ]
        self.describe(tr("Undecided items by confidence"), listed(spoken) or tr("No item has a suggestion yet"))
        self.update()

    def range_of(self, place: int) -> str:
        """The name of a bar, such as 85–90 %."""
        count = len(self._bins)
        return percent_range(place / count, (place + 1) / count)

    def sizeHint(self) -> QSize:
        return QSize(480, self.theme.px(_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return QSize(280, self.theme.px(_HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        if not any(sum(pair) for pair in self._bins):
            font, colour = self.theme.font("small"), self.theme.colour("text2")
            draw_text(painter, self.rect(), tr("No undecided item has a suggestion"), font, colour, CENTRE)
            return
        self._paint_grid(painter)
        self._paint_bars(painter)
        self._paint_line(painter)

    def _plot(self) -> QRectF:
        left, top, axis = self.theme.px(_LEFT), self.theme.px(_TOP), self.theme.px(_AXIS)
        return QRectF(left, top, self.width() - left - 12, self.height() - top - axis)

    def _top_count(self) -> float:
        """A round number at or above the tallest bar."""
        tallest = max(sum(pair) for pair in self._bins)
        power = 1
        while power * 10 < tallest:
            power *= 10
        return next(step * power for step in _ROUND if step * power >= tallest)

    def _paint_grid(self, painter: QPainter) -> None:
        plot, top, line = self._plot(), self._top_count(), self.theme.line("caption")
        font, colour = self.theme.font("caption"), self.theme.colour("text2")
        halves = (0.0, top / 2, top) if top >= 2 else (0.0, top)
        for value in halves:
            y = round(plot.bottom() - plot.height() * value / top)
            painter.fillRect(QRect(round(plot.left()), y, round(plot.width()), 1), self.theme.colour("line"))
            if value == int(value):
                rect = QRect(0, y - line // 2, round(plot.left()) - 6, line)
                draw_text(painter, rect, number(int(value)), font, colour, RIGHT)
        for tick in _TICKS:
            x = round(plot.left() + plot.width() * tick / 100)
            rect = QRect(x - 24, round(plot.bottom()) + 4, 48 if tick < 100 else 36, line)
            draw_text(painter, rect, percent(tick / 100) if tick == 100 else number(tick), font, colour, CENTRE)

    def _paint_bars(self, painter: QPainter) -> None:
        plot, top = self._plot(), self._top_count()
        width = plot.width() / len(self._bins)
        for place, (below, above) in enumerate(self._bins):
            x, bottom = plot.left() + place * width + _GAP / 2, plot.bottom()
            for items, token in ((below, "accent"), (above, "line_strong")):
                if items:
                    height = max(2.0, plot.height() * items / top)  # one item can be seen beside a thousand
                    bar = QRectF(x, bottom - height, width - _GAP, height)
                    fill_rounded(painter, bar, 1, self.theme.colour(token))
                    bottom -= height

    def _paint_line(self, painter: QPainter) -> None:
        plot = self._plot()
        x = plot.left() + plot.width() * self._threshold
        painter.setPen(QPen(self.theme.colour("text"), 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(x, self.theme.px(_TOP) - 4), QPointF(x, plot.bottom()))
        small, colour, height = self.theme.font("caption", STRONG), self.theme.colour("text2"), self.theme.px(_TOP) - 6
        left, right = tr("need you"), tr("proposed")
        if x - text_width(left, small) - 8 > 0:
            draw_text(painter, QRect(0, 0, round(x) - 8, height), left, small, colour, RIGHT)
        if x + text_width(right, small) + 8 < self.width():
            draw_text(painter, QRect(round(x) + 8, 0, self.width() - round(x) - 8, height), right, small, colour, LEFT)
