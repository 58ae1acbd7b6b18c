"""The model, as far as random checks tell: of these alone, and through `workflow/measuring.py` alone."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from hitl_desktop.assurance.estimates import Estimate
from hitl_desktop.assurance.strata import estimate
from hitl_desktop.domain.event_table import Mask
from hitl_desktop.domain.labels import Task
from hitl_desktop.store.models import ModelVersion
from hitl_desktop.workflow import routing
from hitl_desktop.workflow.check_scores import Answers, read_answers
from hitl_desktop.workflow.measuring import (
    MeasuringSample,
    answers_of,
    known_to,
    measured_each,
    measuring_sample,
)
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.snapshot import Snapshot

RESERVE_READ: Final = 4_000
"""So many items of the reserve, in its random order, tell what a version would let pass: enough for ±1.5 points."""


@dataclass(frozen=True, slots=True)
class Checks:
    """The checks on the model in use. All (n,): is it right, would the item pass without a person, how sure was it.

    `weights` add up to 1. `predicted` are class columns or codes, as in `Answers`.
    """

    sample: MeasuringSample
    right: npt.NDArray[np.bool_]
    passes: npt.NDArray[np.bool_]
    confidence: npt.NDArray[np.float64]
    predicted: npt.NDArray[np.int64]
    weights: npt.NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.right)

    @property
    def accuracy(self) -> Estimate | None:
        """The share of the pool that the model gets right."""
        return estimate(self.right, self.weights)

    @property
    def caught(self) -> Estimate | None:
        """Of the items that the model gets wrong, the share that a person sees. None where no check was wrong."""
        wrong = ~self.right
        return estimate(~self.passes[wrong], self.weights[wrong]) if wrong.any() else None

    @property
    def wrong_after(self) -> Estimate | None:
        """The share of all items that pass and are wrong."""
        return estimate(self.passes & ~self.right, self.weights)


@dataclass(frozen=True, slots=True)
class VersionPoint:
    """What a version does, on the same items for all of them: accuracy on the checks made until today, and the share of
    the pool that would need a person at the limit in force, as far as the reserve tells; None where it cannot be told.
    """

    version: int
    is_in_use: bool
    decisions: int
    accuracy: Estimate | None
    needs_you: Estimate | None
    reduction: Estimate | None


def checks_of(project: Project, snapshot: Snapshot) -> Checks | None:
    """The checks on the model in use; None without a model, or without any check."""
    if project.model is None:
        return None
    sample = measuring_sample(project, snapshot).without(known_to(project, project.model))
    answers = answers_of(project, project.model, sample) if len(sample) else None
    if answers is None:
        return None
    right = answers.predicted == sample.truth
    passes = project.pool.passing()[sample.rows]
    return Checks(sample, right, passes, answers.confidence, answers.predicted, sample.strata.weights())


def version_points(project: Project, snapshot: Snapshot) -> list[VersionPoint]:
    """Every version that can be measured, by what it learned from."""
    models = sorted(project.store.models.all(), key=lambda model: (model.trained_on, model.version))
    measured = measured_each(project, measuring_sample(project, snapshot), models)
    gate = routing.gate(project)
    found = []
    for model in models:
        own = measured.get(model.version)
        passing = passing_reserve(project, model, gate)
        is_in_use = project.model is not None and project.model.version == model.version
        accuracy = own.accuracy if own else None
        needs = estimate(~passing, np.full(len(passing), 1 / len(passing))) if passing is not None else None
        is_told = own and len(own.sample) and project.is_scored
        reduction = _reduction(project, own.sample, own.answers, gate) if own and is_told else None
        if accuracy or needs:
            found.append(VersionPoint(model.version, is_in_use, model.trained_on, accuracy, needs, reduction))
    return found


def passing_reserve(project: Project, model: ModelVersion, gate: Mask) -> npt.NDArray[np.bool_] | None:
    """Which items of the reserve, from its beginning on, a version would let pass; None where that is not known.

    `gate` (n,) are the items that could pass at all, as `workflow/routing.py` has it. Before the items are scored (of a
    project that was received, say) it lets nothing pass, and that tells nothing.
    """
    rows = np.sort(project.reserve.order[:RESERVE_READ])
    if not len(rows) or not project.is_scored:
        return None
    folder, scores = project.folder / model.folder, project.scores_file(model.version)
    answers = read_answers(folder, scores, rows, project.columns_now, several=project.task is Task.SEVERAL)
    return None if answers is None else would_pass(project, answers, gate[rows])


def would_pass(project: Project, answers: Answers, gate: Mask) -> npt.NDArray[np.bool_]:
    """Which items (n,) would pass without a person if a version with these answers were in use, the limit in force
    held, and the other rules treated them as today. `gate` (n,) are those that could pass at all.
    """
    return np.asarray(gate & (answers.confidence >= project.pool.threshold) & (answers.predicted >= 0))


def _reduction(project: Project, sample: MeasuringSample, answers: Answers, gate: Mask) -> Estimate | None:
    wrong = answers.predicted != sample.truth
    seen = ~would_pass(project, answers, gate[sample.rows])
    return estimate(seen[wrong], sample.strata.weights()[wrong]) if wrong.any() else None
