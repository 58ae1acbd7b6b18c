"""The map by mouse and keys: made in the worker, a line chooses, a group chooses, the gallery gets what is chosen."""

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QPainterPath, QPolygonF
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.errors import Cancelled
from hitl_desktop.domain.predictions import FloatArray
from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.views.map.canvas import MapCanvas
from hitl_desktop.gui.views.map.colours import Bytes, Looks, looks_of
from hitl_desktop.gui.views.map.page import MapPage
from hitl_desktop.gui.views.map.picture import MARGIN, Drawing, Wanted, Window, from_screen, on_screen
from hitl_desktop.gui.views.map.places import items_inside
from hitl_desktop.gui.views.map.stamps import DOT
from hitl_desktop.workflow.map_facts import MapFacts, group_facts, map_facts
from hitl_desktop.workflow.map_request import ItemMap, map_request, read_map
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


def test_the_legend_shows_the_shape_and_colour_of_every_dot(page: MapPage) -> None:
    """In every way of colouring, no two meanings have one shape, and no dot looks like what no row explains."""
    facts = map_facts(page._context.bridge.desk.project)
    assert facts.decided.sum() == 4
    for place in range(page.way.count()):
        page.way.setCurrentIndex(place)
        assert page.legend.accessibleName()
        kinds = [kind for kind, *_ in page.legend._rows]
        assert len(set(kinds)) == len(kinds)
        looks = looks_of(page._context.theme, page.way.currentData(), facts)
        assert {looks.kinds[shape] for shape in looks.shapes.tolist()} <= set(kinds)
        if page.way.currentData() != "unsure":  # colours between two ends
            told = {(kind, colour.getRgb()[:3]) for kind, colour, _ in page.legend._rows}
            pairs = zip(looks.shapes.tolist(), looks.colours.tolist(), strict=True)
            assert {(looks.kinds[shape], tuple(colour)) for shape, colour in pairs} <= told


def test_items_of_which_no_class_is_known_are_explained(page: MapPage) -> None:
    assert page._facts is not None
    assert "No class yet" not in page.legend.accessibleName()
    classes = page._facts.classes.copy()
    classes[5] = -1
    page._facts = replace(page._facts, classes=classes)
    page._show_dots()
    assert "No class yet" in page.legend.accessibleName()
    looks = looks_of(page._context.theme, "class", page._facts)
    assert looks.kinds[looks.shapes[5]] == DOT


def _drawn(places: list[tuple[float, float]], kinds: list[int], chosen: list[bool] | None = None) -> Bytes:
    """Dots in one colour each a shape, on white, in pixels of a picture (81, 81, 3)."""
    count = len(places)
    looks = Looks(np.zeros((count, 3), np.uint8), np.arange(count, dtype=np.int16), tuple(kinds))
    at = (np.array(places, np.float32) - 40.5) / (81 - 2 * MARGIN) + 0.5
    mask = np.array(chosen if chosen is not None else [False] * count)
    wanted = Wanted(at, looks, mask, Window(), 81, 81, 1.0, np.full(3, 255, np.uint8))
    return Drawing().draw(wanted)[..., :3]


def test_classes_are_told_apart_without_their_colours() -> None:
    """All in black: the shape of each class differs from that of every other in many pixels."""
    pictures = [_drawn([(40, 40)], [kind]) for kind in [*range(24), DOT]]
    for number, one in enumerate(pictures):
        for other in pictures[:number]:
            assert np.abs(one.astype(int) - other.astype(int)).sum() > 3 * 255 * 4
    alone = pictures[1]
    assert (alone[40, 40] == 0).all(), "a square is in its place"
    assert (alone[:30] == 255).all()


def test_a_dot_lies_whole_over_another_and_what_is_chosen_over_all() -> None:
    both = _drawn([(40, 40), (43, 40)], [1, 1], [False, True])
    left, right = (_drawn([at], [1], [True]) for at in ((40, 40), (43, 40)))
    covered = (right < 255).any(axis=2)
    assert (both[covered] == right[covered]).all(), "what is chosen is whole"
    assert not (both == left).all(), "what is not chosen is paler"
    seam = (left < 255).any(axis=2) & ~covered & (np.roll(covered, -1, axis=1))
    assert (both[seam] == 255).all(), "a seam keeps them apart"


def test_dots_at_the_edge_and_outside_do_no_harm() -> None:
    assert (_drawn([(-3, 40)], [1])[40, :2] < 255).any(), "half of one that lies outside is seen"
    assert (_drawn([(-300, 40), (4e9, 1), (float("nan"), 3)], [0, 1, 2]) == 255).all()


