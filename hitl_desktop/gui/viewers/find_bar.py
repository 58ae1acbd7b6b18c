"""The bar that finds words in the text: what to find, which of how many, forwards and back."""

from typing import Final

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QToolButton, QWidget

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import SPACE_4, SPACE_8, SPACE_12
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.language import number, tr

_FIELD: Final = 280
_ICON: Final = 16


class FindBar(QWidget):
    """Enter goes to the next place, Shift+Enter to the one before, Esc closes."""

    words_changed = Signal(str)
    step_wanted = Signal(int)
    closed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.field = QLineEdit(self)
        self.field.setPlaceholderText(tr("Find in this text"))
        self.field.setAccessibleName(tr("Find in this text"))
        self.field.setMaximumWidth(_FIELD)
        self.field.installEventFilter(self)
        self.field.textChanged.connect(self.words_changed)
        self._count = PlainLabel(token="small", tone="text2")  # noqa: S106 - a step of the type scale
        self._buttons = [
            (self._button(tr("Find the one before"), lambda: self.step_wanted.emit(-1)), "chevron-up"),
            (self._button(tr("Find the next"), lambda: self.step_wanted.emit(1)), "chevron-down"),
            (self._button(tr("Close"), self.closed.emit), "x"),
        ]
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_12, SPACE_4, SPACE_12, SPACE_4)
        row.setSpacing(SPACE_8)
        row.addWidget(self.field, 1)
        row.addWidget(self._count)
        for button, _ in self._buttons[:2]:
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self._buttons[2][0])
        self._draw_icons()
        theme.changed.connect(self._draw_icons)

    @property
    def count_text(self) -> str:
        """The words beside the field: "3 of 12"."""
        return self._count.text()

    def show_count(self, current: int, count: int, *, is_done: bool = True) -> None:
        """Say which of how many is shown; `current` is from 0. Until it `is_done`, there may be more."""
        if not self.field.text():
            self._count.setText("")
        elif count == 0:
            self._count.setText(tr("Not found") if is_done else tr("Looking…"))
        elif not is_done:
            self._count.setText(tr("{place} of {count}…", place=number(current + 1), count=number(count)))
        else:
            self._count.setText(tr("{place} of {count}", place=number(current + 1), count=number(count)))

    def open(self) -> None:
        """Show the bar, ready to type over what was looked for."""
        self.show()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                is_back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
                self.step_wanted.emit(-1 if is_back else 1)
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.closed.emit()
                return True
        return super().eventFilter(watched, event)

    def _button(self, name: str, callback: object) -> QToolButton:
        button = QToolButton(self)
        button.setAccessibleName(name)
        button.setToolTip(name)
        button.setIconSize(QSize(_ICON, _ICON))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(callback)
        return button

    def _draw_icons(self) -> None:
        for button, icon in self._buttons:
            button.setIcon(self._theme.icon(icon, _ICON))
