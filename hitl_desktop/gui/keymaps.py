"""Keys: one profile is in force; what a button prints is what the key filter reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

from hitl_desktop.gui.layouts import latin
from hitl_desktop.language import from_the_left, in_use, mark, trc


@dataclass(frozen=True, slots=True)
class Keymap:
    """One profile: `keys` maps command names to key sequences (in Qt's portable words), the first is printed.

    `class_keys` are the keys of the classes, in class order; `about` says in a sentence what the profile is for.
    `digits` says what 1–9 are where they are not classes: "presets" of the window, "reasons" of a decision, or "".
    """

    name: str
    title: str
    keys: Mapping[str, tuple[str, ...]]
    class_keys: tuple[str, ...]
    about: str = ""
    digits: str = ""

    def digit(self, event: QKeyEvent) -> int | None:
        """The place (0–8) that the pressed digit stands for, where digits are not classes."""
        pressed = portable(event)
        return int(pressed) - 1 if self.digits and pressed in _DIGITS else None

    def usual(self, event: QKeyEvent) -> QKeyEvent | None:
        """The event as the viewers know it; None for a key that was taken away from its command."""
        event = latin(event)
        pressed = portable(event)
        for command, usual in VIEWER_KEYS.items():
            if pressed in self.keys.get(command, ()):
                return event if pressed in usual else _event(usual[0], event)
        moved = any(pressed in usual for usual in VIEWER_KEYS.values())
        return None if moved else event

    def command(self, event: QKeyEvent) -> str | None:
        """The command that the pressed key stands for, if any."""
        pressed = portable(event)
        return next((name for name, keys in self.keys.items() if pressed in keys), None)

    def comparing(self, event: QKeyEvent, *, is_two: bool) -> str | None:
        """The command of a comparison, of two answers or of more, that the pressed key stands for, if any."""
        pressed = portable(event)
        meant = COMPARING_KEYS.keys() - (MORE_ANSWERS if is_two else TWO_ANSWERS)
        return next((name for name in COMPARING_KEYS if name in meant and pressed in self.keys.get(name, ())), None)

    def class_position(self, event: QKeyEvent) -> int | None:
        """The position of the class that the pressed key stands for, if any."""
        pressed = portable(event)
        return self.class_keys.index(pressed) if pressed in self.class_keys else None

    def caption(self, command: str) -> str:
        """The key as it is printed on a button, in the user's words; empty when there is none."""
        keys = self.keys.get(command, ())
        return printed(keys[0]) if keys else ""

    def class_caption(self, position: int) -> str:
        """The key of a class as it is printed; empty beyond the last one."""
        return printed(self.class_keys[position]) if position < len(self.class_keys) else ""


_ASKING: Final = ("?", "؟")


def _event(key: str, pressed: QKeyEvent) -> QKeyEvent:
    """Another key, pressed in the same way."""
    # The stubs do not know that a sequence is made of combinations.
    other: QKeyCombination = QKeySequence(key)[0]  # type: ignore[index]
    return QKeyEvent(pressed.type(), other.key(), other.keyboardModifiers(), "", pressed.isAutoRepeat())


def portable(event: QKeyEvent) -> str:
    """The key in Qt's portable words; the keypad counts as the main block, letters of other scripts as Latin ones."""
    if event.text() in _ASKING:  # typed with different modifiers on different layouts
        return "?"
    event = latin(event)
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    key = Qt.Key.Key_Return if event.key() == Qt.Key.Key_Enter else Qt.Key(event.key())
    return QKeySequence(QKeyCombination(modifiers, key)).toString(QKeySequence.SequenceFormat.PortableText)


def printed(key: str, between: str = " ") -> str:
    """A key in Qt's portable words as it is printed in the user's; `between` parts keys that are pressed together.
    Those are in this order in every language: where lines run from the right, "Ctrl ." would else read ". Ctrl".
    """
    parts = key.split("+") if len(key) > 1 else [key]
    names = _names(in_use().code, trc("key", "Space"))
    words = between.join(names.get(part, part) for part in parts)
    return from_the_left(words) if len(parts) > 1 else words


@lru_cache(maxsize=4)
def _names(_language: str, _space: str) -> dict[str, str]:
    """What is printed on keys, by Qt's words. The names are those on the keyboards of the reader's country; they are
    asked for at every painting, and remembered for a language and a word of it.
    """
    return {
        "Return": trc("key", "Enter"),
        "Space": trc("key", "Space"),
        "Ctrl": trc("key", "Ctrl"),
        "Shift": trc("key", "Shift"),
        "Alt": trc("key", "Alt"),
        "Left": trc("key", "Left"),
        "Right": trc("key", "Right"),
        "Up": trc("key", "Up"),
        "Down": trc("key", "Down"),
        "Home": trc("key", "Home"),
        "End": trc("key", "End"),
        "PgUp": trc("key", "PgUp"),
        "PgDown": trc("key", "PgDown"),
        "Ins": trc("key", "Ins"),
        "Del": trc("key", "Del"),
        "Backspace": trc("key", "Backspace"),
        "Tab": trc("key", "Tab"),
        "Esc": trc("key", "Esc"),
    }


VIEWER_KEYS: Final[dict[str, tuple[str, ...]]] = {
    "fit": ("Ctrl+0",),
    "full": ("Ctrl+1",),
    "zoom_in": ("+",),
    "zoom_out": ("-",),
    "reset_view": ("Home",),
    "overlays": ("O",),
    "private": ("Shift+O",),
    "go_left": ("Ctrl+Left",),
    "go_right": ("Ctrl+Right",),
    "go_up": ("Ctrl+Up",),
    "go_down": ("Ctrl+Down",),
    "reach_left": ("Shift+Left",),
    "reach_right": ("Shift+Right",),
    "narrower": ("Alt+Left",),
    "wider": ("Alt+Right",),
    "level_up": ("Alt+Up",),
    "level_down": ("Alt+Down",),
    "next_preset": ("V",),
    "reset_window": ("0",),
    "invert": ("I",),
    "flip": ("H",),
    "flip_down": ("Shift+H",),
    "turn": ("T",),
    "turn_back": ("Shift+T",),
    "length": ("L",),
    "probe": ("P",),
    "magnifier": ("M",),
    "frame_back": ("Up",),
    "frame_on": ("Down",),
    "frames_back": ("PgUp",),
    "frames_on": ("PgDown",),
    "cine": ("J",),
    "reveal": ("B",),
    "find_text": ("Ctrl+F",),
    "raw_text": ("R",),
    "turns": ("Shift+R",),
    "columns": ("Shift+C",),
    "turn_before": ("Shift+Up",),
    "turn_after": ("Shift+Down",),
    "turn_decides": ("Shift+D",),
    "reply": ("Shift+N",),
}
"""The keys of the viewers, as these know them. A profile may move one: the review page hands the usual key on."""

TWO_ANSWERS: Final = frozenset({"better_left", "equal", "both_bad", "better_right"})
MORE_ANSWERS: Final = frozenset({"rank", "all_equal", "all_bad", "save_ranking"})
COMPARING_KEYS: Final[dict[str, tuple[str, ...]]] = {
    "better_left": ("1",),
    "equal": ("2",),
    "both_bad": ("3",),
    "better_right": ("4",),
    "rank": tuple("123456789"),
    "all_equal": ("E",),
    "all_bad": ("X",),
    "save_ranking": ("Return",),
    "stack": ("V",),
    "rate": ("R",),
}
"""The keys below a comparison, where classes, viewers and plain confirmation have none: they may share keys with those.
Those of two answers may share them with those of more.
"""

_EVERYWHERE: Final[dict[str, tuple[str, ...]]] = {
    "confirm": ("Space", "Return"),
    "unsure": ("U",),
    "flag": ("F",),
    "note": ("N",),
    "none": ("0",),
    "other_class": ("G",),
    "mark_box": ("Shift+B",),
    "mark_ellipse": ("Shift+E",),
    "mark_arrow": ("Shift+A",),
    "mark_words": ("Shift+M",),
    "mark_counts": ("Shift+P",),
    "mark_counts_not": ("Shift+X",),
    "next_mark": (".",),
    "previous_mark": (",",),
    "mark_class": ("Shift+G",),
    "mark_remove": ("Del",),
    "why": ("Y",),
    "why_other": ("Shift+Y",),
    "undo": ("Ctrl+Z",),
    "redo": ("Ctrl+Shift+Z", "Ctrl+Y"),
    "previous": ("Left",),
    "next": ("Right",),
    "filter": ("/",),
    "clear_filter": ("Ctrl+Backspace",),
    "confirm_chosen": ("Ctrl+Return",),
    "alike": ("Ctrl+L",),
    "label_right": ("Shift+Return",),
    "compare": ("Ctrl+D",),
    "page_review": ("Alt+1",),
    "page_gallery": ("Alt+2",),
    "page_model": ("Alt+3",),
    "page_routing": ("Alt+4",),
    "page_figures": ("Alt+5",),
    "page_history": ("Alt+6",),
    "page_settings": ("Alt+7",),
    "page_map": ("Alt+8",),
    "go_to": ("Ctrl+G",),
    "jump": ("Ctrl+K",),
    "queue": ("Ctrl+B",),
    "panel": ("Ctrl+J",),
    "item_only": ("F11",),
    "train": ("Ctrl+T",),
    "problems": ("Ctrl+Shift+P",),
    "steer": ("Ctrl+Shift+T",),
    "matters": ("Ctrl+M",),
    "ignore_training": ("Ctrl+Shift+X",),
    "automatic": ("Ctrl+.",),
    "recall": ("Ctrl+Shift+R",),
    "export": ("Ctrl+E",),
    "report": ("Ctrl+R",),
    "verify": ("Ctrl+Shift+H",),
    "add_items": ("Ctrl+Shift+A",),
    "classes": ("Ctrl+Shift+C",),
    "switch_reviewer": ("Ctrl+Shift+I",),
    "lock": ("Ctrl+Shift+L",),
    "signatures": ("Ctrl+Shift+S",),
    "masks": ("Ctrl+Shift+M",),
    "new_project": ("Ctrl+N",),
    "open_folder": ("Ctrl+O",),
    "open_table": ("Ctrl+Shift+O",),
    "settings": ("Ctrl+,",),
    "change_keys": ("Ctrl+Shift+K",),
    "keys": ("F1", "?"),
    "leave": ("Esc",),
    **VIEWER_KEYS,
    **COMPARING_KEYS,
}
_DIGITS: Final = tuple("123456789")

KEYMAPS: Final[dict[str, Keymap]] = {
    "general": Keymap(
        "general",
        mark("General keys"),
        {**_EVERYWHERE, "skip": ("S",)},
        _DIGITS,
        mark("The digits are the classes."),
    ),
    # Three by three under the left hand: the same places on QWERTY and QWERTZ. The right hand has the mouse.
    "radiology": Keymap(
        "radiology",
        mark("Radiology keys"),
        {**_EVERYWHERE, "skip": ("K",), "next_preset": ()},
        tuple("QWEASDXCV"),
        mark("The digits are window presets, the letters under the left hand are the classes."),
        digits="presets",
    ),
    "moderation": Keymap(
        "moderation",
        mark("Moderation keys"),
        {**_EVERYWHERE, "skip": ("S",), "raw_text": ("Ctrl+U",)},
        tuple("ARE"),
        mark("A, R and E are the first three classes: approve, remove, escalate. The digits are reasons."),
        digits="reasons",
    ),
}
"""One profile for each way of working. Digits name classes in annotation tools, and window presets in radiology."""
