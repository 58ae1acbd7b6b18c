"""Offers: rows with an icon, what would help and why, and one button each; the first one is the primary."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from hitl_desktop.gui.keymaps import printed
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import MEDIUM, SPACE_4, SPACE_8, SPACE_16
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.card import rule
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.gui.widgets.painted import Painted
from hitl_desktop.gui.widgets.painting import draw_icon
from hitl_desktop.language import explained

_ICON = 22


@dataclass(frozen=True, slots=True)
class Offer:
    """One offer. `key` is printed on its button unless it is the first one, which has Enter."""

    name: str
    icon: str
    title: str
    why: str
    verb: str
    key: str
    take: Callable[[], object]


class IconMark(Painted):
    """One icon in the colour of a token."""

    def __init__(self, theme: Theme, name: str, tone: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._name, self._tone = name, tone
        self.setFixedSize(_ICON + 2, _ICON + 2)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        draw_icon(painter, self.theme, QRect(0, 0, self.width(), self.height()), self._name, self._tone, _ICON)


class OfferRows(QWidget):
    """The rows; they are only made anew when the offers have changed, so that the focus stays where it is."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._offers: list[Offer] = []
        self._buttons: list[Button] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(SPACE_8)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_offers(self, offers: Sequence[Offer]) -> None:
        """Show these offers, the most useful first."""
        if _words(offers) == _words(self._offers):
            return
        self._offers = list(offers)
        self._buttons.clear()
        while (entry := self._column.takeAt(0)) is not None:
            widget = entry.widget()
            if widget is not None:
                widget.setParent(None)
                widget.deleteLater()
        for number, offer in enumerate(self._offers):
            if number:
                self._column.addWidget(rule())
            self._column.addWidget(self._row(offer, is_first=number == 0))

    def names(self) -> list[str]:
        """The names of the offers shown, in order."""
        return [offer.name for offer in self._offers]

    def button(self, name: str) -> Button:
        """The button of an offer. Raises ValueError when it is not offered."""
        return self._buttons[self.names().index(name)]

    def take_first(self) -> None:
        """Do what the first offer says."""
        if self._buttons:
            self._buttons[0].click()

    def focus_first(self) -> None:
        """Put the focus on the primary button."""
        if self._buttons:
            self._buttons[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def _row(self, offer: Offer, *, is_first: bool) -> QWidget:
        row = QWidget(self)
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, SPACE_4, 0, SPACE_4)
        layout.setSpacing(SPACE_16)
        layout.addWidget(IconMark(self._theme, offer.icon, "accent" if is_first else "text2"))
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(PlainLabel(offer.title, "body", weight=MEDIUM, wrap=True))
        words.addWidget(PlainLabel(offer.why, "small", "text2", wrap=True))
        layout.addLayout(words, 1)
        variant = "primary" if is_first else "secondary"
        button = Button(self._theme, offer.verb, variant, key=printed("Return") if is_first else offer.key)  # type: ignore[arg-type]
        button.setAccessibleName(explained(offer.verb, offer.title))
        button.setAccessibleDescription(offer.why)
        button.clicked.connect(offer.take)
        self._buttons.append(button)
        layout.addWidget(button)
        return row


def _words(offers: Sequence[Offer]) -> list[tuple[str, str, str]]:
    return [(offer.name, offer.title, offer.why) for offer in offers]
