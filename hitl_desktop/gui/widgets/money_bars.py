"""What ways of working cost, as bars below each other: reviewing solid, mistakes hatched."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from PySide6.QtCore import QRect, QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import MEDIUM, SPACE_8, SPACE_12, STRONG
from hitl_desktop.gui.widgets.chart_file import ChartFile
from hitl_desktop.gui.widgets.painted import Painted
from hitl_desktop.gui.widgets.painting import RIGHT, draw_frame, draw_text, fill_hatched, fill_rounded, text_width
from hitl_desktop.language import listed

_BAR: Final = 15
_GAP: Final = 2
_RADIUS: Final = 3


class MoneyBar(NamedTuple):
    """A way of working: its name, money for reviewing and for mistakes, the total in words, and a line about both."""

    name: str
    review: float
    mistakes: float
    total: str
    detail: str
    is_main: bool = False


class MoneyBars(Painted):
    """All bars share one scale that begins at nothing."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.file = ChartFile(theme, self)
        self._bars: list[MoneyBar] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_bars(self, name: str, bars: Sequence[MoneyBar]) -> None:
        """Show these; `name` is what they are about."""
        self._bars = list(bars)
        self.describe(name, ". ".join(listed((bar.name, bar.total, bar.detail)) for bar in bars))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(320, max(0, len(self._bars) * self._height() - SPACE_12))

    def minimumSizeHint(self) -> QSize:
        return QSize(220, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        most = max((bar.review + bar.mistakes for bar in self._bars), default=0.0) or 1.0
        for place, bar in enumerate(self._bars):
            self._paint(painter, bar, place * self._height(), self.width() / most)

    def _paint(self, painter: QPainter, bar: MoneyBar, top: int, scale: float) -> None:
        theme, line = self.theme, self.theme.line("body")
        strong = theme.font("body", STRONG)
        width = text_width(bar.total, strong)
        total = self.placed(QRect(self.width() - width, top, width, line))
        draw_text(painter, total, bar.total, strong, theme.colour("text"), RIGHT)
        name = self.placed(QRect(0, top, self.width() - width - SPACE_8, line))
        font = theme.font("body", STRONG if bar.is_main else MEDIUM)
        draw_text(painter, name, bar.name, font, theme.colour("text"))
        high = theme.px(_BAR)
        review, mistakes = bar.review * scale, bar.mistakes * scale
        gap = _GAP if review >= 1 and mistakes >= 1 else 0
        y = top + line + 2
        if review >= 1:
            fill_rounded(painter, self._mirrored(QRectF(0, y, review - gap, high)), _RADIUS, theme.colour("accent"))
        if mistakes >= 1:
            area = self._mirrored(QRectF(review, y, mistakes, high))
            fill_hatched(painter, area, _RADIUS, theme.colour("warn"))
            draw_frame(painter, area.toRect(), _RADIUS, theme.colour("warn"))
        below = self.placed(QRect(0, y + high + 2, self.width(), theme.line("caption")))
        draw_text(painter, below, bar.detail, theme.font("caption"), theme.colour("text2"))

    def _mirrored(self, area: QRectF) -> QRectF:
        if not self.isRightToLeft():
            return area
        return QRectF(self.width() - area.right(), area.top(), area.width(), area.height())

    def _height(self) -> int:
        return self.theme.line("body") + self.theme.px(_BAR) + self.theme.line("caption") + 4 + SPACE_12
