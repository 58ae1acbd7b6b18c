"""The place of the large button: it confirms or keeps, and while the suggestion is hidden it asks in its stead."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSizePolicy, QStackedWidget, QWidget

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.widgets.class_button import ConfirmButton
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.language import tr


class AnswerSlot(QStackedWidget):
    """One height, whatever stands in it: what follows never moves."""

    def __init__(self, theme: Theme, key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.button = ConfirmButton(theme, tr("Confirm"), key)
        self.question = PlainLabel("", "lead", "text", weight=600, wrap=True)
        self.question.setAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter)
        self.addWidget(self.button)
        self.addWidget(self.question)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_button(self) -> None:
        """There is something to confirm, or to keep."""
        self.setCurrentWidget(self.button)

    def ask(self, question: str) -> None:
        """A question in the button's place: nothing may be confirmed unseen."""
        self.question.setText(question)
        self.setCurrentWidget(self.question)
