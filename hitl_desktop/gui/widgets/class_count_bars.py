"""How many items each class has: glyph, name, bar, count."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.widgets.class_glyph import paint_glyph
from hitl_desktop.gui.widgets.painted import Painted
from hitl_desktop.gui.widgets.painting import RIGHT, draw_text, fill_rounded, text_width
from hitl_desktop.language import listed, number, tr

_ROW: Final = 26
_GLYPH: Final = 12
_BAR: Final = 10
_NAME_LEFT: Final = 20
_NAME_GAP: Final = 12
_NARROWEST_NAMES: Final = 112
_WIDEST_NAMES: Final = 0.55


class ClassCount(NamedTuple):
    """One class: its index from 0, its name, and how many items it has."""

    class_index: int
    name: str
    items: int


class ClassCountBars(Painted):
    """Bars on one scale, from zero to the largest count."""

    def __init__(self, theme: Theme, counts: Sequence[ClassCount] = (), parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._counts: list[ClassCount] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.show_counts(counts)

    def show_counts(self, counts: Sequence[ClassCount]) -> None:
        """Show these classes, in this order."""
        self._counts = list(counts)
        self.describe(tr("Items per class"), listed(f"{row.name} {number(row.items)}" for row in self._counts))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(350, self.theme.px(_ROW) * len(self._counts))

    def minimumSizeHint(self) -> QSize:
        return QSize(200, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        font, height = self.theme.font("body"), self.theme.px(_ROW)
        texts = [number(row.items) for row in self._counts]
        largest = max((row.items for row in self._counts), default=0) or 1
        number_width = max((text_width(text, font) for text in texts), default=0)
        bar_left = self._bar_left()
        bar_width = self.width() - bar_left - number_width - 20
        for index, (row, text) in enumerate(zip(self._counts, texts, strict=True)):
            top = index * height
            glyph = self.placed(QRect(0, top, _GLYPH, height))
            paint_glyph(painter, glyph, row.class_index, self.theme.tokens)
            name = self.placed(QRect(_NAME_LEFT, top, bar_left - _NAME_LEFT - _NAME_GAP, height))
            draw_text(painter, name, row.name, font, self.theme.colour("text"))
            bar = QRectF(self.placed(QRect(bar_left, top + (height - _BAR) // 2, bar_width, _BAR)))
            length = bar.width() * row.items / largest
            if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
                bar.setLeft(bar.right() - length)
            else:
                bar.setWidth(length)
            fill_rounded(painter, bar, min(1.5, length / 2), self.theme.class_colour(row.class_index))
            count = self.placed(QRect(self.width() - number_width, top, number_width, height))
            draw_text(painter, count, text, font, self.theme.colour("text"), RIGHT)

    def _bar_left(self) -> int:
        """Where the bars begin: behind the longest name, which gets at most a good half of the width."""
        font = self.theme.font("body")
        names = _NAME_LEFT + max((text_width(row.name, font) for row in self._counts), default=0) + _NAME_GAP
        return max(_NARROWEST_NAMES, min(names, round(self.width() * _WIDEST_NAMES)))
