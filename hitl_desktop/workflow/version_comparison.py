"""Two versions beside each other on the same checks: figures, classes, and the items on which they differ."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hitl_desktop.assurance.estimates import Estimate
from hitl_desktop.assurance.paired import Pair, compare, compare_findings
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.labels import Label, Task
from hitl_desktop.domain.sentences import say
from hitl_desktop.store.models import ModelVersion
from hitl_desktop.workflow.masked_columns import masked_columns
from hitl_desktop.workflow.measuring import answers_of, fair_sample
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.snapshot import Snapshot

_OPENING = 120
MOST_ITEMS = 500
"""Items that are listed; with more, those that only one version got right come first."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two versions. `accuracy` is None without checks."""

    version: int
    decisions: int
    made_utc: str
    accuracy: Estimate | None


@dataclass(frozen=True, slots=True)
class Difference:
    """A check on which the two say something else. `name` is what people call it: its name, or how its text begins.

    A class is None where a version could not read the item.
    With several findings per item, each of the three is a set of them.
    """

    index: int
    name: str
    truth: Label | tuple[Label, ...]
    first: Label | tuple[Label, ...] | None
    second: Label | tuple[Label, ...] | None

    @property
    def is_gain(self) -> bool:
        """True when only the second version is right."""
        return self.second == self.truth

    @property
    def is_loss(self) -> bool:
        """True when only the first version is right."""
        return self.first == self.truth


@dataclass(frozen=True, slots=True)
class VersionComparison:
    """`first` is the older of the two. In every `Pair`, the old model is the first version, the new one the second.

    `classes` are the classes that have checks, in class order. `differences` lists at most `MOST_ITEMS` checks.
    """

    first: Side
    second: Side
    words: str
    overall: Pair
    classes: tuple[tuple[Label, Pair], ...]
    differences: tuple[Difference, ...]


def compare_versions(project: Project, snapshot: Snapshot, one: int, other: int) -> VersionComparison:
    """Compare two versions on today's checks.

    Raises KnownError when there are no checks, for a version that does not exist, or one that was not scored on them.
    """
    first, second = (_version(project, version) for version in sorted((one, other)))
    sample = fair_sample(project, snapshot, first, second)
    if not len(sample) and sample.left_out:
        raise KnownError(
            say("There are no random checks yet to compare them on. {left_out}", left_out=sample.left_out_words)
        )
    if not len(sample):
        raise KnownError(
            say("There are no random checks yet to compare versions on."),
            say("One item in {n} is one.", n=project.check_every),
        )
    old, new = (answers_of(project, model, sample) for model in (first, second))
    if old is None or new is None:
        missing = first if old is None else second
        raise KnownError(
            say("v{version} was never scored on the checks, so it cannot be compared.", version=str(missing.version))
        )
    compared = compare_findings if project.task is Task.SEVERAL else compare
    found = compared(sample.truth, old.predicted, new.predicted, len(project.labels))
    return VersionComparison(
        Side(first.version, first.trained_on, first.made_utc, sample.accuracy(old)),
        Side(second.version, second.trained_on, second.made_utc, sample.accuracy(new)),
        sample.words,
        found.overall,
        tuple((label, pair) for label, pair in zip(project.labels, found.classes, strict=True) if pair.checks),
        _differences(project, sample.rows, sample.truth, old.predicted, new.predicted),
    )


def _version(project: Project, version: int) -> ModelVersion:
    model = next((m for m in project.store.models.all() if m.version == version), None)
    if model is None:
        raise KnownError(say("There is no model v{version} in this project.", version=str(version)))
    return model


def _differences(
    project: Project,
    rows: npt.NDArray[np.int64],
    truth: npt.NDArray[np.int64],
    old: npt.NDArray[np.int64],
    new: npt.NDArray[np.int64],
) -> tuple[Difference, ...]:
    """What the second version lost, then what it gained, then where both are wrong in different ways."""
    places = np.flatnonzero(old != new)
    kind = np.where(old[places] == truth[places], 0, np.where(new[places] == truth[places], 1, 2))
    places = places[np.argsort(kind, kind="stable")][:MOST_ITEMS]
    names = _names(project, [int(i) for i in rows[places]])
    said = project.findings_in if project.task is Task.SEVERAL else project.labels.__getitem__
    return tuple(
        Difference(
            int(rows[place]),
            names[int(rows[place])],
            said(int(truth[place])),
            said(int(old[place])) if old[place] >= 0 else None,
            said(int(new[place])) if new[place] >= 0 else None,
        )
        for place in places
    )


def _names(project: Project, indexes: list[int]) -> dict[int, str]:
    items = project.store.items
    if project.kind.from_rows:
        masked = masked_columns(project.store)
        return {index: project.kind.opening(items.text(index), _OPENING, masked) for index in indexes}
    return {item.index: item.name for item in items.many(indexes)}
