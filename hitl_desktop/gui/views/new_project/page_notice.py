"""What has to be said on a page, in the page: a sentence in its own band, with up to two things to do."""

from collections.abc import Callable
from typing import Final, Literal

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import RADIUS_CONTROL, SPACE_8, SPACE_12
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.gui.widgets.painted import Painted
from hitl_desktop.gui.widgets.painting import draw_icon, fill_rounded

NoticeTone = Literal["warn", "danger"]
Offer = tuple[str, Callable[[], None]]
_LEFT: Final = 40
_ICONS: Final = {"warn": "triangle-alert", "danger": "circle-alert"}


class PageNotice(Painted):
    """Hidden until something is said. It wraps, so that a whole sentence can be read, and stays until it is cleared."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._tone: NoticeTone = "warn"
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(_LEFT, SPACE_8, SPACE_12, SPACE_8)
        self._row.setSpacing(SPACE_8)
        self._text = PlainLabel("", "body", wrap=True)
        self._text.setAlignment(Qt.AlignmentFlag.AlignVCenter)
        self._row.addWidget(self._text, 1)
        self.buttons: list[Button] = []
        self.setVisible(False)

    def say(self, text: str, tone: NoticeTone = "danger", *offers: Offer) -> None:
        """Show a sentence; each offer becomes a button after it."""
        self._take_buttons()
        self._tone = tone
        self._text.setText(text)
        self.describe(text)
        for words, wanted in offers:
            button = Button(self.theme, words, "link", size="small", parent=self)
            button.clicked.connect(wanted)
            self._row.addWidget(button)
            self.buttons.append(button)
        self.setVisible(True)
        self.updateGeometry()
        self.update()

    def clear(self) -> None:
        """Say nothing."""
        self._take_buttons()
        self._text.setText("")
        self.setVisible(False)

    @property
    def text(self) -> str:
        """What is said; empty when nothing is."""
        return self._text.text()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        fill_rounded(painter, self.rect(), RADIUS_CONTROL, self.theme.colour(f"{self._tone}_soft"))
        icon = self.placed(QRect(0, 0, _LEFT, self.height()))
        draw_icon(painter, self.theme, icon, _ICONS[self._tone], self._tone, 18)

    def _take_buttons(self) -> None:
        for button in self.buttons:
            self._row.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.buttons = []
