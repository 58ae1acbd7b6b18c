"""The large buttons of the start page: an icon on a tile, a title, a line below, a key cap."""

from typing import Final

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import RADIUS_CARD, RADIUS_CONTROL, STRONG
from hitl_desktop.gui.widgets.key_cap import key_cap_width, paint_key_cap
from hitl_desktop.gui.widgets.painted import PaintedButton
from hitl_desktop.gui.widgets.painting import draw_frame, draw_icon, draw_text, fill_rounded, text_width

_HEIGHT: Final = 74
_PADDING: Final = 17
_TILE: Final = 40
_TEXT_LEFT: Final = 73


class BigChoice(PaintedButton):
    """A large choice. `key` is only shown."""

    def __init__(
        self, theme: Theme, icon: str, title: str, sub: str, key: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, title, parent)
        self._icon, self._sub, self._key = icon, sub, key
        self.setAccessibleDescription(sub)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        words = max(
            text_width(self.label(), self.theme.font("lead", STRONG)), text_width(self._sub, self.theme.font("small"))
        )
        return QSize(_TEXT_LEFT + words + 16 + self._cap_width() + _PADDING, self.theme.px(_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        title = text_width(self.label(), self.theme.font("lead", STRONG))
        return QSize(_TEXT_LEFT + title + 16 + self._cap_width() + _PADDING, self.theme.px(_HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        colour, height = self.theme.colour, self.height()
        active = self.isEnabled() and (self.underMouse() or self.isDown())
        fill = colour("accent_soft" if active else "surface")
        draw_frame(
            painter,
            self.rect(),
            RADIUS_CARD,
            colour("line_strong" if self.isEnabled() else "line"),
            fill,
            self.theme.border,
        )
        tile = self.placed(QRect(_PADDING, (height - _TILE) // 2, _TILE, _TILE))
        fill_rounded(painter, tile, RADIUS_CONTROL, colour("surface" if active else "accent_soft"))
        draw_icon(painter, self.theme, tile, self._icon, "accent" if self.isEnabled() else "text3", 22)
        right = self.width() - _PADDING
        if self._key:
            cap = self.placed(QRect(right - self._cap_width(), 0, self._cap_width(), height))
            paint_key_cap(painter, cap, self._key, self.theme, "plain" if self.isEnabled() else "disabled")
            right -= self._cap_width() + 12
        lead, small = self.theme.line("lead"), self.theme.line("small")
        top = (height - lead - small) // 2 + 1
        title = self.placed(QRect(_TEXT_LEFT, top - 2, right - _TEXT_LEFT, lead))
        ink = colour("text" if self.isEnabled() else "text3")
        draw_text(painter, title, self.label(), self.theme.font("lead", STRONG), ink)
        sub = self.placed(QRect(_TEXT_LEFT, top + lead - 2, right - _TEXT_LEFT, small))
        draw_text(painter, sub, self._sub, self.theme.font("small"), colour("text2" if self.isEnabled() else "text3"))

    def _cap_width(self) -> int:
        return key_cap_width(self._key, self.theme) if self._key else 0
