"""A field for a password: what is typed is not shown, unless it is asked for, and never remembered."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from hitl_desktop.domain.reviewers import LONGEST_PASSWORD
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import SPACE_8
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.language import tr


class PasswordField(QWidget):
    """`entered()` on Enter; `typed()` at each change."""

    entered = Signal()
    typed = Signal()

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line = QLineEdit()
        self.line.setEchoMode(QLineEdit.EchoMode.Password)
        self.line.setMaxLength(LONGEST_PASSWORD)
        self.line.setAccessibleName(name)
        self.setFocusProxy(self.line)
        self._name = name
        self.eye = Button(theme, "", "quiet", icon="eye", size="small")
        self._say_eye()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_8)
        row.addWidget(self.line, 1)
        row.addWidget(self.eye)
        self.line.returnPressed.connect(self.entered)
        self.line.textChanged.connect(lambda _: self.typed.emit())
        self.eye.clicked.connect(self._turn)

    def text(self) -> str:
        """What is typed."""
        return self.line.text()

    def clear(self) -> None:
        """Forget what was typed, and hide what comes."""
        self.line.clear()
        self._show(False)

    def _turn(self) -> None:
        self._show(self.line.echoMode() is QLineEdit.EchoMode.Password)

    def _show(self, shown: bool) -> None:
        self.line.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)
        self.eye.set_icon("eye-off" if shown else "eye")
        self._say_eye()

    def _say_eye(self) -> None:
        is_hidden = self.line.echoMode() is QLineEdit.EchoMode.Password
        words = tr("Show what is typed") if is_hidden else tr("Hide what is typed")
        self.eye.setAccessibleName(words)
        self.eye.setToolTip(words)
