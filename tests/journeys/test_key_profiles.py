"""Other keys: the window is made anew, and everything else stays as it was."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from tests.journeys.conftest import Driver, flush

Key = Qt.Key


def test_a_profile_is_put_in_force_and_the_item_stays(drive: Callable[[], Driver], text_project_folder: Path) -> None:
    driver = drive().open(text_project_folder)
    driver.press(Key.Key_1)
    current, old = driver.session.current, driver.window
    driver.window.commands.change_keys()
    driver.window.desk.page("keys").profiles["radiology"].click()
    driver.window.show_page("review")
    driver.until(lambda: old.successor is not None)
    driver.window = old.successor
    flush()
    driver.window.activateWindow()
    QApplication.processEvents()
    assert driver.session.current == current
    assert driver.window.page_id == "review"
    driver.window.review.focus_item()
    driver.press(Key.Key_1)
    assert driver.check_ledger()["decided"] == 1, "the digits are no classes any more"
    driver.press(Key.Key_Q)
    assert driver.check_ledger()["decided"] == 2
    driver.ctrl(Key.Key_Z)
    assert driver.check_ledger()["decided"] == 1


def test_a_training_goes_on_while_the_window_is_made_anew(
    drive: Callable[[], Driver], text_project_folder: Path
) -> None:
    driver = drive().open(text_project_folder)
    for _ in range(6):
        driver.press(Key.Key_1, Key.Key_2)
    old = driver.window
    driver.ctrl(Key.Key_T)
    old.renewal_wanted.emit()
    driver.until(lambda: old.successor is not None)
    driver.window = old.successor
    flush()
    driver.trained()
    assert driver.project.model is not None
    assert "Model v1" in driver.chip
