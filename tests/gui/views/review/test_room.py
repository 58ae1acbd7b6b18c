import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.views.review.room import NARROW, WIDE, panel_width, room_of


@pytest.fixture
def page(qapp: QApplication, qtbot: QtBot) -> QWidget:
    page = QWidget()
    qtbot.addWidget(page)
    return page


def test_the_widths_of_the_design(page: QWidget) -> None:
    theme = Theme("light")
    page.resize(1280, 800)
    assert NARROW <= room_of(page, theme) < WIDE
    assert panel_width(page, theme) == 300
    page.resize(1920, 1080)
    assert room_of(page, theme) >= WIDE
    assert panel_width(page, theme) == 344


def test_larger_text_hides_the_queue_sooner_and_leaves_the_item_its_place(page: QWidget) -> None:
    theme = Theme("light", 2.0)
    page.resize(1280, 800)
    assert room_of(page, theme) < NARROW
    assert panel_width(page, theme) == 600
    page.resize(900, 640)
    assert panel_width(page, theme) <= 0.55 * 900


def test_smaller_text_does_not_show_more_than_there_is_room_for(page: QWidget) -> None:
    page.resize(1500, 800)
    assert room_of(page, Theme("light", 0.9)) == 1500
