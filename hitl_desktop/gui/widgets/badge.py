"""A badge: an icon and a word on a soft tint. The icon and the word say it; the colour only supports them."""

from typing import Final, Literal

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import MEDIUM, RADIUS_SMALL
from hitl_desktop.gui.widgets.painted import Painted
from hitl_desktop.gui.widgets.painting import draw_icon, draw_text, fill_rounded, text_width
from hitl_desktop.language import explained

BadgeTone = Literal["accent", "audit", "ok", "warn", "danger", "neutral"]
_HEIGHT: Final = 22
_ICON: Final = 14
_PADDING: Final = 8
_GAP: Final = 6


class Badge(Painted):
    """The badge. `detail` is the clause beside it, which a screen reader reads with it."""

    def __init__(
        self, theme: Theme, icon: str, text: str, tone: BadgeTone = "accent", parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, parent)
        self._icon, self._text = icon, text
        self._tone: BadgeTone = tone
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.describe(text)

    def show_badge(self, icon: str, text: str, tone: BadgeTone = "accent", detail: str = "") -> None:
        """Show something else."""
        self._icon, self._text, self._tone = icon, text, tone
        self.describe(explained(text, detail) if detail else text)
        self.updateGeometry()
        self.update()

    def text(self) -> str:
        """The word shown."""
        return self._text

    def sizeHint(self) -> QSize:
        width = 2 * _PADDING + _ICON + _GAP + text_width(self._text, self.theme.font("small", MEDIUM))
        return QSize(width, self.theme.px(_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return QSize(2 * _PADDING + _ICON + _GAP + 24, self.theme.px(_HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        ink, ground = ("text2", "sunken") if self._tone == "neutral" else (self._tone, f"{self._tone}_soft")
        fill_rounded(painter, self.rect(), RADIUS_SMALL, self.theme.colour(ground))
        draw_icon(painter, self.theme, self.placed(QRect(_PADDING, 0, _ICON, self.height())), self._icon, ink, _ICON)
        left = _PADDING + _ICON + _GAP
        text = self.placed(QRect(left, 0, self.width() - left - _PADDING + 1, self.height()))
        draw_text(painter, text, self._text, self.theme.font("small", MEDIUM), self.theme.colour(ink))
