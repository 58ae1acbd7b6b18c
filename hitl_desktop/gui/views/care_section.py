"""The section of the settings that is about the person: runs of one key, breaks, disturbing pictures."""

from typing import Final

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QWidget

from hitl_desktop.gui.context import Context
from hitl_desktop.gui.views.review.break_reminder import CHOICES
from hitl_desktop.gui.views.review.run_guard import RUN
from hitl_desktop.gui.views.setting_fields import CONTROL_WIDTH, choice_field
from hitl_desktop.gui.views.setting_rows import Section
from hitl_desktop.gui.views.wheel_guard import WheelGuard
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.language import mark, tr, trn
from hitl_desktop.workflow.settings import Settings

COVER_TITLES: Final = {
    "none": mark("Not covered"),
    "grey": mark("Without colour"),
    "blurred": mark("Blurred"),
    "both": mark("Blurred and without colour"),
}


class CareSection(Section):
    """Choices that hold for all projects, and apply at once."""

    cover_chosen = Signal(str)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context.theme, tr("Care for yourself"), can_reset=True, parent=parent)
        self._context = context
        self.guard = QCheckBox(tr("Ask after a run of one key"))
        self.breaks = QComboBox()
        self.breaks.setMinimumWidth(CONTROL_WIDTH)
        self.breaks.setAccessibleName(tr("Remind me of a break"))
        for minutes in CHOICES:
            words = trn("After {n} minute", "After {n} minutes", minutes) if minutes else tr("Never")
            self.breaks.addItem(words, minutes)
        self.cover = choice_field(COVER_TITLES, tr("Cover pictures"))
        WheelGuard(self).guard(self.breaks, self.cover)
        note = trn(
            "{n} decision by the same key, in under a second.",
            "{n} decisions by the same key, each in under a second: were they meant?",
            RUN,
        )
        self.add_row(tr("Fast fingers"), self.guard, PlainLabel(note, "small", "text2", wrap=True))
        rest = PlainLabel(tr("Counts active time. Five minutes without work are a break."), "small", "text2", wrap=True)
        self.add_row(tr("Remind me of a break"), self.breaks, rest)
        covered = PlainLabel(
            tr("Disturbing pictures come covered, in lists too. B reveals the one on screen."),
            "small",
            "text2",
            wrap=True,
        )
        self.add_row(tr("Cover pictures"), self.cover, covered)
        self.cover.activated.connect(lambda place: self._choose_cover(str(self.cover.itemData(place))))
        self.guard.toggled.connect(lambda on: context.settings.change(guard_runs=on))
        self.breaks.activated.connect(
            lambda place: context.settings.change(break_minutes=int(self.breaks.itemData(place)))
        )
        self.reset_wanted.connect(self._reset)

    def controls(self) -> list[QWidget | None]:
        """What can be walked to by Tab, in order."""
        return [self.guard, self.breaks, self.cover, self.reset_button]

    def show_choices(self) -> None:
        """Show what holds."""
        value = self._context.settings.value
        with QSignalBlocker(self.guard):
            self.guard.setChecked(value.guard_runs)
        self.breaks.setCurrentIndex(max(0, self.breaks.findData(value.break_minutes)))
        self.cover.setCurrentIndex(max(0, self.cover.findData(value.cover)))

    def _choose_cover(self, name: str) -> None:
        self._context.settings.change(cover=name)
        self.cover_chosen.emit(name)

    def _reset(self) -> None:
        usual = Settings()
        self._context.settings.change(guard_runs=usual.guard_runs, break_minutes=usual.break_minutes)
        self._choose_cover(usual.cover)
        self.show_choices()
