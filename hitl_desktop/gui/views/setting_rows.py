"""The parts of the settings page: a card per section with its "Reset", and rows of name, control and note."""

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import CONTROL, SPACE_4, SPACE_16
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.card import Card
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.language import tr

_NAME_WIDTH: Final = 168


class Section(Card):
    """A card with a "Reset" in its head, where there is something to reset."""

    reset_wanted = Signal()

    def __init__(self, theme: Theme, title: str, *, can_reset: bool, parent: QWidget | None = None) -> None:
        super().__init__(title, parent=parent)
        self._theme = theme
        self.reset_button: Button | None = None
        if can_reset:
            self.reset_button = Button(theme, tr("Reset"), "link", size="small")
            self.reset_button.setAccessibleName(tr("Reset {section}", section=title))
            self.reset_button.clicked.connect(self.reset_wanted)
            self.head.addWidget(self.reset_button)

    def add_row(self, name: str, control: QWidget, note: QWidget | None = None) -> None:
        """Add a control with its name before it and, perhaps, a note below it."""
        row = QHBoxLayout()
        row.setSpacing(SPACE_16)
        label = PlainLabel(name, "body", "text2")
        label.setMinimumWidth(_NAME_WIDTH)
        column = QVBoxLayout()
        column.setSpacing(SPACE_4)
        column.addWidget(control, 0, Qt.AlignmentFlag.AlignLeading)
        row.addWidget(label, 0, Qt.AlignmentFlag.AlignTop)
        # Beside a control of one line its name stands in the middle, beside a taller one at the first line.
        label.setMinimumHeight(min(control.sizeHint().height(), control.maximumHeight(), self._theme.px(CONTROL)))
        if note is not None:
            column.addWidget(note)
        row.addLayout(column, 1)
        self.body.addLayout(row)
