"""A card with a plot and a choice of what it shows."""

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QSizePolicy, QWidget

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.views.titled_card import OrWords
from hitl_desktop.gui.views.wheel_guard import WheelGuard
from hitl_desktop.gui.widgets.card import Card
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.gui.widgets.plot import Picture, Plot
from hitl_desktop.language import explained, tr

_TALLEST: Final = 340


class TrendCard(Card):
    """`series_changed()`: another series was chosen. `by` says over what: model versions, days."""

    series_changed = Signal()

    def __init__(self, theme: Theme, series: Mapping[str, str], by: str, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._by = by
        self.choice = QComboBox()
        self.choice.setAccessibleName(tr("What is drawn"))
        self.choice.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.choice.setMinimumContentsLength(12)
        self.choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        for name, title in series.items():
            self.choice.addItem(tr(title), name)
        self._guard = WheelGuard(self)
        self._guard.guard(self.choice)
        self.plot = Plot(theme)
        self._shown = OrWords(self.plot)
        self.head.insertWidget(0, self.choice, 1)
        self.head.insertWidget(1, PlainLabel(by, "small", "text2"))
        self.head.setStretch(3, 0)  # the choice has all the room
        self._shown.setMaximumHeight(theme.px(_TALLEST))
        self.body.addWidget(self._shown)
        self.body.addStretch(0)
        self.choice.currentIndexChanged.connect(lambda _: self.series_changed.emit())

    def series(self) -> str:
        """What is chosen."""
        return str(self.choice.currentData())

    def show_picture(self, picture: Picture, nothing: str) -> None:
        """Draw this, or say why there is nothing to draw."""
        title = explained(self.choice.currentText(), self._by)
        self.setAccessibleName(title)
        self.plot.show_picture(title, picture)
        if picture.points:
            self._shown.show_drawing()
        else:
            self._shown.show_words(nothing)
