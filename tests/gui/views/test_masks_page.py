"""The page of masks: a box by the mouse, the rest by keys; what was looked at is kept."""

from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from hitl_desktop.domain.evidence import Box
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.views.masks.layer import whole_pixels
from hitl_desktop.gui.views.masks.page import MasksPage

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
    assert "1 looked at · 1 with boxes" in page.counts.text()
    with qtbot.waitSignal(page.left):
        QTest.keyClick(viewer, Key.Key_Escape)


def test_a_project_of_texts_says_so(context: Context, text_project_folder: Path, qtbot: QtBot) -> None:
    context.bridge.open_project(text_project_folder)
    page = MasksPage(context)
    qtbot.addWidget(page)
    page.show()
    assert "holds no pictures" in page.words.text()
    QTest.keyClick(page, Key.Key_Return)


def test_boxes_are_whole_pixels_inside_the_picture() -> None:
    assert whole_pixels(Box(1.2, 2.9, 3.1, 0.05), (10, 10)) == (1, 2, 4, 1)
    assert whole_pixels(Box(9.9, 9.9, 0.1, 0.1), (10, 10)) == (9, 9, 1, 1)
