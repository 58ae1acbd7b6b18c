"""One condition of a rule, to edit: what it asks, and the fields that it needs."""

from collections.abc import Callable, Container, Iterable
from typing import Any, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QHBoxLayout, QLineEdit, QMenu, QToolButton, QWidget

from hitl_desktop.domain.policy_conditions import CONDITIONS, Condition, Known, Where, condition_of
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import SPACE_4, SPACE_8
from hitl_desktop.gui.views.wheel_guard import WheelGuard
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.language import listed, mark, tr

KINDS: Final = {
    "confidence_at_least": mark("Confidence at least"),
    "confidence_below": mark("Confidence below"),
    "probability_at_least": mark("Probability of a class at least"),
    "probability_below": mark("Probability of a class below"),
    "predicted_is": mark("Suggested class is"),
    "finding_present": mark("Finding is suggested"),
    "finding_possible": mark("Finding is possible"),
    "unlike_decided": mark("Unlike anything decided"),
    "keywords": mark("Has one of the words"),
    "column_is": mark("Column is"),
    "column_is_not": mark("Column is not"),
    "column_contains": mark("Column contains"),
    "column_over": mark("Column over"),
    "column_under": mark("Column under"),
    "column_empty": mark("Column is empty"),
    "expected_loss_at_least": mark("Expected loss at least"),
}
"""What a condition is called in the list, in the order offered."""
_ORDER: Final = ("column", "label", "labels", "limit", "amount", "values", "words", "where")
_WHERE: Final = {Where.TEXT: mark("in the text"), Where.ANYWHERE: mark("in the text or any column")}
_BETWEEN: Final = ","
_LARGEST: Final = 1e12


