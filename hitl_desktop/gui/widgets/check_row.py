"""A row to tick: a box, an icon or the glyph of a class, words, and a count at the other end."""

from typing import Final

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import CONTROL_SMALL, RADIUS_SMALL
from hitl_desktop.gui.widgets.class_glyph import paint_glyph
from hitl_desktop.gui.widgets.labels import plain_tooltip
from hitl_desktop.gui.widgets.painted import PaintedButton
from hitl_desktop.gui.widgets.painting import RIGHT, draw_frame, draw_icon, draw_text, text_width
from hitl_desktop.language import listed

_BOX: Final = 14
_MARK: Final = 14
_EDGE: Final = 6
_GAP: Final = 8


class CheckRow(PaintedButton):
    """Checkable. `icon` is (name, colour token); `class_index` is shown as a glyph in its place."""

    def __init__(
        self,
        theme: Theme,
        label: str,
        icon: tuple[str, str] | None = None,
        class_index: int | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, label, parent)
        self._icon = icon
        self._class_index = class_index
        self._count = ""
        self.setCheckable(True)
        self.setProperty("focusRing", "inside")
        self.setToolTip(plain_tooltip(label))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_count(self, count: str) -> None:
        """Show how many items the row stands for; empty where it is not known."""
        if count != self._count:
            self._count = count
            self.setAccessibleName(listed((self.label(), count)))
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(180, self.theme.px(CONTROL_SMALL))

    def minimumSizeHint(self) -> QSize:
        return QSize(96, self.theme.px(CONTROL_SMALL))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        theme = self.theme
        if self.underMouse() and self.isEnabled():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            draw_frame(painter, self.rect(), RADIUS_SMALL, theme.colour("sunken"), theme.colour("sunken"))
        height = self.height()
        box = self.placed(QRect(_EDGE, (height - _BOX) // 2, _BOX, _BOX))
        if self.isChecked():
            draw_frame(painter, box, 3, theme.colour("accent"), theme.colour("accent"))
            draw_icon(painter, theme, box, "check", "on_accent", 12, 2.5)
        else:
            draw_frame(painter, box, 3, theme.colour("line_strong"), theme.colour("surface"))
        left = _EDGE + _BOX + _GAP
        mark = self.placed(QRect(left, (height - _MARK) // 2, _MARK, _MARK))
        if self._class_index is not None:
            paint_glyph(painter, mark.adjusted(1, 1, -1, -1), self._class_index, theme.tokens)
            left += _MARK + _GAP
        elif self._icon is not None:
            draw_icon(painter, theme, mark, self._icon[0], self._icon[1], _MARK)
            left += _MARK + _GAP
        font, small = theme.font("body"), theme.font("small")
        width = text_width(self._count, small) if self._count else 0
        ink = theme.colour("text" if self.isEnabled() else "text3")
        words = self.placed(QRect(left, 0, self.width() - left - width - _EDGE - _GAP, height))
        draw_text(painter, words, self.label(), font, ink)
        count = self.placed(QRect(self.width() - width - _EDGE, 0, width, height))
        draw_text(painter, count, self._count, small, theme.colour("text2"), RIGHT)
