"""What things cost, as the people of the project say it: fields that apply at once."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QDoubleSpinBox, QGridLayout, QLineEdit, QWidget

from hitl_desktop.domain.costs import LARGEST, LONGEST_CURRENCY, CostSettings
from hitl_desktop.gui.theme.tokens import SPACE_4, SPACE_8, SPACE_12
from hitl_desktop.gui.views.wheel_guard import WheelGuard
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.language import tr

if TYPE_CHECKING:
    from hitl_desktop.domain.labels import Label

_UNSAID: Final = -0.01
_MOST: Final = min(LARGEST, 1e9)
_WIDTH: Final = 104
_WIDTH_OF_CLASS: Final = 84


class CostForm(QWidget):
    """`changed(CostSettings)`: something else was said. An amount that nobody has said shows a dash."""

    changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._guard = WheelGuard(self)
        self._labels: tuple[int, ...] = ()
        self.currency = QLineEdit()
        self.currency.setMaxLength(LONGEST_CURRENCY)
        self.currency.setAccessibleName(tr("Currency"))
        self.currency.setFixedWidth(_WIDTH)
        self.per_hour = self._amount(tr("Money per hour of reviewing"))
        self.mistake = self._amount(tr("What a mistake costs"))
        self.setup = self._amount(tr("Cost of the set-up"))
        self.own = self._amount(tr("Your own mistakes, in percent"), 100.0)
        self.own.setSuffix(" %")
        self.by_class = QCheckBox(tr("Classes cost differently"))
        self.missed: dict[int, QDoubleSpinBox] = {}
        self.alarms: dict[int, QDoubleSpinBox] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(SPACE_12)
        self._grid.setVerticalSpacing(SPACE_4)
        rows = (
            (tr("Currency"), self.currency),
            (tr("One hour of reviewing"), self.per_hour),
            (tr("One mistake"), self.mistake),
            (tr("Set-up, once"), self.setup),
            (tr("Your own mistakes"), self.own),
        )
        for row, (words, field) in enumerate(rows):
            self._grid.addWidget(PlainLabel(words, "small", "text2"), row, 0)
            self._grid.addWidget(field, row, 1)
        self._grid.addWidget(self.by_class, len(rows), 0, 1, 2)
        self._grid.setColumnStretch(0, 1)
        self._classes = QWidget()
        self._class_grid = QGridLayout(self._classes)
        self._class_grid.setContentsMargins(0, SPACE_4, 0, 0)
        self._class_grid.setSpacing(SPACE_4)
        self._class_grid.setHorizontalSpacing(SPACE_8)
        self._grid.addWidget(self._classes, len(rows) + 1, 0, 1, 2)
        self.currency.editingFinished.connect(self._said)
        self.by_class.toggled.connect(self._by_class_toggled)

    def show_settings(self, settings: CostSettings, labels: "Sequence[Label]") -> None:
        """Show what was said; nothing is sent."""
        if tuple(label.id for label in labels) != self._labels:
            self._make_classes(labels)
        if not self.currency.hasFocus():
            self.currency.setText(settings.currency)
        for box, amount in ((self.per_hour, settings.per_hour), (self.mistake, settings.mistake)):
            _show(box, amount)
        _show(self.setup, settings.setup or None)
        _show(self.own, None if settings.reviewer_error is None else 100 * settings.reviewer_error)
        for fields, kept in ((self.missed, settings.missed), (self.alarms, settings.false_alarms)):
            for label_id, box in fields.items():
                _show(box, kept.get(label_id))
        self.by_class.blockSignals(True)
        self.by_class.setChecked(settings.is_per_class or (self.by_class.isChecked() and not settings.is_per_class
                                                           and settings.mistake is None))  # fmt: skip
        self.by_class.blockSignals(False)
        self._arrange()

    def settings(self) -> CostSettings:
        """What the fields say."""
        is_per_class = self.by_class.isChecked()
        own = _said_of(self.own)
        return CostSettings(
            self.currency.text().strip() or "€",
            _said_of(self.per_hour),
            _said_of(self.setup) or 0.0,
            _said_of(self.mistake),
            _all_said(self.missed) if is_per_class else {},
            _all_said(self.alarms) if is_per_class else {},
            None if own is None else own / 100,
        )

    def _make_classes(self, labels: "Sequence[Label]") -> None:
        while (item := self._class_grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        self._labels = tuple(label.id for label in labels)
        self.missed, self.alarms = {}, {}
        self._class_grid.addWidget(PlainLabel(tr("Class"), "caption", "text2"), 0, 0)
        self._class_grid.addWidget(PlainLabel(tr("Missed"), "caption", "text2"), 0, 1)
        self._class_grid.addWidget(PlainLabel(tr("False alarm"), "caption", "text2"), 0, 2)
        self._class_grid.setColumnStretch(0, 1)
        for row, label in enumerate(labels, 1):
            self._class_grid.addWidget(PlainLabel(label.name, "small", elide=True), row, 0)
            self.missed[label.id] = self._amount(tr("What it costs to miss {name}", name=label.name))
            self.alarms[label.id] = self._amount(tr("What a false alarm of {name} costs", name=label.name))
            for box in (self.missed[label.id], self.alarms[label.id]):
                box.setFixedWidth(_WIDTH_OF_CLASS)
            self._class_grid.addWidget(self.missed[label.id], row, 1)
            self._class_grid.addWidget(self.alarms[label.id], row, 2)

    def _amount(self, name: str, most: float = _MOST) -> QDoubleSpinBox:
        box = QDoubleSpinBox()
        box.setRange(_UNSAID, most)
        box.setDecimals(2)
        box.setSpecialValueText("–")
        box.setKeyboardTracking(False)
        box.setAccessibleName(name)
        box.lineEdit().setTextMargins(SPACE_8, 0, 0, 0)
        box.setFixedWidth(_WIDTH)
        box.setValue(_UNSAID)
        self._guard.guard(box)
        box.valueChanged.connect(lambda _: self._said())
        return box

    def _by_class_toggled(self, is_on: bool) -> None:
        self._arrange()
        if not is_on or _all_said(self.missed) or _all_said(self.alarms):
            self._said()

    def _arrange(self) -> None:
        self._classes.setVisible(self.by_class.isChecked())
        self.mistake.setEnabled(not self.by_class.isChecked())

    def _said(self) -> None:
        self.changed.emit(self.settings())


def _show(box: QDoubleSpinBox, amount: float | None) -> None:
    box.blockSignals(True)
    box.setValue(_UNSAID if amount is None else amount)
    box.blockSignals(False)


def _said_of(box: QDoubleSpinBox) -> float | None:
    return None if box.value() < 0 else box.value()


def _all_said(fields: dict[int, QDoubleSpinBox]) -> dict[int, float]:
    return {label: amount for label, box in fields.items() if (amount := _said_of(box)) is not None}
