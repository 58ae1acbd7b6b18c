"""What each column of a table of records holds: guessed, shown with sample values, and to be changed or confirmed."""

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from hitl_desktop.domain.records import ColumnType, RecordColumn, RecordColumns
from hitl_desktop.exchange.record_rows import TYPE_TITLES, guessed
from hitl_desktop.exchange.record_types import Doubt, TypeGuess
from hitl_desktop.exchange.table_records import TableGuess
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import SPACE_8, SPACE_12, SPACE_16
from hitl_desktop.gui.views.wheel_guard import WheelGuard
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.language import listed, mark, number, tr, trn

MOST: Final = 100
"""Columns that are listed; those beyond are read as guessed."""
_WIDTH: Final = 220
NAME_WIDTH: Final = 150
_OFFERED: Final = tuple(kind for kind in TYPE_TITLES if kind is not ColumnType.IDENTITY)
_DOUBTS: Final = {
    Doubt.DAY_OR_MONTH: mark("The dates can be read in two ways: say what stands first."),
    Doubt.TWO_ORDERS: mark("Some dates can only have the day first, others only the month."),
    Doubt.TWO_DECIMALS: mark("Some numbers have a decimal comma, others a decimal point."),
    Doubt.CURRENCIES: mark("More than one currency, and nothing is converted."),
    Doubt.EMPTY: mark("Empty in the first rows."),
    Doubt.ALL_DIFFERENT: mark("Different in every row."),
}


