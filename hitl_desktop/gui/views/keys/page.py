"""The keys: which profile is in force, and other keys for its commands. Conflicts are refused by name."""

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QRadioButton, QVBoxLayout, QWidget

from hitl_desktop.gui.context import Context
from hitl_desktop.gui.key_bindings import FIXED, bindings, class_command, keymap_in_force, owner, refusal
from hitl_desktop.gui.keymaps import KEYMAPS, printed
from hitl_desktop.gui.theme.tokens import SPACE_8, SPACE_16
from hitl_desktop.gui.views.keys.capture import KeyCapture
from hitl_desktop.gui.views.keys_page import GROUPS
from hitl_desktop.gui.views.page_column import page_column
from hitl_desktop.gui.views.two_columns import TwoColumns
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.card import Card
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.gui.widgets.plain_table import Cell, Column, PlainTable
from hitl_desktop.language import listed, tr

_SIDE: Final = 400


class KeysPage(QWidget):
    """Changes are kept at once; on leaving the page, `keys_changed` asks for a window that prints and reads them."""

    keys_changed = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("keys_page")
        self.setAccessibleName(tr("Keys"))
        self._context = context
        self._commands: list[str] = []
        self._is_changed = False
        theme = context.theme
        self.profiles = {name: QRadioButton(tr(keymap.title)) for name, keymap in KEYMAPS.items()}
        columns = [Column(tr("Does")), Column(tr("Key")), Column(tr("Usual")), Column(tr("Group"))]
        self.table = PlainTable(theme, tr("Keys"), columns, most=24)
        self._title = PlainLabel("", "body", wrap=True)
        self.capture = KeyCapture(theme)
        self._answer = PlainLabel(tr("Esc leaves it as it is."), "small", "text2", wrap=True)
        self.usual = Button(theme, tr("Use the usual key"), size="small")
        self.all_usual = Button(theme, tr("Use all usual keys"), size="small")
        self._side = Card(tr("Another key"))
        self._lay_out()
        self._connect()
        self.refresh()

    def refresh(self) -> None:
        """Show the keys in force."""
        settings = self._context.settings.value
        keymap, usual = keymap_in_force(settings), KEYMAPS.get(settings.keymap, KEYMAPS["general"])
        self.profiles[usual.name].setChecked(True)
        now, before = bindings(keymap), bindings(usual)
        titles = self._titles()
        self._commands = [command for command in titles if command in now and command not in FIXED]
        self.table.show_rows(
            [
                [
                    Cell(titles[command][1]),
                    Cell(_caps(now[command]), is_strong=now[command] != before[command]),
                    Cell(_caps(before[command]), tone="text2"),
                    Cell(titles[command][0], tone="text2"),
                ]
                for command in self._commands
            ]
        )
        self.all_usual.setEnabled(bool(settings.keys.get(usual.name)))
        self._show_selected()

    def select(self, command: str) -> None:
        """Select the row of a command."""
        self.table.selectRow(self._commands.index(command))

    def selected(self) -> str | None:
        """The command whose row is selected."""
        row = self.table.currentIndex().row()
        return self._commands[row] if 0 <= row < len(self._commands) else None

    def answer(self) -> str:
        """What was said to the last key."""
        return self._answer.text()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()
        if self.selected() is None:
            self.table.selectRow(0)
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if self._is_changed and not event.spontaneous():
            self._is_changed = False
            self.keys_changed.emit()

    def _titles(self) -> dict[str, tuple[str, str]]:
        """Group and words of every command, in their order; the classes stand first."""
        keymap = KEYMAPS.get(self._context.settings.value.keymap, KEYMAPS["general"])
        names = [label.name for label in self._context.bridge.desk.project.offered] if self._is_open else []
        titles = {}
        for place in range(len(keymap.class_keys)):
            name = names[place] if place < len(names) else ""
            words = tr("Class {n}: {name}", n=place + 1, name=name) if name else tr("Class {n}", n=place + 1)
            titles[class_command(place)] = (tr("Classes"), words)
        for group, commands in GROUPS.items():
            titles |= {command: (tr(group), tr(words)) for command, words in commands.items()}
        return titles

    @property
    def _is_open(self) -> bool:
        return self._context.bridge.is_open

    def _take(self, key: str) -> None:
        """Give the key to the selected command, or say why not."""
        command = self.selected()
        if command is None:
            return
        self.capture.show_key(key)
        settings = self._context.settings.value
        keymap = keymap_in_force(settings)
        why = refusal(command, key)
        other = owner(keymap, command, key)
        if not why and other is not None:
            why = tr("{key} is the key for: {command}. Choose another.", key=printed(key), command=self._words(other))
        if why:
            self._say(why, "danger")
            return
        self._keep(keymap.name, {**settings.keys.get(keymap.name, {}), command: [key]})

    def _words(self, command: str) -> str:
        if command == "presets":
            return tr("Window presets")
        if command == "reasons":
            return tr("Reasons")
        return self._titles().get(command, ("", command))[1]

    def _use_usual(self) -> None:
        command, settings = self.selected(), self._context.settings.value
        own = dict(settings.keys.get(settings.keymap, {}))
        if command is None or own.pop(command, None) is None:
            return
        wanted = bindings(KEYMAPS[settings.keymap])[command]
        taken = next((c for c, keys in own.items() if set(keys) & set(wanted)), None)
        if taken is not None:
            self._say(
                tr("{key} is the key for: {command}. Choose another.", key=_caps(wanted), command=self._words(taken)),
                "danger",
            )
            return
        self._keep(settings.keymap, own)

    def _keep(self, profile: str, own: dict[str, list[str]]) -> None:
        settings = self._context.settings
        settings.change(keys={**settings.value.keys, profile: own})
        self._is_changed = True
        self.refresh()

    def _choose_profile(self, name: str) -> None:
        if name != self._context.settings.value.keymap:
            self._context.settings.change(keymap=name)
            self._is_changed = True
            self.refresh()

    def _show_selected(self) -> None:
        command = self.selected()
        self._side.setEnabled(command is not None)
        self._title.setText(self._words(command) if command else "")
        self.capture.show_key("")
        self._say(tr("Esc leaves it as it is."), "text2")
        own = self._context.settings.value.keys.get(self._context.settings.value.keymap, {})
        self.usual.setEnabled(command in own)

    def _say(self, words: str, tone: str) -> None:
        self._answer.set_tone("danger" if tone == "danger" else "text2")
        self._answer.setText(words)
        self.capture.setAccessibleDescription(words)

    def _lay_out(self) -> None:
        column = page_column(self)
        column.addWidget(PlainLabel(tr("Keys"), "claim"))
        profiles = Card(tr("Profile"))
        group = QButtonGroup(self)
        for name, button in self.profiles.items():
            group.addButton(button)
            row = QHBoxLayout()
            row.setSpacing(SPACE_16)
            button.setMinimumWidth(self._context.theme.px(180))
            row.addWidget(button)
            row.addWidget(PlainLabel(tr(KEYMAPS[name].about), "body", "text2", wrap=True), 1)
            button.setAccessibleDescription(tr(KEYMAPS[name].about))
            profiles.body.addLayout(row)
        column.addWidget(profiles)
        main, side = QWidget(), QWidget()
        column.addWidget(TwoColumns(self._context.theme, main, side, side_width=_SIDE))
        left = QVBoxLayout(main)
        left.setContentsMargins(0, 0, 0, 0)
        table = Card(tr("Keys of this profile"))
        table.head.addWidget(self.all_usual)
        table.body.addWidget(self.table)
        left.addWidget(table)
        right = QVBoxLayout(side)
        right.setContentsMargins(0, 0, 0, 0)
        self._side.body.setSpacing(SPACE_8)
        for widget in (self._title, self.capture, self._answer):
            self._side.body.addWidget(widget)
        row = QHBoxLayout()
        row.addWidget(self.usual)
        row.addStretch(1)
        self._side.body.addLayout(row)
        right.addWidget(self._side)
        right.addStretch(1)
        column.addStretch(1)

    def _connect(self) -> None:
        self._context.bridge.project_changed.connect(self.refresh)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._show_selected())
        self.table.row_chosen.connect(lambda _row: self.capture.setFocus(Qt.FocusReason.OtherFocusReason))
        self.capture.pressed.connect(self._take)
        self.capture.left.connect(lambda: self.table.setFocus(Qt.FocusReason.OtherFocusReason))
        self.usual.clicked.connect(self._use_usual)
        self.all_usual.clicked.connect(lambda: self._keep(self._context.settings.value.keymap, {}))
        for name, button in self.profiles.items():
            button.clicked.connect(lambda _checked=False, name=name: self._choose_profile(name))


def _caps(keys: tuple[str, ...]) -> str:
    return listed(printed(key) for key in keys) or "–"
