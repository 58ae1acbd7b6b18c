"""The one door to figures about a model: the decisions that were drawn at random, and what a version says of them.

Every figure is made of a `MeasuringSample`. What a strategy chose, or a person opened, never gets into one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from hitl_desktop.assurance.estimates import Estimate
from hitl_desktop.assurance.strata import Strata, estimate
from hitl_desktop.domain.holdout import RAREST
from hitl_desktop.domain.labels import Task
from hitl_desktop.language import trn
from hitl_desktop.store.models import ModelVersion
from hitl_desktop.workflow.check_scores import Answers, read_answers
from hitl_desktop.workflow.known_items import read_known
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.snapshot import Snapshot, checks_in_turn


@dataclass(frozen=True, slots=True)
class MeasuringSample:
    """The checks: item indexes `rows` (n,), their class columns `truth` (n,), and how they were drawn.

    The strata are the parts of the reserve (`learning/reserve.py`), and last the items whose label came with the data;
    of these the same share was drawn of every import. `parts` (pool,) says of every item which part it is of.

    `drawn` counts also the checks that were set aside, and so have no class. With the task "several", `truth` holds
    codes of sets of findings, and so do the answers it is compared with: an item is right when all its findings are.
    One item in `every` that are asked is a check. `with_the_data` are the indexes of the items whose label came with
    the data; `left_out` checks are not in the sample, as the versions it is to measure had learned from them elsewhere.
    """

    rows: npt.NDArray[np.int64]
    truth: npt.NDArray[np.int64]
    strata: Strata
    drawn: int
    task: Task = Task.ONE
    every: int = RAREST
    with_the_data: npt.NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    left_out: int = 0
    parts: npt.NDArray[np.int64] | None = None

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def from_reserve(self) -> int:
        """Checks that were drawn from the reserve and answered here."""
        return int((self.strata.membership != len(self.strata.sizes) - 1).sum())

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

    @property
    def left_out_words(self) -> str:
        """How many checks were left out, and why; empty when there are none."""
        if not self.left_out:
            return ""
        return trn(
            "{n} more check is left out: the model had learned from that item before it came here.",
            "{n} more checks are left out: the model had learned from these items before it came here.",
            self.left_out,
        )

    @property
    def unmeasured_words(self) -> str:
        """That nothing is known yet of items added later, none of whose checks is answered; empty when there are none.

        Without any check nothing is measured at all, which is told elsewhere.
        """
        drawn = np.bincount(self.strata.membership, minlength=len(self.strata.sizes))[1:-1]
        waiting = int(self.strata.sizes[1:-1][drawn == 0].sum())
        if not waiting or not len(self):
            return ""
        return trn(
            "{n} item that was added later is not in this: none of its checks is answered yet.",
            "{n} items that were added later are not in this: none of their checks is answered yet.",
            waiting,
        )

    def without(self, known: npt.NDArray[np.int64]) -> "MeasuringSample":
        """The same sample without the items `known`, indexes (m,): what is left stands for the rest of the pool."""
        is_known = np.isin(self.rows, known)
        if not len(known):
            return self
        last = len(self.strata.sizes) - 1
        part = np.zeros(len(known), np.int64) if self.parts is None else self.parts[known]
        part[np.isin(known, self.with_the_data)] = last
        sizes = self.strata.sizes - np.bincount(part, minlength=last + 1)
        return replace(
            self,
            rows=self.rows[~is_known],
            truth=self.truth[~is_known],
            strata=Strata(self.strata.membership[~is_known], np.maximum(sizes, 0)),
            drawn=self.drawn - int(is_known.sum()),
            left_out=self.left_out + int(is_known.sum()),
        )

    def accuracy(self, answers: Answers) -> Estimate | None:
        """The share of the pool that a version gets right, as far as the checks tell; None without checks."""
        return estimate(answers.predicted == self.truth, self.strata.weights())


def measuring_sample(project: Project, snapshot: Snapshot) -> MeasuringSample:
    """The checks of a snapshot: the answered beginning of the reserve, and labels that came with the data and were
    kept apart. Each stands for the part of the pool that it was drawn from: the first import, or batches added later.
    """
    rows, labels = snapshot.checks
    position = {label.id: label.position for label in project.labels}
    with_the_data = np.asarray(project.store.decisions.imported(), np.int64)
    reserve = project.reserve
    in_turn = checks_in_turn(project)
    last = reserve.part_count
    membership = np.where(reserve.members[rows], reserve.part_of(rows), last)
    every_part = reserve.part_of(np.arange(len(project.pool)))
    every_part[with_the_data] = last
    return MeasuringSample(
        rows,
        labels if project.task is Task.SEVERAL else np.array([position[int(label)] for label in labels], np.int64),
        Strata(membership, np.bincount(every_part, minlength=last + 1)),
        len(in_turn) + int((membership == last).sum()),
        project.task,
        project.check_every,
        with_the_data,
        parts=reserve.parts,
    )


def known_to(project: Project, *models: ModelVersion | None) -> npt.NDArray[np.int64]:
    """Indexes of the items that any of these versions learned from before it came here, ascending."""
    found = [read_known(project.folder / model.folder) for model in models if model is not None]
    known = np.unique(np.concatenate([np.empty(0, np.int64), *(rows for rows in found if rows is not None)]))
    return known[known < len(project.pool)]  # noted for items that were then not added after all


def fair_sample(project: Project, snapshot: Snapshot, *models: ModelVersion | None) -> MeasuringSample:
    """The checks that may measure these versions, and compare them."""
    return measuring_sample(project, snapshot).without(known_to(project, *models))


def answers_of(project: Project, model: ModelVersion, sample: MeasuringSample) -> Answers | None:
    """What a version says of the checks; None when it was never scored on them, or may have learned from some.

    The first version of the program did not note what a model learned from, and did not keep a reserve.
    """
    if model.origin == "trained" and not model.trained_hash:
        return None
    folder = project.folder / model.folder
    several = project.task is Task.SEVERAL
    return read_answers(folder, project.scores_file(model.version), sample.rows, project.columns_now, several=several)


@dataclass(frozen=True, slots=True)
class Measured:
    """A version on the checks that may measure it."""

    sample: MeasuringSample
    answers: Answers

    @property
    def accuracy(self) -> Estimate | None:
        """The share of the pool that it gets right, as far as these checks tell; None without any."""
        return self.sample.accuracy(self.answers)


def measured_each(project: Project, checks: MeasuringSample, models: Sequence[ModelVersion]) -> dict[int, Measured]:
    """By version: each on the checks that it did not learn from elsewhere; those that were never scored on them not."""
    found = {}
    for model in models:
        sample = checks.without(known_to(project, model))
        answers = answers_of(project, model, sample)
        if answers is not None:
            found[model.version] = Measured(sample, answers)
    return found
