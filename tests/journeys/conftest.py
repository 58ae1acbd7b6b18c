"""Journeys drive the real window: keys and the mouse in, what a person sees and what lies on the disk out."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from hitl_desktop.gui.application import build_window
from hitl_desktop.gui.main_window import MainWindow
from hitl_desktop.gui.screenshots import is_settled
from hitl_desktop.gui.views.new_project.page import NewProjectPage
from hitl_desktop.workflow.status import status

PATIENCE_MS = 60_000
BILL = {"invoice", "payment", "refund", "card", "charged", "twice"}


class Driver:
    """One window under a test: opens it, types into it, waits for what it shows, closes it as a person would."""

    def __init__(self, application: QApplication, bot: Any) -> None:
        self._bot = bot
        self.window: MainWindow = build_window(application, "light")
        # A test presses faster than any hand; the guard has journeys of its own.
        self.window.bridge.settings.change(guard_runs=False)
        self.window.show()
        bot.waitExposed(self.window)
        self.window.activateWindow()
        QApplication.processEvents()

    def open(self, project: Path) -> "Driver":
        """Open a project and wait until its first item is on screen and scored."""
        assert self.window.bridge.open_project(project), self.notices()
        self.settle()
        return self

    def settle(self) -> None:
        """Wait until nothing runs and the item on screen is decoded."""
        self.until(lambda: is_settled(self.window))
        QApplication.processEvents()

    def until(self, condition: Callable[[], bool]) -> None:
        """Run the event loop until the condition holds."""
        self._bot.waitUntil(condition, timeout=PATIENCE_MS)

    def press(self, *keys: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press keys where the focus is, one after another, each when its item is on screen, as a person does."""
        for key in keys:
            self._see()
            QTest.keyClick(self.focus, key, modifier)
            QApplication.processEvents()
            self._see()

    def ctrl(self, key: Qt.Key) -> None:
        """Press a key with Ctrl."""
        self.press(key, modifier=Qt.KeyboardModifier.ControlModifier)

    def type(self, text: str) -> None:
        """Type letters where the focus is."""
        QTest.keyClicks(self.focus, text)
        QApplication.processEvents()

    def click(self, widget: QWidget) -> None:
        """Click the middle of a widget that can be seen."""
        assert widget.isVisible()
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton)
        QApplication.processEvents()

    @property
    def focus(self) -> QWidget:
        """Where typed keys go. A window manager gives them back to the window when a dialog has closed."""
        if QApplication.focusWidget() is None and QApplication.activeModalWidget() is None:
            self.window.activateWindow()
            QApplication.processEvents()
        return QApplication.focusWidget() or self.window

    @property
    def session(self) -> Any:
        """The review session of the open project."""
        return self.window.bridge.desk.session

    @property
    def project(self) -> Any:
        """The open project."""
        return self.window.bridge.desk.project

    @property
    def chip(self) -> str:
        """What the retrain chip says."""
        return self.window.desk.footer.chip.text()

    def notices(self) -> list[str]:
        """What the notices say, oldest first."""
        return [notice.text for notice in self.window.notices.notices()]

    def trained(self) -> None:
        """Wait for the end of the training that runs."""
        self.until(lambda: self.window.bridge.training is None)
        self.settle()

    def check_ledger(self) -> dict[str, Any]:
        """The header equals `status`, and both add up."""
        said = status(self.project)
        aside = said["skipped"] + said["unsure"] + said["flagged"]
        assert said["decided"] + aside + said["needs_review"] + said["proposed"] == said["items"]
        number = self.window.locale().toString
        header = (
            self.window.desk.header.ledger.accessibleName() + self.window.desk.header.ledger.accessibleDescription()
        )
        seen, needing = said["decided"] + aside, said["decided"] + aside + said["needs_review"]
        assert f"{number(seen)} of {number(needing)} that need you" in header
        sentence = (
            f"{number(said['decided'])} decided · {number(aside)} set aside · {number(said['needs_review'])} to do · "
            f"{number(said['proposed'])} proposed = {number(said['items'])}"
        )
        assert sentence in header
        return said

    def close(self) -> None:
        """Close the window and let Qt delete it."""
        self.window.close()
        self.window.deleteLater()
        flush()

    def _see(self) -> None:
        if self.window.bridge.is_open:
            self.until(lambda: self.window.review.is_done or not self._is_loading())

    def _is_loading(self) -> bool:
        viewer = self.window.review.viewer
        return viewer is not None and viewer.is_loading


def flush() -> None:
    """Deliver what is queued, deletions too."""
    for _ in range(3):
        QApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def through_the_wizard(driver: Driver, data: Path) -> None:
    """Three steps with Enter alone."""
    driver.window.commands.begin(data)
    wizard = driver.window.findChild(NewProjectPage)
    assert wizard is not None
    for step in range(3):
        driver.until(lambda: wizard.footer.next_button.isEnabled())
        assert wizard.step == step
        driver.press(Qt.Key.Key_Return)
    driver.settle()


def true_key(driver: Driver) -> Qt.Key:
    """The digit of the true class of the item on screen: its folder, or what its words are of."""
    item = driver.session.item
    name = item.path.split("/")[0]
    if driver.project.kind.name == "text":
        name = says(driver.project.store.items.text(item.index))
    position = driver.project.label_named(name).position
    return Qt.Key(Qt.Key.Key_1.value + position)


def says(text: str) -> str:
    """The class that a message of `make_table` was written for."""
    return "bill" if BILL & set(text.split()) else "login"


@pytest.fixture(autouse=True)
def _lent(lent_workers: None) -> None:
    """No window starts a process where one is idle."""


@pytest.fixture
def drive(qapp: QApplication, qtbot: Any) -> Iterator[Callable[[], Driver]]:
    """`drive()` opens a window; all are closed at the end."""
    drivers: list[Driver] = []

    def start() -> Driver:
        drivers.append(Driver(qapp, qtbot))
        return drivers[-1]

    yield start
    for driver in drivers:
        if isValid(driver.window):
            driver.close()
