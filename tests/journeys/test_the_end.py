"""The end of the queue: the done page, looking again at what was set aside, and another threshold."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from hitl_desktop.domain.decisions import Slot
from hitl_desktop.domain.items import ItemState
from hitl_desktop.workflow.asking import change_threshold
from tests.conftest import MakeProject, MakeTable
from tests.journeys.conftest import Driver, true_key

Key = Qt.Key


@pytest.fixture
def driver(drive: Callable[[], Driver], make_project: MakeProject, make_table: MakeTable, tmp_path: Path) -> Driver:
    folder = tmp_path / "Few.hitl"
    make_project(folder, make_table(tmp_path / "few.csv", rows=14))
    return drive().open(folder)


def test_decide_all_then_look_again_then_nothing_is_left(driver: Driver) -> None:
    review = driver.window.review
    for place in range(14):
        assert not review.is_done
        driver.press({3: Key.Key_S, 6: Key.Key_U, 9: Key.Key_F}.get(place) or true_key(driver))
        driver.check_ledger()
    assert not review.is_done, "what was skipped, and what was not sure, comes back once"
    for key in (Key.Key_U, Key.Key_S):
        assert driver.session.slot is Slot.AGAIN
        assert driver.session.item.state in (ItemState.SKIPPED, ItemState.UNSURE)
        driver.press(key)
    assert review.is_done
    assert driver.session.current is None
    said = driver.check_ledger()
    assert (said["needs_review"], said["decided"]) == (0, 11)
    facts = dict(review.done.session_facts())
    assert facts["Decisions"] == "16"
    assert "3 of them are set aside" in review.done.sentence()

    driver.press(Key.Key_L)
    assert not review.is_done
    seen = []
    for _ in range(3):
        seen.append(driver.session.current)
        driver.press(true_key(driver))
        driver.check_ledger()
    assert len(set(seen)) == 3
    assert review.is_done
    assert driver.check_ledger()["decided"] == 14
    driver.press(Key.Key_S, Key.Key_1, Key.Key_Space, Key.Key_L)
    assert driver.check_ledger()["decisions"] == 19

    driver.ctrl(Key.Key_Z)
    assert not review.is_done
    assert driver.session.current == seen[-1]
    driver.check_ledger()


def test_the_end_is_still_the_end_after_opening_again(driver: Driver, drive: Callable[[], Driver]) -> None:
    for place in range(28):
        assert driver.session.slot is Slot.AGAIN or place < 14
        driver.press(Key.Key_S)
    assert driver.window.review.is_done
    folder = driver.project.folder
    driver.close()
    again = drive().open(folder)
    assert again.window.review.is_done
    assert again.check_ledger()["skipped"] == 14
    again.press(Key.Key_L)
    assert not again.window.review.is_done


def test_another_threshold_brings_more_to_decide(drive: Callable[[], Driver], text_project_folder: Path) -> None:
    driver = drive().open(text_project_folder)
    for _ in range(10):
        driver.press(true_key(driver))
    driver.ctrl(Key.Key_T)
    driver.trained()
    desk = driver.window.bridge.desk
    driver.window.bridge.perform(lambda: change_threshold(desk.session, 0.0))
    proposed = driver.check_ledger()["proposed"]
    assert proposed > 20
    while not driver.window.review.is_done:
        driver.press(true_key(driver))
        driver.check_ledger()
    driver.window.bridge.perform(lambda: change_threshold(desk.session, 1.0))
    driver.settle()
    assert not driver.window.review.is_done
    said = driver.check_ledger()
    assert said["needs_review"] > 20
    before = said["decided"]
    driver.press(true_key(driver))
    assert driver.check_ledger()["decided"] == before + 1
