"""Own keys over a profile, and what is refused."""

from itertools import combinations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent

from hitl_desktop.gui.key_bindings import bindings, bound, keymap_in_force, owner, refusal
from hitl_desktop.gui.keymaps import KEYMAPS, VIEWER_KEYS, portable
from hitl_desktop.workflow.settings import Settings

GENERAL, RADIOLOGY = KEYMAPS["general"], KEYMAPS["radiology"]
NONE = Qt.KeyboardModifier.NoModifier


def press(key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> QKeyEvent:
    return QKeyEvent(QEvent.Type.KeyPress, key.value, modifiers)


@pytest.mark.parametrize("name", KEYMAPS)
def test_no_profile_gives_one_key_to_two_commands(name: str) -> None:
    keymap = KEYMAPS[name]
    for command, keys in bindings(keymap).items():
        for key in keys:
            assert owner(keymap, command, key) is None, (command, key)


@pytest.mark.parametrize("name", KEYMAPS)
def test_undo_is_the_same_in_every_profile(name: str) -> None:
    assert KEYMAPS[name].keys["undo"] == ("Ctrl+Z",)


def test_the_classes_of_radiology_have_letters_and_the_digits_are_presets() -> None:
    assert RADIOLOGY.class_position(press(Qt.Key.Key_Q)) == 0
    assert RADIOLOGY.class_position(press(Qt.Key.Key_1)) is None
    assert RADIOLOGY.digit(press(Qt.Key.Key_3)) == 2
    assert GENERAL.digit(press(Qt.Key.Key_3)) is None


def test_an_own_key_replaces_the_usual_one_and_is_taken_from_the_other() -> None:
    keymap = bound(GENERAL, {"skip": ["K"], "class_1": ["F"]})
    assert keymap.command(press(Qt.Key.Key_K)) == "skip"
    assert keymap.command(press(Qt.Key.Key_S)) is None
    assert keymap.class_position(press(Qt.Key.Key_F)) == 0
    assert keymap.keys["flag"] == ()


def test_what_this_version_does_not_know_is_left_out_and_stays_in_the_settings() -> None:
    settings = Settings(keymap="general", keys={"general": {"from_tomorrow": ["K"], "undo": ["K"]}})
    assert keymap_in_force(settings) == GENERAL
    assert keymap_in_force(Settings(keymap="from tomorrow")) == GENERAL


@pytest.mark.parametrize("key", ["Backspace", "Del", "Left", "Up", "Tab"])
@pytest.mark.parametrize("command", ["confirm", "skip", "class_2"])
def test_no_decision_on_a_key_that_is_pressed_by_accident(command: str, key: str) -> None:
    assert refusal(command, key)


def test_a_conflict_names_the_other_command() -> None:
    assert owner(GENERAL, "skip", "U") == "unsure"
    assert owner(GENERAL, "skip", "3") == "class_3"
    assert owner(RADIOLOGY, "skip", "3") == "presets"
    assert owner(GENERAL, "skip", "K") is None


def test_keys_of_comparisons_are_shared_with_what_means_nothing_there_and_with_nothing_else() -> None:
    assert owner(GENERAL, "stack", "1") == "better_left"
    assert owner(GENERAL, "all_equal", "5") == "rank", "the digits that rank stay"
    assert owner(GENERAL, "better_left", "U") == "unsure"
    assert owner(RADIOLOGY, "unsure", "4") == "presets", "what most people know of is named first"
    assert owner(GENERAL, "rate", "V") == "stack"
    assert owner(GENERAL, "better_left", "E") is None, "of more answers only"
    assert owner(RADIOLOGY, "better_left", "Q") is None, "a class, where there are classes"
    assert refusal("better_left", "Left")
    keymap = bound(RADIOLOGY, {"better_left": ["Q"], "stack": ["S"]})
    assert keymap.class_position(press(Qt.Key.Key_Q)) == 0, "classes keep theirs"
    assert keymap.comparing(press(Qt.Key.Key_Q), is_two=True) == "better_left"
    assert keymap.comparing(press(Qt.Key.Key_1), is_two=True) is None
    assert keymap.comparing(press(Qt.Key.Key_1), is_two=False) == "rank"
    assert keymap.comparing(press(Qt.Key.Key_Enter), is_two=False) == "save_ranking"


def test_a_viewer_gets_the_key_it_knows() -> None:
    keymap = bound(GENERAL, {"overlays": ["F8"]})
    usual = keymap.usual(press(Qt.Key.Key_F8))
    assert usual is not None
    assert usual.key() == Qt.Key.Key_O
    assert keymap.usual(press(Qt.Key.Key_O)) is None
    other = press(Qt.Key.Key_Y)
    assert keymap.usual(other) is other


def test_viewer_keys_are_distinct() -> None:
    for (one, keys), (other, others) in combinations(VIEWER_KEYS.items(), 2):
        assert not set(keys) & set(others), (one, other)


def typed(key: int, text: str = "", modifiers: Qt.KeyboardModifier = NONE) -> QKeyEvent:
    return QKeyEvent(QEvent.Type.KeyPress, key, modifiers, text)


@pytest.mark.parametrize(
    ("letter", "meant"),
    [
        *zip("سعبىغخ", "SUFNYO", strict=True),  # the keys of the review page on an Arabic keyboard
        *zip("ЫГАТНЩ", "SUFNYO", strict=True),
        *zip("ΣΘΦΝΥΟ", "SUFNYO", strict=True),
        *zip("דוכמטם", "SUFNYO", strict=True),
        ("١", "1"), ("٩", "9"), ("۴", "4"), ("é", "É"), ("測", "測"),
    ],
)  # fmt: skip
def test_a_key_of_another_script_is_the_latin_one_at_its_place(letter: str, meant: str) -> None:
    assert portable(typed(ord(letter.upper()), letter)) == meant


def test_keys_that_take_two_letters_or_a_modifier_elsewhere() -> None:
    shift = Qt.KeyboardModifier.ShiftModifier
    assert portable(typed(0xFEFB, "لا")) == "B"
    assert portable(typed(Qt.Key.Key_1, "1", shift)) == "1", "on a French keyboard digits need Shift"
    assert portable(typed(Qt.Key.Key_Exclam, "!", shift)) == "Shift+!"
    assert portable(typed(0x061F, "؟", shift)) == "?"
    usual = KEYMAPS["general"].usual(typed(ord("ه"), "ه"))
    assert usual is not None
    assert usual.key() == Qt.Key.Key_I, "and viewers are told so"
    assert KEYMAPS["radiology"].class_position(typed(ord("ض"), "ض")) == 0
