"""Past decisions in the words and marks of the table."""

from dataclasses import dataclass, replace
from typing import Final

from hitl_desktop.domain.decisions import Decision, Slot, Verdict
from hitl_desktop.domain.past_answers import CLASS_CHANGE, TAKEN_BACK, UNDO
from hitl_desktop.domain.reviewers import Auth
from hitl_desktop.language import decimal, mark, tr
from hitl_desktop.workflow.past_decisions import PastDecision, said, suggested
from hitl_desktop.workflow.project import Project

VERDICTS: Final[dict[Verdict, tuple[str, str, str]]] = {
    Verdict.CONFIRMED: (mark("Confirmed"), "check", "ok"),
    Verdict.CORRECTED: (mark("Corrected"), "git-compare-arrows", "accent"),
    Verdict.SKIPPED: (mark("Skipped"), "skip-forward", "text2"),
    Verdict.UNSURE: (mark("Unsure"), "circle-help", "text2"),
    Verdict.FLAGGED: (mark("Flagged"), "flag", "warn"),
    Verdict.AUTOMATIC: (mark("Automatic"), "shield-check", "ok"),
    Verdict.RETRACTED: (mark("Taken back"), "undo-2", "text2"),
    Verdict.REPEATED: (mark("Asked again"), "refresh-cw", "audit"),
}
"""The words, the icon and its colour."""


_ANSWERED: Final = (mark("Answered"), "check", "text2")
"""An answer of an audit that is under way: whether the model agrees is not told."""


@dataclass(frozen=True, slots=True)
class Side:
    """One side of "from → to": words, and the positions of the classes they name. `look` is the icon and its colour,
    where it is not that of the verdict.
    """

    words: str
    marks: tuple[int, ...] = ()
    is_suggested: bool = False
    look: tuple[str, str] | None = None


def verdict_of(project: Project, event: Decision) -> tuple[str, str, str]:
    """The row of `VERDICTS` for an event."""
    is_audited = event.names_answer and event.item_index in project.store.audits.open_items()
    return _ANSWERED if is_audited else VERDICTS[event.verdict]


def from_side(project: Project, past: PastDecision) -> Side:
    """What an item was before: by a decision, else what the model had suggested."""
    before = past.before.decision
    if before is not None:
        return _side(project, before)
    words = suggested(project, past.event)
    if words and past.event.verdict is not Verdict.RETRACTED:
        return Side(words, _positions(project, past.event.predicted_id, past.event.predicted_findings), True)
    return Side(tr("To do"))


def to_side(project: Project, past: PastDecision) -> Side:
    """What it was after."""
    if past.after is None:
        return Side(tr("To do"))
    _, *look = verdict_of(project, past.event)
    return replace(_side(project, past.after), look=(look[0], look[1]))


def _side(project: Project, decision: Decision) -> Side:
    if not decision.names_answer and decision.label_id is None:
        return Side(tr(VERDICTS[decision.verdict][0]))
    return Side(said(project, decision), _positions(project, decision.label_id, decision.findings))


def _positions(project: Project, label_id: int | None, findings: tuple[int, ...] | None) -> tuple[int, ...]:
    ids = findings if findings is not None else () if label_id is None else (label_id,)
    return tuple(sorted(project.label(one).position for one in ids))


def seconds(event: Decision) -> str:
    """The active time on the item; empty where it was not measured."""
    return "" if event.seconds is None else decimal(event.seconds, 1)


def model(event: Decision) -> str:
    """The version that suggested, and how many decisions had moved it at once; empty without one."""
    quick = f"+{event.quick_updates}" if event.quick_updates else ""
    return "" if event.model_version is None else f"v{event.model_version}{quick}"


def who(event: Decision) -> str:
    """Who decided; labels that came with the data say so."""
    return tr("from your data") if event.slot in (Slot.IMPORTED, Slot.IMPORTED_CHECK) else event.reviewer


def proof(event: Decision) -> str:
    """How it was known who it was; empty where nobody was asked."""
    return tr("password given") if event.auth == Auth.PASSWORD.value else ""


def remark(event: Decision) -> str:
    """The reason for a change, else the note."""
    return reason(event) or event.note


def reason(event: Decision) -> str:
    """Why something past was changed; what the program says by itself in the reader's language."""
    own = {
        UNDO: tr("Taken back by the undo key"),
        CLASS_CHANGE: tr("A change of the classes"),
        TAKEN_BACK: tr("An automatic decision was taken back"),
    }
    return own.get(event.reason, event.reason)
