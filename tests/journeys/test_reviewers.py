"""Who is reviewing: asked only where the program cannot know, locked when wanted, and on record with every decision."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from hitl_desktop.workflow import passwords
from tests.journeys.conftest import Driver

Key = Qt.Key
SECRET = "correct horse battery"


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_MEMORY_KIB", 64)
    monkeypatch.setattr(passwords, "_TIME", 1)


def sign_in(driver: Driver, password: str) -> None:
    """Type a password on the page that asks, and wait for the answer."""
    page = driver.window.door.page
    QTest.keyClicks(page.password.line, password)
    QTest.keyClick(page.password.line, Key.Key_Return)
    driver.until(lambda: not page._beside.is_busy)


def test_a_password_is_asked_for_before_and_after_and_decisions_say_so(
    drive: Callable[[], Driver], text_project_folder: Path
) -> None:
    driver = drive()
    window, door = driver.window, driver.window.door
    people = window.bridge.reviewers
    ada = people.add("Ada", "radiologist", SECRET)
    assert window.bridge.open_project(text_project_folder)
    assert door.is_asking
    # Nothing of the project can be reached while it asks.
    enabled = {name for name, action in window._actions.items() if action.isEnabled()}
    assert enabled == {"new_project", "close_project", "quit", "keys"}
    window.show_settings()
    assert door.is_asking
    rows = [door.page.list.item(row).text() for row in range(door.page.list.count())]
    door.page.list.setCurrentRow(next(row for row, text in enumerate(rows) if text.startswith("Ada")))
    sign_in(driver, "a wrong guess")
    assert "not the password of Ada" in door.page.trouble.text()
    assert door.is_asking
    sign_in(driver, SECRET)
    assert not door.is_asking
    driver.settle()
    driver.press(Key.Key_1)
    window.commands.lock()
    assert door.is_asking
    assert not window._actions["undo"].isEnabled()
    QTest.keyClick(door.page, Key.Key_Escape)
    assert door.is_asking, "only a password, or somebody else, goes on"
    sign_in(driver, SECRET)
    driver.press(Key.Key_2)
    window.commands.switch_reviewer()
    QTest.keyClick(door.page, Key.Key_Escape)
    assert not door.is_asking
    window.commands.switch_reviewer()
    door.page.list.setCurrentRow(0)
    door.page.begin_button.click()
    driver.until(lambda: not door.is_asking)
    driver.press(Key.Key_1)
    log = window.bridge.desk.project.store.decisions.all()
    first = people.all()[0].uuid
    assert [(d.reviewer_id, d.auth) for d in log[-3:]] == [(ada.uuid, "password")] * 2 + [(first, "none")]
    assert SECRET not in "".join(file.read_text("utf-8", "replace") for file in text_project_folder.rglob("*.jsonl"))


def test_an_idle_window_locks_once(drive: Callable[[], Driver], text_project_folder: Path) -> None:
    driver = drive()
    people = driver.window.bridge.reviewers
    people.set_password(people.last.uuid, "", SECRET)
    people.sign_in(people.last.uuid, SECRET)
    driver.open(text_project_folder)
    idle = driver.window.door._idle
    assert not idle._is_watching, "off by default"
    driver.window.bridge.settings.change(lock_minutes=5)
    driver.window.bridge.follow_reviewer()
    idle.look(idle._last + 299)
    assert not driver.window.door.is_asking
    idle.look(idle._last + 301)
    assert driver.window.door.is_asking
    assert driver.window.bridge.desk.session.sitting.is_locked
