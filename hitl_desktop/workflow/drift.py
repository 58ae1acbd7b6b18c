"""What follows from comparing a batch: it is on record, told, and consequences are drawn where it differs."""

from dataclasses import replace

from hitl_desktop.domain.batch_comparison import BatchComparison
from hitl_desktop.domain.changes import Changes
from hitl_desktop.domain.sentences import Sentence
from hitl_desktop.workflow import automation
from hitl_desktop.workflow.certifying import suspend
from hitl_desktop.workflow.clock import now_utc
from hitl_desktop.workflow.project import Project


def take_comparison(project: Project, number: int, found: BatchComparison) -> Changes:
    """Put on record how batch `number` compared. Where it differs, the certificate is suspended until another audit, as
    what it was audited on no longer stands for what comes; and automatic decisions, if any are permitted, are paused.
    """
    with project.store.transaction():
        project.store.batches.compare(number, now_utc(), found.plain())
    if not found.differs:
        return Changes(pool=True, routing=True)
    why = reason(project, number, found)
    is_automatic = automation.is_permitted(project)
    # What is told of the suspension says why.
    changes = Changes(pool=True, routing=True, told=str(why)) | suspend(project, why, by="drift")
    if is_automatic:
        paused = automation.pause_by_itself(project, why)
        changes = replace(changes | paused, told=" ".join(filter(None, (changes.told, paused.told))))
    return changes


def reason(project: Project, number: int, found: BatchComparison) -> Sentence:
    """In which way a batch differs, as one sentence."""
    changed = found.most_changed
    return found.reason(number, project.label(changed.label_id).name if changed else "")
