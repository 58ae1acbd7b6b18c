"""The sheet of keys says what the keymap does, all of it."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from hitl_desktop.gui.context import Context
from hitl_desktop.gui.keymaps import KEYMAPS
from hitl_desktop.gui.views.keys_page import CLASSES, GROUPS, KeyGroup, KeyRow, KeysSheet, key_groups


@pytest.mark.parametrize("name", KEYMAPS)
def test_every_command_is_described_in_one_group(name: str) -> None:
    described = [command for commands in GROUPS.values() for command in commands]
    assert sorted(described) == sorted([*KEYMAPS[name].keys, CLASSES])


def test_caps_follow_the_keymap_in_force() -> None:
    general = KEYMAPS["general"]
    other = replace(general, keys={**general.keys, "skip": ("K",), "brand_new": ("F8",), "unsure": ()})
    lines = {line.text: line.keys for group in key_groups(other).values() for line in group}
    assert lines["Skip for now"] == ("K",)
    assert lines["Brand new"] == ("F8",)
    assert lines["Confirm the suggestion"] == ("Space", "Enter")
    assert lines["Choose a class, in class order"] == ("1 – 9",)
    assert "Unsure" not in lines


@pytest.mark.parametrize("key", [Qt.Key.Key_Escape, Qt.Key.Key_F1])
def test_the_sheet_closes_with_a_key(context: Context, qtbot: QtBot, key: Qt.Key) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    sheet = KeysSheet(context, window)
    sheet.open()
    assert len(sheet.findChildren(KeyRow)) == sum(len(lines) for lines in key_groups(context.keymap).values())
    with qtbot.waitSignal(sheet.rejected):
        qtbot.keyClick(sheet, key)
    assert not sheet.isVisible()


@pytest.mark.parametrize(("width", "columns"), [(1280, 3), (960, 2), (640, 1)])
def test_the_sheet_has_as_many_columns_as_fit_and_never_scrolls_sideways(
    context: Context, qtbot: QtBot, width: int, columns: int
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(width, 640)
    sheet = KeysSheet(context, window)
    sheet.open()
    area = sheet.findChild(QScrollArea)
    assert area.horizontalScrollBar().maximum() == 0
    groups = sheet.findChildren(KeyGroup)
    assert len({group.x() for group in groups}) == columns
    assert len(groups) == len(GROUPS)
