"""Keys: one profile is in force; what a button prints is what the key filter reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

from hitl_desktop.language import mark, trc


@dataclass(frozen=True, slots=True)
class Keymap:
    """One profile: `keys` maps command names to key sequences (in Qt's portable words), the first is printed.

    `class_keys` are the keys of the classes, in class order.
    """

    name: str
    title: str
    keys: Mapping[str, tuple[str, ...]]
    class_keys: tuple[str, ...]

    def command(self, event: QKeyEvent) -> str | None:
        """The command that the pressed key stands for, if any."""
        pressed = _portable(event)
        return next((name for name, keys in self.keys.items() if pressed in keys), None)

    def class_position(self, event: QKeyEvent) -> int | None:
        """The position of the class that the pressed key stands for, if any."""
        pressed = _portable(event)
        return self.class_keys.index(pressed) if pressed in self.class_keys else None

    def caption(self, command: str) -> str:
        """The key as it is printed on a button, in the user's words; empty when there is none."""
        keys = self.keys.get(command, ())
        return printed(keys[0]) if keys else ""

    def class_caption(self, position: int) -> str:
        """The key of a class as it is printed; empty beyond the last one."""
        return printed(self.class_keys[position]) if position < len(self.class_keys) else ""


def _portable(event: QKeyEvent) -> str:
    """The key in Qt's portable words; the keypad counts as the main block."""
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    key = Qt.Key.Key_Return if event.key() == Qt.Key.Key_Enter else Qt.Key(event.key())
    if event.text() == "?":  # typed with different modifiers on different layouts
        return "?"
    return QKeySequence(QKeyCombination(modifiers, key)).toString(QKeySequence.SequenceFormat.PortableText)


def printed(key: str, between: str = " ") -> str:
    """A key in Qt's portable words as it is printed in the user's; `between` parts keys that are pressed together."""
    return between.join(_word(part) for part in key.split("+")) if len(key) > 1 else key


def _word(part: str) -> str:
    """What is printed on a key. The names are those on the keyboards of the reader's country."""
    names = {
        "Return": trc("key", "Enter"),
        "Space": trc("key", "Space"),
        "Ctrl": trc("key", "Ctrl"),
        "Shift": trc("key", "Shift"),
        "Alt": trc("key", "Alt"),
        "Left": trc("key", "Left"),
        "Right": trc("key", "Right"),
        "Home": trc("key", "Home"),
        "Del": trc("key", "Del"),
        "Esc": trc("key", "Esc"),
    }
    return names.get(part, part)


_EVERYWHERE: Final[dict[str, tuple[str, ...]]] = {
    "confirm": ("Space", "Return"),
    "unsure": ("U",),
    "flag": ("F",),
    "note": ("N",),
    "none": ("0",),
    "other_class": ("G",),
    "undo": ("Ctrl+Z",),
    "redo": ("Ctrl+Shift+Z", "Ctrl+Y"),
    "previous": ("Left",),
    "next": ("Right",),
    "filter": ("/",),
    "clear_filter": ("Ctrl+Backspace",),
    "go_to": ("Ctrl+G",),
    "jump": ("Ctrl+K",),
    "queue": ("Ctrl+B",),
    "panel": ("Ctrl+J",),
    "item_only": ("F11",),
    "train": ("Ctrl+T",),
    "export": ("Ctrl+E",),
    "classes": ("Ctrl+Shift+C",),
    "new_project": ("Ctrl+N",),
    "open_folder": ("Ctrl+O",),
    "open_table": ("Ctrl+Shift+O",),
    "settings": ("Ctrl+,",),
    "keys": ("F1", "?"),
    "leave": ("Esc",),
}

KEYMAPS: Final[dict[str, Keymap]] = {
    "general": Keymap("general", mark("General keys"), {**_EVERYWHERE, "skip": ("S",)}, tuple("123456789")),
}
