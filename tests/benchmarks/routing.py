"""Routing a million items: the preview of a changed limit and of a new keyword, beside the window, and what the window
feels of it.
"""

import time
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from hitl_desktop.domain.policy import Route, RoutingPolicy, Rule, with_limit
from hitl_desktop.domain.policy_conditions import (
    ConfidenceAtLeast,
    ConfidenceBelow,
    Keywords,
    PredictedIs,
    ProbabilityAtLeast,
)
from hitl_desktop.gui.beside import Beside
from hitl_desktop.workflow import routing
from hitl_desktop.workflow.asking import change_policy
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.review import ReviewSession
from tests.benchmarks.figures import Figure, repeated
from tests.benchmarks.synthetic import make_pool

_LIMITS = (0.8, 0.85, 0.95, 0.99, 0.7, 0.9)
_TICK_MS = 1


def measure(folder: Path, quick: bool) -> list[Figure]:
    """Six rules over 1,000,000 texts with four classes."""
    size = 50_000 if quick else 1_000_000
    pool = make_pool(folder / "pool.hitl", size, "text", data=folder, path_of=lambda n: f"m{n:07}")
    application = QApplication.instance() or QApplication([])
    project, looking = Project.open(pool), Beside(application)
    try:
        session = ReviewSession(project, "ann")
        first, second = project.labels[0].id, project.labels[1].id
        policy = RoutingPolicy(
            (
                Rule((Keywords(("lawyer", "injury")),), Route.REVIEW),
                Rule((ProbabilityAtLeast(first, 0.85),), Route.REMOVE),
                Rule((ProbabilityAtLeast(first, 0.6),), Route.ESCALATE),
                Rule((PredictedIs((second,)), ConfidenceBelow(0.97)), Route.SECOND_READER),
                Rule((ConfidenceAtLeast(0.9),), Route.ACCEPT),
            ),
            audit_every=25,
        )
        reading, _, gap, read = _previewed(looking, routing.question(project, policy))
        put = _seconds(lambda: change_policy(session, policy, read=read.read))
        times, threads, gaps = [], [], []
        for value in _LIMITS:
            took, cpu, worst, _ = _previewed(looking, routing.question(project, with_limit(policy, value), read.read))
            times.append(took)
            threads.append(cpu)
            gaps.append(worst)
        words = replace(policy, rules=(Rule((Keywords(("telephone",)),), Route.REVIEW), *policy.rules[1:]))
        keyword, _, keyword_gap, _ = _previewed(looking, routing.question(project, words, read.read))
        idle = _idle_gap(0.2)
    finally:
        looking.close()
        project.close()
    return [
        repeated(f"preview of a changed limit, six rules over {size:,} texts", times),
        repeated("– CPU of its thread", threads),
        Figure("– the longest that the window waited meanwhile", max(gaps), None, "s", f"idle: {1000 * idle:.1f} ms"),
        Figure(f"preview with two keywords never asked before, {size:,} texts", reading, None, "s"),
        Figure("– the longest that the window waited meanwhile", gap, None, "s"),
        Figure("preview with one keyword more", keyword, None, "s"),
        Figure("– the longest that the window waited meanwhile", keyword_gap, None, "s"),
        Figure("put in force, with the queue ordered anew", put, None, "s", "in the window's thread"),
    ]


def _previewed(looking: Beside, asked: routing.Question) -> tuple[float, float, float, routing.Preview]:
    """How long a preview takes from asking to its answer in the window, the CPU time of its thread, the longest gap
    between two ticks of the window meanwhile, and the preview.
    """
    loop, answers = QEventLoop(), []
    looking.answered.connect(answers.append)
    looking.answered.connect(loop.quit)
    gaps = _Gaps()
    previewer, cpu = routing.Previewer(), 0.0

    def answer() -> routing.Preview:
        nonlocal cpu
        before = time.thread_time()
        found = previewer.answer(asked)
        cpu = time.thread_time() - before
        return found

    began = time.perf_counter()
    looking.look(previewer, answer)
    loop.exec()
    took = time.perf_counter() - began
    gaps.stop()
    looking.answered.disconnect(answers.append)
    looking.answered.disconnect(loop.quit)
    (told,) = answers
    if isinstance(told, Exception):
        raise told
    return took, cpu, gaps.worst, told


class _Gaps:
    """Counts how late the window's own timer comes."""

    def __init__(self) -> None:
        self.worst = 0.0
        self._last = time.perf_counter()
        self._timer = QTimer()
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def _tick(self) -> None:
        now = time.perf_counter()
        self.worst, self._last = max(self.worst, now - self._last), now

    def stop(self) -> None:
        """Count no longer."""
        self._tick()
        self._timer.stop()


def _idle_gap(seconds: float) -> float:
    loop = QEventLoop()
    gaps = _Gaps()
    QTimer.singleShot(int(1000 * seconds), loop.quit)
    loop.exec()
    gaps.stop()
    return gaps.worst


def _seconds(work: object) -> float:
    began = time.perf_counter()
    work()  # type: ignore[operator]
    return time.perf_counter() - began
