"""A project of a million items: opening it, its memory, the next item, a filter, another threshold."""

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QApplication

from hitl_desktop.gui.main_window import MainWindow
from hitl_desktop.workflow.asking import change_threshold
from tests.benchmarks.figures import Figure, ratio, repeated, resident
from tests.benchmarks.keys import press_keys
from tests.benchmarks.synthetic import make_pool
from tests.benchmarks.window import come_to_rest, open_window

_MIB = 2**20


def measure(folder: Path, quick: bool) -> list[Figure]:
    """The same keys on 10,000 and on 1,000,000 texts, then the large pool's own questions."""
    small, large, presses = (1_000, 50_000, 40) if quick else (10_000, 1_000_000, 200)
    pools = {
        size: make_pool(folder / f"{size}.hitl", size, "text", data=folder, path_of=lambda n: f"m{n:07}")
        for size in (small, large)
    }
    with open_window(pools[small], prepared=False) as window:
        short = press_keys(window, presses)
        window.bridge.close_project()
        QApplication.processEvents()
        before = resident()
        opening = _seconds(lambda: window.bridge.open_project(pools[large]) and QApplication.processEvents())
        grown = (resident() - before) / _MIB
        come_to_rest(window, prepared=False)
        long = press_keys(window, presses)
        asked = _questions(window)
        after = (resident() - before) / _MIB
    keys = f"key → durable → next item painted, {large:,} texts"
    return [
        Figure(f"open {large:,} items, to the first item painted", opening, None, "s"),
        Figure("– memory grown by", grown, None, "MiB", "resident, after the smaller project was closed"),
        Figure("– memory grown by, at the end", after, None, "MiB", "after keys, filters and thresholds"),
        repeated(keys, long.painted),
        repeated("– CPU of the window’s thread", long.cpu),
        repeated(f"key → durable → next item painted, {small:,} texts", short.painted),
        ratio(f"t({large:,}) / t({small:,})", _median(long.painted), _median(short.painted), "medians, wall"),
        ratio(f"CPU({large:,}) / CPU({small:,})", _median(long.cpu), _median(short.cpu), "medians, window’s thread"),
        *asked,
    ]


def _questions(window: MainWindow) -> list[Figure]:
    bridge = window.bridge
    changed = [
        _seconds(lambda at=at: bridge.perform(lambda: change_threshold(bridge.desk.session, at)))
        for at in (0.8, 0.85, 0.95, 0.9)
    ]
    return [repeated("another threshold, with the queue ordered anew", changed)]


def _median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