def test_many_dots_are_smaller_than_few() -> None:
    at = np.random.default_rng(3).uniform(0, 1, (300_000, 2)).astype(np.float32)
    looks = Looks(np.zeros((len(at), 3), np.uint8), np.zeros(len(at), np.int16), (0,))
    none, ground = np.zeros(len(at), bool), np.full(3, 255, np.uint8)
    whole = Wanted(at, looks, none, Window(), 400, 400, 1.0, ground)
    assert (Drawing().draw(whole)[..., 0] < 255).mean() > 0.3
    near = Drawing().draw(replace(whole, window=Window(0.5, 0.5, 400.0)))
    inside = (np.abs((at - 0.5) * 400 * (400 - 2 * MARGIN)) < 200).all(axis=1).sum()
    assert (near[..., 0] < 255).sum() > 60 * inside, "what is enlarged shows its shapes"


def test_a_drawing_that_is_stopped_ends() -> None:
    drawing = Drawing()
    drawing.stop()
    at, looks = np.zeros((9, 2), np.float32), Looks(np.zeros((9, 3), np.uint8), np.zeros(9, np.int16), (0,))
    with pytest.raises(Cancelled):
        drawing.draw(Wanted(at, looks, np.zeros(9, bool), Window(), 40, 40, 1.0, np.zeros(3, np.uint8)))


def test_the_map_is_enlarged_around_the_pointer() -> None:
    window = Window().enlarged(4.0, 0.25, 0.75)
    at = np.array([[0.25, 0.75]], np.float32)
    assert np.allclose(on_screen(at, window, 400, 300, MARGIN), on_screen(at, Window(), 400, 300, MARGIN), atol=0.01)
    assert from_screen(*on_screen(at, window, 400, 300, MARGIN)[0].tolist(), window, 400, 300, MARGIN) == pytest.approx(
        (0.25, 0.75), abs=1e-5
    )
    assert window.enlarged(0.01, 0, 0) == Window()


def test_large_text_leaves_the_map_half_of_the_page_and_what_stands_beside_is_scrolled(
    page: MapPage, qtbot: QtBot
) -> None:
    """In German at 200 % what stands beside the map was beyond the edge of the window."""
    page._context.theme.set_scale(2.0)
    page.resize(1128, 648)
    bar = page._side.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0 and page._side.geometry().right() < page.width() == 1128)
    assert page.table.isColumnHidden(3)
    assert page.canvas.width() >= page.width() // 2 - 4
    assert page._side.widget().width() <= page._side.width()
    bar.setValue(bar.maximum())
    assert not page.clear.visibleRegion().isEmpty()
    page._context.theme.set_scale(1.0)


def test_without_a_map_one_can_be_made(context: Context, text_project_folder: Path, qtbot: QtBot) -> None:
    context.bridge.works_by_itself = False
    context.bridge.open_project(text_project_folder)
    page = MapPage(context)
    qtbot.addWidget(page)
    with qtbot.waitExposed(page):
        page.show()
    page.activateWindow()
    page.make.setFocus()
    qtbot.waitUntil(page.make.hasFocus)
    qtbot.keyClick(page.make, Key.Key_Return)
    assert page.making.is_busy
    assert page.cancel.isVisible()
    assert page.cancel.hasFocus(), "the button that went leaves its keys to no other page"
    qtbot.waitUntil(lambda: not page.is_busy, timeout=60_000)
    assert page.canvas.isVisible()
    assert page.canvas.hasFocus()


def _near_all(canvas: MapCanvas, at: QPointF) -> int:
    """As the canvas does, but of all items."""
    places = on_screen(canvas._places, canvas.window_shown, canvas.width(), canvas.height(), MARGIN)
    squares = ((places - np.array([at.x(), at.y()], np.float32)) ** 2).sum(axis=1)
    nearest = int(np.nanargmin(squares))
    return nearest if squares[nearest] <= 64 else -1


@pytest.fixture
def many_dots(context: Context, qtbot: QtBot) -> MapCanvas:
    """20,000 dots, some without a place."""
    canvas = MapCanvas(context.theme)
    qtbot.addWidget(canvas)
    canvas.resize(700, 500)
    rng = np.random.default_rng(5)
    places = rng.random((20_000, 2)).astype(np.float32)
    places[::97] = np.nan
    looks = Looks(np.zeros((20_000, 3), np.uint8), np.zeros(20_000, np.int16), (DOT,))
    canvas.show_items(places, looks, np.zeros(20_000, bool))
    return canvas


