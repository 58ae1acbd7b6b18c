"""From a key press to quick answers in the queue of a pool of 100,000; and how far they foresee the full fit."""

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QCoreApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from hitl_desktop.gui.main_window import MainWindow
from hitl_desktop.gui.screenshots import is_settled
from hitl_desktop.learning.quick_head import ANCHORS, fit_step, log_odds, quick_answers
from hitl_desktop.learning.quick_rows import QuickMap
from hitl_desktop.learning.training import (
    USUAL,
    FeatureSource,
    TrainingOptions,
    View,
    fit_representation,
    train_from_scratch,
)
from hitl_desktop.workflow.quick_paths import quick_rows_file
from hitl_desktop.workflow.scores import write_array
from tests.benchmarks.browsing import Gap
from tests.benchmarks.figures import Figure, repeated
from tests.benchmarks.keys import KEYS
from tests.benchmarks.learning_data import SHARED, Data, digits, images, texts
from tests.benchmarks.synthetic import SEED, make_pool
from tests.benchmarks.window import open_window, wait_until

_COLUMNS = 192
_WARM_UP = 5
_SHOWN = 60
_ADDED = 20


def measure(folder: Path, quick: bool) -> list[Figure]:
    """Keys in the real window, then full fits beside quick answers on the shared data, where these are."""
    size, presses = (5_000, 12) if quick else (100_000, 45)
    project = make_pool(folder / "pool.hitl", size, "text", data=folder, path_of=lambda n: f"{n}")
    rows = np.random.default_rng(SEED).normal(0, _COLUMNS**-0.5, (size, _COLUMNS)).astype(np.float16)
    write_array(quick_rows_file(project / "scores" / "v1.npy", size), rows)
    with open_window() as window:
        window.bridge.open_project(project)
        window.bridge.cancel_preparing()  # the features of these texts take minutes, and nothing here needs them
        wait_until(lambda: window.bridge.preparing is None)
        figures = _keys(window, size, presses)
    return figures + _foreseen(quick)


def _keys(window: MainWindow, size: int, presses: int) -> list[Figure]:
    """Press keys; after each, wait for the quick answer, have the queue say it, and for the count over the pool."""
    answering = window.bridge.quick
    until: list[float] = []
    after: list[float] = []
    whole: list[float] = []
    gaps: list[float] = []
    gaps_cpu: list[float] = []
    told: list[float] = []
    answering.answered.connect(lambda: told.append(time.perf_counter()))
    for number in range(presses + _WARM_UP):
        wait_until(lambda: is_settled(window) and not answering.is_busy)
        told.clear()
        target = QApplication.focusWidget() or window
        start = time.perf_counter()
        QTest.keyClick(target, KEYS[1 + number % 2])
        QCoreApplication.sendPostedEvents()  # what a key costs by itself is measured by `keys`
        painted = time.perf_counter()
        with Gap() as gap:
            wait_until(lambda: bool(told))
            shown = _queue_said(window)
            whole_at = time.perf_counter()
            wait_until(lambda: not answering.is_busy)
        if number >= _WARM_UP:
            until.append(whole_at - start if shown else np.inf)
            after.append(whole_at - painted)
            whole.append(time.perf_counter() - start)
            gaps.append(gap.worst)
            gaps_cpu.append(gap.worst_cpu)
    return [
        repeated(
            f"key → quick answers in the queue, {size:,} items", until, "ms", f"{_COLUMNS} columns, the key in it"
        ),
        repeated("– from the key’s own painting on", after),
        repeated("– and the changes counted in the whole pool", whole),
        Figure(
            "longest gap of the window meanwhile", 1e3 * max(gaps), None, "ms", "wall, after the key’s own painting"
        ),
        Figure("– of it CPU of the window’s thread", 1e3 * max(gaps_cpu), None, "ms", "as above"),
    ]


def _queue_said(window: MainWindow) -> bool:
    """Have as many rows of the queue made as can be seen, with what the model says now."""
    model, project = window.review.model, window.bridge.desk.project
    for row in range(min(_SHOWN, model.rowCount())):
        model.data(model.index(row))
    return project.quick is not None


def _foreseen(quick: bool) -> list[Figure]:
    """Agreement with the full fit after 20 more decisions, the closest calls: of quick answers and without them."""
    sets: dict[str, Callable[[], Data]] = {"digits": digits}
    if SHARED.is_dir() and not quick:
        sets |= {"sms": texts("sms_spam"), "waste": images("waste_trashnet", grouped=True)}
    found = []
    for name, load in sets.items():
        pool = _Pool(load())
        for decided in (40, 100, 300):
            alone, at_once, right = np.mean([pool.foreseen(decided, seed) for seed in range(3)], axis=0)
            note = (
                f"the version before alone {alone[0]:.1f} %; right on the rest {alone[1]:.1f} before, {at_once[1]:.1f} "
                f"at once, {right[1]:.1f} by the full fit; 3 seeds"
            )
            work = f"{name}, {decided} + {_ADDED} decisions: agrees with the full fit"
            found.append(Figure(work, float(at_once[0]), None, "%", note))
    return found


class _Pool:
    """A data set as a model and its quick head see it."""

    def __init__(self, data: Data) -> None:
        kind = "image" if data.made_by in ("pixels", "image-fused") else "text"
        self._source = FeatureSource(kind, "benchmark", data.blocks)
        self._name, self._map = fit_representation(data.X, self._source, 0)
        self._rows = self._map.transform(data.X)
        self._quick = QuickMap.fit(self._rows, 0).transform(self._rows)
        self._truth = data.y
        self._classes = int(data.y.max()) + 1

    def foreseen(self, decided: int, seed: int) -> list[tuple[float, float]]:
        """Percent that agree with the full fit and percent right, of the version before, at once, and of that fit."""
        order = np.random.default_rng(seed).permutation(len(self._truth))
        known, rest = order[:decided], order[decided:]
        before = self._full(known)
        ranked = np.sort(before[rest[:600]], axis=1)
        added = rest[np.argsort(ranked[:, -1] - ranked[:, -2], kind="stable")[:_ADDED]]
        full = self._full(np.concatenate([known, added]))
        anchors = np.concatenate([known[-ANCHORS:], rest[-ANCHORS:]])
        together = np.concatenate([added, anchors])
        target = np.eye(self._classes)[self._truth[added]]
        step = fit_step(
            np.asarray(self._quick[together], np.float32),
            log_odds(before[together], several=False),
            np.concatenate([target, before[anchors]]),
            several=False,
        )
        at_once = quick_answers(before, self._quick, step, several=False)
        left = np.setdiff1d(rest, added)
        said = [scores[left].argmax(axis=1) for scores in (before, at_once, full)]
        return [(100 * float((s == said[2]).mean()), 100 * float((s == self._truth[left]).mean())) for s in said]

    def _full(self, known: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
        view = View(self._source, self._name, self._map, self._rows[known])
        names = {number: str(number) for number in range(self._classes)}
        usual = TrainingOptions(USUAL[self._name])
        model = train_from_scratch([view], self._truth[known], names, options=usual, seed=0, card={})
        found = np.zeros((len(self._truth), self._classes), np.float32)
        found[:, list(model.head.class_ids)] = model.head.probabilities(self._rows)
        return found
