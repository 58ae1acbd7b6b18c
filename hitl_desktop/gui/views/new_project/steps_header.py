"""Where the person is: three numbered steps with their names, a tick on those that are done."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import REGULAR, STRONG
from hitl_desktop.gui.widgets.painted import Painted
from hitl_desktop.gui.widgets.painting import CENTRE, draw_icon, draw_text, text_width
from hitl_desktop.language import tr

_DISC: Final = 24
_GAP: Final = 8
_LINE: Final = 48
_LINE_SHORT: Final = 16
_ROOM: Final = 16


class StepsHeader(Painted):
    """Shows the steps; it is not clicked. Without room the names of the other steps are left out."""

    def __init__(self, theme: Theme, steps: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._steps = tuple(steps)
        self._current = 0
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.set_current(0)

    @property
    def current(self) -> int:
        """The step that is shown, from 0."""
        return self._current

    def set_current(self, step: int) -> None:
        """Show this step as the one the person is at."""
        self._current = step
        self.describe(
            tr("Step {number} of {count}: {title}", number=step + 1, count=len(self._steps), title=self._steps[step])
        )
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._length(_LINE), self.theme.px(32))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._length(_LINE_SHORT), self.theme.px(32))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        line = _LINE if self.width() >= self._length(_LINE) else _LINE_SHORT
        x = max(0, (self.width() - self._length(line)) // 2)
        for number, name in enumerate(self._steps):
            self._paint_disc(painter, self.placed(QRect(x, (self.height() - _DISC) // 2, _DISC, _DISC)), number)
            x += _DISC + _GAP
            is_current = number == self._current
            font = self.theme.font("body", STRONG if is_current else REGULAR)
            width = text_width(name, self.theme.font("body", STRONG))
            ink = self.theme.colour("text" if is_current else "text2")
            draw_text(painter, self.placed(QRect(x, 0, width, self.height())), name, font, ink)
            x += width + _ROOM
            if number < len(self._steps) - 1:
                painter.setPen(QPen(self.theme.colour("line_strong"), 1))
                stroke = self.placed(QRect(x, self.height() // 2, line, 1))
                painter.drawLine(stroke.left(), stroke.top(), stroke.right(), stroke.top())
                x += line + _ROOM

    def _paint_disc(self, painter: QPainter, disc: QRect, number: int) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = self.theme.colour
        if number < self._current:
            painter.setPen(QPen(colour("ok"), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(disc.adjusted(0, 0, -1, -1))
            draw_icon(painter, self.theme, disc, "check", "ok")
            return
        is_current = number == self._current
        painter.setPen(Qt.PenStyle.NoPen if is_current else QPen(colour("line_strong"), 1))
        painter.setBrush(colour("accent") if is_current else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(disc.adjusted(0, 0, -1, -1))
        ink = colour("on_accent" if is_current else "text2")
        draw_text(painter, disc, str(number + 1), self.theme.font("small", STRONG), ink, CENTRE)

    def _length(self, line: int) -> int:
        names = sum(text_width(name, self.theme.font("body", STRONG)) for name in self._steps)
        return names + len(self._steps) * (_DISC + _GAP) + (len(self._steps) - 1) * (line + 2 * _ROOM) + _ROOM
