"""The figures page at 1,000,000 items and 100,000 decisions: how long figures take, and whether the window answers."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import cast

import numpy as np
from PySide6.QtWidgets import QApplication

from hitl_desktop.domain.costs import CostSettings
from hitl_desktop.domain.decisions import Decision, Exposure, Slot, Verdict
from hitl_desktop.gui.main_window import MainWindow
from hitl_desktop.gui.views.figures.page import FiguresPage
from hitl_desktop.workflow.figures.compute import set_costs
from hitl_desktop.workflow.project import Project
from tests.benchmarks.browsing import Gap
from tests.benchmarks.figures import Figure, repeated
from tests.benchmarks.synthetic import SEED, make_pool
from tests.benchmarks.window import open_window, wait_until

_DECIDED = 100_000
_CHECKS = 10_000
_PER_TRANSACTION = 5_000
_FIRST = 1_790_000_000
_REPEATS = 8


def measure(folder: Path, quick: bool) -> list[Figure]:
    """Opening the page, working it out again after a decision, and what that costs the window."""
    size = 50_000 if quick else 1_000_000
    decisions = min(_DECIDED, size // 10)
    sites = ("north", "south", "east")
    path = make_pool(
        folder / f"{size}.hitl", size, "text", data=folder, path_of=lambda n: f"m{n:07}",
        fields_of=lambda n: {"site": sites[n % 3]},
    )  # fmt: skip
    _decide(path, decisions, min(_CHECKS, decisions // 4))
    with open_window() as window:
        window.bridge.open_project(path)
        window.bridge.cancel_preparing()  # the features of a million texts take minutes, and nothing here needs them
        wait_until(lambda: window.bridge.preparing is None)
        return _page(window, size, decisions)


def _decide(path: Path, count: int, checks: int) -> None:
    """Decisions of two people over sixty days, the first of the reserve among them, one in five changed."""
    project = Project.open(path)
    rng = np.random.default_rng(SEED)
    try:
        set_costs(project.store, CostSettings("€", 54.0, 2000.0, 3.0))
        reserve = project.reserve.order[:checks]
        rest = np.flatnonzero(~project.reserve.members)
        chosen = np.concatenate([reserve, rng.choice(rest, count - checks, replace=False)])
        predicted = project.pool.predicted[chosen]
        for start in range(0, count, _PER_TRANSACTION):
            events = []
            for number in range(start, min(start + _PER_TRANSACTION, count)):
                said = project.labels[int(predicted[number])].id
                label = said if number % 5 else 1 + said % len(project.labels)
                at = np.datetime64(_FIRST + number * 52, "s")
                events.append(
                    Decision(
                        0, f"{number}", int(chosen[number]),
                        Verdict.CONFIRMED if label == said else Verdict.CORRECTED, label,
                        ("ann", "bob")[number % 2], f"{at}.000+00:00",
                        Slot.EXPLORE if number < checks else Slot.UNCERTAIN, predicted_id=said, confidence=0.8,
                        model_version=1, seconds=float(rng.lognormal(1.8, 0.6)), exposure=Exposure.SHOWN, hiding=0.0,
                    )
                )  # fmt: skip
            with project.store.transaction():
                project.store.decisions.append_many(events)
        project.store.follow_journal()
    finally:
        project.close()


def _page(window: MainWindow, size: int, decisions: int) -> list[Figure]:
    def opened() -> None:
        window.show_page("figures")

    first, first_gap = _until_there(window, opened)
    page = cast(FiguresPage, window.desk.page("figures"))
    took, worst, worst_cpu, own = [], 0.0, 0.0, []
    for _ in range(_REPEATS):
        window.bridge.perform(lambda: window.bridge.desk.session.decide(Verdict.SKIPPED, seconds=3.0))
        page._pause.stop()
        QApplication.processEvents()
        seconds, gap = _until_there(window, page.refresh)
        took.append(seconds)
        worst, worst_cpu = max(worst, gap.worst), max(worst_cpu, gap.worst_cpu)
        board, found = page.board, page.found
        assert board is not None
        assert found is not None
        board.show_figures(found.figures)
        while True:
            start = time.thread_time()
            QApplication.processEvents()
            own.append(time.thread_time() - start)
            if not board.is_busy:
                break
    return [
        Figure(f"figures of {size:,} items, {decisions:,} decisions: opened for the first time, shown", 1e3 * first,
               None, "ms", first_gap.words()),
        repeated("– worked out again after a decision, beside the window, shown", took),
        Figure("– longest gap of the window meanwhile", 1e3 * worst, None, "ms", "wall"),
        Figure("– most CPU of the window’s thread between two beats", 1e3 * worst_cpu, None, "ms", "what is its own"),
        repeated("– showing and painting it, one turn of the event loop, CPU of the window’s thread", own),
    ]  # fmt: skip


def _until_there(window: MainWindow, ask: Callable[[], object]) -> tuple[float, Gap]:
    """Seconds until the figures are shown, and the longest gap on the way."""
    with Gap() as gap:
        start = time.perf_counter()
        ask()
        page = cast(FiguresPage, window.desk.page("figures"))
        wait_until(lambda: not page.is_busy)
        took = time.perf_counter() - start
    return took, gap
