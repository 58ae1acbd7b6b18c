"""The map of a million items: opening it, looking about, choosing; each with the longest time in which the window did
not answer. What the worker needs to make a map is not measured here: places and groups are drawn at random.
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import cast

import numpy as np
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from hitl_desktop.gui.main_window import MainWindow
from hitl_desktop.gui.views.map.page import MapPage
from hitl_desktop.workflow.map_request import map_file
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.scores import write_arrays
from tests.benchmarks.browsing import Gap, decide_spread
from tests.benchmarks.figures import Figure, repeated
from tests.benchmarks.synthetic import SEED, make_pool
from tests.benchmarks.window import come_to_rest, open_window, wait_until

_DECIDED = 20_000
_GROUPS = 24
_MOVES = 100


def measure(folder: Path, quick: bool) -> list[Figure]:
    """1,000,000 texts in 24 groups, 20,000 of them decided."""
    size = 50_000 if quick else 1_000_000
    project = make_pool(folder / f"{size}.hitl", size, "text", data=folder, path_of=lambda n: f"m{n:07}")
    decide_spread(project, min(_DECIDED, size // 20))
    _draw_map(project, size)
    with open_window(project, prepared=False) as window:
        window.bridge.works_by_itself = False
        return _figures(window, size)


def _draw_map(folder: Path, size: int) -> None:
    rng = np.random.default_rng(SEED)
    groups = rng.integers(0, _GROUPS, size)
    places = rng.random((_GROUPS, 2))[groups] * 0.8 + 0.1 + rng.normal(0, 0.03, (size, 2))
    places[:: size // 50] = np.nan
    project = Project.open(folder)
    made = {"places": np.clip(places, 0, 1).astype(np.float32), "groups": groups, "version": np.array([1])}
    write_arrays(map_file(project), made)
    project.close()


def _figures(window: MainWindow, size: int) -> list[Figure]:
    page = cast(MapPage, window.desk.page("map"))
    opened = _watched(window, f"map of {size:,} items opened", lambda: window.show_page("map"))
    window.show_page("review")
    come_to_rest(window, prepared=False)
    corners = [QPoint(page.canvas.width() * x // 100, page.canvas.height() * y // 100) for x, y in _LINE]
    return [
        opened,
        _watched(window, "– opened again", lambda: window.show_page("map")),
        _pointed(page),
        _watched(window, "– enlarged by the wheel", lambda: _wheel(page)),
        _watched(window, "– a line around most of it", lambda: _draw_line(page, corners)),
        _watched(window, "– a group chosen", lambda: page._take_group(3)),
        _watched(window, "– nothing chosen", lambda: QTest.keyClick(page.canvas, Qt.Key.Key_Escape)),
        _watched(window, "– coloured by how unsure the model is", lambda: page.way.setCurrentIndex(2)),
        _watched(window, "– a decision made beside it", lambda: window.bridge.perform(_decide(window))),
    ]


_LINE = ((1, 1), (99, 1), (99, 99), (50, 60), (1, 99))


def _watched(window: MainWindow, what: str, work: Callable[[], object]) -> Figure:
    with Gap() as gap:
        start = time.perf_counter()
        work()
        page = cast(MapPage, window.desk.page("map"))
        wait_until(lambda: not page.is_busy and not window.bridge.planning.is_busy)
        took = time.perf_counter() - start
    return Figure(what, took, None, "s", gap.words())


def _pointed(page: MapPage) -> Figure:
    taken = []
    for move in range(_MOVES):
        at = QPoint(page.canvas.width() // 4 + 3 * move, page.canvas.height() // 3 + move)
        start = time.thread_time()
        QTest.mouseMove(page.canvas, at)
        QApplication.processEvents()
        taken.append(time.thread_time() - start)
    return repeated("– pointer moved, CPU of the window’s thread", taken, "ms")


def _wheel(page: MapPage) -> None:
    middle = QPointF(page.canvas.rect().center())
    turned, none = QPoint(0, 120), Qt.KeyboardModifier.NoModifier
    buttons, phase = Qt.MouseButton.NoButton, Qt.ScrollPhase.NoScrollPhase
    event = QWheelEvent(middle, page.canvas.mapToGlobal(middle), QPoint(), turned, buttons, none, phase, False)
    QApplication.sendEvent(page.canvas, event)


def _draw_line(page: MapPage, corners: list[QPoint]) -> None:
    QTest.mousePress(page.canvas, Qt.MouseButton.LeftButton, pos=corners[0])
    for corner in corners[1:]:
        QTest.mouseMove(page.canvas, corner)
    QTest.mouseRelease(page.canvas, Qt.MouseButton.LeftButton, pos=corners[-1])
    QApplication.processEvents()
    if not len(page.chosen_items()) and not page.is_busy:
        raise RuntimeError("Nothing was chosen: this measures nothing.")


def _decide(window: MainWindow) -> Callable[[], object]:
    from hitl_desktop.domain.decisions import Verdict

    return lambda: window.bridge.desk.session.decide(Verdict.CORRECTED, window.bridge.desk.project.labels[0].id)
