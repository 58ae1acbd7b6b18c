"""A policy that is not in force yet: what it would change, why it is made, and the two ways on."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import MEDIUM, SPACE_8, SPACE_12
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.language import number, tr

KEY = "Ctrl+Return"
"""Puts the policy in force, anywhere on the page."""


class DraftBar(QFrame):
    """`applied(why)` puts it in force, `dropped()` keeps the one that is."""

    applied = Signal(str)
    dropped = Signal()

    def __init__(self, theme: Theme, key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("card", "true")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.words = PlainLabel("", "body", weight=MEDIUM, wrap=True)
        self.why = QLineEdit()
        self.why.setPlaceholderText(tr("Why, for the record"))
        self.why.setAccessibleName(tr("Why the policy is changed, for the record"))
        self.keep = Button(theme, "", "secondary", size="small")
        self.apply = Button(theme, "", "primary", key=key, size="small")
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_12, SPACE_12, SPACE_12, SPACE_12)
        column.setSpacing(SPACE_8)
        column.addWidget(self.words)
        row = QHBoxLayout()
        row.setSpacing(SPACE_8)
        row.addWidget(self.why, 1)
        row.addWidget(self.keep)
        row.addWidget(self.apply)
        column.addLayout(row)
        self.apply.clicked.connect(lambda: self.applied.emit(self.why.text().strip()))
        self.keep.clicked.connect(self.dropped)
        self.why.returnPressed.connect(self.apply.click)

    def show_draft(self, words: str, in_force: int, following: int, *, can_apply: bool) -> None:
        """Show what would change; `following` is the number that the policy would get."""
        self.words.setText(words)
        self.setAccessibleName(words)
        self.keep.set_label(tr("Keep policy {n}", n=number(in_force)) if in_force else tr("Keep the policy as it is"))
        self.apply.set_label(tr("Apply policy {n}", n=number(following)))
        self.apply.setEnabled(can_apply)
