"""A training from its decisions to its result, on the thread of the jobs: with many items, asking for it takes a while.

The project is looked at as it stood when the training was started, through a connection that only reads.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.protocols import CancelCheck, Progress, Runner
from hitl_desktop.domain.steering import SteeringPlan
from hitl_desktop.workflow.figures.asked import as_it_stands
from hitl_desktop.workflow.finished import Ready, hindrance, made_ready
from hitl_desktop.workflow.looking import Looking
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.requests import Trained
from hitl_desktop.workflow.snapshot import Snapshot, take_snapshot
from hitl_desktop.workflow.steering import Effect, difference_interval
from hitl_desktop.workflow.training_requests import ask_request, train_request


@dataclass(frozen=True, slots=True)
class Finished:
    """A training that is over, and what it comes to."""

    snapshot: Snapshot
    trained: Trained
    ready: Ready

    def effect(self) -> Effect:
        """What it does on the checks, beside the version in use, before it is kept."""
        judgement = self.ready.judgement
        pair = None if judgement.comparison is None else judgement.comparison.overall
        low, high = (0.0, 0.0) if pair is None else difference_interval(pair)
        return Effect(pair, low, high, not judgement.is_promoted, judgement.why, self.ready.in_use)


class WorkBeside(Looking):
    """Asks the worker for something that follows from all decisions. Made on the window's thread, run on another."""

    def __init__(self, project: Project) -> None:
        super().__init__()
        self._project = as_it_stands(project)
        self.after = project.store.decisions.count()
        """The number of the last event then."""

    def train(
        self, runner: Runner, progress: Progress, cancelled: CancelCheck, plan: SteeringPlan | None = None
    ) -> Finished:
        """Train, and compare the result with the version in use. Raises KnownError where nothing can be learned.

        `plan` is to be tried before it is in force; None: the one in force.
        """
        project = self._project
        with self.reading(project.folder) as store:
            project.store = store
            snapshot = take_snapshot(project)
            if (why := hindrance(project, snapshot)) is not None:
                raise why
            request = train_request(project, snapshot, plan)
        trained = runner.run("train", request, progress, cancelled)
        assert isinstance(trained, Trained)  # noqa: S101 - what the task returns
        with self.reading(project.folder) as store:
            project.store = store
            return Finished(snapshot, trained, made_ready(project, snapshot, trained))

    def rank(self, queue: npt.NDArray[np.int64], runner: Runner, progress: Progress, cancelled: CancelCheck) -> object:
        """Make features and the order of asking that are missing; `queue` is the order until then."""
        project = self._project
        with self.reading(project.folder) as store:
            project.store = store
            request = ask_request(project, take_snapshot(project), queue)
        return runner.run("ask", request, progress, cancelled)
