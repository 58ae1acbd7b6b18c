"""What a key comes to: an answer is a confirmation when it is the suggestion, and a correction otherwise."""

from collections.abc import Iterable

from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.sentences import say
from hitl_desktop.workflow.suggestion import Suggestion


def settled(verdict: Verdict, label_id: int | None, shown: Suggestion | None) -> tuple[Verdict, int | None]:
    """The verdict and the class to record. Raises KnownError when there is no class to take."""
    suggested = shown.predicted.id if shown and shown.predicted else None
    if verdict is Verdict.CONFIRMED and label_id is None:
        if suggested is None:
            raise KnownError(say("There is no suggestion to confirm yet."), say("Choose a class."))
        return Verdict.CONFIRMED, suggested
    if verdict in (Verdict.CONFIRMED, Verdict.CORRECTED):
        if label_id is None:
            raise KnownError(say("A correction needs a class."), say("Choose one."))
        return (Verdict.CONFIRMED if label_id == suggested else Verdict.CORRECTED), label_id
    return verdict, None


def settled_findings(
    verdict: Verdict, label_id: int | None, findings: Iterable[int] | None, shown: Suggestion | None
) -> tuple[Verdict, tuple[int, ...] | None]:
    """The same where several findings are decided per item. Raises KnownError when it is not said which are there."""
    if label_id is not None:
        raise KnownError(say("This project decides several findings per item."), say("Say which are there, or none."))
    if verdict not in (Verdict.CONFIRMED, Verdict.CORRECTED):
        return verdict, None
    suggested = suggested_findings(shown)
    if findings is None and (verdict is Verdict.CORRECTED or suggested is None):
        raise KnownError(say("There is no suggestion to confirm yet."), say("Say which findings are there, or none."))
    answer = suggested if findings is None else tuple(sorted(set(findings)))
    return (Verdict.CONFIRMED if answer == suggested else Verdict.CORRECTED), answer


def suggested_findings(shown: Suggestion | None) -> tuple[int, ...] | None:
    """The findings of a suggestion as ascending label ids; None without one, or where one class is suggested."""
    if shown is None or shown.findings is None:
        return None
    return tuple(sorted(label.id for label in shown.findings))
