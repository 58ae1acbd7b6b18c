"""A badge: an icon and a word on a soft tint. The icon and the word say it; the colour only supports them."""

from typing import Final, Literal

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QStyle, QWidget

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
        if (icon, text, tone) == (self._icon, self._text, self._tone):
            self.describe(explained(text, detail) if detail else text)
            return
        self._icon, self._text, self._tone = icon, text, tone
        self.describe(explained(text, detail) if detail else text)
        self.say_size()
        self.update()

    def text(self) -> str:
        """The word shown."""
        return self._text

    def sizeHint(self) -> QSize:
        return QSize(badge_width(self._text, self.theme), self.theme.px(_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return QSize(2 * _PADDING + _ICON + _GAP + 24, self.theme.px(_HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setLayoutDirection(self.layoutDirection())
        paint_badge(painter, self.theme, self.rect(), self._icon, self._text, self._tone)


def badge_width(text: str, theme: Theme) -> int:
    """How wide a badge with this word is, in pixels."""
    return 2 * _PADDING + _ICON + _GAP + text_width(text, theme.font("small", MEDIUM))


def paint_badge(painter: QPainter, theme: Theme, room: QRect, icon: str, text: str, tone: BadgeTone) -> None:
    """Paint a badge at the beginning of `room`, in its middle height; a word that does not fit is elided."""
    ink, ground = ("text2", "sunken") if tone == "neutral" else (tone, f"{tone}_soft")
    direction, height = painter.layoutDirection(), theme.px(_HEIGHT)
    top = room.top() + (room.height() - height) // 2
    width = min(room.width(), badge_width(text, theme))
    rect = QStyle.visualRect(direction, room, QRect(room.left(), top, width, height))
    fill_rounded(painter, rect, RADIUS_SMALL, theme.colour(ground))
    picture = QRect(rect.left() + _PADDING, rect.top(), _ICON, height)
    draw_icon(painter, theme, QStyle.visualRect(direction, rect, picture), icon, ink, _ICON)
    words = rect.adjusted(_PADDING + _ICON + _GAP, 0, -_PADDING + 1, 0)
    font = theme.font("small", MEDIUM)
    draw_text(painter, QStyle.visualRect(direction, rect, words), text, font, theme.colour(ink))
