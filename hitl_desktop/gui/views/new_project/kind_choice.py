"""What a row of a table is: guessed from its columns, said in words, and changed here with the columns it needs."""

from collections.abc import Mapping, Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLineEdit, QWidget

from hitl_desktop.exchange.row_kinds import ROW_KINDS, Layout, Role, kinds_of
from hitl_desktop.exchange.table_records import TableGuess
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import SPACE_8, SPACE_16
from hitl_desktop.gui.widgets.card import Card
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.kinds import KINDS
from hitl_desktop.language import mark, tr

TEXT: Final = "text"
RECORD: Final = "record"
"""What each column of a record holds is said column by column (`record_types.py`), not role by role."""
_WIDTH: Final = 220
_GUESSED: Final[Mapping[str, str]] = {
    "preference": mark("The columns look like prompts with answers to compare."),
    "record": mark("The columns look like records of numbers, categories and dates."),
    "conversation": mark("The column looks like conversations of several turns."),
}


class KindChoice(Card):
    """The kind, the columns of each of its roles, and what else it lets choose. `changed` is sent for every change."""

    changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(tr("What a row is"), "", parent)
        self._theme = theme
        self._guess: TableGuess | None = None
        self.box = QComboBox()
        self.box.setAccessibleName(tr("What a row is"))
        self.box.setFixedWidth(theme.px(_WIDTH))
        self.box.activated.connect(self._kind_chosen)
        self._told = PlainLabel("", "small", "text2", wrap=True)
        self.body.addWidget(self.box)
        self.body.addWidget(self._told)
        self._parts = QWidget()
        self.body.addWidget(self._parts)
        self.fields: dict[str, QComboBox | QLineEdit] = {}
        self.choices: dict[str, QComboBox] = {}
        self._layout = Layout()

    @property
    def kind(self) -> str:
        """The kind chosen."""
        return str(self.box.currentData() or TEXT)

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes where they follow from the kind; () where they do not."""
        row_kind = ROW_KINDS.get(self.kind)
        return () if row_kind is None else row_kind.classes(self.layout_chosen)

    @property
    def names_answers(self) -> bool:
        """True when columns that were chosen say what was answered."""
        roles = self.layout_chosen.roles
        return any(roles.get(role) for role in ("preferred", "chosen"))

    @property
    def layout_chosen(self) -> Layout:
        """The columns of each role and the options, as they stand here; empty for texts."""
        row_kind = ROW_KINDS.get(self.kind)
        if row_kind is None:
            return Layout()
        roles = {role: names for role, names in self._layout.roles.items() if role not in self.fields}
        for role in row_kind.roles:
            names = self._named(role)
            if names:
                roles[role.name] = names
        options = {**self._layout.options, **{name: str(box.currentData()) for name, box in self.choices.items()}}
        return Layout(roles, options)

    def show_guess(self, guess: TableGuess) -> None:
        """Offer what the rows of a table can be, with the likeliest chosen."""
        self._guess = guess
        self.box.clear()
        there = kinds_of(guess)
        for name in there:
            self.box.addItem(tr(KINDS[name].title), name)
        self.setVisible(len(there) > 1)
        self._show_kind()

    def _kind_chosen(self) -> None:
        self._show_kind()
        self.changed.emit()

    def _show_kind(self) -> None:
        row_kind, guess = ROW_KINDS.get(self.kind), self._guess
        fresh = QWidget()
        grid = QGridLayout(fresh)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(SPACE_16)
        grid.setVerticalSpacing(SPACE_8)
        grid.setColumnStretch(1, 1)
        self.fields, self.choices = {}, {}
        self._layout = Layout()
        if row_kind is not None and guess is not None and row_kind.name != RECORD:
            self._layout = row_kind.guess(guess) or Layout()
            for role in row_kind.roles:
                names = self._layout.roles.get(role.name, ())
                self._add(grid, tr(role.title), self._field(role, names, guess))
            for choice in row_kind.choices:
                box = QComboBox()
                for value, words in choice.values:
                    box.addItem(tr(words), value)
                box.setCurrentIndex(max(0, box.findData(self._layout.options.get(choice.name))))
                box.activated.connect(lambda _: self.changed.emit())
                box.setFixedWidth(self._theme.px(_WIDTH))
                self.choices[choice.name] = box
                self._add(grid, tr(choice.title), box)
        self._told.setText(tr(_GUESSED[self.kind]) if self.kind in _GUESSED else "")
        self._told.setVisible(self.kind in _GUESSED)
        self.body.replaceWidget(self._parts, fresh)
        self._parts.deleteLater()
        self._parts = fresh
        self._parts.setVisible(grid.count() > 0)

    def _field(self, role: Role, names: Sequence[str], guess: TableGuess) -> QComboBox | QLineEdit:
        """One column from a list; several by their names, separated by commas."""
        if role.many:
            field = QLineEdit(", ".join(names))
            field.setPlaceholderText(tr("Columns, separated by commas"))
            field.textEdited.connect(lambda _: self.changed.emit())
            self.fields[role.name] = field
            return field
        box = QComboBox()
        box.addItem(tr("None"), None)
        for name in guess.column_names:
            box.addItem(name, name)
        box.setCurrentIndex(box.findData(names[0]) if names else 0)
        box.setFixedWidth(self._theme.px(_WIDTH))
        box.activated.connect(lambda _: self.changed.emit())
        self.fields[role.name] = box
        return box

    def _named(self, role: Role) -> tuple[str, ...]:
        field = self.fields.get(role.name)
        if isinstance(field, QComboBox):
            name = field.currentData()
            return () if name is None else (str(name),)
        if isinstance(field, QLineEdit):
            return tuple(name.strip() for name in field.text().split(",") if name.strip())
        return ()

    def _add(self, grid: QGridLayout, title: str, field: QWidget) -> None:
        label = PlainLabel(title, "body")
        label.setBuddy(field)
        field.setAccessibleName(title)
        row = grid.rowCount()
        grid.addWidget(label, row, 0)
        # A list has a width of its own; without a side to stand at it would push its column away from the titles.
        leading = Qt.AlignmentFlag.AlignLeading if isinstance(field, QComboBox) else Qt.AlignmentFlag(0)
        grid.addWidget(field, row, 1, leading)
