"""Items that come later, in the window: by key, by drop, by themselves; and in the middle of the work."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from hitl_desktop.gui import watching
from hitl_desktop.gui.views.batches.page import BatchesPage
from hitl_desktop.workflow import folder_watch as looking
from hitl_desktop.workflow.compare_request import not_compared
from hitl_desktop.workflow.project import Project
from tests.conftest import MakeImages, MakeProject
from tests.journeys.conftest import Driver, true_key
from tests.workflow.test_adding import add

Key = Qt.Key


@pytest.fixture
def growing(make_images: MakeImages, make_project: MakeProject, tmp_path: Path) -> tuple[Path, Path]:
    """A project of 9 pictures, closed, and its folder."""
    data = make_images(tmp_path / "data", each=3)
    make_project(tmp_path / "P.hitl", data)
    return tmp_path / "P.hitl", data


def pages(driver: Driver) -> BatchesPage:
    page = driver.window.desk.page("batches")
    assert isinstance(page, BatchesPage)
    return page


def test_by_key_from_the_projects_folder(
    drive: Callable[[], Driver], growing: tuple[Path, Path], make_images: MakeImages
) -> None:
    folder, data = growing
    driver = drive().open(folder)
    driver.press(true_key(driver))
    on_screen = driver.session.current
    make_images(data / "later", each=2, seed=3)
    (data / "later" / "broken.png").write_bytes(b"no picture")
    driver.press(Key.Key_A, modifier=Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    page = pages(driver)
    assert page.isVisible()
    assert driver.focus is page.look_button
    assert page.look_button.label() == "Look in data"
    driver.press(Key.Key_Space)
    driver.until(lambda: len(driver.project.pool) == 15)
    driver.settle()
    assert driver.notices()[-1] == "6 items were added. 1 cannot be read."
    assert driver.check_ledger()["items"] == 15
    assert page.table.model().rowCount() == 1
    driver.window.bridge.batch_wanted.emit(page.selected(), False)
    assert driver.window.page_id == "review"
    assert driver.session.current in range(9, 15)
    driver.press(Key.Key_1)
    assert driver.session.project.pool.ledger().decided == 2
    driver.window.desk.clear_filter()
    assert on_screen is not None


def test_the_queue_goes_on_when_it_was_empty(
    drive: Callable[[], Driver], growing: tuple[Path, Path], make_images: MakeImages
) -> None:
    folder, data = growing
    driver = drive().open(folder)
    while driver.session.current is not None:
        driver.press(true_key(driver))
    assert driver.window.review.is_done
    make_images(data / "later", each=1, seed=3)
    drop(driver, data / "later", data / "later" / "dots" / "dots_00.png")
    driver.until(lambda: len(driver.project.pool) == 12)
    driver.settle()
    assert not driver.window.review.is_done
    assert driver.session.current in range(9, 12)
    driver.press(Key.Key_2)
    assert driver.check_ledger()["decided"] == 10


def drop(driver: Driver, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    how = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(driver.window.desk, QDragEnterEvent(QPoint(9, 9), *how))
    QApplication.sendEvent(driver.window.desk, QDropEvent(QPointF(9, 9), *how))
    QApplication.processEvents()


def test_a_watched_folder_adds_what_comes_by_itself(
    drive: Callable[[], Driver],
    growing: tuple[Path, Path],
    make_images: MakeImages,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setattr(watching, "SOON_MS", 200)
    monkeypatch.setattr(looking.Watch.look, "__defaults__", (0.1, *(looking.Watch.look.__defaults__ or ())[1:]))
    folder, data = growing
    driver = drive().open(folder)
    assert not driver.window.desk.watching.is_watching
    driver.window.show_page("batches")
    page = pages(driver)
    driver.click(page.watch_row)
    assert driver.window.desk.watching.is_watching
    inbox = make_images(tmp_path / "inbox", each=1, seed=3)
    for picture in inbox.rglob("*.png"):
        shutil.copy(picture, data / picture.parent.name / f"new_{picture.name}")
    driver.until(lambda: len(driver.project.pool) == 12)
    driver.settle()
    assert driver.project.store.batches.all()[0].items == 3
    driver.click(page.watch_row)
    assert not driver.window.desk.watching.is_watching


def test_a_batch_whose_comparison_never_ended_is_compared_with_the_next_opening(
    drive: Callable[[], Driver], image_project_folder: Path, make_images: MakeImages, tmp_path: Path
) -> None:
    project = Project.open(image_project_folder)
    add(project, make_images(tmp_path / "later", each=8, seed=9))
    assert [batch.number for batch in not_compared(project)] == [1]
    project.close()
    driver = drive().open(image_project_folder)
    driver.until(lambda: 1 in driver.project.store.batches.comparisons())
    assert not_compared(driver.project) == []


def test_what_is_not_of_this_kind_is_told(
    drive: Callable[[], Driver], growing: tuple[Path, Path], text_table: Path
) -> None:
    driver = drive().open(growing[0])
    drop(driver, text_table)
    driver.until(lambda: bool(driver.notices()))
    assert "not a picture" in driver.notices()[-1]
    assert len(driver.project.pool) == 9
