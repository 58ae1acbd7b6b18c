"""Hands on the review page: held keys, typed notes, the mouse, and somebody who presses anything at all."""

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QFileDialog

from hitl_desktop.domain.decisions import Verdict, fold
from tests.journeys.conftest import Driver, flush, true_key

Key = Qt.Key
NONE = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def driver(drive: Callable[[], Driver], text_project_folder: Path) -> Driver:
    return drive().open(text_project_folder)


@pytest.fixture
def trained(driver: Driver) -> Driver:
    """With a model in use and a suggestion on screen."""
    for _ in range(8):
        driver.press(true_key(driver))
    driver.ctrl(Key.Key_T)
    driver.trained()
    driver.press(true_key(driver))
    assert driver.session.shown is not None
    return driver


def hold(driver: Driver, key: Qt.Key, text: str = "") -> None:
    """Hold a key: one press, then the repeats of the keyboard."""
    for repeat in (False, True, True, True):
        event = QKeyEvent(QEvent.Type.KeyPress, key.value, NONE, text, repeat)
        QApplication.sendEvent(driver.focus, event)
        QApplication.processEvents()
    QTest.keyRelease(driver.focus, key)
    QApplication.processEvents()


@pytest.mark.parametrize("key", [Key.Key_1, Key.Key_S, Key.Key_U, Key.Key_F, Key.Key_Space, Key.Key_Return])
def test_a_held_key_decides_once(trained: Driver, key: Qt.Key) -> None:
    before = trained.check_ledger()["decisions"]
    hold(trained, key)
    assert trained.check_ledger()["decisions"] == before + 1


@pytest.mark.parametrize("key", [Key.Key_Space, Key.Key_Return])
def test_a_held_key_on_a_button_decides_once(trained: Driver, key: Qt.Key) -> None:
    trained.window.review.panel.confirm_button.setFocus(Qt.FocusReason.TabFocusReason)
    before = trained.check_ledger()["decisions"]
    hold(trained, key)
    assert trained.check_ledger()["decisions"] == before + 1


def test_no_key_decides_while_a_note_is_typed_and_the_note_goes_with_the_decision(trained: Driver) -> None:
    before = trained.check_ledger()["decisions"]
    item = trained.session.current
    trained.press(Key.Key_N)
    trained.type("s u f 1 2 n g / ?")
    assert trained.session.current == item
    assert trained.check_ledger()["decisions"] == before
    trained.press(Key.Key_Escape)
    trained.press(Key.Key_Right, Key.Key_Left)
    assert trained.session.current == item
    assert trained.window.review.panel.note == "s u f 1 2 n g / ?"
    trained.press(Key.Key_Space)
    last = trained.project.store.decisions.recent(1)[0]
    assert (last.item_index, last.note) == (item, "s u f 1 2 n g / ?")
    assert trained.window.review.panel.note == ""


def test_a_note_that_is_not_decided_yet_survives_the_window(driver: Driver, drive: Callable[[], Driver]) -> None:
    driver.press(Key.Key_N)
    driver.type("half a thought")
    folder, item = driver.project.folder, driver.session.current
    driver.close()
    again = drive().open(folder)
    assert again.session.current == item
    assert again.window.review.panel.note == "half a thought"


def test_the_mouse_never_takes_the_keys_from_the_item(trained: Driver) -> None:
    review = trained.window.review
    label = trained.project.labels[0]
    trained.click(review.panel.class_button(label.id))
    assert trained.project.store.decisions.recent(1)[0].label_id == label.id
    suggested = trained.session.shown.predicted.id
    item = trained.session.current
    trained.press(Key.Key_Space)
    last = trained.project.store.decisions.recent(1)[0]
    assert (last.item_index, last.verdict, last.label_id) == (item, Verdict.CONFIRMED, suggested)
    for widget in (review.tools, trained.window.desk.header, trained.window.desk.footer):
        for button in widget.findChildren(type(trained.window.desk.footer.train)):
            assert not button.focusPolicy() & Qt.FocusPolicy.ClickFocus, button.accessibleName()


def test_a_click_in_the_queue_and_on_a_recent_decision_opens_that_item(trained: Driver) -> None:
    review = trained.window.review
    trained.window.resize(1700, 900)
    flush()
    view = next(v for v in review.queue.findChildren(QAbstractItemView) if v.model() is review.model)
    row = review.model.index(3)
    wanted = review.model.item_index(3)
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, NONE, view.visualRect(row).center())
    trained.settle()
    assert trained.session.current == wanted
    last = trained.project.store.decisions.recent(1)[0].item_index
    review.panel.item_wanted.emit(last)
    assert trained.session.current == last
    before = trained.check_ledger()
    trained.press(Key.Key_1)
    after = trained.check_ledger()
    assert (after["decided"], after["decisions"]) == (before["decided"], before["decisions"] + 1)


