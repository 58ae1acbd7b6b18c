"""Looking for label problems: the request for the worker, and its answer."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hitl_desktop.domain.label_problems import LabelProblem
from hitl_desktop.domain.labels import Task
from hitl_desktop.workflow.learning_choices import choices_of
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.requests import Decided, FeatureRequest
from hitl_desktop.workflow.snapshot import take_snapshot

MOST: Final = 500
"""So many problems of each sort are kept: nobody looks at more before the next training."""


@dataclass(frozen=True, slots=True)
class ProblemsRequest:
    """Look for problems among the labels of `decided`, as the model in `bundle` sees the items; None: there is none.

    Items that belong together by `group_column` are kept on one side of every fold. `findings` is their number where
    labels are codes of sets of findings, else 0; `answers` are all class ids where items are comparisons. `after` is
    the number of the last decision that is looked at.
    """

    features: FeatureRequest
    features_choice: str
    bundle: Path | None
    group_column: str
    decided: Decided
    findings: int
    seed: int
    version: int
    after: int
    most: int = MOST
    answers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Problems:
    """What was found, contradictions first, each sort with the strongest first.

    `labels` were looked at, in the state after the decision number `after`, as version `version` sees items (0: there
    was none). `judged` of them by models that did not see them; 0 where there were too few to learn from. `right` of
    those models' answers are the same as the label.
    """

    problems: tuple[LabelProblem, ...]
    labels: int
    judged: int
    right: int
    version: int
    after: int


def problems_request(project: Project) -> ProblemsRequest:
    """What the worker needs to know: the labels that train, with none of those that measure."""
    snapshot = take_snapshot(project)
    choices = choices_of(project.store)
    return ProblemsRequest(
        project.feature_request(),
        choices.features,
        None if project.model is None else project.folder / project.model.folder,
        choices.group_column,
        Decided(*snapshot.training),
        len(project.labels) if project.task is Task.SEVERAL else 0,
        project.seed,
        0 if project.model is None else project.model.version,
        snapshot.after_decision,
        answers=tuple(label.id for label in project.labels) if project.kind.compares else (),
    )
