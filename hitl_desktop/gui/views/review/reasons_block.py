"""The reasons of a project on its digits: each is switched on or off, and written into the note of the decision."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from hitl_desktop.gui.context import Context
from hitl_desktop.gui.widgets.class_button import ActionButton
from hitl_desktop.gui.widgets.labels import PlainLabel, plain_tooltip
from hitl_desktop.language import explained, tr


class ReasonsBlock(QWidget):
    """`chosen(reason)` when one is clicked. Hidden while a project has none, or the digits mean something else."""

    chosen = Signal(str)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._buttons: list[ActionButton] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 12, 0, 0)
        self._grid.setSpacing(6)
        self._grid.addWidget(PlainLabel(tr("Reasons"), "small", "text2"), 0, 0, 1, 2)
        self.hide()

    @property
    def reasons(self) -> list[str]:
        """The reasons in the order of their digits."""
        return [button.label() for button in self._buttons]

    def set_reasons(self, reasons: Sequence[str]) -> None:
        """The reasons of another project."""
        for button in self._buttons:
            self._grid.removeWidget(button)
            button.deleteLater()
        self._buttons = []
        for place, reason in enumerate(reasons):
            button = ActionButton(self._context.theme, str(place + 1), reason, parent=self)
            button.setCheckable(True)
            button.setToolTip(plain_tooltip(reason))
            button.setAccessibleName(explained(tr("Reason"), reason))
            button.clicked.connect(lambda _checked=False, reason=reason: self.chosen.emit(reason))
            self._grid.addWidget(button, 1 + place // 2, place % 2)
            self._buttons.append(button)
        self.setVisible(bool(reasons))

    def show_chosen(self, chosen: Sequence[str]) -> None:
        """Which of them are on."""
        for button in self._buttons:
            button.setChecked(button.label() in chosen)
