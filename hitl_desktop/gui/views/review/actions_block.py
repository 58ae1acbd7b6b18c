"""Skip, unsure, flag and note, two by two; the field for the note takes their place while one writes."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from hitl_desktop.gui.context import Context
from hitl_desktop.gui.widgets.class_button import ActionButton
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.language import tr

BETWEEN_REASONS = "; "
_HEIGHT = 66


class ActionsBlock(QStackedWidget):
    """`action_chosen("skip" | "unsure" | "flag")`, `note_changed(text)`, `note_left()`."""

    action_chosen = Signal(str)
    note_changed = Signal(str)
    note_left = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme, keymap = context.theme, context.keymap
        self.buttons = {
            name: ActionButton(theme, keymap.caption(name), words)
            for name, words in (
                ("skip", tr("Skip for now")),
                ("unsure", tr("Unsure")),
                ("flag", tr("Flag")),
                ("note", tr("Note")),
            )
        }
        for name, button in self.buttons.items():
            button.clicked.connect(lambda _checked=False, name=name: self._act(name))
        self.field = QLineEdit()
        self.field.setPlaceholderText(tr("Saved with your decision"))
        self.field.setAccessibleName(tr("Note"))
        self.field.textEdited.connect(self.note_changed)
        self.field.returnPressed.connect(self.leave_note)
        self._lay_out()
        self.setFixedHeight(theme.px(_HEIGHT))

    @property
    def note(self) -> str:
        """The note typed for the item on screen."""
        return self.field.text().strip()

    def show_note(self, note: str) -> None:
        """The note of an item that has just come on screen; a field left open by the item before is closed."""
        self.field.setText(note)
        self._name_button()
        self.setCurrentIndex(0)

    def set_possible(self, why_not: str) -> None:
        """Grey out everything with the reason, or, for no reason, bring it back."""
        for button in self.buttons.values():
            button.setEnabled(not why_not)
            button.setToolTip(why_not)

    def edit_note(self) -> None:
        """Put the note field in place of the actions."""
        if not self.buttons["note"].isEnabled():
            return
        self.setCurrentIndex(1)
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def leave_note(self) -> None:
        """Bring the actions back; the note is kept."""
        self._name_button()
        self.setCurrentIndex(0)
        self.note_left.emit()

    def reasons(self) -> list[str]:
        """The parts of the note, as reasons are written in it."""
        return [part.strip() for part in self.note.split(BETWEEN_REASONS.strip()) if part.strip()]

    def toggle_reason(self, reason: str) -> None:
        """Write a reason into the note, or take it out; what else is written stays."""
        parts = self.reasons()
        parts = [part for part in parts if part != reason] if reason in parts else [*parts, reason]
        self.field.setText(BETWEEN_REASONS.join(parts))
        self._name_button()
        self.note_changed.emit(self.note)

    def _name_button(self) -> None:
        self.buttons["note"].set_label(tr("Edit note") if self.note else tr("Note"))

    def _act(self, name: str) -> None:
        if name == "note":
            self.edit_note()
        else:
            self.action_chosen.emit(name)

    def _lay_out(self) -> None:
        grid_page = QWidget()
        grid = QGridLayout(grid_page)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(6)
        for place, button in enumerate(self.buttons.values()):
            grid.addWidget(button, place // 2, place % 2)
        note_page = QWidget()
        column = QVBoxLayout(note_page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(PlainLabel(tr("Note for this item, Enter when done"), "small", "text2", elide=True, cut="end"))
        column.addWidget(self.field)
        column.addStretch(1)
        self.addWidget(grid_page)
        self.addWidget(note_page)
