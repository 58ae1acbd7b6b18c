"""The map by mouse and keys: made in the worker, a line chooses, a group chooses, the gallery gets what is chosen."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.views.map.page import MapPage
from hitl_desktop.gui.views.map.picture import MARGIN, Window, from_screen, on_screen
from hitl_desktop.workflow.map_facts import group_facts, map_facts
from hitl_desktop.workflow.map_request import map_request, read_map
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.review import ReviewSession
from hitl_desktop.workflow.worker import InlineRunner
from tests.made_up_model import answer, give_model

Key = Qt.Key


@pytest.fixture
def page(context: Context, text_project_folder: Path, qtbot: QtBot) -> MapPage:
    """The page of forty messages with a map, made without a model, and four decisions."""
    with_map(text_project_folder)
    context.bridge.works_by_itself = False
    context.bridge.open_project(text_project_folder)
    shown = MapPage(context)
    qtbot.addWidget(shown)
    shown.resize(1200, 760)
    shown.show()
    return shown


def with_map(folder: Path) -> None:
    project = Project.open(folder)
    assert read_map(project) is None
    InlineRunner().run("map", map_request(project), no_progress, never_cancelled)
    give_model(project, wrong=[3])
    session = ReviewSession(project, "ann")
    for _ in range(4):
        answer(session)
    project.close()


def test_a_line_chooses_what_is_inside_and_enter_takes_it_to_the_gallery(page: MapPage, qtbot: QtBot) -> None:
    canvas = page.canvas
    corners = [QPoint(2, 2), QPoint(canvas.width() // 2, 2), QPoint(canvas.width() // 2, canvas.height() - 2)]
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=corners[0])
    for corner in [*corners[1:], QPoint(2, canvas.height() - 2)]:
        QTest.mouseMove(canvas, corner)
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(2, canvas.height() - 2))
    found = read_map(page._context.bridge.desk.project)
    assert found is not None
    at = on_screen(found.places, Window(), canvas.width(), canvas.height(), MARGIN)
    expected = np.flatnonzero(at[:, 0] < canvas.width() // 2)
    assert abs(len(page.chosen_items()) - len(expected)) <= 1, "but for one on the line itself"
    assert 0 < len(page.chosen_items()) < 40
    with qtbot.waitSignal(page.items_wanted) as wanted:
        qtbot.keyClick(canvas, Key.Key_Return)
    assert wanted.args[0] == page.chosen_items().tolist()
    qtbot.keyClick(canvas, Key.Key_Escape)
    assert not len(page.chosen_items())


def test_groups_are_told_and_taken_by_keys(page: MapPage, context: Context, qtbot: QtBot) -> None:
    project = context.bridge.desk.project
    found = read_map(project)
    assert found is not None
    groups = group_facts(found, map_facts(project))
    assert sum(group.items for group in groups) == 40
    assert sum(group.decided for group in groups) == 4
    page.table.setFocus()
    page.table.selectRow(0)
    qtbot.keyClick(page.table, Key.Key_Return)
    assert page.chosen_items().tolist() == np.flatnonzero(found.groups == groups[0].group).tolist()


def test_a_click_chooses_one_and_a_second_opens_it(page: MapPage, qtbot: QtBot) -> None:
    found = read_map(page._context.bridge.desk.project)
    assert found is not None
    canvas = page.canvas
    at = on_screen(found.places, Window(), canvas.width(), canvas.height(), MARGIN)
    x, y = at[7]
    nearest = canvas.item_at(QPointF(x, y))
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(round(x), round(y)))
    assert page.chosen_items().tolist() == [nearest]
    with qtbot.waitSignal(page.item_wanted):
        qtbot.mouseDClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(round(x), round(y)))
    assert canvas.item_at(QPointF(-500, -500)) == -1


def test_colours_say_what_is_known(page: MapPage) -> None:
    facts = map_facts(page._context.bridge.desk.project)
    assert facts.decided.sum() == 4
    for place in range(page.way.count()):
        page.way.setCurrentIndex(place)
        assert page.legend.accessibleName()


def test_the_map_is_enlarged_around_the_pointer() -> None:
    window = Window().enlarged(4.0, 0.25, 0.75)
    at = np.array([[0.25, 0.75]], np.float32)
    assert np.allclose(on_screen(at, window, 400, 300, MARGIN), on_screen(at, Window(), 400, 300, MARGIN), atol=0.01)
    assert from_screen(*on_screen(at, window, 400, 300, MARGIN)[0].tolist(), window, 400, 300, MARGIN) == pytest.approx(
        (0.25, 0.75), abs=1e-5
    )
    assert window.enlarged(0.01, 0, 0) == Window()


def test_without_a_map_one_can_be_made(context: Context, text_project_folder: Path, qtbot: QtBot) -> None:
    context.bridge.works_by_itself = False
    context.bridge.open_project(text_project_folder)
    page = MapPage(context)
    qtbot.addWidget(page)
    page.show()
    assert page.make.isVisible()
    qtbot.keyClick(page.make, Key.Key_Return)
    assert page.making.is_busy
    assert page.cancel.isVisible()
    qtbot.waitUntil(lambda: not page.is_busy, timeout=60_000)
    assert page.canvas.isVisible()