class ConditionRow(QWidget):
    """`changed()` after every edit, `removed()` when it is to go. What is shown may be incomplete: see `condition`.

    `offered` names the conditions to choose from.
    """

    changed = Signal()
    removed = Signal()

    def __init__(
        self,
        theme: Theme,
        known: Known,
        condition: Condition,
        parent: QWidget | None = None,
        *,
        offered: Container[str] = KINDS,
    ) -> None:
        super().__init__(parent)
        self._known = known
        self._fields: dict[str, QWidget] = {}
        self._read: dict[str, Callable[[], object]] = {}
        self._guard = WheelGuard(self)
        self.kind = QComboBox()
        self.kind.setAccessibleName(tr("What the condition asks"))
        for name, title in KINDS.items():
            if name in offered and CONDITIONS[name].for_several in (None, known.several):
                self.kind.addItem(tr(title), name)
        self.kind.setCurrentIndex(self.kind.findData(condition.kind))
        self._guard.guard(self.kind)
        self.cross = Button(theme, "", "quiet", icon="x", size="small")
        self.cross.setAccessibleName(tr("Take the condition away"))
        self.cross.setToolTip(tr("Take the condition away"))
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(SPACE_8)
        self._row.addWidget(self.kind)
        self._places = QHBoxLayout()
        self._places.setSpacing(SPACE_8)
        self._row.addLayout(self._places, 1)
        self._row.addWidget(self.cross)
        self.cross.clicked.connect(self.removed)
        self.kind.activated.connect(self._kind_chosen)
        self._show_fields(condition.plain(known))

    def condition(self) -> Condition:
        """What is asked. Raises KnownError that says what is missing."""
        plain = {"condition": self.kind.currentData()} | {name: read() for name, read in self._read.items()}
        return condition_of(plain, self._known)

    def field(self, name: str) -> QWidget:
        """The control of one field. Raises KeyError for one that this condition has not."""
        return self._fields[name]

    def _kind_chosen(self) -> None:
        """Another condition with what was filled in already, where it has the same fields."""
        self._show_fields({name: read() for name, read in self._read.items()})
        self.changed.emit()

    def _show_fields(self, values: dict[str, Any]) -> None:
        while (entry := self._places.takeAt(0)) is not None:
            if (old := entry.widget()) is not None:
                old.setParent(None)
                old.deleteLater()
        self._fields, self._read = {}, {}
        names = CONDITIONS[self.kind.currentData()].__dataclass_fields__
        for name in (one for one in _ORDER if one in names):
            control, read, stretch = _MAKE[name](self, values.get(name))
            self._fields[name], self._read[name] = control, read
            self._places.addWidget(control, stretch)
        if not any(name in ("values", "words") for name in names):
            self._places.addStretch(1)

    # ---- the fields ------------------------------------------------------------------------------------------------

    def _share_field(self, value: Any) -> tuple[QWidget, Callable[[], object], int]:
        spin = QDoubleSpinBox()
        spin.setRange(0.0, 1.0)
        spin.setDecimals(3)
        spin.setSingleStep(0.01)
        spin.setValue(0.9 if value is None else float(value))
        spin.lineEdit().setTextMargins(SPACE_4, 0, 0, 0)
        spin.setMinimumWidth(96)
        spin.setAccessibleName(tr("Limit, 0 to 1"))
        return self._watched(spin, spin.valueChanged), lambda: round(spin.value(), 3), 0

    def _amount_field(self, value: Any) -> tuple[QWidget, Callable[[], object], int]:
        spin = QDoubleSpinBox()
        spin.setRange(-_LARGEST, _LARGEST)
        spin.setDecimals(2)
        spin.setGroupSeparatorShown(True)
        spin.setValue(0.0 if value is None else float(value))
        spin.lineEdit().setTextMargins(SPACE_4, 0, 0, 0)
        spin.setMinimumWidth(128)
        spin.setAccessibleName(tr("Amount"))
        return self._watched(spin, spin.valueChanged), spin.value, 0

    def _class_field(self, value: Any) -> tuple[QWidget, Callable[[], object], int]:
        box = QComboBox()
        for _, name in self._known.classes:
            box.addItem(name)
        box.setCurrentIndex(max(0, box.findText(str(value))) if value is not None else 0)
        box.setAccessibleName(tr("Class"))
        return self._watched(box, box.currentIndexChanged), box.currentText, 0

    def _classes_field(self, value: Any) -> tuple[QWidget, Callable[[], object], int]:
        chosen = [str(one) for one in value or ()] or [name for _, name in self._known.classes[:1]]
        button = _ManyOf([name for _, name in self._known.classes], chosen)
        button.setAccessibleName(tr("Classes"))
        return self._watched(button, button.chosen_changed), button.chosen, 0

    def _column_field(self, value: Any) -> tuple[QWidget, Callable[[], object], int]:
        box = QComboBox()
        box.setEditable(True)
        box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        box.addItems(sorted(self._known.columns or ()))
        box.setCurrentText(str(value) if value else next(iter(sorted(self._known.columns or ())), ""))
        box.setAccessibleName(tr("Column"))
        return self._watched(box, box.currentTextChanged), box.currentText, 0

    def _words_field(self, value: Any) -> tuple[QWidget, Callable[[], object], int]:
        line = QLineEdit(f"{_BETWEEN} ".join(value or ()))
        line.setPlaceholderText(tr("separated by commas"))
        line.setAccessibleName(tr("Words or values, separated by commas"))
        return self._watched(line, line.textChanged), lambda: _parts(line.text()), 1

    def _where_field(self, value: Any) -> tuple[QWidget, Callable[[], object], int]:
        box = QComboBox()
        for where, title in _WHERE.items():
            box.addItem(tr(title), where.value)
        box.setCurrentIndex(max(0, box.findData(value)))
        box.setAccessibleName(tr("Where the words are looked for"))
        return self._watched(box, box.currentIndexChanged), box.currentData, 0

    def _watched(self, control: QWidget, signal: Any) -> QWidget:
        self._guard.guard(control)
        signal.connect(lambda *_: self.changed.emit())
        return control


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(_BETWEEN) if part.strip()]


class _ManyOf(QToolButton):
    """A button that opens a list of names to tick."""

    chosen_changed = Signal()

    def __init__(self, names: Iterable[str], chosen: Iterable[str]) -> None:
        super().__init__()
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        menu = QMenu(self)
        self._actions: list[QAction] = []
        ticked = set(chosen)
        for name in names:
            action = menu.addAction(name.replace("&", "&&"))
            action.setData(name)
            action.setCheckable(True)
            action.setChecked(name in ticked)
            action.toggled.connect(self._toggled)
            self._actions.append(action)
        self.setMenu(menu)
        self._show()

    def chosen(self) -> list[str]:
        """The names that are ticked."""
        return [str(action.data()) for action in self._actions if action.isChecked()]

    def actions_of_names(self) -> dict[str, QAction]:
        """The entries by name."""
        return {str(action.data()): action for action in self._actions}

    def _toggled(self) -> None:
        self._show()
        self.chosen_changed.emit()

    def _show(self) -> None:
        self.setText(listed(self.chosen()).replace("&", "&&") or tr("Choose…"))


_MAKE: Final[dict[str, Callable[[ConditionRow, Any], tuple[QWidget, Callable[[], object], int]]]] = {
    "limit": ConditionRow._share_field,
    "amount": ConditionRow._amount_field,
    "label": ConditionRow._class_field,
    "labels": ConditionRow._classes_field,
    "column": ConditionRow._column_field,
    "values": ConditionRow._words_field,
    "words": ConditionRow._words_field,
    "where": ConditionRow._where_field,
}
