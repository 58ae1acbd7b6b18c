"""From the key Y to the reasons of the model on screen: for the item that was looked at, and for one just opened."""

import time
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from hitl_desktop import paths
from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.gui.main_window import MainWindow
from hitl_desktop.gui.screenshots import is_settled
from hitl_desktop.workflow import samples
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.review import ReviewSession
from hitl_desktop.workflow.worker import InlineRunner
from tests.benchmarks.figures import Figure, repeated
from tests.benchmarks.window import open_window, wait_until

ITEMS = 30
DECIDED = 30
LOOKED_SECONDS = 1.0
"""How long a person looks before asking why, at least."""


def measure(folder: Path, quick: bool) -> list[Figure]:
    """The samples in the box that have a model: pictures, texts, records, conversations; some items of each decided."""
    figures: list[Figure] = []
    for sample in samples.catalogue():
        if not (paths.resources() / "models" / sample.model).is_dir():
            continue  # answers to compare begin without one, and are not explained by this key
        project = _decided(folder, sample)
        with open_window(project) as window:
            figures += _figures(window, sample.id, 5 if quick else ITEMS)
    return figures


def _decided(folder: Path, sample: samples.Sample) -> Path:
    runner = InlineRunner()
    path = folder / f"{sample.id}.hitl"
    data = samples.unpack(sample, folder / "data")
    runner.run("create_project", samples.new_project(sample, data, path), no_progress, never_cancelled)
    project = Project.open(path)
    if not project.is_scored:
        project.take_scores(dict(runner.run("score", project.score_request(), no_progress, never_cancelled).unreadable))
    project.set_threshold(1.0)
    session = ReviewSession(project, "benchmark")
    for _ in range(DECIDED):
        session.decide(Verdict.CONFIRMED)
    project.close()
    return path


def _figures(window: MainWindow, name: str, items: int) -> list[Figure]:
    why = window.review.why
    first = _asked(window)
    looked, at_once = [], []
    for number in range(2 * items):
        _press(Qt.Key.Key_Y, window)
        _press(Qt.Key.Key_S, window)
        wait_until(lambda: is_settled(window) and not why.explainer.is_busy)
        if number % 2 == 0:
            until = time.monotonic() + LOOKED_SECONDS
            wait_until(lambda until=until: time.monotonic() > until and not why.explainer.is_busy)
        (at_once if number % 2 else looked).append(_asked(window))
    return [
        repeated(f"Y → reasons painted, {name}", looked, "ms", f"looked at for {LOOKED_SECONDS:g} s before"),
        repeated("– asked for at once", at_once, "ms", "the item before it was looked at so long"),
        repeated("– the first time after opening", [first], "ms", "the process starts"),
    ]


def _asked(window: MainWindow) -> float:
    start = time.perf_counter()
    _press(Qt.Key.Key_Y, window)
    wait_until(lambda: window.review.why.explanation is not None)
    QCoreApplication.sendPostedEvents()
    return time.perf_counter() - start


def _press(key: Qt.Key, window: MainWindow) -> None:
    QTest.keyClick(QApplication.focusWidget() or window, key)
