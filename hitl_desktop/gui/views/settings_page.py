"""The settings page: what the user chose for all projects, what holds for the open one, and what the program is."""

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from hitl_desktop.gui.context import Context
from hitl_desktop.gui.theme.theme import MAX_SCALE, MIN_SCALE
from hitl_desktop.gui.theme.tokens import SPACE_16
from hitl_desktop.gui.views.care_section import CareSection
from hitl_desktop.gui.views.keys_page import KeyGroup, key_groups
from hitl_desktop.gui.views.language_box import LanguageBox
from hitl_desktop.gui.views.learning_section import LearningSection
from hitl_desktop.gui.views.page_column import page_column
from hitl_desktop.gui.views.reasons_field import ReasonsField
from hitl_desktop.gui.views.reviewers.section import ReviewersSection
from hitl_desktop.gui.views.setting_fields import CONTROL_WIDTH, choice_field, number_field
from hitl_desktop.gui.views.setting_rows import Section
from hitl_desktop.gui.views.settings_about import AboutSection, StorageSection
from hitl_desktop.gui.views.suggesting_section import SuggestingSection
from hitl_desktop.gui.views.two_columns import TwoColumns
from hitl_desktop.gui.views.wheel_guard import WheelGuard
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.language import mark, number, percent, tr, trn
from hitl_desktop.workflow.settings import Settings

if TYPE_CHECKING:
    from hitl_desktop.domain.changes import Changes

_KEYS_WIDTH: Final = 420
_DAILY: Final = frozenset({"Decide", "Move", "View", "Pages"})
"""The groups of keys that are shown here: all of them would be five times as high as all settings together."""
_SCALE_STEP: Final = 10
_SMALLEST_READING: Final = 14
_LARGEST_READING: Final = 28
_FEWEST_DECISIONS: Final = 2
_MOST_DECISIONS: Final = 500
_THEMES: Final = {
    "system": mark("As the system"),
    "light": mark("Light"),
    "dark": mark("Dark"),
    "contrast_light": mark("High contrast, light"),
    "contrast_dark": mark("High contrast, dark"),
}
_CANVASES: Final = {"theme": mark("As the theme"), "black": mark("Black"), "grey": mark("Grey"), "white": mark("White")}


