"""A million items in the queue's list, the gallery and the history: opening, scrolling and filtering, and the longest
time that the window did not answer meanwhile.
"""

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QAbstractItemView, QApplication

from hitl_desktop.domain.decisions import Decision, Slot, Verdict
from hitl_desktop.domain.item_filter import SortOrder
from hitl_desktop.domain.items import ItemState
from hitl_desktop.gui.main_window import MainWindow
from hitl_desktop.store.store import Store
from hitl_desktop.workflow.clock import now_utc
from tests.benchmarks.figures import Figure, repeated
from tests.benchmarks.synthetic import make_pool
from tests.benchmarks.window import come_to_rest, open_window, wait_until

_DECIDED = 50_000
_STEPS = 40


def measure(folder: Path, quick: bool) -> list[Figure]:
    """The lists at 1,000,000 texts, a twentieth of them decided."""
    size = 50_000 if quick else 1_000_000
    project = make_pool(folder / f"{size}.hitl", size, "text", data=folder, path_of=lambda n: f"m{n:07}")
    decide_spread(project, min(_DECIDED, size // 20))
    with open_window() as window:
        window.bridge.open_project(project)
        come_to_rest(window, prepared=False)
        return [*_queue(window, size), *_gallery(window, size), *_filters(window), *_history(window)]


def decide_spread(project: Path, count: int) -> None:
    """Decisions spread over the pool, a hundredth of them with a note."""
    store = Store.open(project)
    try:
        places = np.linspace(0, store.items.count() - 1, count).astype(int)
        for start in range(0, count, 5_000):
            events = [
                Decision(
                    0, f"{place}", int(place), Verdict.CORRECTED, 1 + number % 4, ("ann", "bob")[number % 2], now_utc(),
                    Slot.CHOSEN, "look again" if number % 100 == 0 else "",
                )
                for number, place in enumerate(places[start : start + 5_000])
            ]  # fmt: skip
            with store.transaction():
                store.decisions.append_many(events)
        store.follow_journal()
    finally:
        store.close()


class Gap:
    """The longest time between two beats of a timer that is due every millisecond, and the most CPU that the window's
    thread spent between two: on a busy machine, only the latter is the program's own.
    """

    def __init__(self) -> None:
        self.worst = self.worst_cpu = 0.0
        self._last, self._last_cpu = time.perf_counter(), time.thread_time()
        self._timer = QTimer()
        self._timer.setInterval(1)
        self._timer.timeout.connect(self._beat)

    def __enter__(self) -> "Gap":
        self._last, self._last_cpu = time.perf_counter(), time.thread_time()
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._beat()
        self._timer.stop()

    def _beat(self) -> None:
        now, cpu = time.perf_counter(), time.thread_time()
        self.worst, self.worst_cpu = max(self.worst, now - self._last), max(self.worst_cpu, cpu - self._last_cpu)
        self._last, self._last_cpu = now, cpu

    def words(self) -> str:
        """Both, in milliseconds."""
        return f"longest gap {1e3 * self.worst:.0f} ms, of it CPU of the window’s thread {1e3 * self.worst_cpu:.0f} ms"


def _until_found(window: MainWindow, ask: Callable[[], object]) -> tuple[float, Gap]:
    """Seconds until the answer is shown, and the longest gap on the way."""
    with Gap() as gap:
        start = time.perf_counter()
        ask()
        wait_until(lambda: not window.browsing.is_busy)
        took = time.perf_counter() - start
    return took, gap


def _scrolled(view: QAbstractItemView) -> list[float]:
    """CPU seconds of the window's thread for each of several jumps through the whole list, painted."""
    bar, taken = view.verticalScrollBar(), []
    for step in range(_STEPS):
        start = time.thread_time()
        bar.setValue(bar.maximum() * ((step * 7) % _STEPS) // _STEPS)
        QApplication.processEvents()
        taken.append(time.thread_time() - start)
    return taken


def _wheeled(view: QAbstractItemView) -> list[float]:
    """The same for steps of a wheel."""
    bar, taken = view.verticalScrollBar(), []
    for _ in range(_STEPS):
        start = time.thread_time()
        bar.setValue(bar.value() + 120)
        QApplication.processEvents()
        taken.append(time.thread_time() - start)
    return taken


def _queue(window: MainWindow, size: int) -> list[Figure]:
    start = time.perf_counter()
    window.review.toggle_queue()
    QApplication.processEvents()
    opened = time.perf_counter() - start
    view = next(v for v in window.review.queue.findChildren(QAbstractItemView) if v.model() is window.review.model)
    return [
        Figure(f"queue list of {size:,} items: opened and painted", 1e3 * opened, None, "ms"),
        repeated("– scrolled anywhere and painted", _scrolled(view)),
        repeated("– one step of the wheel and painted", _wheeled(view)),
    ]


def _gallery(window: MainWindow, size: int) -> list[Figure]:
    start = time.perf_counter()
    window.show_page("gallery")
    QApplication.processEvents()
    wait_until(lambda: not window.browsing.is_busy)
    first = time.perf_counter() - start
    window.show_page("review")
    QApplication.processEvents()
    start = time.perf_counter()
    window.show_page("gallery")
    QApplication.processEvents()
    again = time.perf_counter() - start
    grid = window.desk.page("gallery").grid  # type: ignore[attr-defined]
    start = time.perf_counter()
    grid.choose_all()
    QApplication.processEvents()
    chosen = time.perf_counter() - start
    grid.selection.clear()
    return [
        Figure(f"gallery of {size:,} items: opened and painted for the first time", 1e3 * first, None, "ms"),
        Figure("– opened again", 1e3 * again, None, "ms"),
        repeated("– scrolled anywhere and painted", _scrolled(grid)),
        repeated("– one step of the wheel and painted", _wheeled(grid)),
        Figure("– all of them chosen", 1e3 * chosen, None, "ms"),
    ]


def _filters(window: MainWindow) -> list[Figure]:
    browsing = window.browsing
    asked: dict[str, Callable[[], object]] = {
        "status": lambda: browsing.change(states=frozenset({ItemState.DECIDED})),
        "class and confidence": lambda: browsing.change(classes=frozenset({1, 2}), least=0.5),
        "most sure first": lambda: browsing.sort(SortOrder.MOST_SURE),
        "decided by a reviewer": lambda: browsing.change(reviewer="ann"),
        "with a note": lambda: browsing.change(has_note=True),
        "a word that few texts hold": lambda: browsing.change(words="777777"),
        "a word that all texts hold": lambda: browsing.change(words="telephone"),
        "by name": lambda: browsing.sort(SortOrder.NAME),
        "last decided first": lambda: browsing.sort(SortOrder.LAST_DECIDED),
    }
    figures, worst = [], 0.0
    for name, ask in asked.items():
        browsing.ask(type(browsing.wanted)())
        wait_until(lambda: not browsing.is_busy)
        took, gap = _until_found(window, ask)
        worst = max(worst, gap.worst_cpu)
        figures.append(Figure(f"filter: {name}", 1e3 * took, None, "ms", gap.words()))
    browsing.ask(type(browsing.wanted)())
    wait_until(lambda: not browsing.is_busy)
    return [
        *figures,
        Figure("– longest gap of all filters and orders", 1e3 * worst, None, "ms", "CPU of the window’s thread"),
    ]


def _history(window: MainWindow) -> list[Figure]:
    start = time.perf_counter()
    window.show_page("history")
    QApplication.processEvents()
    opened = time.perf_counter() - start
    page = window.desk.page("history")
    count = page.model.rowCount()  # type: ignore[attr-defined]
    with Gap() as gap:
        start = time.perf_counter()
        page.search.setText("look again")  # type: ignore[attr-defined]
        page._ask()  # type: ignore[attr-defined]
        wait_until(lambda: not page.model.is_busy)  # type: ignore[attr-defined]
        took = time.perf_counter() - start
    return [
        Figure(f"history of {count:,} decisions: opened and painted", 1e3 * opened, None, "ms"),
        repeated("– scrolled anywhere and painted", _scrolled(page.table)),  # type: ignore[attr-defined]
        Figure("– searched for a note", 1e3 * took, None, "ms", gap.words()),
    ]
