"""A past decision is changed with a reason: what counts as such a change, and which events lack one.

A past decision is an answer (a class, findings) that stands, of a person or from the data; what nobody looked at is
none, and neither is an item that was set aside. An answer after the reveal belongs to the own answer that it follows,
and a blind answer that the program asked for, or another person's own reading, is a measurement: asking for a reason
would tell what was said before.
"""

from typing import Final

from hitl_desktop.domain.decisions import MEASURING_SLOTS, Decision, Exposure, Slot

UNDO: Final = "undo"
"""The reason of what takes a step back by the undo key."""
CLASS_CHANGE: Final = "class change"
"""The reason of decisions that follow from a change of the classes, where that gives no other."""
TAKEN_BACK: Final = "taken back"
"""The reason of what takes back an automatic decision, where nobody gave another."""
_OWN_READING: Final = MEASURING_SLOTS | {Slot.SECOND}
CODES: Final = (UNDO, CLASS_CHANGE, TAKEN_BACK)
"""Reasons that the program gives by itself; all others are a person's words."""


def is_asked_blind(slot: Slot, exposure: Exposure | None) -> bool:
    """True for an answer that measures because the program asked for it without telling anything."""
    return slot in MEASURING_SLOTS and exposure is Exposure.HIDDEN


def _same_person(one: Decision, other: Decision) -> bool:
    """By the profile, which keeps when its name changes, else by the name."""
    if one.reviewer_id and other.reviewer_id:
        return one.reviewer_id == other.reviewer_id
    return one.reviewer == other.reviewer


def changes_past(standing: Decision | None, event: Decision) -> bool:
    """True when `event` changes the answer that stands before it, so that it needs a reason."""
    if standing is None or not standing.names_answer or standing.is_automatic or event.is_automatic:
        return False
    if standing.number == event.follows or is_asked_blind(event.slot, event.exposure):
        return False
    if event.slot is Slot.REPEAT:  # the program asked again: a reason would tell that it was answered before
        return False
    if event.slot in _OWN_READING and not _same_person(standing, event):
        return False
    said, before = ((d.label_id, d.findings, d.response) for d in (event, standing))
    return not (event.names_answer and said == before)
