"""How much of the data is set aside to measure the model: a share, or a number of items."""

from typing import Final

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSpinBox, QWidget

from hitl_desktop.domain.holdout import LARGEST, USUAL, Holdout
from hitl_desktop.gui.theme.tokens import SPACE_8
from hitl_desktop.gui.views.wheel_guard import WheelGuard
from hitl_desktop.gui.widgets.card import Card
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.language import number, percent, tr

_SHARES: Final = ("5%", "10%", "20%", "30%")
_NUMBER: Final = "number"
_MOST: Final = 1_000_000


class HoldoutChoice(Card):
    """A share from a list, or a number of items; below it, what that comes to. `changed`: by hand."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Set aside to measure"), parent=parent)
        self._total = 0
        self.share_box = QComboBox()
        self.share_box.setAccessibleName(tr("How much is set aside to measure the model"))
        for text in _SHARES:
            self.share_box.addItem(percent(Holdout.parse(text).share or 0.0), text)
        self.share_box.addItem(tr("A number of items"), _NUMBER)
        self.number_box = QSpinBox()
        self.number_box.setAccessibleName(tr("Items set aside"))
        self.number_box.setRange(1, _MOST)
        self._told = PlainLabel("", "small", "text2", wrap=True)
        row = QHBoxLayout()
        row.setSpacing(SPACE_8)
        row.addWidget(self.share_box)
        row.addWidget(self.number_box)
        row.addStretch(1)
        self.body.addLayout(row)
        self.body.addWidget(self._told)
        WheelGuard(self).guard(self.share_box, self.number_box)
        self.share_box.activated.connect(self._chosen)
        self.number_box.valueChanged.connect(self._chosen)
        self.show_total(0)

    def show_total(self, total: int) -> None:
        """Begin with the usual share of about `total` items."""
        self._total = total
        self.share_box.setCurrentIndex(self.share_box.findData(USUAL.text))
        most = int(LARGEST * total)
        with QSignalBlocker(self.number_box):
            self.number_box.setRange(1, max(1, most))
            self.number_box.setValue(USUAL.count(total, total))
        self._tell()

    @property
    def chosen(self) -> Holdout:
        """What is asked for."""
        text = str(self.share_box.currentData())
        return Holdout(items=self.number_box.value()) if text == _NUMBER else Holdout.parse(text)

    def told(self) -> str:
        """The words below the choice."""
        return self._told.text()

    def _chosen(self) -> None:
        self._tell()
        self.changed.emit()

    def _tell(self) -> None:
        holdout, total = self.chosen, self._total
        self.number_box.setVisible(holdout.items is not None)
        self._told.setText(
            tr(
                "About {aside} of {total} items, drawn at random. One in {every} you are asked is one of them. Their "
                "answers measure the model and never train it. This stays so: what is added later would be no fair "
                "sample.",
                aside=number(holdout.count(total, total)),
                total=number(total),
                every=number(holdout.every(total)),
            )
        )
