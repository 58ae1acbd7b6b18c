"""The one door to figures about a model: the decisions that were drawn at random, and what a version says of them.

Every figure is made of a `MeasuringSample`. What a strategy chose, or a person opened, never gets into one.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hitl_desktop.assurance.estimates import Estimate
from hitl_desktop.assurance.strata import Strata, estimate
from hitl_desktop.domain.holdout import RAREST
from hitl_desktop.domain.labels import Task
from hitl_desktop.domain.pool import TO_DO
from hitl_desktop.language import trn
from hitl_desktop.store.models import ModelVersion
from hitl_desktop.workflow.check_scores import Answers, read_answers
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.snapshot import Snapshot

_RESERVE = 0
_WITH_THE_DATA = 1


@dataclass(frozen=True, slots=True)
class MeasuringSample:
    """The checks: item indexes `rows` (n,), their class columns `truth` (n,), and how they were drawn.

    `drawn` counts also the checks that were set aside, and so have no class. With the task "several", `truth` holds
    codes of sets of findings, and so do the answers it is compared with: an item is right when all its findings are.
    One item in `every` that are asked is a check.
    """

    rows: npt.NDArray[np.int64]
    truth: npt.NDArray[np.int64]
    strata: Strata
    drawn: int
    task: Task = Task.ONE
    every: int = RAREST

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def from_reserve(self) -> int:
        """Checks that were drawn from the reserve and answered here."""
        return int((self.strata.membership == _RESERVE).sum())

    @property
    def words(self) -> str:
        """What the sample is, for a caption."""
        here = trn("{n} random check", "{n} random checks", self.from_reserve)
        with_data = len(self) - self.from_reserve
        if not with_data:
            return here
        if self.from_reserve:
            return trn(
                "{checks} and {n} label of your data", "{checks} and {n} labels of your data", with_data, checks=here
            )
        return trn("{n} label of your data, drawn at random", "{n} labels of your data, drawn at random", with_data)

    def accuracy(self, answers: Answers) -> Estimate | None:
        """The share of the pool that a version gets right, as far as the checks tell; None without checks."""
        return estimate(answers.predicted == self.truth, self.strata.weights())


def measuring_sample(project: Project, snapshot: Snapshot) -> MeasuringSample:
    """The checks of a snapshot: the answered beginning of the reserve, and labels that came with the data and were
    kept apart. Each stands for the part of the pool that it was drawn from.
    """
    rows, labels = snapshot.checks
    position = {label.id: label.position for label in project.labels}
    with_the_data = len(project.store.decisions.imported())
    in_turn = project.reserve.measuring(project.pool.states == TO_DO)
    membership = np.where(project.reserve.members[rows], _RESERVE, _WITH_THE_DATA)
    return MeasuringSample(
        rows,
        labels if project.task is Task.SEVERAL else np.array([position[int(label)] for label in labels], np.int64),
        Strata(membership, np.array([len(project.pool) - with_the_data, with_the_data])),
        len(in_turn) + int((membership == _WITH_THE_DATA).sum()),
        project.task,
        project.check_every,
    )


def answers_of(project: Project, model: ModelVersion, sample: MeasuringSample) -> Answers | None:
    """What a version says of the checks; None when it was never scored on them, or may have learned from some.

    The first version of the program did not note what a model learned from, and did not keep a reserve.
    """
    if model.origin == "trained" and not model.trained_hash:
        return None
    folder = project.folder / model.folder
    several = project.task is Task.SEVERAL
    return read_answers(folder, project.scores_file(model.version), sample.rows, project.columns_now, several=several)
