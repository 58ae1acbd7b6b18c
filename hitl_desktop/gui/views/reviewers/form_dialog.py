"""The frame of the small dialogs about reviewers: rows of fields, what is wrong in plain words, two buttons.

What takes longer than a frame, as a password does, is done beside the window.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.gui.beside import Beside
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import SPACE_4, SPACE_8, SPACE_12, SPACE_16, SPACE_24, STRONG
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.language import tr

_WIDTH = 460


class FormDialog(QDialog):
    """`made(answer)` with what the work brought, and the dialog closes. Esc and the other button leave all as it is."""

    made = Signal(object)

    def __init__(self, theme: Theme, title: str, words: str, yes: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setAccessibleDescription(words)
        self.setFixedWidth(theme.px(_WIDTH))
        self._theme = theme
        self._rows: list[QWidget] = []
        self.yes_button = Button(theme, yes, "primary")
        self.no_button = Button(theme, tr("Cancel"))
        self.trouble = PlainLabel("", "small", "danger", wrap=True)
        self.trouble.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_24, SPACE_24, SPACE_24, SPACE_16)
        column.setSpacing(SPACE_12)
        column.addWidget(PlainLabel(title, "title", wrap=True))
        if words:
            column.addWidget(PlainLabel(words, "body", "text2", wrap=True))
        self.middle = QVBoxLayout()
        self.middle.setSpacing(SPACE_12)
        column.addLayout(self.middle)
        column.addWidget(self.trouble)
        row = QHBoxLayout()
        row.setContentsMargins(0, SPACE_8, 0, 0)
        row.setSpacing(SPACE_12)
        row.addStretch(1)
        row.addWidget(self.no_button)
        row.addWidget(self.yes_button)
        column.addLayout(row)
        self._beside = Beside(self)
        self._beside.answered.connect(self._take)
        self.finished.connect(self._beside.close)
        self.yes_button.clicked.connect(self.submit)
        self.no_button.clicked.connect(self.reject)

    def add_row(self, name: str, field: QWidget, note: str = "") -> None:
        """A field with its name above it and, perhaps, a note below."""
        box = QVBoxLayout()
        box.setSpacing(SPACE_4)
        box.addWidget(PlainLabel(name, "small", "text2", weight=STRONG))
        box.addWidget(field)
        if note:
            box.addWidget(PlainLabel(note, "small", "text2", wrap=True))
        self.middle.addLayout(box)
        self._rows.append(field)

    def complain(self, words: str) -> None:
        """Say what is wrong; "" for nothing."""
        self.trouble.setText(words)
        self.trouble.setVisible(bool(words))

    def submit(self) -> None:
        """Do what the dialog is for, if everything is said."""
        if not self.yes_button.isEnabled():
            return
        try:
            work = self.work()
        except KnownError as error:
            self.complain(str(error))
            return
        from hitl_desktop.workflow.looking import Looking

        self.complain("")
        self._set_busy(True)
        self._beside.look(Looking(), work)

    def work(self) -> Callable[[], object]:
        """What is to be done, away from the window. Raises KnownError for fields that do not fit."""
        raise NotImplementedError

    def _set_busy(self, busy: bool) -> None:
        for widget in (*self._rows, self.yes_button):
            widget.setEnabled(not busy)

    def _take(self, answer: object) -> None:
        self._set_busy(False)
        if isinstance(answer, KnownError):
            self.complain(str(answer))
            if self._rows:
                self._rows[-1].setFocus(Qt.FocusReason.OtherFocusReason)
            return
        if isinstance(answer, Exception):
            raise answer
        self.made.emit(answer)
        self.accept()
