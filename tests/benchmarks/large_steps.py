"""What holds the window of a million items: thousands decided at once and taken back, a training asked for and put to
use, a plan tried, another limit, thousands of new items; each with the longest time in which the window did not answer.
"""

import shutil
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import cast

import numpy as np

from hitl_desktop import paths
from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.protocols import CancelCheck, Progress, never_cancelled, no_progress
from hitl_desktop.gui.adding import _take
from hitl_desktop.gui.main_window import MainWindow
from hitl_desktop.gui.views.gallery.page import GalleryPage
from hitl_desktop.gui.views.steer.page import SteerPage
from hitl_desktop.learning.ranking import rank_pool
from hitl_desktop.workflow.adding import add_request
from hitl_desktop.workflow.asking import change_threshold
from hitl_desktop.workflow.gathering import gather
from hitl_desktop.workflow.learning_choices import choices_of
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.requests import Trained
from hitl_desktop.workflow.scores import write_scores, write_utilities
from hitl_desktop.workflow.training_beside import WorkBeside
from hitl_desktop.workflow.worker import WorkerProcess
from tests.benchmarks.browsing import Gap, decide_spread
from tests.benchmarks.figures import Figure
from tests.benchmarks.synthetic import SEED, make_pool, texts
from tests.benchmarks.window import come_to_rest, open_window, wait_until

_AT_ONCE = 5_000
_DECIDED = 20_000


def measure(folder: Path, quick: bool) -> list[Figure]:
    """1,000,000 texts, 20,000 of them decided."""
    size, many = (60_000, 1_000) if quick else (1_000_000, _AT_ONCE)
    project = make_pool(folder / f"{size}.hitl", size, "text", data=folder, path_of=lambda n: f"m{n:07}")
    decide_spread(project, _DECIDED // (10 if quick else 1))
    with open_window(project, prepared=False) as window:
        window.bridge.works_by_itself = False  # nothing else begins
        figures = [*_steps(window, many), *_training(window), *_trial(window), *_limit(window)]
        return [*figures, *_adding(window, folder, 2 * many)]


def _quiet(window: MainWindow) -> bool:
    bridge = window.bridge
    return not (bridge.many.is_busy or bridge.planning.is_busy or window.browsing.is_busy)


def _watched(window: MainWindow, what: str, work: Callable[[], object]) -> Figure:
    """Do something, and wait until all that follows from it is shown."""
    with Gap() as gap:
        start = time.perf_counter()
        work()
        wait_until(lambda: _quiet(window))
        took = time.perf_counter() - start
    return Figure(what, took, None, "s", gap.words())


def _steps(window: MainWindow, many: int) -> list[Figure]:
    project, session = window.bridge.desk.project, window.bridge.desk.session
    window.show_page("gallery")
    come_to_rest(window, prepared=False)
    page = cast(GalleryPage, window.desk.page("gallery"))
    free = project.pool.undecided()
    free = free[~project.reserve.members[free]]
    chosen = np.random.default_rng(SEED).choice(free, many, replace=False)
    page.grid.selection.choose(chosen.tolist())
    decide = lambda: page._decide_now(Verdict.CORRECTED, project.labels[1].id, None)  # noqa: E731 - as the others
    return [
        _watched(window, f"{many:,} items decided at once", decide),
        _watched(window, "– taken back", lambda: window.bridge.perform(session.undo)),
        _watched(window, "– made again", lambda: window.bridge.perform(session.redo)),
    ]


def _training(window: MainWindow) -> list[Figure]:
    """As a training does, but for the worker: its result is made here, of numbers drawn at random."""
    bridge = window.bridge
    trained, made = _trained(bridge.desk.project), []

    class Drawn:
        def run(self, _task: str, _arguments: object, _progress: Progress, _cancelled: CancelCheck) -> object:
            return trained

    def ask() -> None:
        beside = WorkBeside(bridge.desk.project)
        with ThreadPoolExecutor(1) as thread:
            finished = thread.submit(beside.train, Drawn(), no_progress, never_cancelled)
            wait_until(finished.done)
            made.append(finished.result())

    return [
        _watched(window, "a training asked for and made ready, without the worker", ask),
        _watched(window, "– put to use", lambda: bridge.perform(lambda: bridge._take_training(made[0]))),
    ]


def _trial(window: MainWindow) -> list[Figure]:
    """The page *Steer*: from the button to what it says, as above without the worker."""
    bridge, worker = window.bridge, window.bridge.worker
    trained = _trained(bridge.desk.project)

    class Drawn:
        def run(self, _task: str, _arguments: object, _progress: Progress, _cancelled: CancelCheck) -> object:
            return trained

    window.show_page("steer")
    come_to_rest(window, prepared=False)
    draft = cast(SteerPage, window.desk.page("steer")).draft
    draft.weigh_class(bridge.desk.project.labels[0].id, 2.0)
    bridge.worker = cast(WorkerProcess, Drawn())

    def ask() -> None:
        draft.try_it()
        wait_until(lambda: draft.job is None)

    figure = _watched(window, "a plan tried, without the worker", ask)
    bridge.worker = worker
    if draft.effect is None:
        raise RuntimeError("Nothing was tried: this measures nothing.")
    draft.start_over()
    return [figure]


def _adding(window: MainWindow, folder: Path, rows: int) -> list[Figure]:
    """From what the worker has laid down to the items in the pool."""
    bridge = window.bridge
    project, table = bridge.desk.project, folder / "more.csv"
    table.write_text("\n".join(["id,text", *(f"n{row},{text}" for row, (text, _) in enumerate(texts(rows)))]), "utf-8")
    gathered = gather(add_request(project, [table]), no_progress, never_cancelled)
    before = len(project.pool)
    take = lambda: _take(bridge, gathered, lambda: None, is_quiet=False)  # noqa: E731 - as the others
    figure = _watched(window, f"{gathered.items:,} new items taken over", take)
    if len(project.pool) != before + rows:
        raise RuntimeError("They were not taken over: this measures nothing.")
    return [figure]


def _trained(project: Project) -> Trained:
    items, rng, choices = len(project.pool), np.random.default_rng(SEED), choices_of(project.store)
    bundle = project.folder / "models" / ".training-drawn"
    shutil.copytree(paths.resources() / "models" / "support-messages", bundle)
    scores = project.folder / "scores" / ".training-drawn.npy"
    write_scores(scores, rng.dirichlet([0.4] * len(project.labels), items).astype(np.float32))
    worth = rng.random(items, np.float32)
    ranking = rank_pool(worth, items, project.seed)
    utilities = scores.with_suffix(".npz")
    write_utilities(utilities, worth, np.zeros(items, np.uint8), rng.random(items, np.float32), ranking)
    return Trained(bundle, scores, utilities, (choices.start, choices.strategy), items)


def _limit(window: MainWindow) -> list[Figure]:
    bridge = window.bridge
    change = lambda: bridge.perform(lambda: change_threshold(bridge.desk.session, 0.8))  # noqa: E731 - as the others
    return [_watched(window, "another limit, with the queue ordered anew", change)]
