"""Two parts stand beside each other only where there is room at the text size in use."""

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.views.two_columns import TwoColumns


def test_they_stack_when_narrow_and_when_the_text_is_large(theme: Theme, qtbot: QtBot) -> None:
    side = QWidget()
    columns = TwoColumns(theme, QWidget(), side, side_width=400, least=500, gap=20)
    qtbot.addWidget(columns)
    columns.resize(920, 300)
    columns.show()
    assert not columns.is_stacked()
    assert side.width() == 400

    columns.resize(900, 300)
    assert columns.is_stacked()
    columns.resize(1200, 300)
    assert not columns.is_stacked()
    theme.set_scale(1.5)
    try:
        assert columns.is_stacked()
    finally:
        theme.set_scale(1.0)
