"""What the colours of the dots mean."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.widgets.painted import Painted
from hitl_desktop.gui.widgets.painting import draw_text, text_width
from hitl_desktop.language import listed

_ROW: Final = 22
_DOT: Final = 10
_GAP: Final = 8
_BETWEEN: Final = 16
_MOST: Final = 24
_Placed = list[tuple[QRect, QColor, str]]


class Legend(Painted):
    """Dots with words, as many beside each other as fit; of more than 24, the first ones."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._rows: list[tuple[QColor, str]] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_rows(self, rows: Sequence[tuple[QColor, str]]) -> None:
        """Show colours and what they mean."""
        self._rows = list(rows[:_MOST])
        self.describe(listed(words for _, words in self._rows))
        self._fit()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = self.theme.font("small")
        for rect, colour, words in self._laid_out(self.width()):
            painter.setBrush(colour)
            painter.setPen(QColor(0, 0, 0, 0))
            top = rect.top() + (rect.height() - _DOT) // 2
            painter.drawEllipse(self.placed(QRect(rect.left(), top, _DOT, _DOT)))
            text = self.placed(rect.adjusted(_DOT + _GAP, 0, 0, 0))
            draw_text(painter, text, words, font, self.theme.colour("text2"))

    def _fit(self) -> None:
        """As high as its rows are at this width."""
        self.setFixedHeight(max((rect.bottom() + 1 for rect, _, _ in self._laid_out(self.width())), default=0))

    def _theme_changed(self) -> None:
        super()._theme_changed()
        self._fit()

    def _laid_out(self, width: int) -> _Placed:
        font, height = self.theme.font("small"), self.theme.px(_ROW)
        found: _Placed = []
        x = y = 0
        for colour, words in self._rows:
            wide = min(width, _DOT + _GAP + text_width(words, font) + 2)
            if x and x + wide > width:
                x, y = 0, y + height
            found.append((QRect(x, y, wide, height), colour, words))
            x += wide + _BETWEEN
        return found
