"""G16: a failure in each place where an error can surface is logged once, told once, and the session goes on."""

import errno
import logging
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QRunnable,
    Qt,
    QThread,
    QThreadPool,
    QTimer,
    Signal,
    qCritical,
)
from PySide6.QtGui import QKeyEvent, QPaintEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QListView, QPushButton, QWidget

from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.protocols import CancelCheck, Progress
from hitl_desktop.gui.application import build_window
from hitl_desktop.gui.error_hooks import ErrorHooks
from hitl_desktop.gui.main_window import MainWindow
from hitl_desktop.store.refusals import disk_full
from hitl_desktop.workflow.logbook import Scrubbing

CANARY = "MERIDIAN 4711"
# What PySide hands to sys.excepthook is what is looked at here.
pytestmark = pytest.mark.qt_no_exception_capture


class Injected(Exception):  # noqa: N818 - no error of the program
    """The failure that is put in."""


SORT: dict[str, type[Exception]] = {"now": Injected}
"""What is raised: a sort of its own per place, as one that comes again is not told again."""


def fail() -> None:
    raise SORT["now"](f"cannot show {CANARY}")


class Sender(QObject):
    sent = Signal()


class FailingPaint(QWidget):
    """It is painted again and again, and told once."""

    times = 0

    def paintEvent(self, event: QPaintEvent) -> None:
        self.times += 1
        if self.times < 4:
            QTimer.singleShot(0, self, self.update)
        else:
            self.deleteLater()
        fail()


class FailingKeys(QWidget):
    def keyPressEvent(self, event: QKeyEvent) -> None:
        fail()


class FailingFilter(QObject):
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() == QEvent.Type.User:
            fail()
        return False


class FailingModel(QAbstractListModel):
    def rowCount(self, parent: Any = None) -> int:  # noqa: N802
        return 1

    def data(self, index: QModelIndex, role: int = 0) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            fail()
        return None


class FailingThread(QThread):
    def run(self) -> None:
        fail()


class FailingRunnable(QRunnable):
    def run(self) -> None:
        fail()


class FailingEnd:
    def __del__(self) -> None:
        fail()


def in_a_slot(window: MainWindow) -> None:
    button = QPushButton(window)
    button.clicked.connect(fail)
    button.click()


def in_a_queued_slot(window: MainWindow) -> None:
    sender = Sender(window)
    sender.sent.connect(fail, Qt.ConnectionType.QueuedConnection)
    sender.sent.emit()


def in_a_timer(window: MainWindow) -> None:
    QTimer.singleShot(0, window, fail)


def in_a_paint_event(window: MainWindow) -> None:
    widget = FailingPaint(window)
    widget.resize(20, 20)
    QTimer.singleShot(0, window, widget.show)


def in_a_key_event(window: MainWindow) -> None:
    widget = FailingKeys(window)
    key = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_A, Qt.KeyboardModifier.NoModifier)
    QApplication.postEvent(widget, key)


def in_an_event_filter(window: MainWindow) -> None:
    widget = FailingFilter(window)
    window.start.installEventFilter(widget)
    QApplication.postEvent(window.start, QEvent(QEvent.Type.User))


def in_a_model(window: MainWindow) -> None:
    view = QListView(window)
    view.setModel(FailingModel(view))
    view.resize(80, 80)
    QTimer.singleShot(0, window, view.show)
    QTimer.singleShot(100, window, view.deleteLater)


def in_a_thread_of_qt(window: MainWindow) -> None:
    thread = FailingThread(window)
    thread.start()
    thread.wait()


def in_a_runnable(window: MainWindow) -> None:
    pool = QThreadPool(window)
    pool.start(FailingRunnable())
    pool.waitForDone()


def in_a_function_of_a_pool(window: MainWindow) -> None:
    pool = QThreadPool(window)
    pool.start(fail)
    pool.waitForDone()


def in_a_thread_of_python(window: MainWindow) -> None:
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()


def while_an_object_is_cleaned_up(window: MainWindow) -> None:
    FailingEnd()


def in_qt_itself(window: MainWindow) -> None:
    qCritical(f"QImage::load: cannot read {CANARY}")


def in_a_job(window: MainWindow) -> None:
    def work(progress: Progress, cancelled: CancelCheck) -> object:
        fail()
        return None

    window.bridge.start("injected", work)


def in_the_worker(window: MainWindow) -> None:
    bridge = window.bridge
    bridge.start("injected", lambda p, c: bridge.worker.run("score", Path(CANARY), p, c))


def in_an_operation(window: MainWindow) -> None:
    def operation() -> Any:
        fail()

    QTimer.singleShot(0, window, lambda: window.bridge.perform(operation))


