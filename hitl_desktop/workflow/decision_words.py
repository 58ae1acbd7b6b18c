"""A decision in words: for notices, for undo, and for screen readers."""

from typing import Final

from hitl_desktop.domain.decisions import Decision, Exposure, Verdict
from hitl_desktop.language import mark, tr
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.suggesting import reveals

_UNANSWERED: Final = {
    Verdict.SKIPPED: mark("{name} skipped"),
    Verdict.UNSURE: mark("{name} unsure"),
    Verdict.FLAGGED: mark("{name} flagged"),
    Verdict.RETRACTED: mark("{name} retracted"),
}


def told(project: Project, decision: Decision) -> str:
    """What was decided, without a full stop. An answer to a check whose suggestion was hidden does not tell it."""
    name = project.store.items.get(decision.item_index).name
    said = project.answer_words(decision.label_id, decision.findings)
    before = project.answer_words(decision.predicted_id, decision.predicted_findings)
    if not decision.names_answer:
        return tr(_UNANSWERED[decision.verdict], name=name)
    if reveals(decision):
        return tr("{name} set to {said}, the model suggests {before}", name=name, said=said, before=before)
    if decision.exposure is Exposure.HIDDEN:
        return tr("{name} set to {said}", name=name, said=said)
    if decision.verdict is Verdict.CONFIRMED:
        return tr("{name} confirmed as {said}", name=name, said=said)
    if before:
        return tr("{name} set from {before} to {said}", name=name, before=before, said=said)
    return tr("{name} set to {said}", name=name, said=said)
