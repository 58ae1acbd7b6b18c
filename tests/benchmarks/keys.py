"""From a key press to the next item on screen, with the decision durable in between."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.gui.main_window import MainWindow
from hitl_desktop.gui.screenshots import is_settled
from hitl_desktop.store.journal import Journal
from hitl_desktop.store.second_record import entry
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.review import ReviewSession
from tests.benchmarks.figures import Figure, ratio, repeated
from tests.benchmarks.peers import measure_peers
from tests.benchmarks.synthetic import make_images, make_pool
from tests.benchmarks.window import SIZE, open_window, wait_until

PRESSES = 200
FILES = 400
_WARM_UP = 10
_REPAINTS = 30
KEYS = (Qt.Key.Key_Space, Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_S)
"""Confirm, two classes, skip: pressed in turn."""


def measure(folder: Path, quick: bool) -> list[Figure]:
    """Key presses at 10,000 and 1,000,000 items, the parts they consist of, and other tools where they are named."""
    presses, sizes = (40, (200, 1_000)) if quick else (PRESSES, (10_000, 1_000_000))
    images = make_images(folder / "images", FILES if not quick else 100)
    files = sorted(path.name for path in images.iterdir())
    figures: list[Figure] = []
    medians = []
    for size in sizes:
        project = make_pool(
            folder / f"{size}.hitl", size, "image", data=images, path_of=lambda n: files[n % len(files)]
        )
        in_window = window_figures(project, size, presses)
        medians.append(float(in_window[0].value))
        figures += in_window + parts(project, folder, size, presses)
    theirs = _linked(images, folder / "images of peers", sizes[0])
    figures += measure_peers(theirs, presses, (SIZE.width(), SIZE.height()), folder / "home of peers")
    figures.append(
        ratio(f"t({sizes[1]:,}) / t({sizes[0]:,})", medians[1], medians[0], "medians of key → durable → painted")
    )
    return figures


def _linked(images: Path, folder: Path, count: int) -> Path:
    """A folder of `count` pictures, as ours has: other tools open folders. The files go round, as in ours."""
    files = sorted(images.iterdir())
    folder.mkdir()
    for number in range(count):
        os.link(files[number % len(files)], folder / f"{number:06}.jpg")
    return folder


@dataclass
class Pressed:
    """Seconds of each key press: until it is handled, until all is painted, and the CPU of the window's thread."""

    handled: list[float]
    painted: list[float]
    cpu: list[float]


def press_keys(window: MainWindow, presses: int) -> Pressed:
    """Decide with keys, each when the window is at rest. Raises RuntimeError when a key did not do its work."""
    view = _PaintWatch(window)
    before = window.bridge.desk.project.store.decisions.count()
    pressed = Pressed([], [], [])
    for number in range(presses + _WARM_UP):
        wait_until(lambda: is_settled(window))
        view.painted = False
        target = QApplication.focusWidget() or window
        cpu, start = time.thread_time(), time.perf_counter()
        QTest.keyClick(target, KEYS[number % len(KEYS)])
        handled = time.perf_counter()
        QCoreApplication.sendPostedEvents()  # new layouts, and the painting of all that has changed
        painted = time.perf_counter()
        if not view.painted:
            raise RuntimeError("The next item was not painted: this measures nothing.")
        if number >= _WARM_UP:
            pressed.handled.append(handled - start)
            pressed.painted.append(painted - start)
            pressed.cpu.append(time.thread_time() - cpu)
    view.stop()
    decided = window.bridge.desk.project.store.decisions.count() - before
    if decided != presses + _WARM_UP:
        raise RuntimeError(f"{decided} decisions were recorded for {presses + _WARM_UP} keys.")
    return pressed


def window_figures(project: Path, size: int, presses: int) -> list[Figure]:
    """The times of key presses in the real window; the first line is the whole way."""
    with open_window(project, prepared=False) as window:
        pressed = press_keys(window, presses)
        whole = timed(window.repaint, _REPAINTS)
    waits = "the rest waits: for the disk, and for other programs"
    return [
        repeated(f"key → durable → next item painted, {size:,} items", pressed.painted, "ms", "decoded ahead"),
        repeated("– until the key is handled and durable", pressed.handled),
        repeated("– CPU of the window’s thread", pressed.cpu, "ms", waits),
        repeated("painting the whole window", whole, "ms", "more than a key needs"),
    ]


def parts(project: Path, folder: Path, size: int, presses: int) -> list[Figure]:
    """The parts without a window: the workflow's decision, and the journal's line alone."""
    opened = Project.open(project)
    try:
        session = ReviewSession(opened, "benchmark")
        decided = timed(lambda: session.decide(Verdict.SKIPPED), presses)
        journal = Journal(folder / f"{size}.jsonl")
        lines = [entry(decision, "0" * 64, str) for decision in opened.store.decisions.recent(1)]
        appended = timed(lambda: journal.append(lines), presses)
    finally:
        opened.close()
    return [
        repeated(f"workflow alone: decide, {size:,} items", decided, "ms", "transaction, journal and next item"),
        repeated("– the journal’s line with its fsync", appended),
    ]


class _PaintWatch(QObject):
    """Sees whether the pane with the item was painted."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.painted = False
        viewer = window.review.viewer
        if viewer is None:
            raise RuntimeError("There is no item on screen.")
        self._watched = [viewer, *viewer.findChildren(QWidget)]
        for child in self._watched:
            child.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.Paint:
            self.painted = True
        return False

    def stop(self) -> None:
        """Watch no longer."""
        for child in self._watched:
            child.removeEventFilter(self)


def timed(work: Callable[[], object], times: int) -> list[float]:
    """Seconds of each of several calls."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return taken
