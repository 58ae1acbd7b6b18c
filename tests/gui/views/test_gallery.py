"""The gallery under keys and mouse: choosing, deciding together, filters, items alike."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from hitl_desktop.domain.items import ItemState
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.views.gallery import page as gallery_page
from hitl_desktop.gui.views.gallery.page import GalleryPage
from hitl_desktop.gui.views.reason_dialog import ReasonDialog
from hitl_desktop.workflow import bulk, many_at_once
from hitl_desktop.workflow.project import Project
from tests.conftest import MakeProject, Retrain

Key, Mod = Qt.Key, Qt.KeyboardModifier
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def trained_folder(image_project_folder: Path, retrain: Retrain) -> Path:
    """Pictures with a model in use, closed."""
    from hitl_desktop.domain.decisions import Verdict
    from hitl_desktop.workflow.review import ReviewSession

    project = Project.open(image_project_folder)
    session = ReviewSession(project, "ann")
    for _ in range(24):
        assert session.item is not None
        session.decide(Verdict.CORRECTED, session.item.truth_id)
    retrain(project)
    project.close()
    return image_project_folder


@pytest.fixture
def page(context: Context, trained_folder: Path, qtbot: QtBot) -> Iterator[GalleryPage]:
    assert context.bridge.open_project(trained_folder)
    page = GalleryPage(context)
    qtbot.addWidget(page)
    page.resize(1100, 760)
    page.show()
    qtbot.waitExposed(page)
    page.grid.setFocus()
    yield page
    page.media.close()


def chosen(page: GalleryPage) -> list[int]:
    return sorted(page.grid.selection.indexes().tolist())


def rows(page: GalleryPage, *places: int) -> list[int]:
    return sorted(page.model.item_index(place) for place in places)


def middle(page: GalleryPage, place: int) -> QPoint:
    return page.grid.visualRect(page.grid.tiles.at(place)).center()


def click(page: GalleryPage, place: int, modifier: Qt.KeyboardModifier = Mod.NoModifier) -> None:
    QTest.mouseClick(page.grid.viewport(), LEFT, modifier, middle(page, place))


def press(page: GalleryPage, key: Qt.Key, modifier: Qt.KeyboardModifier = Mod.NoModifier) -> None:
    QTest.keyClick(page.grid, key, modifier)


def free(page: GalleryPage, count: int) -> list[int]:
    """Undecided items that are no checks."""
    project = page._context.bridge.desk.project
    return [int(i) for i in project.pool.undecided() if not project.reserve.members[i]][:count]


def test_clicks_choose_as_in_a_file_manager(page: GalleryPage) -> None:
    assert page.grid.columns() > 2
    click(page, 1)
    assert chosen(page) == rows(page, 1)
    click(page, 3, Mod.ShiftModifier)
    assert chosen(page) == rows(page, 1, 2, 3)
    click(page, 2, Mod.ControlModifier)
    assert chosen(page) == rows(page, 1, 3)
    click(page, 0)
    assert chosen(page) == rows(page, 0)
    assert "1 chosen" in page.bar.count.text()


def test_keys_move_and_choose(page: GalleryPage) -> None:
    columns = page.grid.columns()
    press(page, Key.Key_Home)
    press(page, Key.Key_Right)
    assert chosen(page) == rows(page, 1)
    press(page, Key.Key_Right, Mod.ShiftModifier)
    press(page, Key.Key_Down, Mod.ShiftModifier)
    assert chosen(page) == rows(page, *range(1, columns + 3))
    press(page, Key.Key_Left, Mod.ControlModifier)
    press(page, Key.Key_Space)
    assert page.model.item_index(columns + 1) not in page.grid.selection
    press(page, Key.Key_A, Mod.ControlModifier)
    assert len(page.grid.selection) == 60
    press(page, Key.Key_Escape)
    assert not len(page.grid.selection)
    press(page, Key.Key_End)
    assert page.grid.current == page.model.item_index(59)


def test_shift_chooses_from_the_ring_on_with_the_first_key(page: GalleryPage) -> None:
    for _ in range(2):
        press(page, Key.Key_Right, Mod.ShiftModifier)
    assert chosen(page) == rows(page, 0, 1, 2)


def test_shift_and_clicks_choose_from_the_first_one_clicked(page: GalleryPage) -> None:
    click(page, 2, Mod.ShiftModifier)
    click(page, 0, Mod.ShiftModifier)
    assert chosen(page) == rows(page, 0, 1, 2)


def test_a_picture_that_was_replaced_is_not_decided_with_the_others(
    context: Context, tmp_path: Path, make_project: MakeProject, qtbot: QtBot
) -> None:
    (tmp_path / "data").mkdir()
    for number in range(4):
        Image.new("L", (20, 20), 60 * number).save(tmp_path / "data" / f"{number}.png")
    make_project(tmp_path / "p.hitl", tmp_path / "data", labels=("x", "y"))
    assert context.bridge.open_project(tmp_path / "p.hitl")
    project = context.bridge.desk.project
    items = project.store.items.many(range(4))
    free = [item.index for item in items if not project.reserve.members[item.index]]
    Image.new("L", (20, 20), 255).save(project.item_file(items[free[0]]))
    page = GalleryPage(context)
    qtbot.addWidget(page)
    page.resize(1100, 760)
    page.show()
    qtbot.waitUntil(lambda: all(page.media.has_thumbnail(item.digest) for item in items))
    page.grid.selection.choose(range(4))
    page.choose_class(project.labels[0].id)
    assert [i for i in range(4) if project.store.items.get(i).label_id is not None] == free[1:]
    page.media.close()


def test_a_frame_drawn_with_the_mouse_chooses_what_it_touches(page: GalleryPage) -> None:
    viewport = page.grid.viewport()
    start, end = middle(page, 0), middle(page, page.grid.columns() + 1)
    QTest.mousePress(viewport, LEFT, Mod.NoModifier, start)
    QTest.mouseMove(viewport, (start + end) / 2)
    for at in (start + QPoint(30, 30), end):
        event_at = at
        QTest.mouseMove(viewport, event_at)
        page.grid.mouseMoveEvent(_moved(event_at))
    QTest.mouseRelease(viewport, LEFT, Mod.NoModifier, end)
    columns = page.grid.columns()
    assert chosen(page) == rows(page, 0, 1, columns, columns + 1)


def _moved(at: QPoint):  # type: ignore[no-untyped-def]
    from PySide6.QtCore import QEvent, QPointF
    from PySide6.QtGui import QMouseEvent

    where = QPointF(at)
    return QMouseEvent(QEvent.Type.MouseMove, where, where, Qt.MouseButton.NoButton, LEFT, Mod.NoModifier)


def test_what_is_chosen_is_confirmed_with_one_key_and_taken_back_in_one_step(page: GalleryPage, qtbot: QtBot) -> None:
    project = page._context.bridge.desk.project
    items = free(page, 5)
    page.grid.selection.choose(items)
    before = project.store.decisions.count()
    with qtbot.waitSignal(page._context.bridge.notified) as told:
        press(page, Key.Key_Return, Mod.ControlModifier)
    assert "5 items" in told.args[0].text
    made = project.store.decisions.all(after=before)
    assert sorted(event.item_index for event in made) == items
    assert all(event.label_id == event.predicted_id for event in made)
    assert not len(page.grid.selection)
    told.args[0].on_action()
    assert all(project.pool.state(i) is ItemState.TO_DO for i in items)


def test_the_bar_says_what_confirming_would_do(page: GalleryPage) -> None:
    project = page._context.bridge.desk.project
    items = free(page, 36)
    first = int(project.pool.predicted[items[0]])
    alike = [i for i in items if project.pool.predicted[i] == first]
    page.grid.selection.choose(alike)
    assert page.bar.confirm.label() == f"Confirm {len(alike)} as {project.labels[first].name}"
    check = int(np.flatnonzero(project.reserve.members & (project.pool.label_ids < 0))[0])
    page.grid.selection.choose([*alike, check])
    assert "random check" in page.bar.detail.text()
    assert page.bar.confirm.label() == f"Confirm {len(alike)} as {project.labels[first].name}"
    page.grid.selection.clear()
    assert not page.bar.confirm.isEnabled()
    assert not page.bar.compare.isEnabled()


def test_a_digit_decides_all_that_is_chosen(page: GalleryPage) -> None:
    project = page._context.bridge.desk.project
    items = free(page, 4)
    page.grid.selection.choose(items)
    press(page, Key.Key_2)
    assert {project.store.items.get(i).label_id for i in items} == {project.offered[1].id}
    page.grid.selection.choose(items[:2])
    press(page, Key.Key_F)
    assert {project.pool.state(i) for i in items[:2]} == {ItemState.DECIDED}, (
        "what was decided is changed with a reason"
    )
    (asked,) = page.findChildren(ReasonDialog)
    assert "Change 2 past decisions?" in asked.windowTitle()
    QTest.keyClicks(asked.reason, "the light was bad")
    QTest.keyClick(asked.reason, Key.Key_Return)
    assert {project.pool.state(i) for i in items[:2]} == {ItemState.FLAGGED}
    assert {event.reason for event in project.store.decisions.recent(2)} == {"the light was bad"}


def test_the_filter_is_shown_by_chips_and_cleared(page: GalleryPage, qtbot: QtBot) -> None:
    browsing = page._context.browsing
    page.filter.states[ItemState.DECIDED].click()
    assert page.model.rowCount() == 24
    assert page.chips.texts() == ["Decided"]
    page.filter.classes[1].click()
    assert page.chips.texts() == ["Decided", page._context.bridge.desk.project.label(1).name]
    assert 0 < page.model.rowCount() < 24
    assert page.filter.states[ItemState.DECIDED].isChecked()
    QTest.mouseClick(page.chips.chip("Decided"), LEFT)
    assert page.model.rowCount() > 10
    page.filter.most.setValue(90)
    assert "Confidence to 90 %" in page.chips.texts()
    page.search.setFocus()
    QTest.keyClicks(page.search, "dots_0")
    QTest.keyClick(page.search, Key.Key_Return)
    qtbot.waitUntil(lambda: not browsing.is_busy)
    page.chips.clear_button.click()
    assert page.model.rowCount() == 60
    assert page.chips.isHidden()
    assert page.search.text() == ""
    assert page.filter.most.value() == 100


def test_what_a_filter_hides_is_no_longer_chosen(page: GalleryPage) -> None:
    page.grid.choose_all()
    page.filter.states[ItemState.DECIDED].click()
    assert len(page.grid.selection) == page.model.rowCount() == 24


def test_a_double_click_or_enter_asks_for_the_item(page: GalleryPage, qtbot: QtBot) -> None:
    with qtbot.waitSignal(page.item_wanted) as wanted:
        QTest.mouseDClick(page.grid.viewport(), LEFT, Mod.NoModifier, middle(page, 2))
    assert wanted.args == [page.model.item_index(2)]
    press(page, Key.Key_Home)
    with qtbot.waitSignal(page.item_wanted) as wanted:
        press(page, Key.Key_Return)
    assert wanted.args == [page.model.item_index(0)]
    page.grid.selection.choose(rows(page, 0, 1))
    with qtbot.waitSignal(page.compare_wanted) as compared:
        page.compare()
    assert sorted(compared.args[0]) == rows(page, 0, 1)


def test_items_alike_are_found_and_near_copies_chosen(page: GalleryPage, qtbot: QtBot) -> None:
    click(page, 0)
    index = page.grid.current
    press(page, Key.Key_L, Mod.ControlModifier)
    assert page.alike.is_busy
    qtbot.waitUntil(lambda: not page.alike.is_busy, timeout=60_000)
    assert page.chips.texts()[0].startswith("Like ")
    assert page.model.item_index(0) == index, "the nearest first, after the item itself"
    assert index in page.grid.selection


def test_tiles_begin_where_the_search_field_does(page: GalleryPage, qtbot: QtBot) -> None:
    """Qt set the margin of the table back whenever other items were shown."""
    for words in ("", "dots", ""):
        page.search.setText(words)
        qtbot.keyClick(page.search, Key.Key_Return)
        qtbot.waitUntil(lambda: not page._context.browsing.is_busy)
        QApplication.processEvents()
        left = page.grid.viewport().mapTo(page, QPoint(0, 0)).x() + 3
        assert abs(left - page.search.mapTo(page, QPoint(0, 0)).x()) <= 1
    page.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    QApplication.processEvents()
    right = page.grid.viewport().mapTo(page, page.grid.viewport().rect().topRight()).x() - 3
    assert abs(right - page.search.mapTo(page, page.search.rect().topRight()).x()) <= 2


def test_what_can_be_done_with_what_is_chosen_stands_in_one_line_where_there_is_room(page: GalleryPage) -> None:
    bar = page.bar
    for width, lines in ((1224, 1), (760, 2)):
        page.resize(width, 700)
        QApplication.processEvents()
        below = [bar.confirm, bar.other, bar.skip, bar.unsure, bar.flag]
        assert len({button.geometry().center().y() for button in below}) == lines
        assert bar.alike.isVisible()
        assert bar.compare.geometry().right() < bar.width()
        assert (bar.alike.y() < bar.confirm.y()) is (lines == 1)


def test_sizes_change_and_tiles_fill_the_width(page: GalleryPage) -> None:
    columns = page.grid.columns()
    press(page, Key.Key_Plus)
    assert page.grid.columns() < columns
    press(page, Key.Key_Minus)
    press(page, Key.Key_Minus)
    assert page.grid.columns() > columns
    last: QRect = page.grid.visualRect(page.grid.tiles.at(page.grid.columns() - 1))
    assert page.grid.viewport().width() - last.right() < page.grid.columns() + 1
    assert page.grid.delegate.sizeHint is not None


def test_thousands_are_decided_in_turns_and_anything_else_waits_for_all_of_them(
    page: GalleryPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (bulk, many_at_once, gallery_page):
        monkeypatch.setattr(module, "PART", 3)
    bridge, told, made = page._context.bridge, [], []
    bridge.notified.connect(told.append)
    bridge.changed.connect(lambda changes, _by: made.append(changes))
    project = bridge.desk.project
    items = free(page, 14)
    page.grid.selection.choose(items)
    press(page, Key.Key_1)
    assert bridge.many.is_busy
    assert not page.bar.isEnabled() or not made, "nothing is shown as saved yet"
    qtbot.waitUntil(lambda: not bridge.many.is_busy)
    assert [changes.items for changes in made if changes.decisions] == [frozenset(items)]
    assert all(project.pool.state(index) is ItemState.DECIDED for index in items)
    assert told[-1].text.startswith("14 items set to ")
    assert page.bar.isEnabled()
    told[-1].on_action()
    assert bridge.many.is_busy
    bridge.perform(lambda: bridge.desk.session.step(1))
    assert not bridge.many.is_busy, "what is done next comes after all of it"
    assert all(project.pool.state(index) is ItemState.TO_DO for index in items)
    page.grid.selection.choose(items)
    press(page, Key.Key_2)
    folder = project.folder
    bridge.close_project()
    assert bridge.open_project(folder)
    assert all(bridge.desk.project.pool.state(index) is ItemState.DECIDED for index in items), "closing finishes it"
