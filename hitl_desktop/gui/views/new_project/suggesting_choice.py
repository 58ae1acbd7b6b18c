"""When the suggestion of the model is in view, chosen for a new project; the settings can change it at any time."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from hitl_desktop.domain.suggesting import Suggesting, SuggestionMode
from hitl_desktop.gui.theme.tokens import SPACE_8
from hitl_desktop.gui.views.setting_fields import choice_field
from hitl_desktop.gui.views.suggesting_section import MODE_SENTENCES, MODE_TITLES, share_field
from hitl_desktop.gui.views.wheel_guard import WheelGuard
from hitl_desktop.gui.widgets.card import Card
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.language import tr


class SuggestingChoice(Card):
    """First, blind, or a mix with its share; below it, what that means. `changed`: by hand."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("When you see the suggestion"), parent=parent)
        self.mode_box = choice_field(MODE_TITLES, tr("When the suggestion is shown"))
        self.share_box = share_field()
        self._told = PlainLabel("", "small", "text2", wrap=True)
        row = QHBoxLayout()
        row.setSpacing(SPACE_8)
        row.addWidget(self.mode_box)
        row.addWidget(self.share_box)
        row.addStretch(1)
        self.body.addLayout(row)
        self.body.addWidget(self._told)
        WheelGuard(self).guard(self.mode_box, self.share_box)
        self.mode_box.activated.connect(self._chosen)
        self.share_box.valueChanged.connect(self._chosen)
        self.show_usual()

    def show_usual(self) -> None:
        """Begin with what is usual."""
        usual = Suggesting()
        self.mode_box.setCurrentIndex(self.mode_box.findData(usual.mode.value))
        self.share_box.setValue(round(100 * usual.share))
        self._tell()

    @property
    def chosen(self) -> Suggesting:
        """What is asked for."""
        return Suggesting(SuggestionMode(str(self.mode_box.currentData())), self.share_box.value() / 100)

    def told(self) -> str:
        """The words below the choice."""
        return self._told.text()

    def _chosen(self) -> None:
        self._tell()
        self.changed.emit()

    def _tell(self) -> None:
        mode = str(self.mode_box.currentData())
        self.share_box.setVisible(mode == SuggestionMode.MIX.value)
        self._told.setText(tr(MODE_SENTENCES[mode]))
        self.mode_box.setAccessibleDescription(self._told.text())
