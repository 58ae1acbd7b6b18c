"""The section of the settings that says when the model's suggestion is in view."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QCheckBox, QSpinBox, QWidget

from hitl_desktop.gui.context import Context
from hitl_desktop.gui.views.setting_fields import choice_field, number_field
from hitl_desktop.gui.views.setting_rows import Section
from hitl_desktop.gui.views.wheel_guard import WheelGuard
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.language import mark, percent, tr

if TYPE_CHECKING:  # numpy and the store come with the first project, not with the first paint
    from hitl_desktop.domain.suggesting import Suggesting

_WIDTH: Final = 300
_LEAST, _MOST, _STEP = 5, 95, 5
MODE_TITLES: Final = {
    "first": mark("Suggestion first"),
    "blind": mark("Blind first: you decide, then see it"),
    "mix": mark("A random mix of both"),
}
MODE_SENTENCES: Final = {
    "first": mark(
        "The suggestion stands beside every item. That is fastest, and it can lead you, also where it is wrong."
    ),
    "blind": mark(
        "You answer on your own. If the model suggests something else, you see it and keep or change your answer. "
        "Both answers are kept."
    ),
    "mix": mark(
        "Chance draws for every item whether you see the suggestion first. The model page then shows what seeing it "
        "does to your answers."
    ),
}


def share_field() -> QSpinBox:
    """A field for the share of items that are answered blind in a mix, in percent."""
    box = number_field(_LEAST, _MOST, tr("Share of items answered blind"), lambda whole: percent(whole / 100))
    box.setSingleStep(_STEP)
    return box


class SuggestingSection(Section):
    """Choices of the open project; they hold for the items that come on screen from then on."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context.theme, tr("Suggestion"), can_reset=False, parent=parent)
        self._context = context
        self.mode = choice_field(MODE_TITLES, tr("When the suggestion is shown"))
        self.mode.setMinimumWidth(context.theme.px(_WIDTH))
        self.sentence = PlainLabel("", "small", "text2", wrap=True)
        self.share = share_field()
        self.checks = QCheckBox(tr("Hide the suggestion for random checks"))
        self.checks_sentence = PlainLabel("", "small", "text2", wrap=True)
        WheelGuard(self).guard(self.mode, self.share)
        self.add_row(tr("Shown"), self.mode, self.sentence)
        self.add_row(tr("Blind share"), self.share)
        self.add_row(tr("Random checks"), self.checks, self.checks_sentence)
        self.mode.activated.connect(lambda _place: self._chosen())
        self.share.valueChanged.connect(lambda _value: self._chosen())
        self.checks.clicked.connect(lambda _checked: self._chosen())
        self.show_choice()

    def show_choice(self) -> None:
        """Show what holds in the open project."""
        bridge = self._context.bridge
        for control in (self.mode, self.share, self.checks):
            control.setEnabled(bridge.is_open)
        if not bridge.is_open:
            self.sentence.setText(tr("This belongs to a project. Open one to change it."))
            self.checks_sentence.setText("")
            return
        from hitl_desktop.domain.suggesting import SuggestionMode
        from hitl_desktop.workflow.suggesting import suggesting_of

        choice = suggesting_of(bridge.desk.project.store)
        if bridge.desk.project.kind.compares:
            self._show_blind()
            return
        with QSignalBlocker(self.share):
            self.share.setValue(round(100 * choice.share))
        self.mode.setCurrentIndex(self.mode.findData(choice.mode.value))
        self.sentence.setText(tr(MODE_SENTENCES[choice.mode.value]))
        self.mode.setAccessibleDescription(self.sentence.text())
        is_first = choice.mode is SuggestionMode.FIRST
        self.share.setEnabled(choice.mode is SuggestionMode.MIX)
        self.checks.setEnabled(is_first)
        self.checks.setChecked(choice.blind_checks or not is_first)
        self.checks_sentence.setText(
            tr("They measure the model. An answer that was led by it flatters it.")
            if is_first
            else tr("They measure the model, so they are blind and their suggestion is not revealed.")
        )

    def _show_blind(self) -> None:
        """Of comparisons there is nothing to choose."""
        for control in (self.mode, self.share, self.checks):
            control.setEnabled(False)
        self.mode.setCurrentIndex(self.mode.findData("blind"))
        self.checks.setChecked(True)
        self.sentence.setText(tr("Answers are always compared blind: source and score show once you have decided."))
        self.checks_sentence.setText("")

    def _chosen(self) -> None:
        bridge = self._context.bridge
        if bridge.is_open:
            from hitl_desktop.workflow.suggesting import choose_suggesting

            store = bridge.desk.project.store
            bridge.perform(lambda: choose_suggesting(store, self._choice()), self)
        self.show_choice()

    def _choice(self) -> "Suggesting":
        from hitl_desktop.domain.suggesting import Suggesting, SuggestionMode
        from hitl_desktop.workflow.suggesting import suggesting_of

        before = suggesting_of(self._context.bridge.desk.project.store)
        mode = SuggestionMode(str(self.mode.currentData()))
        # While another mode holds, the box shows what that means and not what was chosen.
        blind_checks = self.checks.isChecked() if before.mode is SuggestionMode.FIRST else before.blind_checks
        return Suggesting(mode, self.share.value() / 100, blind_checks)
