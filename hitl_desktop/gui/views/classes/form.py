"""The form beside the classes: what is to be done, what follows from it, and the verb that does it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import SPACE_4, SPACE_8
from hitl_desktop.gui.views.classes.changes import FORMS, Filled
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.card import Card
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.language import tr

if TYPE_CHECKING:
    from hitl_desktop.domain.labels import Label

_NAMES_HEIGHT = 84


class FormCard(Card):
    """Shows one row of `FORMS` for one class. `wanted(form, filled)` when its verb is pressed, `left` on Esc."""

    wanted = Signal(str, object)
    left = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("", parent=parent)
        self._theme = theme
        self._form = ""
        self._follows = PlainLabel("", "body", "text2", wrap=True)
        self.name = QLineEdit()
        self.names = QPlainTextEdit()
        self.names.setTabChangesFocus(True)
        self.names.setFixedHeight(theme.px(_NAMES_HEIGHT))
        self.target = QComboBox()
        self.keep = QRadioButton(tr("Keep its items as they are; they no longer train or measure"))
        self.give_back = QRadioButton(tr("Return its items to the queue"))
        self._either = QButtonGroup(self)
        for place, button in enumerate((self.keep, self.give_back)):
            self._either.addButton(button, place)
        self.reason = QLineEdit()
        self.reason.setPlaceholderText(tr("For the record"))
        self.verb = Button(theme, "", "primary")
        self.cancel = Button(theme, tr("Cancel"))
        self._fields: dict[str, QWidget] = {}
        self._lay_out()
        self._connect()

    def show_form(self, form: str, label: "Label | None", decided: int, others: Sequence["Label"]) -> None:
        """Begin a form. `label` is the class it is about, None for a new one; `others` those it may be merged into."""
        row = FORMS[form]
        self._form = form
        self.set_title(tr(row.title, name=label.name) if label else tr(row.title))
        self._follows.setText(row.follows(label, decided) if label else row.follows(None, 0))  # type: ignore[arg-type]
        self.name.setText(label.name if label else "")
        self.names.clear()
        self.reason.clear()
        self.keep.setChecked(True)
        self.target.clear()
        for other in others:
            self.target.addItem(other.name, other.id)
        for name, field in self._fields.items():
            field.setVisible(name in row.fields)
        self.verb.set_label(tr(row.verb))
        self._check()
        first = {"name": self.name, "names": self.names, "target": self.target, "items": self.keep}
        focused = next((first[name] for name in row.fields if name in first), self.verb)
        focused.setFocus(Qt.FocusReason.OtherFocusReason)
        self.name.selectAll()

    @property
    def form(self) -> str:
        """The form that is shown, by its id."""
        return self._form

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
            return
        super().keyPressEvent(event)

    def _lay_out(self) -> None:
        items = QWidget()
        both = QVBoxLayout(items)
        both.setContentsMargins(0, 0, 0, 0)
        both.setSpacing(SPACE_8)
        both.addWidget(self.keep)
        both.addWidget(self.give_back)
        self._fields = {
            "name": _named(tr("Name"), self.name),
            "names": _named(tr("New classes, one in a line"), self.names),
            "target": _named(tr("Into"), self.target),
            "items": items,
            "reason": _named(tr("Why (optional)"), self.reason),
        }
        for field in self._fields.values():
            self.body.addWidget(field)
        self.body.addWidget(self._follows)
        row = QHBoxLayout()
        row.setSpacing(SPACE_8)
        row.addWidget(self.verb)
        row.addWidget(self.cancel)
        row.addStretch(1)
        self.body.addLayout(row)

    def _connect(self) -> None:
        self.verb.clicked.connect(self._send)
        self.cancel.clicked.connect(self.left)
        self.name.textChanged.connect(self._check)
        self.names.textChanged.connect(self._check)
        for field in (self.name, self.reason):
            field.returnPressed.connect(self._send)

    def _check(self) -> None:
        fields = FORMS[self._form].fields if self._form else ()
        lacks_name = "name" in fields and not self.name.text().strip()
        self.verb.setEnabled(not lacks_name and not ("names" in fields and len(self._names()) < 2))

    def _names(self) -> tuple[str, ...]:
        lines = (line.strip() for line in self.names.toPlainText().splitlines())
        return tuple(dict.fromkeys(line for line in lines if line))

    def _send(self) -> None:
        if self.verb.isEnabled():
            target = int(self.target.currentData() or 0)
            filled = Filled(
                self.name.text(), self._names(), target, self.give_back.isChecked(), self.reason.text().strip()
            )
            self.wanted.emit(self._form, filled)


def _named(name: str, field: QWidget) -> QWidget:
    """A field with its name above it."""
    whole = QWidget()
    column = QVBoxLayout(whole)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(SPACE_4)
    column.addWidget(PlainLabel(name, "small", "text2"))
    column.addWidget(field)
    field.setAccessibleName(name)
    return whole
