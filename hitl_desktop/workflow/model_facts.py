"""All that the model page shows of a project, as it is at one moment."""

from dataclasses import dataclass

from hitl_desktop.domain.labels import Label
from hitl_desktop.workflow import reporting
from hitl_desktop.workflow.following_report import Following, LedChecks, following_of
from hitl_desktop.workflow.insight import decided_per_class
from hitl_desktop.workflow.model_report import ModelReport
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.snapshot import take_snapshot


@dataclass(frozen=True, slots=True, eq=False)
class ModelFacts:
    """`decided` counts decided items by class, in class order; `learns_from` is how many of them may train."""

    report: ModelReport
    decided: tuple[tuple[Label, int], ...]
    following: Following
    led: LedChecks | None
    learns_from: int


def model_facts(project: Project) -> ModelFacts:
    """Everything at once: where many items are decided it takes a second."""
    snapshot = take_snapshot(project)
    report = reporting.model_report(project, snapshot)
    following, led = following_of(project, snapshot)
    return ModelFacts(report, tuple(decided_per_class(project)), following, led, int(snapshot.trains.sum()))