class RecordTypes(QWidget):
    """A row per column that is neither label nor id. `changed` is sent when a person changes something."""

    changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._guesses: dict[str, TypeGuess] = {}
        self._columns = RecordColumns(())
        self.boxes: dict[str, QComboBox] = {}
        self.orders: dict[str, QComboBox] = {}
        self._rows: dict[str, list[QWidget]] = {}
        self._guard = WheelGuard(self)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(SPACE_16)
        self._grid.setVerticalSpacing(SPACE_8)
        self._grid.setColumnStretch(2, 1)
        self.amount = QComboBox()
        self.amount.setAccessibleName(tr("Amount at stake"))
        self.amount.setFixedWidth(_WIDTH)
        self.amount.activated.connect(lambda _: self.changed.emit())
        self._guard.guard(self.amount)
        stake = QHBoxLayout()
        stake.setSpacing(SPACE_16)
        title = PlainLabel(tr("Amount at stake"), "body")
        title.setFixedWidth(theme.px(NAME_WIDTH))
        stake.addWidget(title)
        stake.addWidget(self.amount)
        told = tr("What is lost when a row of the class that matters is missed.")
        stake.addWidget(PlainLabel(told, "small", "text2", wrap=True), 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_12)
        column.addLayout(self._grid)
        self._more = PlainLabel("", "small", "text2", wrap=True)
        column.addWidget(self._more)
        column.addLayout(stake)

    def show_guess(self, guess: TableGuess) -> None:
        """Offer the columns of a table with the guessed types chosen."""
        found = guessed(guess)
        self._guesses = {one.column.name: one for one in found.guesses}
        columns = tuple(one.column for one in found.guesses)
        self._columns = RecordColumns(columns, found.columns.amount)
        for widgets in self._rows.values():
            for widget in widgets:
                widget.hide()
                widget.deleteLater()
        self.boxes, self.orders, self._rows = {}, {}, {}
        for place, column in enumerate(columns[:MOST]):
            self._add_row(place, column)
        more = len(columns) - MOST
        self._more.setVisible(more > 0)
        self._more.setText(
            trn("{n} more column is read as guessed.", "{n} more columns are read as guessed.", max(more, 0))
        )
        self._show()

    def leave_out(self, *names: str | None) -> None:
        """These columns are the label and the id: they have no type of their own."""
        for name, widgets in self._rows.items():
            for widget in widgets:
                is_order = widget is self.orders.get(name)
                widget.setVisible(name not in names and (not is_order or self._asks(name)))

    def columns(self, label: str | None, identity: str | None) -> RecordColumns:
        """The columns as they are chosen now."""
        found = []
        for column in self._columns.columns:
            kind = ColumnType.IDENTITY if column.name == identity else column.type
            if kind is ColumnType.IDENTITY and column.name != identity:
                kind = ColumnType.IGNORED
            order = self.orders.get(column.name)
            day_first = column.day_first
            if order is not None and self._asks(column.name):
                day_first = order.currentData(Qt.ItemDataRole.UserRole)
            if column.name != label:
                found.append(RecordColumn(column.name, kind, day_first, column.comma))
        amount = self.amount.currentData(Qt.ItemDataRole.UserRole)
        numbers = {column.name for column in found if column.type is ColumnType.NUMBER}
        return RecordColumns(tuple(found), amount if amount in numbers else None, label)

    def missing(self) -> QWidget | None:
        """Where something has to be said first: the order of day and month."""
        for name, order in self.orders.items():
            if not order.isHidden() and self._asks(name) and order.currentData(Qt.ItemDataRole.UserRole) is None:
                return order
        return None

    def _asks(self, name: str) -> bool:
        """True for a date that can be read in two ways."""
        guess = self._guesses[name]
        column = next(column for column in self._columns.columns if column.name == name)
        return column.type is ColumnType.DATE and Doubt.DAY_OR_MONTH in guess.doubts

    def _add_row(self, place: int, column: RecordColumn) -> None:
        name = PlainLabel(column.name, "body", elide=True)
        name.setFixedWidth(self._theme.px(NAME_WIDTH))
        name.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        box = QComboBox()
        box.setFixedWidth(_WIDTH)
        box.setAccessibleName(tr("What {column} holds", column=column.name))
        for kind in _OFFERED:
            box.addItem(tr(TYPE_TITLES[kind]), kind.value)
        box.activated.connect(lambda _, column=column.name: self._chosen(column))
        order = QComboBox()
        order.setFixedWidth(_WIDTH)
        order.setAccessibleName(tr("What stands first in {column}", column=column.name))
        for words, value in ((tr("Choose…"), None), (tr("Day first"), True), (tr("Month first"), False)):
            order.addItem(words, value)
        order.activated.connect(lambda _: self.changed.emit())
        order.setVisible(False)
        told = PlainLabel("", "small", "text2", wrap=True)
        for combo in (box, order):
            self._guard.guard(combo)
        self._grid.addWidget(name, 2 * place, 0)
        self._grid.addWidget(box, 2 * place, 1)
        self._grid.addWidget(told, 2 * place, 2)
        self._grid.addWidget(order, 2 * place + 1, 1)
        self.boxes[column.name], self.orders[column.name] = box, order
        self._rows[column.name] = [name, box, told, order]
        words = _told(self._guesses[column.name])
        told.setText(words)
        if self._guesses[column.name].doubts:
            told.set_tone("warn")
        box.setAccessibleDescription(words)

    def _chosen(self, name: str) -> None:
        kind = ColumnType(str(self.boxes[name].currentData(Qt.ItemDataRole.UserRole)))
        amount = self.amount.currentData(Qt.ItemDataRole.UserRole)
        self._columns = RecordColumns(self._columns.columns, amount).typed(name, kind)
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        """Bring the boxes in line with the columns."""
        for column in self._columns.columns[:MOST]:
            box, order = self.boxes[column.name], self.orders[column.name]
            kind = ColumnType.IGNORED if column.type is ColumnType.IDENTITY else column.type
            box.setCurrentIndex(box.findData(kind.value))
            order.setVisible(self._asks(column.name) and not box.isHidden())
        chosen = self._columns.amount
        self.amount.clear()
        self.amount.addItem(tr("None"), None)
        for column in self._columns.of_type(ColumnType.NUMBER):
            self.amount.addItem(column.name, column.name)
        self.amount.setCurrentIndex(max(0, self.amount.findData(chosen)))


def _told(guess: TypeGuess) -> str:
    """What stands in a column: samples, and what has to be looked at."""
    samples = listed(tr("“{text}”", text=sample) for sample in guess.samples)
    found = [samples] if samples else []
    for doubt in guess.doubts:
        if doubt is Doubt.SOME_OTHER:
            row, cell = guess.odd[0]
            found.append(tr("Row {row} holds “{cell}”: it is taken as missing.", row=number(row), cell=cell[:40]))
        elif doubt is Doubt.MANY_VALUES:
            found.append(
                trn("{n} value; rare ones count as one.", "{n} values; rare ones count as one.", guess.distinct)
            )
        else:
            found.append(tr(_DOUBTS[doubt]))
    return " ".join(found)
