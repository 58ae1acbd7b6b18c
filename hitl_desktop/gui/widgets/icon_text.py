"""A small icon with a word: states in the footer."""

from typing import Final

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.widgets.painted import Painted
from hitl_desktop.gui.widgets.painting import draw_icon, draw_text, text_width

_ICON: Final = 16
_GAP: Final = 6


class IconText(Painted):
    """An icon and a word side by side, in the secondary tone."""

    def __init__(self, theme: Theme, icon: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._icon = icon
        self._text = ""
        self._is_worded = True
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_text(text)

    def text(self) -> str:
        """What it says."""
        return self._text

    def set_text(self, text: str, icon: str = "") -> None:
        """Say something else, with another icon if one is given."""
        if text != self._text or (icon and icon != self._icon):
            self._text = text
            self._icon = icon or self._icon
            self.describe(text)
            self.updateGeometry()
            self.update()

    def show_word(self, shown: bool) -> None:
        """Show the word beside the icon, or leave the icon alone; a screen reader still says it."""
        if shown != self._is_worded:
            self._is_worded = shown
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        if not self._is_worded:
            return QSize(_ICON, self.theme.px(24))
        return QSize(_ICON + _GAP + text_width(self._text, self.theme.font("small")) + 2, self.theme.px(24))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._text:
            return
        painter = QPainter(self)
        height = self.height()
        draw_icon(painter, self.theme, self.placed(QRect(0, 0, _ICON, height)), self._icon, "text2")
        if not self._is_worded:
            return
        rect = self.placed(QRect(_ICON + _GAP, 0, self.width() - _ICON - _GAP, height))
        draw_text(painter, rect, self._text, self.theme.font("small"), self.theme.colour("text2"))
