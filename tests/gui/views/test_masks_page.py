"""The page of masks: a box by the mouse, the rest by keys; what was looked at is kept."""

from contextlib import closing
from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from hitl_desktop.domain.evidence import Box
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.views.masks.layer import whole_pixels
from hitl_desktop.gui.views.masks.page import MasksPage
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.workflow.project import Project

Key = Qt.Key


def test_a_mask_is_drawn_looked_at_and_taken_back(context: Context, image_project_folder: Path, qtbot: QtBot) -> None:
    context.bridge.open_project(image_project_folder)
    page = MasksPage(context)
    page.resize(900, 700)
    qtbot.addWidget(page)
    page.show()
    viewer, masker = page.viewer, page._masker
    assert viewer is not None
    assert masker is not None
    qtbot.waitUntil(lambda: viewer.picture is not None)
    canvas = viewer.canvas
    view = canvas.view
    assert view is not None
    first, last = (view.to_widget(place).toPoint() for place in ((4.2, 5.2), (11.8, 9.8)))
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=first)
    QTest.mouseMove(canvas, last)
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=last)
    (box,) = masker.mask(0).boxes
    assert abs(box[0] - 4) <= 1
    assert abs(box[1] - 5) <= 1
    assert "1 box · nobody has looked at it" in page.badge.accessibleName()
    painted = canvas.grab().toImage()
    middle = QPoint((first.x() + last.x()) // 2, (first.y() + last.y()) // 2)
    assert painted.pixelColor(middle * painted.devicePixelRatio()).lightness() == 0, "black, as it will be"
    QTest.keyClick(viewer, Key.Key_Return)
    assert page.index == 1
    assert masker.mask(0).looked
    QTest.keyClick(viewer, Key.Key_Left)
    assert page.index == 0
    QTest.keyClick(viewer, Key.Key_Delete)
    assert masker.mask(0).boxes == ()
    assert not masker.mask(0).looked
    QTest.keyClick(viewer, Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert masker.mask(0).boxes == (box,)
    assert masker.mask(0).looked
    assert "1 looked at · 1 painted over" in page.counts.text()
    with qtbot.waitSignal(page.left):
        QTest.keyClick(viewer, Key.Key_Escape)


def test_boxes_by_keys_and_the_brush(context: Context, image_project_folder: Path, qtbot: QtBot) -> None:
    context.bridge.open_project(image_project_folder)
    page = MasksPage(context)
    page.resize(900, 700)
    qtbot.addWidget(page)
    page.show()
    viewer, masker, layer = page.viewer, page._masker, page.layer
    assert viewer is not None
    assert masker is not None
    assert layer is not None
    qtbot.waitUntil(lambda: viewer.picture is not None)
    view = viewer.canvas.view
    assert view is not None
    shift, control = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
    QTest.keyClick(viewer, Key.Key_B)
    ((x, y, width, height),) = masker.mask(0).boxes
    assert layer.selected == 0
    for key, held in (
        (Key.Key_Right, control),
        (Key.Key_Right, control),
        (Key.Key_Up, control),
        (Key.Key_Right, shift),
    ):
        QTest.keyClick(viewer, key, held)
    assert masker.mask(0).boxes == ((x, y, width, height),), "kept once the keys rest"
    qtbot.waitUntil(lambda: masker.mask(0).boxes == ((x + 2, y - 1, width + 1, height),))
    QTest.keyClick(viewer, Key.Key_Z, control)
    assert masker.mask(0).boxes == ((x, y, width, height),), "one step, however many keys"
    for _ in range(100):
        QTest.keyClick(viewer, Key.Key_Left)
        QTest.keyClick(viewer, Key.Key_Down, shift)
    QTest.keyClick(viewer, Key.Key_B)
    (first, _) = masker.mask(0).boxes
    assert first == (0, y, width, view.size[1] - y), "never outside of the picture"
    assert layer.selected == 1
    QTest.keyClick(viewer, Key.Key_N)
    assert layer.selected == 0
    QTest.keyClick(viewer, Key.Key_Escape)
    assert layer.selected is None
    assert page.index == 0

    QTest.keyClick(viewer, Key.Key_D)
    assert page.brush_button.isChecked()
    canvas = viewer.canvas
    places = [view.to_widget(place).toPoint() for place in ((5.0, 3.0), (9.0, 3.0), (9.0, 8.0))]
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=places[0])
    QTest.mouseMove(canvas, places[1])
    QTest.mouseMove(canvas, places[2])
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=places[2])
    (stroke,) = masker.mask(0).strokes
    assert len(stroke.path) == 3
    assert abs(stroke.path[0][0] - 5) < 1
    assert "2 boxes · 1 stroke · nobody has looked at it" in page.badge.accessibleName()
    painted = canvas.grab().toImage()
    assert painted.pixelColor(places[1] * painted.devicePixelRatio()).lightness() == 0, "black, as it will be"
    wide = layer.brush.width(view)
    QTest.keyClick(viewer, Key.Key_BracketRight)
    QTest.keyClick(viewer, Key.Key_BracketRight)
    assert layer.brush.width(view) > wide or max(view.size) < 40
    QTest.keyClick(viewer, Key.Key_Delete)
    assert masker.mask(0).strokes == ()
    page.undo()
    assert masker.mask(0).strokes == (stroke,)
    QTest.keyClick(viewer, Key.Key_D)
    QTest.keyClick(viewer, Key.Key_Delete)
    QTest.keyClick(viewer, Key.Key_Delete)
    assert masker.mask(0).boxes == ()
    assert masker.mask(0).strokes == (stroke,)
    assert page.counts.text().endswith("1 painted over"), "strokes count as boxes do"
    QTest.keyClick(viewer, Key.Key_Delete)
    assert page.counts.text().endswith("0 painted over")
    assert "nothing is painted over · nobody has looked at it" in page.badge.accessibleName()


