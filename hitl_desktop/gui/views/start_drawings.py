"""What the start page draws itself: the logo, the drop zone, and the three promises."""

from typing import Final

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from hitl_desktop import paths
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import RADIUS_CARD
from hitl_desktop.gui.widgets.painted import Painted
from hitl_desktop.gui.widgets.painting import draw_icon, draw_text, text_width
from hitl_desktop.language import mark, tr

_LOGO: Final = 44
_PROMISES: Final = (
    ("unplug", mark("Works without any network")),
    ("hard-drive", mark("Your files are only read, never changed")),
    ("shield-check", mark("Every decision is saved as you press the key")),
)


class Logo(Painted):
    """The program's own drawing, the same in both themes."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.setFixedSize(_LOGO, _LOGO)
        self._icon = QIcon(str(paths.resources() / "icons" / "app.svg"))

    def paintEvent(self, event: QPaintEvent) -> None:
        self._icon.paint(QPainter(self), self.rect())


class DropZone(Painted):
    """Where things can be dropped; the whole page takes them, this says so."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._active = False
        self.describe(tr("Drop a folder, a table or a project anywhere on this page"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_active(self, active: bool) -> None:
        """Show that something can be let go now."""
        if active != self._active:
            self._active = active
            self.update()

    @property
    def is_active(self) -> bool:
        """True while something that can be dropped is over the page."""
        return self._active

    def sizeHint(self) -> QSize:
        return QSize(320, self.theme.px(64))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.theme.colour("accent" if self._active else "line_strong"), 1, Qt.PenStyle.DashLine))
        painter.setBrush(self.theme.colour("accent_soft" if self._active else "window"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS_CARD, RADIUS_CARD)
        words = tr("Let go to open it") if self._active else tr("or drop a folder, a table or a project here")
        width = text_width(words, self.theme.font("body"))
        left = (self.width() - width - 28) // 2
        ink = "accent" if self._active else "text2"
        draw_icon(painter, self.theme, self.placed(QRect(left, 0, 18, self.height())), "download", ink, 18)
        text = self.placed(QRect(left + 28, 0, width, self.height()))
        draw_text(painter, text, words, self.theme.font("body"), self.theme.colour(ink))


class Promises(Painted):
    """The three sentences that hold for every project, each with its icon; they break into lines where needed."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.describe(". ".join(tr(words) for _, words in _PROMISES))
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def sizeHint(self) -> QSize:
        return QSize(320, self._row())

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return (self._places(width)[-1].y() // self._row() + 1) * self._row()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        for (icon, words), place in zip(_PROMISES, self._places(self.width()), strict=True):
            draw_icon(painter, self.theme, self.placed(QRect(place.x(), place.y(), 16, place.height())), icon, "text2")
            text = self.placed(place.adjusted(22, 0, 0, 0))
            draw_text(painter, text, tr(words), self.theme.font("small"), self.theme.colour("text2"))

    def _places(self, width: int) -> list[QRect]:
        places: list[QRect] = []
        x = y = 0
        for _, words in _PROMISES:
            length = 22 + text_width(tr(words), self.theme.font("small"))
            if x and x + length > width:
                x, y = 0, y + self._row()
            places.append(QRect(x, y, length, self._row()))
            x += length + 16
        return places

    def _row(self) -> int:
        return self.theme.px(20)
