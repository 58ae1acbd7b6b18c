"""How far a proof reached: for each limit, from strict to loose, the most that could be wrong, as lollipops.

The drawing is a function of its own, so that the same picture is painted in the window and printed black on white.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import STRONG
from hitl_desktop.gui.widgets.chart import Axes, Chart, Mark, ticks
from hitl_desktop.gui.widgets.painting import CENTRE, RIGHT, draw_text, text_width
from hitl_desktop.language import explained, percent, tr

Sort = Literal["skipped", "proved", "stopped"]
_HEIGHT: Final = 206
_RADIUS: Final = 4.5
_LARGE: Final = 6.0
_CROSS: Final = 4.5
_ROOM: Final = 1.5
"""The scale ends above the limit by so much at least; what is higher is cut off at the top."""
_GAP: Final = 6


class Lollipop(NamedTuple):
    """One limit: its words on the axis, the most that could be wrong (0–1), what was found there, its tooltip, and
    whether it is the one that is spoken of.
    """

    label: str
    share: float
    sort: Sort
    told: str = ""
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class Ink:
    """What the drawing is made with: colours, and the fonts with their line height."""

    text: QColor
    soft: QColor
    line: QColor
    ground: QColor
    ok: QColor
    stop: QColor
    plain: QFont
    strong: QFont
    height: int


class WalkPlot(Chart):
    """The lollipops, the line of what is allowed, and below them what the signs mean."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "", parent)
        self._steps: list[Lollipop] = []
        self._alpha = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_walk(self, steps: Sequence[Lollipop], alpha: float) -> None:
        """Show these limits, strict to loose, against the share `alpha` that is allowed."""
        self._steps, self._alpha = list(steps), alpha
        self.describe(tr("How far the proof reached"), ". ".join(explained(s.label, s.told) for s in self._steps))
        self.update()

    def steps(self) -> list[Lollipop]:
        """What is shown."""
        return list(self._steps)

    def sizeHint(self) -> QSize:
        return QSize(420, self.theme.px(_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return QSize(240, self.theme.px(_HEIGHT))

    def marks(self) -> list[Mark]:
        drawing = self._drawing()
        return [Mark(drawing.head(place), step.told) for place, step in enumerate(self._steps)]

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._steps:
            self._drawing().paint(self.begin())

    def _drawing(self) -> "WalkDrawing":
        colour = self.theme.colour
        ink = Ink(
            colour("text"),
            colour("text2"),
            colour("line"),
            colour("surface"),
            colour("ok"),
            colour("danger"),
            self.theme.font("caption"),
            self.theme.font("caption", STRONG),
            self.theme.line("caption"),
        )
        return WalkDrawing(QRectF(self.rect()), self._steps, self._alpha, ink)


class WalkDrawing:
    """The picture within a rectangle."""

    def __init__(self, place: QRectF, steps: Sequence[Lollipop], alpha: float, ink: Ink) -> None:
        self._place, self._steps, self._alpha, self._ink = place, steps, alpha, ink
        self._rows = ticks(0.0, 100 * self._top())
        left = max(text_width(self._percent(row), ink.plain) for row in self._rows) + 2 * _GAP
        above = place.top() + ink.height / 2 + 2
        below = 3 * ink.height + 3 * _GAP
        area = QRectF(place.left() + left, above, place.width() - left - _GAP, place.bottom() - below - above)
        self._axes = Axes(area, (-0.5, max(1, len(steps)) - 0.5), (0.0, self._rows[-1]))

    def head(self, place: int) -> QPointF:
        """Where the head of a lollipop is."""
        return self._axes.at(place, min(100 * self._steps[place].share, self._rows[-1]))

    def paint(self, painter: QPainter) -> None:
        """Draw it."""
        self._paint_rows(painter)
        for place in range(len(self._steps)):
            self._paint_step(painter, place)
        self._paint_limit(painter)
        self._paint_columns(painter)
        self._paint_signs(painter)

    def _top(self) -> float:
        tested = [step.share for step in self._steps if step.sort != "skipped"]
        return min(1.0, max([_ROOM * self._alpha, *tested]))

    def _percent(self, value: float) -> str:
        is_whole = all(abs(row - round(row)) < 1e-9 for row in self._rows)
        return percent(value / 100, 0 if is_whole else 1)

    def _chosen(self) -> int:
        return next((place for place, step in enumerate(self._steps) if step.is_chosen), -1)

    def _paint_rows(self, painter: QPainter) -> None:
        area, ink = self._axes.area, self._ink
        for row in self._rows:
            y = round(self._axes.up(row))
            painter.fillRect(QRectF(area.left(), y, area.width(), 1), ink.line)
            rect = QRect(
                round(self._place.left()),
                y - ink.height // 2,
                round(area.left() - self._place.left()) - _GAP,
                ink.height,
            )
            draw_text(painter, rect, self._percent(row), ink.plain, ink.soft, RIGHT)

    def _paint_step(self, painter: QPainter, place: int) -> None:
        step, head = self._steps[place], self.head(place)
        colour = {"skipped": self._ink.soft, "proved": self._ink.ok, "stopped": self._ink.stop}[step.sort]
        painter.setPen(QPen(colour, 1.5))
        painter.drawLine(QPointF(head.x(), self._axes.up(0)), head)
        if step.sort == "stopped":
            paint_cross(painter, head, colour)
            return
        is_chosen = place == self._chosen()
        painter.setPen(QPen(colour, 1.5))
        painter.setBrush(colour if step.sort == "proved" else self._ink.ground)
        radius = _LARGE if is_chosen else _RADIUS
        painter.drawEllipse(head, radius, radius)

    def _paint_limit(self, painter: QPainter) -> None:
        area, ink = self._axes.area, self._ink
        y = self._axes.up(100 * self._alpha)
        painter.setPen(QPen(ink.stop, 1.5, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
        digits = 0 if abs(100 * self._alpha - round(100 * self._alpha)) < 1e-6 else 1
        words = tr("your limit {share}", share=percent(self._alpha, digits))
        width = text_width(words, ink.strong) + 8
        rect = QRect(round(self._free_place(width)), round(y) - ink.height - 2, width, ink.height)
        painter.fillRect(rect, ink.ground)
        draw_text(painter, rect, words, ink.strong, ink.stop, CENTRE)

    def _free_place(self, width: int) -> float:
        """Where the words above the line cover the fewest stems: looked for from the middle."""
        area = self._axes.area
        middle = area.center().x() - width / 2
        tall = [self.head(place).x() for place, step in enumerate(self._steps) if step.share > 0.9 * self._alpha]
        reach = round((area.width() - width) / 2)
        places = [middle + shift for shift in range(-reach, reach + 1, 6)]
        return min(places, key=lambda left: (sum(left - 6 < x < left + width + 6 for x in tall), abs(left - middle)))

    def _paint_columns(self, painter: QPainter) -> None:
        ink, area = self._ink, self._axes.area
        top = round(area.bottom()) + _GAP
        widest = max(text_width(step.label, ink.strong) for step in self._steps) + _GAP
        every = max(1, -int(-widest // max(1.0, area.width() / len(self._steps))))
        chosen = self._chosen()
        kept = chosen if chosen >= 0 else len(self._steps) - 1
        for place, step in enumerate(self._steps):
            if (kept - place) % every:
                continue
            rect = QRect(round(self._axes.across(place)) - widest // 2, top, widest, ink.height)
            is_chosen = place == chosen
            font, colour = (ink.strong, ink.text) if is_chosen else (ink.plain, ink.soft)
            draw_text(painter, rect, step.label, font, colour, CENTRE)
        line = QRect(round(area.left()), top + ink.height, round(area.width()), ink.height)
        draw_text(painter, line, tr("strict"), ink.plain, ink.soft)
        draw_text(painter, line, tr("Confidence at least"), ink.plain, ink.soft, CENTRE)
        draw_text(painter, line, tr("loose"), ink.plain, ink.soft, RIGHT)

    def _paint_signs(self, painter: QPainter) -> None:
        ink = self._ink
        y, x = self._place.bottom() - ink.height, self._place.left() + _RADIUS + 1
        for sort, words in (
            ("skipped", tr("too few checks, skipped")),
            ("proved", tr("proved")),
            ("stopped", tr("not proved, stop")),
        ):
            at = QPointF(x, y + ink.height / 2)
            colour = {"skipped": ink.soft, "proved": ink.ok, "stopped": ink.stop}[sort]
            if sort == "stopped":
                paint_cross(painter, at, colour)
            else:
                painter.setPen(QPen(colour, 1.5))
                painter.setBrush(colour if sort == "proved" else ink.ground)
                painter.drawEllipse(at, _RADIUS - 0.5, _RADIUS - 0.5)
            width = QFontMetrics(ink.plain).horizontalAdvance(words) + 2
            rect = QRect(round(x + _RADIUS + _GAP), round(y), width, ink.height)
            draw_text(painter, rect, words, ink.plain, ink.soft)
            x += _RADIUS + _GAP + width + 16 + _RADIUS


def paint_cross(painter: QPainter, at: QPointF, colour: QColor) -> None:
    """A cross: where the proof ended."""
    painter.setPen(QPen(colour, 2.2))
    painter.drawLine(at + QPointF(-_CROSS, -_CROSS), at + QPointF(_CROSS, _CROSS))
    painter.drawLine(at + QPointF(-_CROSS, _CROSS), at + QPointF(_CROSS, -_CROSS))
