"""One field of a record: its name, its value, and where the value lies among others."""

from typing import Final

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import MEDIUM, SPACE_8, SPACE_12, SPACE_16
from hitl_desktop.gui.widgets.card import rule
from hitl_desktop.gui.widgets.labels import PlainLabel, plain_tooltip
from hitl_desktop.gui.widgets.painted import Painted
from hitl_desktop.gui.widgets.painting import RIGHT, draw_text, fill_rounded

NAME: Final = 128
STANDING: Final = 150
_BAR: Final = 48
_HEIGHT: Final = 20
_NARROW: Final = 400
"""Where a row is narrower, the value takes the room of what says where it lies."""


class Place(Painted):
    """A share as a mark on a short line, and what it means in words."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._share: float | None = None
        self._is_place = True
        self._words = ""
        self.setFixedWidth(theme.px(STANDING))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_share(self, share: float | None, words: str, *, is_place: bool, told: str = "") -> None:
        """Show a share (0–1): the place of a number among others, or how much of a bar is full; None: nothing."""
        self._share, self._words, self._is_place = share, words, is_place
        self.setToolTip(plain_tooltip(told))
        self.describe(told or words)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self.theme.px(STANDING), self.theme.px(_HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._share is None:
            return
        painter = QPainter(self)
        bar = self.theme.px(_BAR)
        left = self.width() - bar
        middle = self.height() // 2
        fill_rounded(painter, self.placed(QRect(left, middle - 2, bar, 4)), 2, self.theme.colour("sunken"))
        if self._is_place:
            at = left + round(self._share * (bar - 4))
            fill_rounded(painter, self.placed(QRect(at, middle - 5, 4, 10)), 2, self.theme.colour("accent"))
        else:
            full = max(2, round(self._share * bar))
            fill_rounded(painter, self.placed(QRect(left, middle - 2, full, 4)), 2, self.theme.colour("text3"))
        words = self.placed(QRect(0, 0, left - SPACE_8, self.height()))
        draw_text(painter, words, self._words, self.theme.font("caption"), self.theme.colour("text2"), RIGHT)


class FieldRow(QWidget):
    """A row of the table of fields."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.name = PlainLabel("", "small", "text2", elide=True)
        self.name.setFixedWidth(theme.px(NAME))
        self.name.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.value = PlainLabel("", "body", wrap=True)
        self.value.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.place = Place(theme)
        row = QHBoxLayout()
        row.setContentsMargins(SPACE_16, 6, SPACE_16, 6)
        row.setSpacing(SPACE_12)
        row.addWidget(self.name, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.value, 1)
        row.addWidget(self.place, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(rule())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.place.setVisible(self.width() >= self._theme.px(_NARROW))
        self.name.setFixedWidth(min(self._theme.px(NAME), self.width() // 3))
        # The name is smaller than the value, and stands on the same line.
        self.name.setContentsMargins(0, (self._theme.line("body") - self._theme.line("small")) // 2, 0, 0)

    def show_field(self, name: str, value: str, *, is_hidden: bool, is_strong: bool) -> None:
        """Show a field; what stands behind its value comes with `show_share`."""
        self.name.setText(name)
        self.value.setText(value or "–")
        self.value.set_tone("text3" if is_hidden or not value else "text")
        weight = str(MEDIUM) if is_strong else None
        if self.value.property("weight") != weight:
            self.value.setProperty("weight", weight)
            self.value.style().unpolish(self.value)
            self.value.style().polish(self.value)
        self.place.show_share(None, "", is_place=True)
