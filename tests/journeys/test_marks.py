"""Marks drawn by the mouse, adjusted by keys, taken back, saved with the decision and there again."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from hitl_desktop.domain.evidence import Arrow, Box, Ellipse, Mark, Span
from hitl_desktop.domain.mark_shapes import bounds
from hitl_desktop.gui.viewers.image_canvas import ImageCanvas
from hitl_desktop.gui.viewers.text_pane import TextPane
from hitl_desktop.gui.views.review.class_picker import ClassPicker
from tests.journeys.conftest import Driver

Key = Qt.Key
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
Point = tuple[float, float]


def opened(driver: Driver, project: Path) -> Driver:
    """With a project open and its item on screen; what goes on in the background does not matter here."""
    assert driver.window.bridge.open_project(project)
    loaded(driver)
    return driver


def loaded(driver: Driver) -> None:
    driver.until(lambda: not driver.window.review.viewer.is_loading)
    QApplication.processEvents()


@pytest.fixture
def images(drive: Callable[[], Driver], image_project_folder: Path) -> Driver:
    driver = opened(drive(), image_project_folder)
    driver.window.review.focus_item()
    return driver


@pytest.fixture
def texts(drive: Callable[[], Driver], text_project_folder: Path) -> Driver:
    driver = opened(drive(), text_project_folder)
    driver.window.review.focus_item()
    return driver


def canvas(driver: Driver) -> ImageCanvas:
    found = driver.window.review.viewer.canvas
    assert isinstance(found, ImageCanvas)
    return found


def pane(driver: Driver) -> TextPane:
    found = driver.window.review.viewer.pane
    assert isinstance(found, TextPane)
    return found


def marks(driver: Driver) -> tuple[Mark, ...]:
    return driver.session.marks.evidence.marks


def on_screen(driver: Driver, place: Point) -> QPoint:
    view = canvas(driver).view
    assert view is not None
    return view.to_widget(place).toPoint()


def drag(driver: Driver, start: Point, end: Point) -> None:
    """Draw with the left button, from one place in the picture to another."""
    widget, first, last = canvas(driver), on_screen(driver, start), on_screen(driver, end)
    QTest.mousePress(widget, Qt.MouseButton.LeftButton, pos=first)
    QTest.mouseMove(widget, (first + last) / 2)
    QTest.mouseMove(widget, last)
    QTest.mouseRelease(widget, Qt.MouseButton.LeftButton, pos=last)
    QApplication.processEvents()


def near(mark: Mark, *numbers: float) -> bool:
    """True when the mark is where it was drawn, to a pixel of the screen."""
    assert not isinstance(mark, Span)
    if isinstance(mark, Arrow):
        found = (mark.x, mark.y, mark.tip_x, mark.tip_y)
    else:
        found = (mark.x, mark.y, mark.width, mark.height)
    return found == pytest.approx(numbers, abs=0.3)


def test_boxes_ellipses_and_arrows_are_drawn_and_saved_with_the_decision(images: Driver) -> None:
    item = images.session.current
    images.press(Key.Key_B, modifier=SHIFT)
    drag(images, (4, 5), (14, 20))
    images.press(Key.Key_E, modifier=SHIFT)
    drag(images, (24, 24), (16, 16))
    images.press(Key.Key_A, modifier=SHIFT)
    drag(images, (2, 26), (10, 22))
    box, ellipse, arrow = marks(images)
    assert isinstance(box, Box)
    assert near(box, 4, 5, 10, 15)
    assert isinstance(ellipse, Ellipse)
    assert near(ellipse, 16, 16, 8, 8), "drawn towards the upper left"
    assert isinstance(arrow, Arrow)
    assert near(arrow, 2, 26, 10, 22)
    assert images.session.recent() == [], "nothing is decided by drawing"
    images.press(Key.Key_1)
    event = images.project.store.decisions.all()[-1]
    assert event.evidence.marks == (box, ellipse, arrow)
    view = canvas(images).view
    assert view is not None
    assert (event.evidence.width, event.evidence.height) == view.size
    assert marks(images) == ()
    images.window.review.open_item(item)
    loaded(images)
    assert marks(images) == (box, ellipse, arrow), "there again with the item"


def test_the_picture_shows_them_wherever_it_lies(images: Driver) -> None:
    images.press(Key.Key_B, modifier=SHIFT)
    drag(images, (5, 5), (20, 20))
    images.press(Key.Key_Escape)

    def is_marked(place: Point) -> bool:
        """True when the line is painted at a place, to a pixel or two."""
        picture, middle = canvas(images).grab().toImage(), on_screen(images, place)
        near = [picture.pixelColor(middle.x() + x, middle.y() + y) for x in range(-2, 3) for y in range(-2, 3)]
        return any(c.red() > 200 and 150 < c.green() < 225 and c.blue() < 150 for c in near)

    for turned in (lambda: None, lambda: canvas(images).zoom_by(1.1), lambda: canvas(images).turn(1)):
        turned()
        QApplication.processEvents()
        assert is_marked((5, 12)), "on its left side"
        assert not is_marked((12, 12)), "and not within"


def test_a_mark_is_moved_and_pulled_by_the_mouse(images: Driver) -> None:
    images.press(Key.Key_B, modifier=SHIFT)
    drag(images, (5, 5), (12, 12))
    drag(images, (5, 8), (8, 10))
    assert near(marks(images)[0], 8, 7, 7, 7), "taken by its line and moved"
    drag(images, (15, 14), (20, 18))
    assert near(marks(images)[0], 8, 7, 12, 11), "pulled at its corner"
    drag(images, (10, 10), (13, 13))
    assert len(marks(images)) == 2, "within a mark one may draw another"
    drag(images, (8, 10), (-90, 10))
    assert near(marks(images)[0], 0, 7, 12, 11), "never out of the picture"


def test_keys_move_size_and_remove_the_selected_mark(images: Driver) -> None:
    item = images.session.current
    images.press(Key.Key_B, modifier=SHIFT)
    drag(images, (5, 5), (12, 12))
    drag(images, (14, 14), (18, 18))
    images.press(Key.Key_Comma)
    assert images.window.review.marking.selected == 0
    images.press(Key.Key_Right, Key.Key_Right, Key.Key_Down)
    images.press(Key.Key_Right, modifier=CTRL)
    assert near(marks(images)[0], 7, 6, 8, 7)
    images.press(Key.Key_Left, modifier=SHIFT)
    assert near(marks(images)[0], 0, 6, 8, 7), "ten at once, and not out of the picture"
    assert images.session.current == item, "the arrows belong to the mark while it is selected"
    images.press(Key.Key_Delete)
    assert len(marks(images)) == 1
    images.press(Key.Key_Period, Key.Key_Escape)
    assert images.window.review.marking.selected is None
    images.press(Key.Key_Right)
    assert images.session.current != item, "and to the queue again afterwards"


@pytest.mark.parametrize("key", [Key.Key_B, Key.Key_E, Key.Key_A])
def test_a_mark_is_put_moved_sized_and_undone_by_keys_alone(images: Driver, key: Qt.Key) -> None:
    images.press(key, key, modifier=SHIFT)
    (first,) = marks(images)
    x, y, width, height = bounds(first)
    size = images.window.review.marking.evidence
    assert (2 * x + width, 2 * y + height) == pytest.approx((size.width, size.height), abs=0.1), "in the middle"
    images.press(Key.Key_Right)
    images.press(Key.Key_Down, modifier=CTRL)
    moved = bounds(marks(images)[0])
    assert moved == pytest.approx((x + 1, y, width, height + 1))
    images.ctrl(Key.Key_Z)
    images.ctrl(Key.Key_Z)
    images.ctrl(Key.Key_Z)
    assert marks(images) == ()


def test_undo_takes_back_marks_before_decisions(images: Driver) -> None:
    images.press(Key.Key_1)
    item = images.session.current
    images.press(Key.Key_B, modifier=SHIFT)
    drag(images, (5, 5), (12, 12))
    drag(images, (14, 14), (18, 18))
    images.ctrl(Key.Key_Z)
    assert len(marks(images)) == 1
    images.ctrl(Key.Key_Y)
    assert len(marks(images)) == 2
    images.ctrl(Key.Key_Z)
    images.ctrl(Key.Key_Z)
    assert (marks(images), images.session.current) == ((), item)
    images.ctrl(Key.Key_Z)
    assert images.session.current != item
    assert images.check_ledger()["decided"] == 0


def test_a_mark_speaks_for_a_class(images: Driver) -> None:
    images.press(Key.Key_B, modifier=SHIFT)
    drag(images, (5, 5), (12, 12))
    images.press(Key.Key_G, modifier=SHIFT)
    picker = images.window.findChild(ClassPicker)
    second = images.project.offered[1]
    images.type(second.name)
    images.press(Key.Key_Return)
    images.until(lambda: images.window.findChild(ClassPicker) is None or not picker.isVisible())
    assert marks(images)[0].label_id == second.id
    block = images.window.review.panel.marks
    assert second.name in block.rows[0].accessibleName()
    images.click(block.remove_button)
    assert marks(images) == ()
    assert block.isHidden()


def test_marks_not_decided_survive_leaving_and_a_restart(
    images: Driver, drive: Callable[[], Driver], image_project_folder: Path
) -> None:
    images.press(Key.Key_B, modifier=SHIFT)
    drag(images, (5, 5), (12, 12))
    kept, item = marks(images), images.session.current
    images.press(Key.Key_Escape, Key.Key_Escape, Key.Key_Right)
    assert marks(images) == ()
    images.close()
    again = opened(drive(), image_project_folder)
    again.window.review.open_item(item)
    loaded(again)
    assert marks(again) == kept


def test_a_press_without_a_drag_draws_nothing(images: Driver) -> None:
    images.press(Key.Key_E, modifier=SHIFT)
    drag(images, (5, 5), (5, 5))
    assert marks(images) == ()
    images.press(Key.Key_E, modifier=SHIFT)
    assert len(marks(images)) == 1, "the same key puts one in the middle, for hands without a mouse"
    images.press(Key.Key_Escape, Key.Key_Escape)
    assert canvas(images).tool is None


def select_words(driver: Driver, words: str) -> None:
    """Select words in the text as the mouse does."""
    text = pane(driver)
    start = text.toPlainText().index(words)
    cursor = QTextCursor(text.document())
    cursor.setPosition(start)
    cursor.setPosition(start + len(words), QTextCursor.MoveMode.KeepAnchor)
    text.setTextCursor(cursor)


def test_words_are_marked_as_characters_of_the_stored_text(texts: Driver) -> None:
    stored = texts.project.store.items.text(texts.session.current)
    words = " ".join(stored.split()[1:3])
    select_words(texts, words)
    texts.press(Key.Key_M, modifier=SHIFT)
    (mark,) = marks(texts)
    assert isinstance(mark, Span)
    assert mark.text == words == stored[mark.start : mark.end]
    assert words in texts.window.review.panel.marks.rows[0].accessibleName()
    texts.press(Key.Key_M, modifier=SHIFT)
    assert marks(texts) == (), "the same words again: no mark"
    texts.ctrl(Key.Key_Z)
    assert marks(texts) == (mark,)
    texts.press(Key.Key_1)
    assert texts.project.store.decisions.all()[-1].evidence.marks == (mark,)


def test_without_a_selection_no_word_is_marked(texts: Driver) -> None:
    texts.press(Key.Key_M, modifier=SHIFT)
    assert marks(texts) == ()
