"""The line below an item that says what its marks would change, while it has marks that teach."""

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from hitl_desktop.gui.theme.tokens import SPACE_8, SPACE_24
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.language import tr


class EffectLine(QFrame):
    """Hidden while there is nothing to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("pane", "surface")
        self.setAccessibleName(tr("What the marks change"))
        self._words = PlainLabel("", "small", "text", wrap=True)
        line = QFrame()
        line.setProperty("rule", "h")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(line)
        inside = QVBoxLayout()
        inside.setContentsMargins(SPACE_24, SPACE_8, SPACE_24, SPACE_8)
        inside.addWidget(self._words)
        column.addLayout(inside)
        self.hide()

    @property
    def words(self) -> str:
        """What is said now; empty for nothing."""
        return self._words.text()

    def say(self, words: str) -> None:
        """Say this; nothing with no words."""
        self._words.setText(words)
        self.setAccessibleDescription(words)
        self.setVisible(bool(words))
