"""A decision in words: for notices, for undo, and for screen readers."""

from hitl_desktop.domain.decisions import Decision, Exposure, Verdict
from hitl_desktop.language import tr
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.suggesting import reveals


def told(project: Project, decision: Decision) -> str:
    """What was decided, without a full stop. An answer to a check whose suggestion was hidden does not tell it."""
    name = project.store.items.get(decision.item_index).name
    said = project.answer_words(decision.label_id, decision.findings)
    before = project.answer_words(decision.predicted_id, decision.predicted_findings)
    if not decision.names_answer:
        return f"{name} {decision.verdict.value}"
    if reveals(decision):
        return tr("{name} set to {said}, the model suggests {before}", name=name, said=said, before=before)
    if decision.exposure is Exposure.HIDDEN:
        return f"{name} set to {said}"
    if decision.verdict is Verdict.CONFIRMED:
        return f"{name} confirmed as {said}"
    return f"{name} set from {before} to {said}" if before else f"{name} set to {said}"
