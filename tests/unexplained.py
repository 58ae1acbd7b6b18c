"""Events that changed a past decision and do not say why: there must be none, whatever way was taken."""

from collections.abc import Iterable

from hitl_desktop.domain.decisions import Decision, Verdict
from hitl_desktop.domain.past_answers import changes_past


def unexplained(events: Iterable[Decision]) -> list[int]:
    """The numbers of events that changed a past decision, or took one back, and do not say why. Events in order."""
    live: dict[int, list[Decision]] = {}
    found = []
    for event in events:
        stack = live.setdefault(event.item_index, [])
        if event.verdict is Verdict.RETRACTED:
            taken = [d for d in stack if d.number == event.retracts]
            if not event.reason and any(d.names_answer and not d.is_automatic for d in taken):
                found.append(event.number)
            stack[:] = [d for d in stack if d.number != event.retracts]
            continue
        if not event.reason and changes_past(stack[-1] if stack else None, event):
            found.append(event.number)
        if event.verdict is not Verdict.REPEATED:
            stack.append(event)
    return found
