"""A decision in words: for notices, for undo, and for screen readers."""

from collections.abc import Sequence
from typing import Final

from hitl_desktop.domain.decisions import Decision, Exposure, Verdict
from hitl_desktop.language import mark, mark_n, tr, trn
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.suggesting import reveals

_UNANSWERED: Final = {
    Verdict.SKIPPED: mark("{name} skipped"),
    Verdict.UNSURE: mark("{name} unsure"),
    Verdict.FLAGGED: mark("{name} flagged"),
    Verdict.RETRACTED: mark("{name} retracted"),
    Verdict.REPEATED: mark("{name} not answered"),
}


def told(project: Project, decision: Decision) -> str:
    """What was decided, without a full stop. An answer to a check whose suggestion was hidden does not tell it."""
    name = project.store.items.get(decision.item_index).name
    said = project.answer_words(decision.label_id, decision.findings)
    before = project.answer_words(decision.predicted_id, decision.predicted_findings)
    if not decision.names_answer and decision.label_id is None:
        return tr(_UNANSWERED[decision.verdict], name=name)
    if decision.is_automatic:
        return tr("{name} automatically {said}", name=name, said=said)
    if reveals(decision):
        return tr("{name} set to {said}, the model suggests {before}", name=name, said=said, before=before)
    if decision.exposure is Exposure.HIDDEN:
        return tr("{name} set to {said}", name=name, said=said)
    if decision.verdict is Verdict.CONFIRMED:
        return tr("{name} confirmed as {said}", name=name, said=said)
    if before:
        return tr("{name} set from {before} to {said}", name=name, before=before, said=said)
    return tr("{name} set to {said}", name=name, said=said)


def told_step(project: Project, step: Sequence[Decision]) -> str:
    """What was decided at once on many items, without a full stop: "14 confirmed as Glass"."""
    if len(step) == 1:
        return told(project, step[0])
    return told_many(project, [(event.verdict, event.label_id, event.findings, 1) for event in step])


def told_many(project: Project, answers: Sequence[tuple[Verdict, int | None, tuple[int, ...] | None, int]]) -> str:
    """The same of (verdict, label id, findings, how often)."""
    count = sum(times for *_, times in answers)
    verdicts = {verdict for verdict, *_ in answers}
    said = {(label_id, findings) for _, label_id, findings, _ in answers}
    label_id, findings = next(iter(said))
    if len(said) > 1 or (label_id is None and findings is None):
        words = _MANY[next(iter(verdicts))] if len(verdicts) == 1 else _MANY[Verdict.CORRECTED]
        return trn(*words, count)
    name = project.answer_words(label_id, findings)
    if verdicts == {Verdict.CONFIRMED}:
        return trn("{n} item confirmed as {said}", "{n} items confirmed as {said}", count, said=name)
    return trn("{n} item set to {said}", "{n} items set to {said}", count, said=name)


_MANY: Final = {
    Verdict.CONFIRMED: mark_n("{n} item confirmed", "{n} items confirmed"),
    Verdict.CORRECTED: mark_n("{n} item decided", "{n} items decided"),
    Verdict.SKIPPED: mark_n("{n} item skipped", "{n} items skipped"),
    Verdict.UNSURE: mark_n("{n} item marked unsure", "{n} items marked unsure"),
    Verdict.FLAGGED: mark_n("{n} item flagged", "{n} items flagged"),
    Verdict.AUTOMATIC: mark_n("{n} item decided automatically", "{n} items decided automatically"),
    Verdict.RETRACTED: mark_n("{n} item taken back", "{n} items taken back"),
    Verdict.REPEATED: mark_n("{n} item asked again", "{n} items asked again"),
}