def test_a_picture_that_cannot_be_shown_cannot_be_painted_over(
    context: Context, image_project_folder: Path, qtbot: QtBot
) -> None:
    with closing(Project.open(image_project_folder)) as project:
        file = project.item_file(project.store.items.get(1))
    content = file.read_bytes()
    file.write_bytes(b"no picture")
    context.bridge.open_project(image_project_folder)
    page = MasksPage(context)
    qtbot.addWidget(page)
    page.show()
    viewer = page.viewer
    assert viewer is not None
    qtbot.waitUntil(lambda: viewer.picture is not None)
    assert page.looked_button.isEnabled()
    page.step(1)
    qtbot.waitUntil(lambda: viewer.has_error)
    painting = (page.box_button, page.brush_button, page.remove_button, page.spread_button, page.looked_button)
    assert not any(button.isEnabled() for button in painting)
    assert page.previous_button.isEnabled()
    page.step(1)
    qtbot.waitUntil(lambda: viewer.picture is not None)
    assert page.box_button.isEnabled()
    file.write_bytes(content)


def test_a_project_of_texts_says_so(
    context: Context, text_project_folder: Path, image_project_folder: Path, qtbot: QtBot
) -> None:
    context.bridge.open_project(text_project_folder)
    page = MasksPage(context)
    qtbot.addWidget(page)
    page.show()
    assert "holds no pictures" in page.words.text()
    shown = [button for button in page.findChildren(Button) if button.isVisible()]
    assert shown == [page.back_button], "there is nothing to paint over, and nothing to copy"
    QTest.keyClick(page, Key.Key_Return)
    assert page.focusWidget() is page.back_button
    with qtbot.waitSignal(page.left):
        QTest.keyClick(page.back_button, Key.Key_Escape)
    context.bridge.open_project(image_project_folder)
    assert page.box_button.isVisible()
    assert page.copy_button.isVisible()


def test_boxes_are_whole_pixels_inside_the_picture() -> None:
    assert whole_pixels(Box(1.2, 2.9, 3.1, 0.05), (10, 10)) == (1, 2, 4, 1)
    assert whole_pixels(Box(9.9, 9.9, 0.1, 0.1), (10, 10)) == (9, 9, 1, 1)
