"""The slider of the limit, with a mark where the proof of a certificate stopped."""

from typing import Final

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSlider, QStyle, QStyleOptionSlider, QWidget

from hitl_desktop.gui.theme import Theme

_MARK_WIDTH: Final = 2
_MARK_HEIGHT: Final = 16


class LimitSlider(QSlider):
    """A horizontal slider from 0 to 100 percent. The mark is said in words beside it, never by colour alone."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._theme = theme
        self._mark: float | None = None

    def show_mark(self, percent: float | None) -> None:
        """Mark a place, 0–100; None for none."""
        if percent != self._mark:
            self._mark = percent
            self.update()

    def mark_x(self) -> int | None:
        """Where the mark stands, in pixels from the left; None where there is none."""
        if self._mark is None:
            return None
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        style, slider = self.style(), QStyle.ComplexControl.CC_Slider
        groove = style.subControlRect(slider, option, QStyle.SubControl.SC_SliderGroove, self)
        handle = style.subControlRect(slider, option, QStyle.SubControl.SC_SliderHandle, self)
        room = groove.width() - handle.width()
        place = QStyle.sliderPositionFromValue(
            100 * self.minimum(), 100 * self.maximum(), round(100 * self._mark), room, option.upsideDown
        )
        return groove.left() + handle.width() // 2 + place

    def paintEvent(self, event: QPaintEvent) -> None:
        x = self.mark_x()
        if x is not None:
            painter = QPainter(self)
            top = (self.height() - _MARK_HEIGHT) // 2
            rect = QRect(x - _MARK_WIDTH // 2, top, _MARK_WIDTH, _MARK_HEIGHT)
            painter.fillRect(rect, self._theme.colour("danger"))
            painter.end()
        super().paintEvent(event)  # the handle lies over the mark
