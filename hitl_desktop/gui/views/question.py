"""A question before something outward or hard to take back: two verbs, of which the safe one has the focus."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import SPACE_12, SPACE_16, SPACE_24
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.labels import PlainLabel

_WIDTH = 480


class Question(QDialog):
    """`agreed` is sent when the person wants it; the other button and Esc leave everything as it is."""

    agreed = Signal()

    def __init__(self, theme: Theme, title: str, words: str, yes: str, no: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setAccessibleDescription(words)
        self.setFixedWidth(_WIDTH)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_24, SPACE_24, SPACE_24, SPACE_16)
        column.setSpacing(SPACE_16)
        column.addWidget(PlainLabel(title, "title", wrap=True))
        column.addWidget(PlainLabel(words, "body", "text2", wrap=True))
        row = QHBoxLayout()
        row.setSpacing(SPACE_12)
        row.addStretch(1)
        self.yes_button = Button(theme, yes)
        self.no_button = Button(theme, no, "primary")
        row.addWidget(self.yes_button)
        row.addWidget(self.no_button)
        column.addLayout(row)
        self.yes_button.clicked.connect(self.accept)
        self.no_button.clicked.connect(self.reject)
        self.accepted.connect(self.agreed)
        self.no_button.setFocus(Qt.FocusReason.OtherFocusReason)