class SettingsPage(QWidget):
    """Changes apply at once: they are saved, and told by a signal to whoever has to follow."""

    theme_chosen = Signal(str)
    text_scale_chosen = Signal(float)
    canvas_chosen = Signal(str)
    text_points_chosen = Signal(int)
    page_wanted = Signal(str)
    language_chosen = Signal()
    keys_wanted = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("settings_page")
        self.setAccessibleName(tr("Settings"))
        self._context = context
        self.reviewers = ReviewersSection(context)
        self.language_box = LanguageBox()
        self.language_box.setMinimumWidth(CONTROL_WIDTH)
        self.retrain = number_field(_FEWEST_DECISIONS, _MOST_DECISIONS, tr("Train by itself after"), _decisions)
        self.retrain_note = PlainLabel("", "small", "text2", wrap=True)
        self.reasons = ReasonsField(context)
        self.classes = Button(context.theme, tr("Change the classes…"), icon="layers", size="small")
        self.theme_box = choice_field(_THEMES, tr("Theme"))
        self.scale = number_field(round(100 * MIN_SCALE), round(100 * MAX_SCALE), tr("Text size"), _percent)
        self.scale.setSingleStep(_SCALE_STEP)
        self.reading = number_field(_SMALLEST_READING, _LARGEST_READING, tr("Reading size of text items"), _pixels)
        self.canvas = choice_field(_CANVASES, tr("Ground behind images"))
        WheelGuard(self).guard(self.language_box, self.retrain, self.theme_box, self.scale, self.reading, self.canvas)
        self.learning = LearningSection(context)
        self.suggesting = SuggestingSection(context)
        self.care = CareSection(context)
        self.storage = StorageSection(context)
        self.sections: dict[str, Section] = {}
        self._build()
        self._connect()
        self._reload()

    def storage_facts(self) -> list[tuple[str, str]]:
        """Where everything lies."""
        return self.storage.facts()

    def refresh(self, changes: "Changes") -> None:
        """Follow a change of the project's own settings."""
        if changes.settings or changes.pool:
            self._reload()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._reload()

    def _build(self) -> None:
        column = page_column(self)
        column.addWidget(PlainLabel(tr("Settings"), "claim"))
        main, side = QWidget(), QWidget()
        column.addWidget(TwoColumns(self._context.theme, main, side, side_width=_KEYS_WIDTH))
        left = QVBoxLayout(main)
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(SPACE_16)
        self.sections |= {"learning": self.learning, "suggestion": self.suggesting}
        self.sections |= {"reviewer": self.reviewers, "care": self.care, "storage": self.storage}
        about = AboutSection(self._context)
        parts: list[Section] = [
            self.reviewers,
            self._general(),
            self._review(),
            self.suggesting,
            self.care,
            self.learning,
        ]
        parts += [self._look(), self.storage, about]
        for section in parts:
            left.addWidget(section)
        left.addStretch(1)
        right = QVBoxLayout(side)
        right.setContentsMargins(0, 0, 0, 0)
        right.addWidget(self._keys())
        right.addStretch(1)
        column.addStretch(1)
        self._order_focus()

    def _order_focus(self) -> None:
        """First the control, then what resets it: the first key press on the page must not undo a choice."""
        order: list[QWidget | None] = [
            *self.reviewers.controls(),
            self.language_box,
            self.sections["general"].reset_button,
        ]
        order += [
            self.retrain,
            self.classes,
            self.reasons,
            self.sections["review"].reset_button,
            self.suggesting.mode,
            self.suggesting.share,
            self.suggesting.checks,
            *self.care.controls(),
            *self.learning.boxes.values(),
            self.learning.add_model,
        ]
        order += [self.theme_box, self.scale, self.reading, self.canvas, self.sections["look"].reset_button]
        widgets = [widget for widget in order if widget is not None]
        for before, after in pairwise(widgets):
            QWidget.setTabOrder(before, after)

    def _section(self, name: str, title: str, *, can_reset: bool = True) -> Section:
        section = Section(self._context.theme, title, can_reset=can_reset)
        self.sections[name] = section
        return section

    def _general(self) -> Section:
        section = self._section("general", tr("General"))
        section.add_row(tr("Language"), self.language_box)
        return section

    def _review(self) -> Section:
        section = self._section("review", tr("Review"))
        section.add_row(tr("Train by itself after"), self.retrain, self.retrain_note)
        section.add_row(tr("Classes"), self.classes)
        section.add_row(tr("Reasons"), self.reasons, self.reasons.note)
        return section

    def _look(self) -> Section:
        section = self._section("look", tr("Look"))
        section.add_row(tr("Theme"), self.theme_box)
        section.add_row(tr("Text size"), self.scale)
        section.add_row(tr("Reading size"), self.reading, PlainLabel(tr("For text items."), "small", "text2"))
        section.add_row(tr("Behind images"), self.canvas)
        return section

    def _keys(self) -> Section:
        section = self._section("keys", tr("Keys"), can_reset=False)
        section.set_title(tr("Keys"), tr(self._context.keymap.title))
        change = Button(self._context.theme, tr("Change keys…"), "link", size="small")
        change.clicked.connect(lambda: self.page_wanted.emit("keys"))
        section.head.addWidget(change)
        for title, lines in key_groups(self._context.keymap).items():
            if title in _DAILY:
                section.body.addWidget(KeyGroup(self._context.theme, tr(title), lines))
        caption = self._context.keymap.caption("keys")
        self.all_keys = Button(self._context.theme, tr("Show the keys"), icon="keyboard", key=caption, size="small")
        self.all_keys.clicked.connect(self.keys_wanted)
        section.body.addWidget(self.all_keys, 0, Qt.AlignmentFlag.AlignLeading)
        return section

    def _connect(self) -> None:
        bridge = self._context.bridge
        bridge.changed.connect(self.refresh)
        bridge.project_changed.connect(self._reload)
        self.language_box.chosen.connect(self._choose_language)
        self.retrain.valueChanged.connect(self._retrain_chosen)
        self.classes.clicked.connect(lambda: self.page_wanted.emit("classes"))
        self.theme_box.activated.connect(lambda place: self._choose_theme(str(self.theme_box.itemData(place))))
        self.scale.valueChanged.connect(lambda percent: self._choose_scale(percent / 100))
        self.reading.valueChanged.connect(self._choose_reading)
        self.canvas.activated.connect(lambda place: self._choose_canvas(str(self.canvas.itemData(place))))
        self.sections["general"].reset_wanted.connect(self._reset_general)
        self.sections["review"].reset_wanted.connect(self._reset_review)
        self.sections["look"].reset_wanted.connect(self._reset_look)

    def _reload(self) -> None:
        value = self._context.settings.value
        self.reviewers.show_choices()
        self.language_box.show_setting(value.language)
        self.theme_box.setCurrentIndex(max(0, self.theme_box.findData(value.theme)))
        self.canvas.setCurrentIndex(max(0, self.canvas.findData(value.canvas)))
        with QSignalBlocker(self.scale), QSignalBlocker(self.reading):
            self.scale.setValue(round(100 * value.text_scale))
            self.reading.setValue(value.text_points)
        self._show_review()
        self.learning.show_choices()
        self.suggesting.show_choice()
        self.storage.show_facts()
        self.care.show_choices()

    def _show_review(self) -> None:
        bridge = self._context.bridge
        self.retrain.setEnabled(bridge.is_open)
        self.classes.setEnabled(bridge.is_open)
        self.reasons.show_reasons()
        reset = self.sections["review"].reset_button
        if reset is not None:
            reset.setEnabled(bridge.is_open)
        if not bridge.is_open:
            self.retrain_note.setText(tr("This belongs to a project. Open one to change it."))
            return
        project = bridge.desk.project
        with QSignalBlocker(self.retrain):
            self.retrain.setValue(project.retrain_every)
        self.retrain_note.setText(
            tr("For {project}. Training starts beside your work; you can go on.", project=project.name)
        )

    def _choose_language(self, setting: str) -> None:
        if setting != self._context.settings.value.language:
            self._context.settings.change(language=setting)
            self.language_chosen.emit()

    def _reset_general(self) -> None:
        self._choose_language(Settings().language)
        self._reload()

    def _retrain_chosen(self, decisions: int) -> None:
        bridge = self._context.bridge
        if bridge.is_open and decisions != bridge.desk.project.retrain_every:
            bridge.perform(lambda: bridge.desk.project.set_retrain_every(decisions), self)

    def _reset_review(self) -> None:
        from hitl_desktop.workflow.project import DEFAULT_RETRAIN_EVERY

        self.retrain.setValue(DEFAULT_RETRAIN_EVERY)

    def _choose_theme(self, name: str) -> None:
        if name != self._context.settings.value.theme:
            self._context.settings.change(theme=name)
            self.theme_chosen.emit(name)

    def _choose_scale(self, scale: float) -> None:
        if scale != self._context.settings.value.text_scale:
            self._context.settings.change(text_scale=scale)
            self.text_scale_chosen.emit(scale)

    def _choose_reading(self, points: int) -> None:
        if points != self._context.settings.value.text_points:
            self._context.settings.change(text_points=points)
            self.text_points_chosen.emit(points)

    def _choose_canvas(self, name: str) -> None:
        if name != self._context.settings.value.canvas:
            self._context.settings.change(canvas=name)
            self.canvas_chosen.emit(name)

    def _reset_look(self) -> None:
        usual = Settings()
        self._choose_theme(usual.theme)
        self._choose_scale(usual.text_scale)
        self._choose_reading(usual.text_points)
        self._choose_canvas(usual.canvas)
        self._reload()


def _decisions(count: int) -> str:
    return trn("{n} decision", "{n} decisions", count)


def _percent(whole: int) -> str:
    return percent(whole / 100)


def _pixels(count: int) -> str:
    return tr("{number} px", number=number(count))
