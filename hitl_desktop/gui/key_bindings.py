"""Keys that a person has chosen: put over a profile, refused where another command has them, kept across versions."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from PySide6.QtCore import Qt

from hitl_desktop.gui.keymaps import (
    COMPARING_KEYS,
    KEYMAPS,
    MORE_ANSWERS,
    TWO_ANSWERS,
    VIEWER_KEYS,
    Keymap,
    printed,
)
from hitl_desktop.language import tr
from hitl_desktop.workflow.settings import Settings

Own = Mapping[str, Sequence[str]]
"""Commands and the keys chosen for them, in Qt's portable words. `class_1` … `class_9` are the classes, in order."""

FIXED: Final = frozenset({"undo", "leave", "rank"})
"""The same in every program, and in every profile; the digits that rank are the numbers of the answers."""
_CLASS: Final = "class_"
_MOVES: Final = frozenset({"Backspace", "Del", "Left", "Right", "Up", "Down", "Tab", "Backtab"})
_DECIDE: Final = frozenset({"confirm", "none", "skip", "unsure", "flag", "other_class"}) | TWO_ANSWERS | MORE_ANSWERS
_APART: Final = frozenset({frozenset({"none", "reset_window"})})
"""Pairs that may share a key: only one of them can ever be meant."""
_NOT_COMPARING: Final = VIEWER_KEYS.keys() | {
    "confirm", "none", "other_class", "confirm_chosen", "mark_box", "mark_ellipse", "mark_arrow", "mark_words",
    "next_mark", "previous_mark", "mark_class", "mark_remove",
}  # fmt: skip
"""Commands that mean nothing where answers are compared."""


def keymap_in_force(settings: Settings) -> Keymap:
    """The profile that is chosen, with the person's own keys. What this version does not know is left out of it."""
    keymap = KEYMAPS.get(settings.keymap, KEYMAPS["general"])
    return bound(keymap, settings.keys.get(keymap.name, {}))


def bound(keymap: Keymap, own: Own) -> Keymap:
    """The profile with other keys for some commands. A key that was chosen is taken from whatever else had it."""
    commands = bindings(keymap)
    chosen = {command: tuple(keys) for command, keys in own.items() if command in commands and command not in FIXED}
    taken = [(own_command, key) for own_command, keys in chosen.items() for key in keys]
    keys = {
        command: tuple(key for key in usual if not any(key == k and not are_apart(command, by) for by, k in taken))
        for command, usual in commands.items()
    } | chosen
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


def are_apart(one: str, other: str) -> bool:
    """True for two commands that may share a key, as only one of them can be meant: in a project that compares answers,
    or for an item of two answers and one of more.
    """
    if {one, other} & TWO_ANSWERS and {one, other} & MORE_ANSWERS:
        return True
    compared = {one, other} & COMPARING_KEYS.keys()
    if len(compared) == 1:
        (elsewhere,) = {one, other} - compared
        return elsewhere in _NOT_COMPARING or elsewhere.startswith(_CLASS)
    return frozenset({one, other}) in _APART


def owner(keymap: Keymap, command: str, key: str) -> str | None:
    """The other command that has the key already; None when it is free for `command`."""
    having = [
        other
        for other, keys in bindings(keymap).items()
        if other != command and key in keys and not are_apart(other, command)
    ]
    having.sort(key=lambda other: other in COMPARING_KEYS)  # what most people know of is named first
    if keymap.digits and command not in COMPARING_KEYS and key in tuple("123456789"):
        having.insert(0, keymap.digits)
    return next(iter(having), None)


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
