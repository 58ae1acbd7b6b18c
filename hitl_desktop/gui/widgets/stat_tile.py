"""A tile with one number, what it counts, and where it comes from."""

from typing import Final

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import RADIUS_CARD
from hitl_desktop.gui.widgets.labels import plain_tooltip
from hitl_desktop.gui.widgets.painted import Painted
from hitl_desktop.gui.widgets.painting import draw_frame, draw_icon, draw_text, text_width

_PADDING: Final = 16
_ICON: Final = 22
_TEXT_LEFT: Final = 51
_HEIGHT: Final = 70


class StatTile(Painted):
    """Icon, number 24, label 12. Without an icon the number stands at the edge."""

    def __init__(
        self,
        theme: Theme,
        number: str,
        label: str,
        icon: str = "",
        tone: str = "text2",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, parent)
        self._icon, self._tone = icon, tone
        self._number = self._label = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.show_number(number, label)

    def show_number(self, number: str, label: str) -> None:
        """Show this number, already written in the reader's way, and what it counts."""
        self._number, self._label = number, label
        self.describe(f"{number} {label}")
        self._tell_whole()
        self.update()

    def sizeHint(self) -> QSize:
        width = max(
            text_width(self._number, self.theme.font("number")), text_width(self._label, self.theme.font("small"))
        )
        return QSize(self._left() + width + _PADDING, self.theme.px(_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        number = text_width(self._number, self.theme.font("number"))
        return QSize(self._left() + number + _PADDING, self.theme.px(_HEIGHT))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._tell_whole()

    def _tell_whole(self) -> None:
        """What is shortened can be read as a tooltip."""
        is_whole = self.sizeHint().width() <= self.width() + _PADDING // 2
        self.setToolTip("" if is_whole else plain_tooltip(f"{self._number} {self._label}"))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        colour = self.theme.colour
        draw_frame(painter, self.rect(), RADIUS_CARD, colour("line"), colour("surface"), width=self.theme.border)
        if self._icon:
            rect = self.placed(QRect(_PADDING, 0, _ICON, self.height()))
            draw_icon(painter, self.theme, rect, self._icon, self._tone, _ICON)
        left, line = self._left(), self.theme.line("number")
        width = self.width() - left - 8
        top = (self.height() - line - self.theme.line("small")) // 2 + 1
        number = self.placed(QRect(left, top - 1, width, line))
        draw_text(painter, number, self._number, self.theme.font("number"), colour("text"))
        label = self.placed(QRect(left, top + line - 2, width, self.theme.line("small")))
        draw_text(painter, label, self._label, self.theme.font("small"), colour("text2"))

    def _left(self) -> int:
        return _TEXT_LEFT if self._icon else _PADDING
