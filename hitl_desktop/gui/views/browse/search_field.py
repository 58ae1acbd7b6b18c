"""The field for words that items must hold; it asks when one pauses to type, or at once on Enter."""

from typing import Final

from PySide6.QtCore import QSignalBlocker, QSize, QTimer
from PySide6.QtWidgets import QLineEdit, QWidget

from hitl_desktop.gui.context import Context
from hitl_desktop.language import tr

_PAUSE_MS: Final = 150
_AROUND: Final = 24


class SearchField(QLineEdit):
    """Shows and changes the words of the one filter."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._browsing = context.browsing
        self.setPlaceholderText(tr("Words, name, note or id"))
        self.setAccessibleName(tr("Search items"))
        self.setAccessibleDescription(
            tr("All words must be there; put words in quotation marks to keep them together.")
        )
        self.setClearButtonEnabled(True)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self.ask)
        self.textEdited.connect(lambda _text: self._pause.start())
        self.textChanged.connect(self._changed)
        self.returnPressed.connect(self.ask)
        self._browsing.wanted_changed.connect(self._show)
        self._show()  # the field of a page that is opened later stands beside what was found for these words

    def minimumSizeHint(self) -> QSize:
        """Room for the words that stand in it while it is empty."""
        words = self.fontMetrics().horizontalAdvance(self.placeholderText())
        return QSize(words + _AROUND, super().minimumSizeHint().height())

    def ask(self) -> None:
        """Ask for what is typed now."""
        self._pause.stop()
        self._browsing.change(words=self.text())

    def _changed(self, text: str) -> None:
        if not text:  # also by the cross at its end, which is no edit
            self.ask()

    def _show(self) -> None:
        words = self._browsing.wanted.filter.words
        if not self._pause.isActive() and words.strip() != self.text().strip():
            with QSignalBlocker(self):
                self.setText(words)