@pytest.mark.parametrize("window", [Window(), Window(0.3, 0.6, 3.0), Window(0.8, 0.2, 12.0)])
def test_what_is_under_the_pointer_or_inside_a_line_is_found_among_the_few_there(
    many_dots: MapCanvas, window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A million dots are not looked through for every move of the mouse."""
    looked_at: list[int] = []

    def counting(places: FloatArray, *rest: Any) -> FloatArray:
        looked_at.append(len(places))
        return on_screen(places, *rest)

    monkeypatch.setattr("hitl_desktop.gui.views.map.places.on_screen", counting)
    many_dots.window_shown = window
    rng = np.random.default_rng(6)
    found = 0
    for x, y in rng.random((200, 2)) * (700, 500):
        nearest = many_dots.item_at(QPointF(x, y))
        assert nearest == _near_all(many_dots, QPointF(x, y))
        found += nearest >= 0
    assert found > 0
    assert max(looked_at) < 200

    looked_at.clear()
    line = [QPointF(100, 90), QPointF(330, 60), QPointF(300, 220), QPointF(120, 240)]
    inside = many_dots.inside(line)
    at = on_screen(many_dots._places, window, 700, 500, MARGIN)
    path = QPainterPath()
    path.addPolygon(QPolygonF(line))
    path.closeSubpath()
    expected = np.array([path.contains(QPointF(*map(float, place))) for place in np.nan_to_num(at, nan=-1.0)])
    assert expected.sum() > 0
    # Pixels, not lines: what lies on the edge may be on either side.
    assert (inside != expected).sum() <= 4 + expected.sum() // 20
    assert looked_at[0] <= ((at[:, 0] > 98) & (at[:, 0] < 332) & (at[:, 1] > 58) & (at[:, 1] < 242)).sum()


def test_a_line_beyond_the_edge_chooses_what_is_at_the_edge(many_dots: MapCanvas) -> None:
    everything = many_dots.inside([QPointF(-50, -50), QPointF(900, -50), QPointF(900, 700), QPointF(-50, 700)])
    assert everything.sum() == np.isfinite(many_dots._places[:, 0]).sum()
    assert not many_dots.inside([QPointF(-50, -50), QPointF(-20, -50), QPointF(-20, 700)]).any()


def test_many_items_are_looked_up_beside_the_window(
    context: Context, text_project_folder: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_map(text_project_folder)
    threads: list[int] = []

    def reading(project: Project) -> ItemMap | None:
        threads.append(threading.get_ident())
        return read_map(project)

    monkeypatch.setattr("hitl_desktop.workflow.map_request.read_map", reading)
    monkeypatch.setattr("hitl_desktop.workflow.planning.AT_ONCE", 10)
    context.bridge.works_by_itself = False
    context.bridge.open_project(text_project_folder)
    shown = MapPage(context)
    qtbot.addWidget(shown)
    shown.show()
    assert shown.is_busy
    assert not shown.make.isVisible(), "nobody says that there is no map before it is known"
    qtbot.waitUntil(lambda: not shown.is_busy, timeout=10_000)
    assert len(threads) == 1
    assert threads[0] != threading.get_ident()
    assert sum(group.items for group in shown._groups) == 40
    assert shown._facts is not None
    assert shown._facts.decided.sum() == 4
    context.bridge.perform(lambda: context.bridge.desk.session.decide(Verdict.CONFIRMED))
    qtbot.waitUntil(lambda: shown._facts is not None and shown._facts.decided.sum() == 5, timeout=10_000)


def test_choosing_does_not_colour_anew(page: MapPage, context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    coloured: list[str] = []

    def looks(theme: Theme, way: str, facts: MapFacts) -> Looks:
        coloured.append(way)
        return looks_of(theme, way, facts)

    monkeypatch.setattr("hitl_desktop.gui.views.map.page.looks_of", looks)
    page.choose(np.arange(40) < 7)
    page.choose(np.arange(40) < 9, adds=True)
    assert coloured == []
    page.way.setCurrentIndex(1)
    assert coloured == ["decided"]
    context.theme.set_mode("dark")
    assert coloured == ["decided", "decided"]
    context.theme.set_mode("light")


def test_of_many_items_what_a_line_surrounds_is_found_beside_the_window(
    many_dots: MapCanvas, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[int] = []

    def finding(*what: Any) -> npt.NDArray[np.bool_]:
        threads.append(threading.get_ident())
        return items_inside(*what)

    monkeypatch.setattr("hitl_desktop.gui.views.map.canvas.items_inside", finding)
    corners = [QPoint(80, 60), QPoint(500, 60), QPoint(500, 400), QPoint(80, 400)]
    expected = many_dots.inside([QPointF(corner) for corner in corners])
    threads.clear()
    left, shift = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier
    with qtbot.waitSignal(many_dots.chosen, timeout=10_000) as chosen:
        QTest.mousePress(many_dots, left, pos=corners[0])
        for corner in corners[1:]:
            QTest.mouseMove(many_dots, corner)
        QTest.mouseRelease(many_dots, left, shift, pos=corners[-1])
        assert many_dots.is_busy
    assert (chosen.args[0] == expected).all()
    assert chosen.args[1] is True
    assert len(threads) == 1
    assert threads[0] != threading.get_ident()
    many_dots.close_drawing()
