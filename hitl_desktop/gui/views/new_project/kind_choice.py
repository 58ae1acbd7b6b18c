"""What the rows of a table are: guessed from its columns, said in words, and to be changed."""

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from hitl_desktop.exchange.row_kinds import kinds_of
from hitl_desktop.exchange.table_records import TableGuess
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import SPACE_16
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.kinds import KINDS
from hitl_desktop.language import mark, tr

_WIDTH: Final = 220
_SENTENCES: Final = {
    "text": mark("One column is read; the others stand beside it."),
    "conversation": mark("The turns of a conversation are one item."),
    "record": mark("Numbers, categories, dates and text are read together."),
}
"""What reading the rows as a kind means; a kind without a sentence shows its name only."""


class KindChoice(QWidget):
    """One box. `changed` is sent when the person chooses another kind."""

    changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.box = QComboBox()
        self.box.setAccessibleName(tr("What the rows are"))
        self.box.setFixedWidth(_WIDTH)
        self._told = PlainLabel("", "small", "text2", wrap=True)
        label = PlainLabel(tr("Rows are"), "body")
        label.setBuddy(self.box)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_16)
        row.addWidget(label)
        row.addWidget(self.box)
        row.addWidget(self._told, 1)
        self.box.activated.connect(lambda _: self._chosen())

    @property
    def kind(self) -> str:
        """The kind chosen."""
        return str(self.box.currentData(Qt.ItemDataRole.UserRole) or "text")

    def show_guess(self, guess: TableGuess) -> None:
        """Offer what the rows can be, the likeliest chosen."""
        self.box.clear()
        for name in kinds_of(guess):
            self.box.addItem(tr(KINDS[name].title), name)
        self.box.setCurrentIndex(0)
        self._describe()

    def _chosen(self) -> None:
        self._describe()
        self.changed.emit()

    def _describe(self) -> None:
        words = tr(_SENTENCES[self.kind]) if self.kind in _SENTENCES else ""
        self._told.setText(words)
        self.box.setAccessibleDescription(words)
