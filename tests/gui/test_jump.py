"""Going to an item by its name, number, id or words."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QListWidget
from pytestqt.qtbot import QtBot

from hitl_desktop.gui import item_jump
from hitl_desktop.gui.bridge import Bridge
from hitl_desktop.gui.item_jump import ItemJump
from hitl_desktop.gui.jump import JumpDialog
from hitl_desktop.gui.theme import Theme
from hitl_desktop.workflow.settings import SettingsFile


@pytest.fixture
def bridge(qapp: QApplication, tmp_path: Path, text_project_folder: Path) -> Iterator[Bridge]:
    bridge = Bridge(SettingsFile(tmp_path / "settings"))
    assert bridge.open_project(text_project_folder)
    yield bridge
    bridge.close()


@pytest.mark.parametrize("at_once", [10_000, 1])
def test_items_are_found_while_one_types(
    bridge: Bridge, theme: Theme, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(item_jump, "_AT_ONCE", at_once)
    opened: list[int] = []
    dialog = JumpDialog(theme, [], ItemJump(bridge, opened.append))
    qtbot.addWidget(dialog)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    dialog.show()
    words, names = dialog.findChild(QLineEdit), dialog.findChild(QListWidget)
    item = bridge.desk.project.store.items.get(17)

    def shown() -> list[str]:
        return [names.item(row).text() for row in range(names.count())]

    for typed in (item.path, item.digest[:12], "18"):
        words.setText(typed)
        qtbot.waitUntil(lambda: shown()[:1] == [item.path])
    words.setText("nothing at all like it")
    qtbot.waitUntil(lambda: not shown())
    words.setText(item.path)
    qtbot.waitUntil(lambda: shown() == [item.path])
    QTest.keyClick(words, Qt.Key.Key_Return)
    assert opened == [17]
    assert not dialog.isVisible()


def test_long_words_push_no_key_out_of_sight(bridge: Bridge, theme: Theme, qtbot: QtBot) -> None:
    """With a long name in "Undo: …" all rows were as wide as that, and the keys stood beyond the list."""
    places = [
        ("Review", lambda: None, "Alt 1"),
        ("Undo: " + "a very long name of a file " * 12, lambda: None, "Ctrl Z"),
    ]
    dialog = JumpDialog(theme, places, ItemJump(bridge, lambda _: None))
    qtbot.addWidget(dialog)
    dialog.show()
    names = dialog.findChild(QListWidget)
    assert names.visualItemRect(names.item(0)).width() <= names.viewport().width()
    assert names.visualItemRect(names.item(1)).width() <= names.viewport().width()
    assert not names.horizontalScrollBar().isVisible()
