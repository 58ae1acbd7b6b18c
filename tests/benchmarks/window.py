"""The real window, offscreen, as the benchmarks use it."""

import gc
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication

from hitl_desktop.gui.application import build_window
from hitl_desktop.gui.main_window import MainWindow
from hitl_desktop.gui.screenshots import is_settled

SIZE = QSize(1280, 800)
_PATIENCE = 120.0


@contextmanager
def open_window(project: Path | None = None, *, prepared: bool = True) -> Iterator[MainWindow]:
    """A window of 1280 × 800, shown, with a project open, at rest, its first item painted; closed at the end.

    `prepared` as in `come_to_rest`.
    """
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication(["hitl-desktop"])
    window = build_window(application, "light")
    window.resize(SIZE)
    window.show()
    application.processEvents()
    gc.freeze()  # as the program does a little after its start
    try:
        if project is not None:
            window.bridge.open_project(project)
            come_to_rest(window, prepared=prepared)
        yield window
    finally:
        window.close()
        wait_until(lambda: not window.isVisible())  # it makes a backup first: a thread that must not outlive Python
        window.deleteLater()
        application.processEvents()


def come_to_rest(window: MainWindow, *, prepared: bool = True) -> None:
    """Wait until an item is shown and nothing is worked out any more.

    Not `prepared`: features are not made ahead, as those of a million texts take the worker minutes, those of as many
    pictures hours, and no key waits for them.
    """
    if not prepared:
        window.bridge.cancel_preparing()
    wait_until(lambda: is_settled(window))


def wait_until(condition: Callable[[], bool]) -> None:
    """Run the event loop until the condition holds. Raises TimeoutError after two minutes."""
    until = time.monotonic() + _PATIENCE
    while not condition():
        if time.monotonic() > until:
            raise TimeoutError("The window did not come to rest.")
        QApplication.processEvents()
        time.sleep(0.0005)
    QApplication.processEvents()
