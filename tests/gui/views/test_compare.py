"""Items side by side: what is done to one is done to the others."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from hitl_desktop.gui.context import Context
from hitl_desktop.gui.key_bindings import bound
from hitl_desktop.gui.viewers.image_viewer import ImageViewer
from hitl_desktop.gui.viewers.projection import Projection
from hitl_desktop.gui.viewers.text_viewer import TextViewer
from hitl_desktop.gui.views.compare.page import ComparePage
from tests.conftest import MakeProject
from tests.dicom_files import write


@pytest.fixture
def page(context: Context, qtbot: QtBot) -> Iterator[ComparePage]:
    page = ComparePage(context)
    qtbot.addWidget(page)
    page.resize(1100, 600)
    page.show()
    qtbot.waitExposed(page)
    yield page
    page.media.close()


def canvases(page: ComparePage) -> list[Projection]:
    found = []
    for pane in page.panes:
        assert isinstance(pane.viewer, ImageViewer)
        assert pane.viewer.canvas.projection is not None
        found.append(pane.viewer.canvas.projection)
    return found


def test_pictures_are_zoomed_and_turned_together(
    page: ComparePage, context: Context, image_project_folder: Path, qtbot: QtBot
) -> None:
    assert context.bridge.open_project(image_project_folder)
    page.show_items([0, 30, 45, 7, 9])
    assert len(page.panes) == 4, "no more than four"
    # The processes that read start first: on a busy machine that takes longer than five seconds.
    qtbot.waitUntil(lambda: page.media.is_idle, timeout=30_000)
    assert [pane.viewer.picture.error for pane in page.panes] == [None] * 4  # type: ignore[attr-defined]
    viewer = page.panes[1].viewer
    assert isinstance(viewer, ImageViewer)
    viewer.canvas.zoom_to(viewer.canvas.projection.scale * 3, (40.0, 50.0))  # type: ignore[union-attr]
    viewer.canvas.turn(1)
    factors = [round(p.scale / p.fit_scale, 6) for p in canvases(page)]
    assert factors == [3.0] * 4
    assert {p.turns for p in canvases(page)} == {1}
    middles = {tuple(round(v, 3) for v in p.to_picture((p.pane[0] / 2, p.pane[1] / 2))) for p in canvases(page)}
    assert len(middles) == 1, "the same place is in the middle"
    page.together.setChecked(False)
    viewer.canvas.fit()
    assert [p.fits for p in canvases(page)] == [False, True, False, False]


def test_stacks_are_scrolled_together(
    page: ComparePage, context: Context, make_project: MakeProject, tmp_path: Path, qtbot: QtBot
) -> None:
    for name, frames in (("a", 9), ("b", 9), ("c", 3)):
        write(tmp_path / "data" / f"{name}.dcm", np.zeros((frames, 8, 8), np.int16))
    make_project(tmp_path / "Stacks.hitl", tmp_path / "data", labels=("one", "two"))
    assert context.bridge.open_project(tmp_path / "Stacks.hitl")
    page.show_items([0, 1, 2])
    qtbot.waitUntil(lambda: page.media.is_idle and all(v.frames for v in stacks(page)), timeout=30_000)
    first, second, short = stacks(page)
    assert frames_of(page) == [4, 4, 1]
    first.show_frame(6)
    assert frames_of(page) == [6, 6, 2]
    first.show_frame(8)
    assert frames_of(page) == [8, 8, 2], "a shorter one stays at its end"
    short.show_frame(0)
    assert frames_of(page) == [3, 3, 0]
    page.together.setChecked(False)
    second.show_frame(5)
    assert frames_of(page) == [3, 5, 0]
    page.together.setChecked(True)
    first.show_frame(4)
    assert frames_of(page) == [4, 6, 1], "they stay as far apart as they were joined"
    context.bridge.close_project()


def stacks(page: ComparePage) -> list[ImageViewer]:
    return [pane.viewer for pane in page.panes if isinstance(pane.viewer, ImageViewer)]


def frames_of(page: ComparePage) -> list[int]:
    return [viewer.frame for viewer in stacks(page)]


def test_texts_are_scrolled_together(
    page: ComparePage, context: Context, text_project_folder: Path, qtbot: QtBot
) -> None:
    assert context.bridge.open_project(text_project_folder)
    page.resize(700, 300)
    page.show_items([0, 1])
    bars = []
    for pane in page.panes:
        assert isinstance(pane.viewer, TextViewer)
        bars.append(pane.viewer.pane.verticalScrollBar())
        pane.viewer.pane.verticalScrollBar().setRange(0, 100)
    bars[0].setValue(40)
    assert bars[1].value() == 40
    assert isinstance(page.panes[0].viewer, TextViewer)
    page.panes[0].viewer.text_points_changed.emit(24)
    assert {pane.viewer.pane.points for pane in page.panes if isinstance(pane.viewer, TextViewer)} == {24}


def test_one_can_be_taken_away_and_escape_goes_back(
    page: ComparePage, context: Context, text_project_folder: Path, qtbot: QtBot
) -> None:
    assert context.bridge.open_project(text_project_folder)
    page.show_items([3, 4])
    page.panes[0].close_wanted.emit()
    assert [pane.item.index for pane in page.panes] == [4]
    with qtbot.waitSignal(page.item_wanted) as wanted:
        page.panes[0].open_wanted.emit()
    assert wanted.args == [4]
    with qtbot.waitSignal(page.left):
        QTest.keyClick(page, Qt.Key.Key_Escape)
    with qtbot.waitSignal(page.left):
        page.panes[0].close_wanted.emit()
    context.bridge.close_project()
    assert page.panes == []


def test_a_picture_of_another_size_shows_the_same_part() -> None:
    small = Projection.fitted((100, 80), (400, 400))
    large = Projection.fitted((1000, 800), (400, 300)).turn(1)
    zoomed = large.zoomed(large.scale * 4, (200.0, 150.0)).moved(30, -20)
    like = small.like(zoomed)
    assert like.scale / like.fit_scale == pytest.approx(4)
    there = zoomed.to_picture((200, 150))
    here = like.to_picture((200, 200))
    assert (here[0] * 10, here[1] * 10) == pytest.approx(there)
    assert (like.turns, like.flipped) == (1, False)
    assert small.like(large) == small.turn(1)


def test_own_keys_work_side_by_side_too(
    page: ComparePage, context: Context, tmp_path: Path, make_project: MakeProject, qtbot: QtBot
) -> None:
    data = tmp_path / "data"
    for number in range(2):
        write(data / f"{number}.dcm", np.arange(400, dtype=np.uint16).reshape(20, 20) + number)
    make_project(tmp_path / "p.hitl", data, labels=("x", "y"))
    page._context = replace(context, keymap=bound(context.keymap, {"invert": ["Ctrl+I"]}))
    assert context.bridge.open_project(tmp_path / "p.hitl")
    page.show_items([0, 1])
    qtbot.waitUntil(lambda: page.media.is_idle)
    viewer = page.panes[0].viewer
    assert isinstance(viewer, ImageViewer)
    QTest.keyClick(page, Qt.Key.Key_I)
    assert not viewer.window_control.inverted, "the key was taken away from it"
    QTest.keyClick(page, Qt.Key.Key_I, Qt.KeyboardModifier.ControlModifier)
    assert viewer.window_control.inverted
    viewer.canvas.zoom_to(60.0)
    places = [p.to_picture((0, 0)) for p in canvases(page)]
    QTest.keyClick(page, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    after = [p.to_picture((0, 0)) for p in canvases(page)]
    assert after[0] != places[0]
    assert after[0] == pytest.approx(after[1], abs=0.05), "what a key moves in one moves in the other"
