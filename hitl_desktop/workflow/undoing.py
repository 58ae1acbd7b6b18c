"""What undo would take back: the last decision that stands, or a change of the classes that came after it."""

from hitl_desktop.domain.class_changes import ClassOperation
from hitl_desktop.domain.decisions import Decision
from hitl_desktop.language import in_use, tr
from hitl_desktop.workflow.classes import ClassEditor
from hitl_desktop.workflow.decision_words import told, told_many
from hitl_desktop.workflow.project import Project


def last_class_change(project: Project, reviewer: str, last: Decision | None) -> ClassOperation | None:
    """The reviewer's last change of the classes, if no decision of theirs that stands is younger than `last`."""
    operation = ClassEditor(project, reviewer).last()
    if operation is None or operation.reviewer != reviewer:
        return None
    return operation if last is None or operation.last_decision >= last.number else None


def undo_words(project: Project, reviewer: str) -> str:
    """What undo would take back, in words; empty when there is nothing."""
    return project.store.remembered("undo", (reviewer, in_use().code), lambda: _undo_words(project, reviewer))


def _undo_words(project: Project, reviewer: str) -> str:
    last = project.store.decisions.last_live(reviewer)
    operation = last_class_change(project, reviewer, last)
    if operation:
        return tr("Undo: {what}", what=ClassEditor(project, reviewer).words(operation))
    if last is None:
        return ""
    answers = project.store.decisions.answers_in_batch(last.batch, last.number) if last.batch else []
    is_many = sum(times for *_, times in answers) > 1  # of thousands, not one is read for this
    return tr("Undo: {what}", what=told_many(project, answers) if is_many else told(project, last))
