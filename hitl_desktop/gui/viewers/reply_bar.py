"""The reply that should have been given: a field below a conversation. Keys are its own only while one writes in it."""

from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import SPACE_4, SPACE_8, SPACE_12, STRONG
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.language import tr

_PAUSE_MS: Final = 400
_HEIGHT: Final = 84


class ReplyBar(QFrame):
    """`changed(text)`: told soon after the last key, and when the field is left. `left()`: by Esc."""

    changed = Signal(str)
    left = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("pane", "surface")
        self._kept = ""
        self.field = QPlainTextEdit()
        self.field.setAccessibleName(tr("Reply that should have been given"))
        self.field.setPlaceholderText(tr("What should have been answered here"))
        self.field.setFixedHeight(theme.px(_HEIGHT))
        self.field.setTabChangesFocus(True)
        self.field.installEventFilter(self)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self.tell)
        self.field.textChanged.connect(self._pause.start)
        head = QHBoxLayout()
        head.setSpacing(SPACE_8)
        head.addWidget(PlainLabel(tr("Reply that should have been given"), "small", "text2", weight=STRONG))
        head.addStretch(1)
        head.addWidget(PlainLabel(tr("Saved with your decision. Esc when done"), "small", "text2"))
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_12, SPACE_8, SPACE_12, SPACE_12)
        column.setSpacing(SPACE_4)
        column.addLayout(head)
        column.addWidget(self.field)

    @property
    def is_written_in(self) -> bool:
        """True while the keys belong to the field."""
        return self.field.hasFocus()

    def show_reply(self, reply: str) -> None:
        """Show a reply as it is kept."""
        self._pause.stop()
        self._kept = reply
        if self.field.toPlainText() != reply:
            self.field.blockSignals(True)
            self.field.setPlainText(reply)
            self.field.blockSignals(False)

    def write(self) -> None:
        """Give the field the keys."""
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def leave(self) -> None:
        """Give the keys back; what is written is kept. An empty field goes away."""
        self.tell()
        self.setVisible(bool(self._kept))
        self.left.emit()

    def tell(self) -> None:
        """Tell what is written, unless it is known."""
        self._pause.stop()
        reply = self.field.toPlainText().strip()
        if reply != self._kept:
            self._kept = reply
            self.changed.emit(reply)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Whoever leaves the field leaves nothing untold behind."""
        if event.type() == QEvent.Type.FocusOut:
            self.tell()
        return super().eventFilter(watched, event)
