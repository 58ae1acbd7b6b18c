"""What follows from comparing a batch: it is on record, told, and consequences are drawn where it differs."""

from collections.abc import Mapping

from hitl_desktop.domain.batch_comparison import BatchComparison
from hitl_desktop.domain.changes import Changes
from hitl_desktop.domain.sentences import Sentence
from hitl_desktop.workflow.clock import now_utc
from hitl_desktop.workflow.project import Project


def comparisons(project: Project) -> Mapping[int, BatchComparison]:
    """By batch, how it compared when that was last looked at."""
    return {number: BatchComparison.of(plain) for number, plain in project.store.batches.comparisons().items()}


def take_comparison(project: Project, number: int, found: BatchComparison) -> Changes:
    """Put on record how batch `number` compared."""
    with project.store.transaction():
        project.store.batches.compare(number, now_utc(), found.plain())
    told = str(reason(project, number, found)) if found.differs else ""
    return Changes(pool=True, routing=found.differs, told=told)


def reason(project: Project, number: int, found: BatchComparison) -> Sentence:
    """In which way a batch differs, as one sentence."""
    changed = found.most_changed
    return found.reason(number, project.label(changed.label_id).name if changed else "")
