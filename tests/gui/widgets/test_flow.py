"""Widgets in lines: where they stand, and how high that is."""

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from hitl_desktop.gui.widgets.flow import Flow


@pytest.fixture
def host(qtbot: QtBot) -> QWidget:
    host = QWidget()
    qtbot.addWidget(host)
    flow = Flow(host, spacing=10)
    for _ in range(3):
        box = QWidget()
        box.setFixedSize(100, 20)
        flow.addWidget(box)
    host.resize(400, 100)
    host.show()
    QApplication.processEvents()
    return host


def places(host: QWidget) -> list[tuple[int, int]]:
    return [(child.x(), child.y()) for child in host.findChildren(QWidget)]


def test_a_new_line_begins_where_the_room_ends(host: QWidget) -> None:
    assert places(host) == [(0, 0), (110, 0), (220, 0)]
    host.resize(250, 100)
    QApplication.processEvents()
    assert places(host) == [(0, 0), (110, 0), (0, 30)]


def test_its_height_follows_what_stands_in_it(host: QWidget) -> None:
    flow = host.layout()
    assert flow is not None
    assert [flow.heightForWidth(width) for width in (400, 250, 120)] == [20, 50, 80]
    first, second, _ = host.findChildren(QWidget)
    first.setFixedHeight(40)
    QApplication.processEvents()
    assert [flow.heightForWidth(width) for width in (400, 250, 120)] == [40, 70, 100]
    second.hide()
    QApplication.processEvents()
    assert [flow.heightForWidth(width) for width in (400, 250, 120)] == [40, 40, 70]
