"""How long the window cannot answer while a model is trained, beside the same window at rest."""

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtCore import QTimer

from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.gui.main_window import MainWindow
from hitl_desktop.workflow.ingest import create_project
from hitl_desktop.workflow.requests import LabelUse, NewProject
from tests.benchmarks.figures import Figure, ratio
from tests.benchmarks.synthetic import make_table
from tests.benchmarks.window import open_window, wait_until

BEAT_MS = 1


def measure(folder: Path, quick: bool) -> list[Figure]:
    """5,000 decisions on 20,000 texts: train from scratch in the worker and take the model over."""
    items, decisions = (2_000, 500) if quick else (20_000, 5_000)
    project = _project(folder, items, decisions)
    with open_window(project) as window:
        busy, lasted = _gaps_while_training(window)
        until = time.perf_counter() + lasted
        idle = _gaps(lambda: time.perf_counter() > until)
        trained = window.bridge.desk.project.model
    if trained is None:
        raise RuntimeError("Nothing was trained: this measures nothing.")
    note = f"{decisions:,} decisions on {items:,} texts, trained on {trained.trained_on:,}, {lasted:.1f} s"
    return [
        Figure("event loop, worst gap during a training", max(busy) * 1e3, None, "ms", note),
        Figure("– 99th percentile", float(np.percentile(busy, 99)) * 1e3, None, "ms", f"{len(busy):,} beats"),
        Figure("event loop, worst gap at rest", max(idle) * 1e3, None, "ms", f"the same window, {lasted:.1f} s"),
        Figure("– 99th percentile", float(np.percentile(idle, 99)) * 1e3, None, "ms", f"{len(idle):,} beats"),
        ratio("worst gap, training / rest", max(busy), max(idle), "one run"),
    ]


def _gaps_while_training(window: MainWindow) -> tuple[list[float], float]:
    start = time.perf_counter()
    QTimer.singleShot(0, window.bridge.train_now)
    before = window.bridge.desk.project.model
    gaps = _gaps(lambda: window.bridge.training is None and window.bridge.desk.project.model is not before)
    return gaps, time.perf_counter() - start


def _gaps(done: Callable[[], bool]) -> list[float]:
    """Seconds between the beats of a timer of one millisecond, until `done`."""
    beats: list[float] = []
    timer = QTimer()
    timer.setInterval(BEAT_MS)
    timer.timeout.connect(lambda: beats.append(time.perf_counter()))
    timer.start()
    wait_until(done)
    timer.stop()
    return np.diff(beats).tolist()


def _project(folder: Path, items: int, decisions: int) -> Path:
    """A project without a model, where a share of the labels of the table are decisions already."""
    table = make_table(folder / "texts.csv", items)
    lines = table.read_text("utf-8").splitlines()
    kept = [line if n <= decisions else line.rpartition(",")[0] + "," for n, line in enumerate(lines)]
    table.write_text("\n".join(kept) + "\n", "utf-8")
    request = NewProject(
        folder / "texts.hitl",
        table,
        text_column="text",
        id_column="id",
        labels_from="label",
        use_labels=LabelUse.DECISIONS,
        model="none",
    )
    create_project(request, no_progress, never_cancelled)
    return request.folder