def test_searching_and_filtering_the_queue_and_back_to_the_item(trained: Driver) -> None:
    review = trained.window.review
    trained.press(Key.Key_Slash)
    trained.type("m1")
    trained.press(Key.Key_Return)
    trained.settle()
    names = [review.model.data(review.model.index(row)) for row in range(review.model.rowCount())]
    assert names
    assert all("m1" in name for name in names)
    states = {item.state for item in trained.project.store.items.many(review.model.rows.tolist())}
    assert len(states) > 1, "decided ones are found too"
    before = trained.check_ledger()["decisions"]
    trained.press(Key.Key_Escape)
    trained.press(Key.Key_S)
    assert trained.check_ledger()["decisions"] == before + 1
    assert trained.session.current in review.model.rows, "the next one is of what was found"
    trained.ctrl(Key.Key_Backspace)
    assert not review.model.is_filtered
    assert review.model.rowCount() == len(trained.session.waiting())


KEYS = (
    *(Key.Key_1, Key.Key_2, Key.Key_3, Key.Key_9, Key.Key_Space, Key.Key_Return, Key.Key_S, Key.Key_U, Key.Key_F),
    *(Key.Key_N, Key.Key_Escape, Key.Key_Left, Key.Key_Right, Key.Key_Tab, Key.Key_Backtab, Key.Key_Slash),
    *(Key.Key_Up, Key.Key_Down, Key.Key_Plus, Key.Key_Minus, Key.Key_0, Key.Key_L, Key.Key_X, Key.Key_Home),
    *(Key.Key_Backspace, Key.Key_Delete, Key.Key_F11, Key.Key_G, Key.Key_PageDown, Key.Key_Question),
)
CTRL_KEYS = (Key.Key_Z, Key.Key_Y, Key.Key_B, Key.Key_J, Key.Key_T, Key.Key_K, Key.Key_G, Key.Key_0, Key.Key_1)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [2, 3])  # the keys of seed 1 lead to the page of keys, and decide next to nothing
@pytest.mark.parametrize("kind", ["text", "image"])
def test_five_hundred_keys_at_random_leave_a_project_that_is_right(
    drive: Callable[[], Driver],
    text_project_folder: Path,
    image_project_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    seed: int,
) -> None:
    nothing = {"getExistingDirectory": "", "getOpenFileName": ("", ""), "getSaveFileName": ("", "")}
    for name, none in nothing.items():  # every file dialog is left with Esc
        monkeypatch.setattr(QFileDialog, name, lambda *_a, _none=none, **_k: _none)
    folder = text_project_folder if kind == "text" else image_project_folder
    driver = drive().open(folder)
    for name in ("quit", "close_project"):
        driver.window.findChild(QAction, name).setVisible(False)
        driver.window.findChild(QAction, name).setEnabled(False)
    rng = np.random.default_rng(seed)
    for _ in range(500):
        control = rng.random() < 0.25
        keys = CTRL_KEYS if control else KEYS
        target = QApplication.activePopupWidget() or driver.focus
        QTest.keyClick(target, keys[int(rng.integers(len(keys)))], CTRL if control else NONE)
        QApplication.processEvents()
    modal = QApplication.activeModalWidget()
    while modal is not None:
        QTest.keyClick(modal, Key.Key_Escape)
        flush()
        modal = QApplication.activeModalWidget()
    driver.trained()
    said = driver.check_ledger()
    store, pool = driver.project.store, driver.project.pool
    standings = fold(store.decisions.all())
    assert said["decisions"] == len(store.decisions.all())
    assert said["decisions"] > 10
    for index in range(len(pool)):
        item = store.items.get(index)
        standing = standings.get(index)
        assert item.state is pool.state(index)
        assert item.label_id == (standing.label_id if standing else None)
    assert driver.session.current is None or 0 <= driver.session.current < len(pool)
    on_screen = driver.session.current
    driver.close()
    again = drive().open(folder)
    assert again.check_ledger() == said
    if on_screen is not None and store_state(again, on_screen) == "todo":
        assert again.session.current == on_screen


def store_state(driver: Driver, index: int) -> str:
    return str(driver.project.store.items.get(index).state.value)


def test_an_error_behind_a_key_is_reported_and_the_window_lives_on(
    drive: Callable[[], Driver], image_project_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver = drive().open(image_project_folder)
    reported: list[type[BaseException]] = []
    monkeypatch.setattr(sys, "excepthook", lambda sort, _value, _trace: reported.append(sort))
    with monkeypatch.context() as broken:
        broken.setattr(driver.window.review, "act", lambda _name: 1 // 0)
        driver.press(Key.Key_S)
    assert reported == [ZeroDivisionError]
    driver.press(Key.Key_U)
    assert driver.check_ledger()["unsure"] == 1
