"""What the model in use says of one item, in the words of the project."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hitl_desktop.domain.findings import PRESENT, most_doubtful, positions_of, suggested_codes
from hitl_desktop.domain.labels import Label, Task, in_words
from hitl_desktop.domain.predictions import UNCERTAINTY_MEASURES, FloatArray, confidence, lead

if TYPE_CHECKING:
    from hitl_desktop.workflow.project import Project


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What the model in use says of one item: probabilities by label position, and the two numbers made of them.

    `predicted` is the class suggested; None where the task is several findings per item, `findings` are then those
    suggested, in class order. `lead` is the distance of the first from the second, or of the most doubtful finding's
    two answers. `quick_updates` is how many decisions since the version was trained have moved it
    (`workflow/quick.py`).
    """

    probabilities: tuple[float, ...]
    confidence: float
    uncertainty: float
    predicted: Label | None
    lead: float
    model_version: int
    findings: tuple[Label, ...] | None = None
    quick_updates: int = 0

    @property
    def most_doubtful(self) -> int:
        """The position of the finding that the model is least sure of."""
        return min(range(len(self.probabilities)), key=lambda place: abs(self.probabilities[place] - PRESENT))

    @property
    def labels(self) -> tuple[Label, ...]:
        """The class suggested, or the findings."""
        return (self.predicted,) if self.predicted else self.findings or ()

    @property
    def words(self) -> str:
        """The suggestion as people read it: the class, or the findings."""
        return self.predicted.name if self.predicted else in_words(label.name for label in self.findings or ())


def suggestion_of(
    row: FloatArray, labels: Sequence[Label], measure: str, version: int, *, several: bool, quick_updates: int = 0
) -> Suggestion:
    """What probabilities (k,) of a version come to, all of them finite. `measure` is the uncertainty in use."""
    told = most_doubtful(row[None, :]) if several else row[None, :]
    code = int(suggested_codes(row[None, :])[0]) if several else -1
    return Suggestion(
        tuple(float(p) for p in row),
        float(confidence(told)[0]),
        float(UNCERTAINTY_MEASURES[measure](told)[0]),
        None if several else labels[int(np.argmax(row))],
        float(lead(told)[0]),
        version,
        tuple(labels[position] for position in positions_of(code)) if several else None,
        quick_updates,
    )


def listed_now(project: "Project", index: int) -> tuple[float, tuple[Label, ...]] | None:
    """The confidence and the labels of `said_now` where a quick answer says them, for lists: a fraction of the work.
    None where the version alone says them.
    """
    quick = project.quick
    if quick is None or project.model is None or quick.version != project.model.version:
        return None
    if project.task is Task.SEVERAL:
        said = said_now(project, index)
        return None if said is None else (said.confidence, said.labels)
    row = quick.of_one(index)
    place = int(row.argmax())  # the first that is no number, where there is one
    sure = float(row[place])
    return (sure, (project.labels[place],)) if sure == sure else None


def said_now(project: "Project", index: int) -> Suggestion | None:
    """What the model says of an item at this moment, with quick answers where there are any."""
    quick = project.quick
    if quick is None or project.model is None or quick.version != project.model.version:
        return project.suggestion(index)
    row = quick.of_one(index)
    if not np.isfinite(row).all():
        return project.suggestion(index)
    is_several = project.task is Task.SEVERAL
    return suggestion_of(
        row, project.labels, project.pool.measure, quick.version, several=is_several, quick_updates=quick.updates
    )
