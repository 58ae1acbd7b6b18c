"""The plain buttons of pages and bars: words, perhaps an icon before them and a key cap after them."""

from typing import Final, Literal

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import (
    CONTROL,
    CONTROL_CLASS,
    CONTROL_SMALL,
    MEDIUM,
    RADIUS_CONTROL,
    SPACE_4,
    SPACE_8,
    SPACE_12,
    STRONG,
)
from hitl_desktop.gui.widgets.key_cap import key_cap_width, paint_key_cap
from hitl_desktop.gui.widgets.painted import PaintedButton
from hitl_desktop.gui.widgets.painting import draw_frame, draw_icon, draw_text, text_width

Variant = Literal["secondary", "primary", "danger", "link", "quiet"]
Size = Literal["small", "normal", "large"]
_HEIGHTS: Final = {"small": CONTROL_SMALL, "normal": CONTROL, "large": CONTROL_CLASS}
_ICON: Final = 16
_INK: Final = {"secondary": "text", "primary": "on_accent", "danger": "danger", "link": "accent", "quiet": "text2"}


class Button(PaintedButton):
    """A button with words. `key` is only shown: the page's key filter makes it work. `opens`: a list lies behind it."""

    def __init__(
        self,
        theme: Theme,
        label: str,
        variant: Variant = "secondary",
        *,
        icon: str = "",
        key: str = "",
        size: Size = "normal",
        opens: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, label, parent)
        self._opens = opens
        self._variant: Variant = variant
        self._icon = icon
        self._key = key
        self._size: Size = size
        if variant == "link":
            self.setCursor(Qt.CursorShape.PointingHandCursor)

    def set_key(self, key: str) -> None:
        """Show another key."""
        if key != self._key:
            self._key = key
            self.updateGeometry()
            self.update()

    def set_icon(self, icon: str) -> None:
        """Show another icon."""
        if icon != self._icon:
            self._icon = icon
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        width = 2 * self._padding() + text_width(self.label(), self._text_font())
        if self._icon:
            width += _ICON + (SPACE_8 if self.label() or self._key else 0)
        if self._key:
            width += key_cap_width(self._key, self.theme) + SPACE_8
        if self._opens:
            width += _ICON + SPACE_4
        return QSize(width, self.theme.px(_HEIGHTS[self._size]))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._paint_ground(painter)
        ink = _INK[self._variant] if self.isEnabled() else "text3"
        if self.isChecked():
            ink = "accent"
        x, right = self._padding(), self.width() - self._padding()
        if self._icon:
            draw_icon(painter, self.theme, self.placed(QRect(x, 0, _ICON, self.height())), self._icon, ink)
            x += _ICON + SPACE_8
        if self._key:
            width = key_cap_width(self._key, self.theme)
            on_accent = self._variant == "primary" and self.isEnabled()
            rect = self.placed(QRect(right - width, 0, width, self.height()))
            paint_key_cap(painter, rect, self._key, self.theme, "on_accent" if on_accent else "plain")
            right -= width + SPACE_8
        if self._opens:
            arrow = self.placed(QRect(right - _ICON, 0, _ICON, self.height()))
            draw_icon(painter, self.theme, arrow, "chevron-down", ink)
            right -= _ICON + SPACE_4
        hovered = self._variant == "link" and self.underMouse() and self.isEnabled()
        colour = self.theme.colour("accent_hover" if hovered else ink)
        draw_text(painter, self.placed(QRect(x, 0, right - x, self.height())), self.label(), self._text_font(), colour)

    def _paint_ground(self, painter: QPainter) -> None:
        hovered = self.isEnabled() and (self.underMouse() or self.isDown())
        colour = self.theme.colour
        if self._variant in ("link", "quiet"):
            if self.isChecked():  # a tool in use
                draw_frame(painter, self.rect(), RADIUS_CONTROL, colour("accent_soft"), colour("accent_soft"))
            elif hovered:
                tint = "accent_soft" if self._variant == "link" else "sunken"
                draw_frame(painter, self.rect(), RADIUS_CONTROL, colour(tint), colour(tint), width=self.theme.border)
        elif not self.isEnabled():
            draw_frame(painter, self.rect(), RADIUS_CONTROL, colour("line"), width=self.theme.border)
        elif self._variant == "primary":
            accent = colour("accent_hover" if hovered else "accent")
            draw_frame(painter, self.rect(), RADIUS_CONTROL, accent, accent, width=self.theme.border)
        else:
            border = "danger" if self._variant == "danger" else "line_strong"
            tint = "danger_soft" if self._variant == "danger" else "sunken"
            draw_frame(
                painter,
                self.rect(),
                RADIUS_CONTROL,
                colour(border),
                colour(tint if hovered else "surface"),
                width=self.theme.border,
            )

    def _text_font(self) -> QFont:
        weight = STRONG if self._variant == "primary" else MEDIUM
        small = self._size == "small" or self._variant in ("link", "quiet")
        return self.theme.font("small" if small else "body", weight)

    def _padding(self) -> int:
        if self._variant == "link":
            return 4
        return SPACE_8 if self._size == "small" or self._variant == "quiet" else SPACE_12
