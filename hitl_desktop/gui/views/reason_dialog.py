"""A question that is only answered with a reason, which goes on record: the safe button has the focus."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import SPACE_4, SPACE_12, SPACE_16, SPACE_24, STRONG
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.language import tr

_WIDTH = 480


class ReasonDialog(QDialog):
    """`agreed(reason)` is sent when the person wants it and says why; the other button and Esc leave all as it is."""

    agreed = Signal(str)

    def __init__(
        self,
        theme: Theme,
        title: str,
        words: str,
        yes: str,
        no: str,
        *,
        field: str,
        example: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setAccessibleDescription(words)
        self.setFixedWidth(_WIDTH)
        self.reason = QLineEdit()
        self.reason.setPlaceholderText(example)
        self.reason.setAccessibleName(field)
        self.yes_button = Button(theme, yes)
        self.no_button = Button(theme, no, "primary")
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_24, SPACE_24, SPACE_24, SPACE_16)
        column.setSpacing(SPACE_12)
        column.addWidget(PlainLabel(title, "title", wrap=True))
        column.addWidget(PlainLabel(words, "body", "text2", wrap=True))
        self.middle = QVBoxLayout()
        column.addLayout(self.middle)
        head = PlainLabel(field, "small", "text2", weight=STRONG)
        head.setContentsMargins(0, SPACE_4, 0, 0)
        column.addWidget(head)
        column.addWidget(self.reason)
        column.addWidget(PlainLabel(tr("It goes on record with your name."), "small", "text2", wrap=True))
        row = QHBoxLayout()
        row.setSpacing(SPACE_12)
        row.addStretch(1)
        row.addWidget(self.yes_button)
        row.addWidget(self.no_button)
        column.addLayout(row)
        self.reason.textChanged.connect(lambda _text: self.follow())
        self.reason.returnPressed.connect(self._agree)
        self.yes_button.clicked.connect(self._agree)
        self.no_button.clicked.connect(self.reject)
        self.follow()
        self.no_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def is_complete(self) -> bool:
        """True when everything is said that is needed."""
        return bool(self.reason.text().strip())

    def follow(self) -> None:
        """Offer to go on as soon as everything is said."""
        self.yes_button.setEnabled(self.is_complete())

    def _agree(self) -> None:
        if self.is_complete():
            self.agreed.emit(self.reason.text().strip())
            self.accept()
