"""The seam for tools and layers: image coordinates hold whichever way round the picture is shown."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from hitl_desktop.gui.decoded import Decoded
from hitl_desktop.gui.media import Media
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.viewers import ItemView
from hitl_desktop.gui.viewers.canvas_tools import CanvasView, Pointer
from hitl_desktop.gui.viewers.image_canvas import Overlays
from hitl_desktop.gui.viewers.image_viewer import ImageViewer
from hitl_desktop.gui.viewers.projection import Projection

Load = Callable[[str, Path], Decoded]


class Recorder:
    """A tool that remembers, and a layer that marks one place of the picture."""

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, mark: tuple[float, float] = (0, 0)) -> None:
        self.said: list[str] = []
        self.places: list[tuple[float, float]] = []
        self.mark = mark

    def press(self, pointer: Pointer) -> None:
        self.said.append("press")
        self.places.append(pointer.at)

    def move(self, pointer: Pointer) -> None:
        self.said.append("move")
        self.places.append(pointer.at)

    def release(self, pointer: Pointer) -> None:
        self.said.append("release")

    def hover(self, pointer: Pointer) -> None:
        self.said.append("hover")

    def cancel(self) -> None:
        self.said.append("cancel")

    def paint(self, painter: QPainter, view: CanvasView) -> None:
        painter.fillRect(
            view.to_widget(self.mark).toPoint().x() - 2,
            view.to_widget(self.mark).toPoint().y() - 2,
            5,
            5,
            QColor("#ff00ff"),
        )


@pytest.fixture
def viewer(theme: Theme, media: Media, load: Load, qtbot: QtBot, tmp_path: Path) -> ImageViewer:
    viewer = ImageViewer(theme, media)
    qtbot.addWidget(viewer)
    viewer.resize(400, 300)
    viewer.show()
    viewer.canvas.set_overlays(Overlays.FULL)
    pixels = np.zeros((60, 80, 3), np.uint8)
    pixels[40:, 60:] = (0, 255, 0)
    Image.fromarray(pixels).save(tmp_path / "a.png")
    load("d", tmp_path / "a.png")
    viewer.show_item(ItemView("d", "a.png", tmp_path / "a.png"))
    return viewer


@pytest.mark.parametrize("turns", range(4))
@pytest.mark.parametrize("flipped", [False, True])
@pytest.mark.parametrize("fits", [False, True])
def test_places_go_to_the_pane_and_back(turns: int, flipped: bool, fits: bool) -> None:
    view = Projection.fitted((80, 60), (400, 300), 8, flipped=flipped, turns=turns)
    if not fits:
        view = view.zoomed(9, (100, 50)).moved(13, -7)
    for place in ((0.0, 0.0), (80.0, 60.0), (12.5, 40.25)):
        assert view.to_picture(view.to_pane(place)) == pytest.approx(place)


@pytest.mark.parametrize("upside_down", [False, True])
@pytest.mark.parametrize("quarters", [-1, 0, 1, 2])
def test_flips_and_turns_are_of_what_is_shown(quarters: int, upside_down: bool) -> None:
    """Mirroring after a turn mirrors the screen, not the picture below it."""
    before = Projection.fitted((80, 60), (400, 300)).turn(quarters)
    after = before.flip(upside_down=upside_down)
    for place in ((0.0, 0.0), (80.0, 10.0)):
        (x, y), (new_x, new_y) = before.to_pane(place), after.to_pane(place)
        assert (new_x, new_y) == pytest.approx((x, 300 - y) if upside_down else (400 - x, y))
    assert after.flip(upside_down=upside_down) == before
    assert before.turn(3).turn(1) == before


def test_turning_keeps_the_middle_of_the_pane() -> None:
    view = Projection.fitted((80, 60), (400, 300)).zoomed(20, (300, 200))
    middle = view.to_picture((200, 150))
    assert view.turn(1).to_picture((200, 150)) == pytest.approx(middle)
    assert view.flip().to_picture((200, 150)) == pytest.approx(middle)


@pytest.mark.parametrize("way", ["upright", "turned", "flipped"])
def test_a_tool_and_a_layer_speak_image_coordinates(viewer: ImageViewer, way: str) -> None:
    if way == "turned":
        viewer.canvas.turn(1)
    if way == "flipped":
        viewer.canvas.flip()
    mark = (70.0, 50.0)  # inside the green corner
    tool = Recorder(mark)
    viewer.canvas.add_layer(tool)
    viewer.canvas.set_tool(tool)
    view = viewer.canvas.view
    assert view is not None
    at = view.to_widget(mark).toPoint()
    image = viewer.grab().toImage()
    assert QColor(image.pixel(at)).name() == "#ff00ff"
    assert QColor(image.pixel(at + QPoint(6, 6))).name() == "#00ff00"
    QTest.mouseMove(viewer.canvas, at)
    QTest.mousePress(viewer.canvas, Qt.MouseButton.LeftButton, pos=at)
    QTest.mouseMove(viewer.canvas, at + QPoint(4, 0))
    QTest.mouseRelease(viewer.canvas, Qt.MouseButton.LeftButton, pos=at + QPoint(4, 0))
    assert tool.said == ["hover", "press", "move", "release"]
    assert tool.places[0] == pytest.approx(mark, abs=1 / view.scale)
    assert view.to_image(QPointF(at)) == pytest.approx(tool.places[0])


def test_the_middle_button_moves_the_picture_also_with_a_tool(viewer: ImageViewer) -> None:
    tool = Recorder()
    viewer.canvas.set_tool(tool)
    viewer.canvas.zoom_to(10)
    before = viewer.canvas.projection
    QTest.mousePress(viewer.canvas, Qt.MouseButton.MiddleButton, pos=QPoint(100, 100))
    QTest.mouseMove(viewer.canvas, QPoint(120, 90))
    QTest.mouseRelease(viewer.canvas, Qt.MouseButton.MiddleButton, pos=QPoint(120, 90))
    after = viewer.canvas.projection
    assert before is not None
    assert after is not None
    assert after.origin == pytest.approx((before.origin[0] + 20, before.origin[1] - 10))
    assert tool.said == []


def test_another_item_and_escape_cancel_what_is_half_done(viewer: ImageViewer) -> None:
    tool = Recorder()
    viewer.canvas.set_tool(tool)
    QTest.mousePress(viewer.canvas, Qt.MouseButton.LeftButton, pos=QPoint(200, 150))
    viewer.clear()
    assert tool.said == ["press", "cancel"]
    assert viewer.item is None
