"""What all charts share: two straight axes, a few horizontal lines, tooltips on what can be pointed at."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import SPACE_4, SPACE_8
from hitl_desktop.gui.widgets.labels import plain_tooltip
from hitl_desktop.gui.widgets.painted import Painted
from hitl_desktop.gui.widgets.painting import CENTRE, RIGHT, draw_text, text_width

MOST_TICKS: Final = 5
_REACH: Final = 14.0
_STEPS: Final = (1.0, 2.0, 5.0, 10.0)


class Mark(NamedTuple):
    """Something on a chart that can be pointed at, and what is said of it then."""

    at: QPointF
    text: str


@dataclass(frozen=True, slots=True)
class Axes:
    """Two linear axes over a rectangle: `x` and `y` are the values at its left/right and bottom/top edges."""

    area: QRectF
    x: tuple[float, float]
    y: tuple[float, float]

    def at(self, x: float, y: float) -> QPointF:
        """The place of a value."""
        return QPointF(self.across(x), self.up(y))

    def across(self, x: float) -> float:
        """The horizontal place of a value."""
        low, high = self.x
        return self.area.left() + self.area.width() * (x - low) / ((high - low) or 1.0)

    def up(self, y: float) -> float:
        """The vertical place of a value."""
        low, high = self.y
        return self.area.bottom() - self.area.height() * (y - low) / ((high - low) or 1.0)


def ticks(low: float, high: float, most: int = MOST_TICKS) -> list[float]:
    """At most `most` round values (1, 2 or 5 times a power of ten apart) of which the outer ones enclose low–high."""
    span = max(high - low, 1e-9)
    power = 10.0 ** math.floor(math.log10(span / most))
    for step in [factor * power * ten for ten in (1.0, 10.0) for factor in _STEPS]:
        first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
        last = max(last, first + 1)
        if last - first < most:
            return [round(step * number, 10) for number in range(first, last + 1)]
    return [low, high]


def ticks_within(low: float, high: float, most: int = MOST_TICKS) -> list[float]:
    """Round values that lie between `low` and `high`, at most `most`."""
    found = [tick for tick in ticks(low, high, most + 2) if low - 1e-9 <= tick <= high + 1e-9]
    return found if len(found) <= most else found[::-2][::-1]


class Chart(Painted):
    """A painted chart. Its x axis runs to the right in any layout; `note` stands in the middle while it is empty."""

    def __init__(self, theme: Theme, note: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._note = note
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def marks(self) -> list[Mark]:
        """What can be pointed at, in the present size."""
        return []

    def told_at(self, place: QPointF) -> str:
        """What the tooltip at a place says; empty where there is nothing near."""
        near = sorted(((mark.at - place).manhattanLength(), mark.text) for mark in self.marks())
        return near[0][1] if near and near[0][0] <= _REACH else ""

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            text = self.told_at(QPointF(event.pos()))
            if text:
                QToolTip.showText(event.globalPos(), plain_tooltip(text), self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)

    def begin(self) -> QPainter:
        """A painter for smooth shapes, left to right."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        return painter

    def paint_note(self, painter: QPainter) -> None:
        """Say in the middle why there is nothing to see."""
        draw_text(painter, self.rect(), self._note, self.theme.font("small"), self.theme.colour("text2"), CENTRE)

    def frame(self, numbers: Sequence[str], *, right: int = 0) -> QRectF:
        """The rectangle that is left for the chart beside these numbers at the left, and below it the axis."""
        left = max((text_width(text, self.theme.font("caption")) for text in numbers), default=0) + SPACE_8
        line = self.theme.line("caption")
        below = SPACE_4 + 2 * line
        return QRectF(left, line / 2 + 1, self.width() - left - right, self.height() - line / 2 - 2 - below)

    def paint_rows(self, painter: QPainter, axes: Axes, rows: Sequence[tuple[float, str]]) -> None:
        """Horizontal lines with their numbers at the left."""
        font, line = self.theme.font("caption"), self.theme.line("caption")
        for value, text in rows:
            y = round(axes.up(value))
            painter.fillRect(QRectF(axes.area.left(), y, axes.area.width(), 1), self.theme.colour("line"))
            rect = QRect(0, y - line // 2, round(axes.area.left()) - SPACE_8, line)
            draw_text(painter, rect, text, font, self.theme.colour("text2"), RIGHT)

    def paint_columns(self, painter: QPainter, axes: Axes, columns: Sequence[tuple[float, str]], title: str) -> None:
        """Numbers below the chart, the outer ones kept inside the widget, and what they count."""
        font, line = self.theme.font("caption"), self.theme.line("caption")
        top = round(axes.area.bottom()) + SPACE_4
        for value, text in columns:
            width = text_width(text, font)
            left = min(max(round(axes.across(value)) - width // 2, 0), self.width() - width)
            draw_text(painter, QRect(left, top, width, line), text, font, self.theme.colour("text2"))
        rect = QRect(round(axes.area.left()), top + line, round(axes.area.width()), line)
        draw_text(painter, rect, title, font, self.theme.colour("text2"), CENTRE)

    def paint_dot(self, painter: QPainter, at: QPointF, radius: float, *, filled: bool) -> None:
        """A point: filled, or a ring with the ground of the card in it."""
        painter.setPen(QPen(self.theme.colour("accent"), 2.0))
        painter.setBrush(self.theme.colour("accent" if filled else "surface"))
        painter.drawEllipse(at, radius, radius)
