"""Why an item is asked, in a badge and one clause."""

from dataclasses import dataclass, replace

from hitl_desktop.domain.decisions import Slot
from hitl_desktop.gui.widgets.badge import BadgeTone
from hitl_desktop.workflow.project import Suggestion

CLOSE_LEAD = 0.25


@dataclass(frozen=True, slots=True)
class Reason:
    """What the badge shows: icon, word, tone; and the clause beside it."""

    icon: str
    word: str
    tone: BadgeTone
    clause: str


_FIXED = {
    Slot.START: Reason("layers", "First ones", "accent", "drawn at random to begin with"),
    Slot.EXPLORE: Reason("shuffle", "Exploring", "audit", "drawn at random, to measure"),
    Slot.AGAIN: Reason("refresh-cw", "Back again", "neutral", "set aside before"),
    Slot.CHOSEN: Reason("search", "Opened by you", "neutral", "not from the queue"),
}


def reason(slot: Slot, leader: str, lead: float | None, threshold: float) -> Reason:
    """The reason for a slot. `leader` and `lead` (0–1) are the model's first choice and its lead, if there is one."""
    if slot in _FIXED:
        return _FIXED[slot]
    if lead is None:
        return Reason("layers", "To decide", "accent", "not scored yet")
    points = round(lead * 100)
    if points == 0:
        return Reason("scale", "Close call", "accent", "two classes are level")
    if lead < CLOSE_LEAD:
        return Reason(
            "scale", "Close call", "accent", f"{leader} leads by {points} {'point' if points == 1 else 'points'}"
        )
    return Reason("scale", "Not sure enough", "accent", f"below the line of {round(threshold * 100)} %")


def reason_of_findings(slot: Slot, doubtful: str, shown: Suggestion, threshold: float) -> Reason:
    """The same where several findings are suggested: `doubtful` is the one the model is least sure of."""
    found = reason(slot, doubtful, shown.lead, threshold)
    if found.word != "Close call":
        return found
    return replace(found, clause=f"unsure of {doubtful}: {round(100 * shown.probabilities[shown.most_doubtful])} %")
