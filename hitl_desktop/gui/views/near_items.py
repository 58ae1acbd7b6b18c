"""The items closest to the threshold, one list for both sides with the line between them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from hitl_desktop.domain.labels import in_words
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import ROW_DENSE, STRONG
from hitl_desktop.gui.views.figures_in_words import percent
from hitl_desktop.gui.widgets.class_glyph import paint_glyph
from hitl_desktop.gui.widgets.painted import Painted
from hitl_desktop.gui.widgets.painting import RIGHT, draw_text, text_width
from hitl_desktop.language import listed, tr, trc

if TYPE_CHECKING:
    from hitl_desktop.workflow.insight import Near

_GLYPH: Final = 12
_CLASS_WIDTH: Final = 132


class NearItems(Painted):
    """Proposed ones above the line, those that need a person below it; the space for `each` rows a side is kept."""

    def __init__(self, theme: Theme, each: int, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._each = each
        self._above: list[Near] = []
        self._below: list[Near] = []
        self._line = ""
        self._elide = Qt.TextElideMode.ElideMiddle
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.describe(tr("Items on each side of the line"))

    def show_items(self, above: "Sequence[Near]", below: "Sequence[Near]", line: str, is_text: bool) -> None:
        """Show items above the line (the least sure one next to it) and below it (the surest one next to it).

        Texts are cut at their end, names of files in the middle.
        """
        self._elide = Qt.TextElideMode.ElideRight if is_text else Qt.TextElideMode.ElideMiddle
        self._above, self._below, self._line = list(reversed(above)), list(below), line
        told = tr("Proposed: {above}. Need you: {below}.", above=_spoken(self._above), below=_spoken(self._below))
        self.describe(tr("Items on each side of the line"), told)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(360, self.theme.px(ROW_DENSE) * (2 * self._each + 1))

    def minimumSizeHint(self) -> QSize:
        return QSize(260, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        height = self.theme.px(ROW_DENSE)
        missing = self._each - len(self._above)
        if not self._above:
            self._paint_none(painter, self._each - 1, tr("Nothing is proposed at this threshold."))
        for row, item in enumerate(self._above, missing):
            self._paint_row(painter, row * height, item)
        self._paint_threshold(painter, self._each * height)
        if not self._below:
            self._paint_none(painter, self._each + 1, tr("Nothing is below this threshold."))
        for row, item in enumerate(self._below, self._each + 1):
            self._paint_row(painter, row * height, item)

    def _paint_none(self, painter: QPainter, row: int, text: str) -> None:
        height = self.theme.px(ROW_DENSE)
        rect = self.placed(QRect(0, row * height, self.width(), height))
        draw_text(painter, rect, text, self.theme.font("small"), self.theme.colour("text2"))

    def _paint_row(self, painter: QPainter, top: int, item: "Near") -> None:
        height, font, colour = self.theme.px(ROW_DENSE), self.theme.font("body"), self.theme.colour
        number_width = text_width(percent(0.999, 1000), font)
        class_left = self.width() - number_width - 8 - _CLASS_WIDTH
        name = self.placed(QRect(0, top, class_left - 12, height))
        draw_text(painter, name, item.name, self.theme.font("small"), colour("text"), elide=self._elide)
        if item.labels and not item.is_hidden:
            mark = self.placed(QRect(class_left, top, _GLYPH, height))
            paint_glyph(painter, mark, item.labels[0].position, self.theme.tokens)
        label = self.placed(QRect(class_left + _GLYPH + 8, top, _CLASS_WIDTH - _GLYPH - 8, height))
        draw_text(painter, label, _words(item), font, colour("text"))
        number = self.placed(QRect(self.width() - number_width, top, number_width, height))
        draw_text(painter, number, _exact(item.confidence), font, colour("text"), RIGHT)

    def _paint_threshold(self, painter: QPainter, top: int) -> None:
        height, font = self.theme.px(ROW_DENSE), self.theme.font("caption", STRONG)
        width = text_width(self._line, font)
        draw_text(painter, self.placed(QRect(0, top, width, height)), self._line, font, self.theme.colour("accent"))
        rule = self.placed(QRect(width + 8, top + height // 2, self.width() - width - 8, 1))
        painter.fillRect(rule, self.theme.colour("accent"))


def _spoken(items: "Sequence[Near]") -> str:
    each = [listed((item.name, _words(item), _exact(item.confidence))) for item in items]
    return trc("between the items of a list that have commas", "; ").join(each) or trc("no items", "none")


def _words(item: "Near") -> str:
    if item.is_hidden:
        return trc("of a suggestion", "hidden")
    return in_words(label.name for label in item.labels)


def _exact(confidence: float) -> str:
    """Cut, not rounded: an item just below the line must not look as if it were on it."""
    return percent(int(confidence * 1000 + 1e-6) / 1000, 1000)
