"""Choosing a profile, and other keys: by keys alone, with conflicts refused by name."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from hitl_desktop.gui.context import Context
from hitl_desktop.gui.views.keys.page import KeysPage

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def page(context: Context, qtbot: QtBot) -> KeysPage:
    page = KeysPage(context)
    qtbot.addWidget(page)
    page.resize(1224, 724)
    page.show()
    return page


def row(page: KeysPage, command: str) -> list[str]:
    page.select(command)
    return page.table.words(page.table.currentIndex().row())


def test_a_key_is_changed_by_keys_alone(page: KeysPage, context: Context) -> None:
    page.select("skip")
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    QTest.keyClick(page.capture, Qt.Key.Key_K)
    assert row(page, "skip")[1:3] == ["K", "S"]
    assert context.settings.value.keys == {"general": {"skip": ["K"]}}


def test_a_key_of_another_command_is_refused_by_name(page: KeysPage, context: Context) -> None:
    page.select("skip")
    QTest.keyClick(page.capture, Qt.Key.Key_U)
    assert "Unsure" in page.answer()
    assert not context.settings.value.keys


def test_shortcuts_of_the_window_are_caught_and_refused(page: KeysPage) -> None:
    page.select("skip")
    QTest.keyClick(page.capture, Qt.Key.Key_E, CTRL)
    assert "Export" in page.answer()
    QTest.keyClick(page.capture, Qt.Key.Key_Z, CTRL)
    assert "the same everywhere" in page.answer()
    QTest.keyClick(page.capture, Qt.Key.Key_Backspace)
    assert "never decides" in page.answer()


def test_esc_leaves_the_field(page: KeysPage, context: Context) -> None:
    page.select("skip")
    page.capture.setFocus()
    QTest.keyClick(page.capture, Qt.Key.Key_Escape)
    assert page.table.hasFocus()
    assert not context.settings.value.keys


def test_the_usual_keys_come_back(page: KeysPage, context: Context) -> None:
    for command, key in (("skip", Qt.Key.Key_K), ("unsure", Qt.Key.Key_S)):
        page.select(command)
        QTest.keyClick(page.capture, key)
    page.select("skip")
    page.usual.click()
    assert "Unsure" in page.answer()
    page.all_usual.click()
    assert row(page, "skip")[1] == "S"
    assert context.settings.value.keys == {"general": {}}


def test_a_profile_is_chosen_and_keeps_its_own_keys(page: KeysPage, context: Context) -> None:
    page.select("skip")
    QTest.keyClick(page.capture, Qt.Key.Key_F8)
    page.profiles["radiology"].click()
    assert row(page, "class_1")[1] == "Q"
    assert row(page, "skip")[1] == "K"
    page.profiles["general"].click()
    assert row(page, "skip")[1] == "F8"


def test_a_new_window_is_asked_for_when_the_page_is_left(page: KeysPage, qtbot: QtBot) -> None:
    page.profiles["radiology"].click()
    with qtbot.waitSignal(page.keys_changed):
        page.hide()
    page.show()
    with qtbot.assertNotEmitted(page.keys_changed):
        page.hide()
