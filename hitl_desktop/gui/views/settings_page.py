"""The settings page: what the user chose for all projects, what holds for the open one, and what the program is."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QLocale, QSignalBlocker, QUrl, Signal, qVersion
from PySide6.QtGui import QDesktopServices, QShowEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QSpinBox, QVBoxLayout, QWidget

from hitl_desktop import __version__, paths
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.theme.theme import MAX_SCALE, MIN_SCALE
from hitl_desktop.gui.theme.tokens import SPACE_8, SPACE_16
from hitl_desktop.gui.views.fact_rows import FactRows
from hitl_desktop.gui.views.keys_page import KeyGroup, key_groups
from hitl_desktop.gui.views.learning_section import LearningSection
from hitl_desktop.gui.views.page_column import page_column
from hitl_desktop.gui.views.setting_rows import Section
from hitl_desktop.gui.views.two_columns import TwoColumns
from hitl_desktop.gui.views.wheel_guard import WheelGuard
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.language import mark, number, percent, tr, trn
from hitl_desktop.workflow.settings import Settings, default_reviewer

if TYPE_CHECKING:
    from hitl_desktop.domain.changes import Changes

_KEYS_WIDTH: Final = 420
_CONTROL_WIDTH: Final = 220
_NUMBER_WIDTH: Final = 112
_LONGEST_NAME: Final = 80
_SCALE_STEP: Final = 10
_SMALLEST_READING: Final = 14
_LARGEST_READING: Final = 28
_FEWEST_DECISIONS: Final = 2
_MOST_DECISIONS: Final = 500
_THEMES: Final = {"system": mark("As the system"), "light": mark("Light"), "dark": mark("Dark")}
_CANVASES: Final = {"theme": mark("As the theme"), "black": mark("Black"), "grey": mark("Grey"), "white": mark("White")}


class SettingsPage(QWidget):
    """Changes apply at once: they are saved, and told by a signal to whoever has to follow."""

    theme_chosen = Signal(str)
    text_scale_chosen = Signal(float)
    canvas_chosen = Signal(str)
    text_points_chosen = Signal(int)
    reviewer_chosen = Signal(str)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("settings_page")
        self.setAccessibleName(tr("Settings"))
        self._context = context
        self.reviewer = QLineEdit()
        self.reviewer_note = PlainLabel("", "small", "text2", wrap=True)
        self.retrain = _number(_FEWEST_DECISIONS, _MOST_DECISIONS, tr("Train by itself after"), _decisions)
        self.retrain_note = PlainLabel("", "small", "text2", wrap=True)
        self.theme_box = _choice(_THEMES, tr("Theme"))
        self.scale = _number(round(100 * MIN_SCALE), round(100 * MAX_SCALE), tr("Text size"), _percent)
        self.scale.setSingleStep(_SCALE_STEP)
        self.reading = _number(_SMALLEST_READING, _LARGEST_READING, tr("Reading size of text items"), _pixels)
        self.canvas = _choice(_CANVASES, tr("Ground behind images"))
        WheelGuard(self).guard(self.retrain, self.theme_box, self.scale, self.reading, self.canvas)
        self.learning = LearningSection(context)
        self._storage = FactRows()
        self.sections: dict[str, Section] = {}
        self._build()
        self._connect()
        self._reload()

    def storage_facts(self) -> list[tuple[str, str]]:
        """Where everything lies."""
        return self._storage.facts()

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
        left = QVBoxLayout(main)
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(SPACE_16)
        self.sections["learning"] = self.learning
        parts = (self._general(), self._review(), self.learning, self._look(), self._storing(), self._about())
        for section in parts:
            left.addWidget(section)
        left.addStretch(1)
        right = QVBoxLayout(side)
        right.setContentsMargins(0, 0, 0, 0)
        right.addWidget(self._keys())
        right.addStretch(1)
        column.addWidget(TwoColumns(self._context.theme, main, side, side_width=_KEYS_WIDTH))
        column.addStretch(1)
        self._order_focus()

    def _order_focus(self) -> None:
        """First the control, then what resets it: the first key press on the page must not undo a choice."""
        order: list[QWidget | None] = [self.reviewer, self.sections["general"].reset_button]
        order += [
            self.retrain,
            self.sections["review"].reset_button,
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
        self.reviewer.setMaxLength(_LONGEST_NAME)
        self.reviewer.setMinimumWidth(_CONTROL_WIDTH)
        self.reviewer.setAccessibleName(tr("Your name as the reviewer"))
        section.add_row(tr("Your name"), self.reviewer, self.reviewer_note)
        return section

    def _review(self) -> Section:
        section = self._section("review", tr("Review"))
        section.add_row(tr("Train by itself after"), self.retrain, self.retrain_note)
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
        for title, lines in key_groups(self._context.keymap).items():
            section.body.addWidget(KeyGroup(self._context.theme, tr(title), lines))
        return section

    def _storing(self) -> Section:
        section = self._section("storage", tr("Storage"), can_reset=False)
        section.body.addWidget(self._storage)
        row = QHBoxLayout()
        row.setSpacing(SPACE_8)
        for label, folder in (
            (tr("Open the settings folder"), paths.user_config),
            (tr("Open the data folder"), paths.user_data),
        ):
            button = Button(self._context.theme, label, icon="folder-open")
            button.clicked.connect(lambda folder=folder: _open(folder()))
            row.addWidget(button)
        row.addStretch(1)
        section.body.addLayout(row)
        return section

    def _about(self) -> Section:
        from hitl_desktop.store.library import sqlite_version

        section = self._section("about", tr("About"), can_reset=False)
        facts = FactRows()
        facts.show_facts(
            [
                (tr("Program"), f"{paths.APP_NAME} {__version__}"),
                (tr("Licence"), "Apache License 2.0"),
                (
                    tr("Made with"),
                    tr(
                        "Qt {qt} and PySide6 under LGPL-3.0, SQLite {sqlite}, Python",
                        qt=qVersion(),
                        sqlite=sqlite_version(),
                    ),
                ),
                (
                    tr("And with"),
                    tr("NumPy, SciPy and scikit-learn (BSD-3-Clause), Pillow (MIT-CMU), peewee, platformdirs (MIT)"),
                ),
                (tr("Fonts and icons"), tr("Inter, Noto Sans Arabic and JetBrains Mono (OFL-1.1), Lucide (ISC)")),
                (tr("Network"), tr("This program opens no network connection, ever.")),
                (tr("Use"), tr("It is not a medical device, and must not be used for diagnosis.")),
            ]
        )
        section.body.addWidget(facts)
        return section

    def _connect(self) -> None:
        bridge = self._context.bridge
        bridge.changed.connect(lambda changes, _: self.refresh(changes))
        bridge.project_changed.connect(self._reload)
        self.reviewer.textEdited.connect(self._check_name)
        self.reviewer.editingFinished.connect(self._name_entered)
        self.retrain.valueChanged.connect(self._retrain_chosen)
        self.theme_box.activated.connect(lambda place: self._choose_theme(str(self.theme_box.itemData(place))))
        self.scale.valueChanged.connect(lambda percent: self._choose_scale(percent / 100))
        self.reading.valueChanged.connect(self._choose_reading)
        self.canvas.activated.connect(lambda place: self._choose_canvas(str(self.canvas.itemData(place))))
        self.sections["general"].reset_wanted.connect(lambda: self._choose_name(""))
        self.sections["review"].reset_wanted.connect(self._reset_review)
        self.sections["look"].reset_wanted.connect(self._reset_look)

    def _reload(self) -> None:
        value = self._context.settings.value
        if not self.reviewer.hasFocus():
            self.reviewer.setText(value.reviewer or default_reviewer())
            self._check_name(self.reviewer.text())
        self.theme_box.setCurrentIndex(max(0, self.theme_box.findData(value.theme)))
        self.canvas.setCurrentIndex(max(0, self.canvas.findData(value.canvas)))
        with QSignalBlocker(self.scale), QSignalBlocker(self.reading):
            self.scale.setValue(round(100 * value.text_scale))
            self.reading.setValue(value.text_points)
        self._show_review()
        self.learning.show_choices()
        self._show_storage()

    def _show_review(self) -> None:
        bridge = self._context.bridge
        self.retrain.setEnabled(bridge.is_open)
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

    def _show_storage(self) -> None:
        facts = [
            (tr("Settings"), str(paths.user_config())),
            (tr("Samples and their projects"), str(paths.user_data())),
        ]
        if self._context.bridge.is_open:
            folder = self._context.bridge.desk.project.folder
            size = QLocale().formattedDataSize(_size_of(folder / "features"))
            facts += [
                (tr("This project"), str(folder)),
                (tr("Its feature cache"), tr("{size}. It can be computed again at any time.", size=size)),
            ]
        self._storage.show_facts(facts)

    def _check_name(self, name: str) -> bool:
        """Say what will happen with the name as it stands; True when it can be used."""
        is_good = bool(name.strip())
        self.reviewer_note.set_tone("text2" if is_good else "danger")
        self.reviewer_note.setText(
            tr("Every decision is kept under this name. Decisions made before keep theirs.")
            if is_good
            else tr("A decision needs a name. Type one, or leave it as it was.")
        )
        return is_good

    def _name_entered(self) -> None:
        name = " ".join(self.reviewer.text().split())
        known = self._context.settings.value.reviewer or default_reviewer()
        if not name:
            self.reviewer.setText(known)
            self._check_name(known)
        elif name != known:
            self._choose_name(name)

    def _choose_name(self, name: str) -> None:
        """Use a name; an empty one stands for the login name."""
        self._context.settings.change(reviewer=name)
        used = name or default_reviewer()
        self.reviewer.setText(used)
        self._check_name(used)
        self.reviewer_chosen.emit(used)

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


def _number(least: int, most: int, name: str, words: Callable[[int], str]) -> QSpinBox:
    """A field for a number. `words` say one with its unit: what stands around the figure in them stands here too."""
    box = QSpinBox()
    box.setRange(least, most)
    _show_unit(box, words)
    box.valueChanged.connect(lambda _: _show_unit(box, words))
    box.setKeyboardTracking(False)
    box.setMinimumWidth(_NUMBER_WIDTH)
    box.lineEdit().setTextMargins(SPACE_8, 0, 0, 0)
    box.setAccessibleName(name)
    return box


def _show_unit(box: QSpinBox, words: Callable[[int], str]) -> None:
    before, _, after = words(box.value()).partition(number(box.value()))
    box.setPrefix(before)
    box.setSuffix(after)


def _choice(titles: dict[str, str], name: str) -> QComboBox:
    box = QComboBox()
    box.setMinimumWidth(_CONTROL_WIDTH)
    box.setAccessibleName(name)
    for value, title in titles.items():
        box.addItem(tr(title), value)
    return box


def _size_of(folder: Path) -> int:
    """Bytes of all files below a folder; files that vanish meanwhile do not count."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except OSError:
            continue
    return total


def _open(folder: Path) -> None:
    """Show a local folder in the system's file manager; it is made when nothing was kept there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