PLACES: list[Callable[[MainWindow], None]] = [
    in_a_slot, in_a_queued_slot, in_a_timer, in_a_paint_event, in_a_key_event, in_an_event_filter, in_a_model,
    in_a_thread_of_qt, in_a_runnable, in_a_function_of_a_pool, in_a_thread_of_python, while_an_object_is_cleaned_up,
    in_qt_itself, in_a_job, in_the_worker, in_an_operation,
]  # fmt: skip


class Lines(logging.Handler):
    """What the log file would hold."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.setFormatter(Scrubbing())
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture
def lines() -> Iterator[list[str]]:
    handler = Lines()
    logging.getLogger().addHandler(handler)
    yield handler.lines
    logging.getLogger().removeHandler(handler)


@pytest.fixture
def window(qapp: QApplication, qtbot: Any) -> Iterator[MainWindow]:
    made = build_window(qapp, "light")
    hooks = ErrorHooks(made.bridge.troubles, made.bridge.tell)
    before = sys.excepthook
    hooks.install()
    made.show()
    qtbot.waitExposed(made)
    yield made
    hooks.remove()
    assert sys.excepthook is before
    made.close()
    made.deleteLater()
    qapp.processEvents()


def test_a_failure_in_each_place_is_logged_once_and_told_once_and_the_session_goes_on(
    window: MainWindow,
    qtbot: Any,
    lines: list[str],
    text_project_folder: Path,
    expected_log: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    expected_log("ERROR .*(Not caught|failed)")
    assert window.bridge.open_project(text_project_folder)
    for place in PLACES:
        name = place.__name__
        monkeypatch.setitem(SORT, "now", type(f"Injected_{name}", (Injected,), {}))
        window.notices.clear()
        lines.clear()
        place(window)
        qtbot.waitUntil(lambda: bool(window.notices.notices()), timeout=60_000)
        qtbot.wait(150)
        told = [notice for notice in window.notices.notices() if "Something went wrong" in notice.text]
        logged = [line for line in lines if "ERROR" in line]
        assert len(told) == 1, name
        assert len(logged) == 1, name
        assert told[0].action == "Show report"
        assert "ERROR hitl_desktop" in logged[0]
        report = window.bridge.troubles.report()
        for kept in (report, *lines):
            assert "MERIDIAN" not in kept, name
            assert "4711" not in kept, name
            assert str(text_project_folder.parent) not in kept
            assert "Messages" not in kept
        changes = window.bridge.perform(partial(window.bridge.desk.session.decide, Verdict.SKIPPED))
        assert changes is not None, name
        assert changes.decisions
    assert len(PLACES) >= 12
    assert "Troubles in this run: " in report
    assert "Python" in report
    assert "PySide6" in report


def test_a_failure_that_comes_again_is_counted_and_not_told_again(
    window: MainWindow, lines: list[str], expected_log: Callable[[str], None]
) -> None:
    expected_log("ERROR .*Not caught, in the window")
    expected_log("ERROR .*Not caught, again: so far 10 times")
    window.notices.clear()
    for _ in range(12):
        QTimer.singleShot(0, window, fail)
    for _ in range(5):
        QApplication.processEvents()
    assert len(lines) == 2
    assert len(window.notices.notices()) == 1


@pytest.mark.parametrize("refused", [disk_full(), OSError(errno.EIO, "Input/output error")])
def test_a_disk_that_refuses_where_nobody_asked_is_told_and_is_no_bug(
    window: MainWindow, lines: list[str], refused: Exception
) -> None:
    window.notices.clear()

    def read() -> None:
        raise refused

    for _ in range(5):
        QTimer.singleShot(0, window, read)
        QApplication.processEvents()
    (notice,) = window.notices.notices()
    assert "The disk" in notice.text
    assert notice.action != "Show report"
    assert not lines


def test_the_report_can_be_read_copied_and_left(window: MainWindow, expected_log: Callable[[str], None]) -> None:
    expected_log("ERROR .*Not caught")
    expected_log("WARNING qt: This plugin does not support …")
    in_a_slot(window)
    QApplication.processEvents()
    notice = window.notices.notices()[-1]
    assert notice.on_action is not None
    notice.on_action()
    from hitl_desktop.gui.views.trouble_sheet import TroubleSheet

    sheet = window.findChild(TroubleSheet)
    assert sheet is not None
    assert sheet.copy_button.hasFocus() or sheet.focusWidget() is sheet.copy_button
    QTest.keyClick(sheet.copy_button, Qt.Key.Key_Space)
    copied = QApplication.clipboard().text()
    assert "Injected in the window" in copied
    assert "in fail" in copied
    assert "MERIDIAN" not in copied
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    assert not sheet.isVisible()


def test_ctrl_c_ends_the_program_and_is_no_trouble(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[bool] = []
    monkeypatch.setattr(QApplication, "quit", lambda: ended.append(True))
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert ended == [True]
    assert not window.notices.notices()
