"""A card whose title has a line below it that says what is shown, in which unit and on which sample."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from hitl_desktop.gui.theme.tokens import SPACE_8
from hitl_desktop.gui.widgets.card import Card
from hitl_desktop.gui.widgets.labels import PlainLabel


class TitledCard(Card):
    """Title, line below, content."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(title, parent=parent)
        self._subtitle = PlainLabel("", "small", "text2", elide=True)
        layout = self.layout()
        if isinstance(layout, QVBoxLayout):
            layout.setSpacing(0)
            layout.insertWidget(1, self._subtitle)
        self.body.setContentsMargins(0, SPACE_8, 0, 0)
        self.body.setSpacing(SPACE_8)

    def set_subtitle(self, text: str) -> None:
        """Say what is shown, in which unit and on which sample."""
        self._subtitle.setText(text)
        self.setAccessibleDescription(text)

    def subtitle(self) -> str:
        """The line below the title."""
        return self._subtitle.text()


class OrWords(QStackedWidget):
    """A drawing, or in its place a few words that say why there is none and what to do."""

    def __init__(self, drawing: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._drawing = drawing
        self._words = PlainLabel("", "body", "text2", wrap=True)
        self._words.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.addWidget(drawing)
        self.addWidget(self._words)

    def show_drawing(self) -> None:
        """There is something to draw."""
        self._drawing.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setCurrentWidget(self._drawing)

    def show_words(self, words: str) -> None:
        """There is nothing to draw; say why. The place for it is given back."""
        self._drawing.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self._words.setText(words)
        self.setCurrentWidget(self._words)

    def words(self) -> str:
        """What is said in place of the drawing; empty while it is drawn."""
        return self._words.text() if self.currentWidget() is self._words else ""
