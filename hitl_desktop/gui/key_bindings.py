"""Keys that a person has chosen: put over a profile, refused where another command has them, kept across versions."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from PySide6.QtCore import Qt

from hitl_desktop.gui.keymaps import KEYMAPS, Keymap, printed
from hitl_desktop.language import tr
from hitl_desktop.workflow.settings import Settings

Own = Mapping[str, Sequence[str]]
"""Commands and the keys chosen for them, in Qt's portable words. `class_1` … `class_9` are the classes, in order."""

FIXED: Final = frozenset({"undo", "leave"})
"""The same in every program, and in every profile."""
_CLASS: Final = "class_"
_MOVES: Final = frozenset({"Backspace", "Del", "Left", "Right", "Up", "Down", "Tab", "Backtab"})
_DECIDE: Final = frozenset({"confirm", "none", "skip", "unsure", "flag", "other_class"})
_APART: Final = frozenset({frozenset({"none", "reset_window"})})
"""Pairs that may share a key: only one of them can ever be meant."""


def keymap_in_force(settings: Settings) -> Keymap:
    """The profile that is chosen, with the person's own keys. What this version does not know is left out of it."""
    keymap = KEYMAPS.get(settings.keymap, KEYMAPS["general"])
    return bound(keymap, settings.keys.get(keymap.name, {}))


def bound(keymap: Keymap, own: Own) -> Keymap:
    """The profile with other keys for some commands. A key that was chosen is taken from whatever else had it."""
    commands = bindings(keymap)
    chosen = {command: tuple(keys) for command, keys in own.items() if command in commands and command not in FIXED}
    taken = {key for keys in chosen.values() for key in keys}
    keys = {command: tuple(key for key in usual if key not in taken) for command, usual in commands.items()} | chosen
    return replace(
        keymap,
        keys={command: keys[command] for command in keymap.keys},
        class_keys=tuple((keys[class_command(place)] or ("",))[0] for place in range(len(keymap.class_keys))),
    )


def bindings(keymap: Keymap) -> dict[str, tuple[str, ...]]:
    """Every command with its keys, the classes among them."""
    classes = {class_command(place): (key,) if key else () for place, key in enumerate(keymap.class_keys)}
    return {**keymap.keys, **classes}


def class_command(place: int) -> str:
    """The command of the class at a place (from 0)."""
    return f"{_CLASS}{place + 1}"


def owner(keymap: Keymap, command: str, key: str) -> str | None:
    """The other command that has the key already; None when it is free for `command`."""
    for other, keys in bindings(keymap).items():
        if other != command and key in keys and frozenset({other, command}) not in _APART:
            return other
    if keymap.digits and key in tuple("123456789"):
        return keymap.digits
    return None


def refusal(command: str, key: str) -> str:
    """Why a key cannot be had for a command whatever the profile; empty when it can."""
    is_decision = command in _DECIDE or command.startswith(_CLASS)
    if not key or key.split("+")[-1] in ("Ctrl", "Shift", "Alt", "Meta"):
        return tr("Press a key, alone or with Ctrl, Shift or Alt.")
    if is_decision and key in _MOVES:
        return tr("{key} never decides: it is pressed by accident too easily.", key=printed(key))
    if key in ("Ctrl+Z", "Esc", "Tab", "Backtab"):
        return tr("{key} is the same everywhere, and stays so.", key=printed(key))
    return ""


def is_modifier(key: int) -> bool:
    """True for a key that is only pressed together with others."""
    return key in (
        Qt.Key.Key_Control,
        Qt.Key.Key_Shift,
        Qt.Key.Key_Alt,
        Qt.Key.Key_Meta,
        Qt.Key.Key_AltGr,
        Qt.Key.Key_unknown,
    )
