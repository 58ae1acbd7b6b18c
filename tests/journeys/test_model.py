"""The model page in the window, by keys: from a mistake to its items, comparing, going back, and staying cheap."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from hitl_desktop.gui.views.model_page import ModelPage
from tests.journeys.conftest import Driver, true_key

Key = Qt.Key


@pytest.fixture
def driver(drive: Callable[[], Driver], text_project_folder: Path) -> Driver:
    """A project of messages with two versions, and at least two checks."""
    driver = drive().open(text_project_folder)
    bridge = driver.window.bridge
    bridge.perform(lambda: driver.project.set_retrain_every(8))
    bridge.perform(lambda: driver.project.set_threshold(1.0))
    while driver.project.model is None or driver.project.model.version < 2 or len(checks(driver)) < 2:
        driver.press(true_key(driver))
        if bridge.training is not None:
            driver.trained()
    return driver


def checks(driver: Driver) -> list[int]:
    return [int(i) for i in driver.window.bridge.desk.retraining.snapshot().checks[0]]


def opened(driver: Driver) -> ModelPage:
    driver.window.show_page("model")
    QApplication.processEvents()
    page = driver.window.desk.page("model")
    assert isinstance(page, ModelPage)
    return page


def test_from_a_cell_of_the_grid_to_its_items_and_back_to_the_queue(driver: Driver) -> None:
    page = opened(driver)
    grid = page.overview.mistakes.grid
    grid.setFocus()
    driver.press(Key.Key_Home, Key.Key_Up, Key.Key_Left)
    while "0 of" in page.overview.mistakes.told().split(": ")[1]:
        driver.press(Key.Key_Right if grid.currentIndex().column() == 0 else Key.Key_Down)
    row, column = grid.currentIndex().row(), grid.currentIndex().column()
    driver.press(Key.Key_Return)
    driver.settle()
    review = driver.window.review
    assert review.isVisible()
    listed = [review.model.item_index(place) for place in range(review.model.rowCount())]
    assert set(listed) <= set(checks(driver))
    labels = driver.project.labels
    assert all(driver.project.pool.label_ids[index] == labels[row].id for index in listed)
    assert all(driver.project.pool.predicted[index] == column for index in listed)
    assert driver.session.current == listed[0]
    driver.check_ledger()

    driver.ctrl(Key.Key_Backspace)
    assert not review.model.is_filtered


def test_a_check_that_is_decided_again_from_the_grid_still_measures(driver: Driver) -> None:
    page = opened(driver)
    before = checks(driver)
    page.overview.mistakes.grid.setFocus()
    page.items_wanted.emit((before[0],), "one check")
    driver.settle()
    assert driver.session.current == before[0]
    driver.press(true_key(driver))
    assert checks(driver) == before


def test_compare_go_back_and_forward_again(driver: Driver) -> None:
    page = opened(driver)
    newest = driver.project.model.version
    for wanted in (newest - 1, newest):
        versions = page.overview.versions
        row = next(r for r in range(versions.model().rowCount()) if versions.cells(r)[0] == f"v{wanted}")
        compare, use = versions.act_buttons(row)
        compare.setFocus()
        driver.press(Key.Key_Return)
        assert page.compare.isVisible()
        assert page.compare.title() == f"v{newest} beside v{newest - 1}"
        driver.press(Key.Key_Escape)
        assert page.overview.isVisible()
        use.setFocus()
        driver.press(Key.Key_Return)
        driver.settle()
        assert driver.project.model.version == wanted
        assert page.overview.headline.title.text() == f"Model v{wanted}"
    driver.check_ledger()


def test_another_project_forgets_the_picked_items(driver: Driver, image_project_folder: Path) -> None:
    opened(driver).items_wanted.emit(tuple(checks(driver)), "all checks")
    driver.settle()
    assert driver.window.review.model.is_filtered
    driver.open(image_project_folder)
    assert not driver.window.review.model.is_filtered
    assert driver.window.review.model.rowCount() == len(driver.session.waiting())
