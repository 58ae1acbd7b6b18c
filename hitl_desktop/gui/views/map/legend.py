"""What the colours and shapes of the dots mean."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.views.map.stamps import paint_kind
from hitl_desktop.gui.widgets.painted import Painted
from hitl_desktop.gui.widgets.painting import draw_text, text_width
from hitl_desktop.language import listed

_ROW: Final = 22
_DOT: Final = 12
_GAP: Final = 8
_BETWEEN: Final = 16
Row = tuple[int, QColor, str]
"""The class whose shape it is, or DOT; its colour, and what they mean."""
_Placed = list[tuple[QRect, Row]]


class Legend(Painted):
    """Shapes with words, as many beside each other as fit."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._rows: list[Row] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show shapes in colours, and what they mean."""
        self._rows = list(rows)
        self.describe(listed(words for *_, words in self._rows))
        self._fit()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        font = self.theme.font("small")
        for rect, (shape, colour, words) in self._laid_out(self.width()):
            top = rect.top() + (rect.height() - _DOT) // 2
            paint_kind(painter, QRectF(self.placed(QRect(rect.left(), top, _DOT, _DOT))), shape, colour)
            text = self.placed(rect.adjusted(_DOT + _GAP, 0, 0, 0))
            draw_text(painter, text, words, font, self.theme.colour("text2"))

    def _fit(self) -> None:
        """As high as its rows are at this width."""
        self.setFixedHeight(max((rect.bottom() + 1 for rect, _ in self._laid_out(self.width())), default=0))

    def _theme_changed(self) -> None:
        super()._theme_changed()
        self._fit()

    def _laid_out(self, width: int) -> _Placed:
        font, height = self.theme.font("small"), self.theme.px(_ROW)
        found: _Placed = []
        x = y = 0
        for row in self._rows:
            wide = min(width, _DOT + _GAP + text_width(row[2], font) + 2)
            if x and x + wide > width:
                x, y = 0, y + height
            found.append((QRect(x, y, wide, height), row))
            x += wide + _BETWEEN
        return found
