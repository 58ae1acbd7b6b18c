"""Care for people: a finger that rests on a key is asked, and the break that is due."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from hitl_desktop.gui.views.review.active_time import ActiveTime
from hitl_desktop.gui.views.review.run_guard import RUN
from tests.journeys.conftest import Driver

Key = Qt.Key


@pytest.fixture(autouse=True)
def quick_hands(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every decision takes a fifth of a second, however slow the machine is."""
    monkeypatch.setattr(ActiveTime, "seconds", property(lambda _time: 0.2))


@pytest.fixture
def guarded(drive: Callable[[], Driver], text_project_folder: Path) -> Driver:
    """A window with the guard on, twelve decisions after one key ran."""
    driver = drive().open(text_project_folder)
    driver.window.bridge.settings.change(guard_runs=True)
    driver.press(*[Key.Key_S] * RUN)
    return driver


def test_the_thirteenth_press_decides_nothing(guarded: Driver) -> None:
    assert guarded.window.review.care.bar.isVisible()
    assert "12 decisions in under a second each" in guarded.window.review.care.bar.accessibleName()
    guarded.press(Key.Key_S, Key.Key_1, Key.Key_Space)
    assert guarded.check_ledger()["decisions"] == RUN


def test_esc_goes_on(guarded: Driver) -> None:
    guarded.press(Key.Key_Escape, Key.Key_S)
    assert not guarded.window.review.care.bar.isVisible()
    assert guarded.check_ledger()["skipped"] == RUN + 1


def test_undo_takes_all_of_them_back(guarded: Driver) -> None:
    guarded.ctrl(Key.Key_Z)
    assert guarded.check_ledger()["skipped"] == 0
    assert not guarded.window.review.care.bar.isVisible()
    guarded.press(Key.Key_S)
    assert guarded.check_ledger()["skipped"] == 1


def test_the_buttons_do_the_same(guarded: Driver) -> None:
    guarded.click(guarded.window.review.care.bar.take_back_button)
    assert guarded.check_ledger()["skipped"] == 0


def test_different_keys_are_no_run(drive: Callable[[], Driver], text_project_folder: Path) -> None:
    driver = drive().open(text_project_folder)
    driver.window.bridge.settings.change(guard_runs=True)
    driver.press(*[Key.Key_S, Key.Key_U] * RUN)
    assert not driver.window.review.care.bar.isVisible()
    assert driver.check_ledger()["decisions"] == 2 * RUN


def test_a_break_is_due_after_the_minutes_chosen(drive: Callable[[], Driver], text_project_folder: Path) -> None:
    driver = drive().open(text_project_folder)
    driver.window.bridge.settings.change(break_minutes=30)
    driver.window.review.care.tick(30 * 60.0)
    assert any("30 minutes of work without a pause" in words for words in driver.notices())
