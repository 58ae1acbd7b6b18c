"""Where every item is: one bar whose parts add up to all, with a legend that counts them."""

from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

from PySide6.QtCore import QRect, QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import STRONG
from hitl_desktop.gui.widgets.painted import Painted
from hitl_desktop.gui.widgets.painting import draw_frame, draw_text, fill_hatched, fill_rounded, text_width
from hitl_desktop.language import listed, number, tr

Pattern = Literal["solid", "hatch", "neutral", "track", "settled", "danger", "warn", "audit"]
_BAR: Final = 20
_GAP: Final = 2
_LEAST: Final = 8
_SWATCH: Final = 12
_SWATCH_GAP: Final = 9
_LEGEND_TOP: Final = 14
_LEGEND_GAP: Final = 8
_COLOURS: Final = {
    "solid": "accent",
    "neutral": "line_strong",
    "track": "sunken",
    "settled": "ok",
    "danger": "danger",
    "warn": "warn",
    "audit": "audit",
}


class Segment(NamedTuple):
    """One part: how many, what they are, a line of detail, and how it is painted."""

    items: int
    label: str
    detail: str = ""
    pattern: Pattern = "solid"


class StackedBar(Painted):
    """Parts with a count of 0 keep their place in the legend, but have none in the bar."""

    def __init__(self, theme: Theme, segments: Sequence[Segment] = (), parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._segments: list[Segment] = []
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.show_segments(segments)

    def show_segments(self, segments: Sequence[Segment]) -> None:
        """Show these parts, in this order."""
        self._segments = list(segments)
        spoken = listed(f"{number(segment.items)} {segment.label}" for segment in self._segments)
        self.describe(tr("Where every item is"), spoken)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(480, self.heightForWidth(480))

    def minimumSizeHint(self) -> QSize:
        return QSize(240, self.theme.px(_BAR) + _LEGEND_TOP + self._entry())

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        lines = -(-len(self._segments) // self._columns(width)) if self._segments else 1
        return self.theme.px(_BAR) + lines * (_LEGEND_TOP + self._entry())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._paint_bar(painter)
        if not self._segments:
            return
        columns = self._columns(self.width())
        column = self.width() / columns
        for index, segment in enumerate(self._segments):
            line, place = divmod(index, columns)
            top = self.theme.px(_BAR) + _LEGEND_TOP + line * (_LEGEND_TOP + self._entry())
            self._paint_legend(painter, segment, QRect(round(place * column), top, round(column), self._entry()))

    def _entry(self) -> int:
        """The height of one part in the legend."""
        return self.theme.line("lead") + self.theme.line("small")

    def _columns(self, width: int) -> int:
        """How many parts of the legend stand side by side, so that all of them can be read."""
        widest = max((self._legend_width(segment) for segment in self._segments), default=0)
        return max(1, min(len(self._segments), width // max(1, widest)))

    def _legend_width(self, segment: Segment) -> int:
        count = text_width(number(segment.items), self.theme.font("lead", STRONG))
        first = count + 9 + text_width(segment.label, self.theme.font("body"))
        return _SWATCH + _SWATCH_GAP + max(first, text_width(segment.detail, self.theme.font("small"))) + _LEGEND_GAP

    def _paint_bar(self, painter: QPainter) -> None:
        shown = [segment for segment in self._segments if segment.items > 0]
        total = sum(segment.items for segment in shown)
        height = self.theme.px(_BAR)
        if not shown:
            fill_rounded(painter, QRect(0, 0, self.width(), height), 2, self.theme.colour("sunken"))
            return
        # Small parts keep a width that can be seen; the others share what is left.
        room = self.width() - _GAP * (len(shown) - 1)
        widths = [max(float(_LEAST), room * segment.items / total) for segment in shown]
        excess = sum(widths) - room
        widths[widths.index(max(widths))] -= excess
        x = 0.0
        for segment, width in zip(shown, widths, strict=True):
            rect = self.placed(QRect(round(x), 0, round(x + width) - round(x), height))
            self._paint_pattern(painter, rect, segment.pattern)
            x += width + _GAP

    def _paint_pattern(self, painter: QPainter, rect: QRect, pattern: Pattern) -> None:
        if pattern == "hatch":
            fill_hatched(painter, QRectF(rect), 2, self.theme.colour("text2"))
        else:
            fill_rounded(painter, rect, 2, self.theme.colour(_COLOURS[pattern]))
        if pattern == "track":  # its ground is hardly another one than that of the card
            draw_frame(painter, rect, 2, self.theme.colour("line_strong"))

    def _paint_legend(self, painter: QPainter, segment: Segment, area: QRect) -> None:
        x, width, top, line = area.x(), area.width(), area.y(), self.theme.line("lead")
        swatch = QRect(x, top + (line - _SWATCH) // 2 - 2, _SWATCH, _SWATCH)
        self._paint_pattern(painter, self.placed(swatch), segment.pattern)
        left = x + _SWATCH + _SWATCH_GAP
        strong, colour = self.theme.font("lead", STRONG), self.theme.colour
        items = number(segment.items)
        count = QRect(left, top - 2, text_width(items, strong), line)
        draw_text(painter, self.placed(count), items, strong, colour("text"))
        label = QRect(count.right() + 9, top - 2, x + width - count.right() - 13, line)
        draw_text(painter, self.placed(label), segment.label, self.theme.font("body"), colour("text"))
        detail = QRect(left, top + line - 2, x + width - left - 4, self.theme.line("small"))
        draw_text(painter, self.placed(detail), segment.detail, self.theme.font("small"), colour("text2"))
