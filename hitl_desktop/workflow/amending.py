"""Changing a past decision: a new event with the reason, never a change of the old one."""

from dataclasses import replace

from hitl_desktop.domain.changes import Changes
from hitl_desktop.domain.decisions import Slot, Verdict
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.responses import Response
from hitl_desktop.domain.sentences import say
from hitl_desktop.workflow.deciding import decision_on, settled_answer
from hitl_desktop.workflow.review import ReviewSession
from hitl_desktop.workflow.seeing import seen_from_afar


def decide_again(
    session: ReviewSession,
    index: int,
    verdict: Verdict,
    label_id: int | None = None,
    findings: tuple[int, ...] | None = None,
    *,
    reason: str,
    response: Response | None = None,
) -> Changes:
    """Decide an item anew, with the reason why; the note and the marks of the decision that stands go with it.

    So does what was answered beyond the class, but for the ranking, which another class would contradict; or the
    `response` given.

    Raises KnownError without a reason, for an item nobody has decided on, and when nothing would be different.
    """
    project = session.project
    if not reason.strip():
        raise KnownError(say("A past decision is changed with a reason."), say("Say why in a few words."))
    live = project.store.decisions.live(index)
    if not live:
        raise KnownError(say("Nobody has decided on this item yet."), say("Decide it on the review page."))
    item, shown = project.store.items.get(index), project.suggestion(index)
    answer = settled_answer(project, verdict, label_id, findings, shown)
    said = (answer[1], answer[2]) if answer[0] in (Verdict.CONFIRMED, Verdict.CORRECTED) else answer[0]
    stands = (live[-1].label_id, live[-1].findings) if live[-1].names_answer else live[-1].verdict
    if said == stands and not live[-1].is_automatic:  # a person may say the same as what nobody looked at
        raise KnownError(say("That is what was decided already."), say("Choose something else."))
    event = decision_on(
        project,
        index,
        answer,
        reviewer=session.reviewer,
        slot=Slot.CHOSEN,
        shown=shown,
        look=seen_from_afar(session, item, shown),
        note=live[-1].note,
        evidence=live[-1].evidence,
        response=replace(live[-1].response, ranking=()) if response is None else response,
        reason=reason.strip(),
    )
    return session.decide_many([event])
