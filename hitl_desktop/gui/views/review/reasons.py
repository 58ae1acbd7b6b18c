"""Why an item is asked: one table of words for the badge on the panel, its clause, the queue and its tooltips."""

from dataclasses import dataclass, replace
from typing import Final

from hitl_desktop.domain.decisions import Slot
from hitl_desktop.gui.widgets.badge import BadgeTone
from hitl_desktop.language import mark, percent, tr, trn
from hitl_desktop.workflow.suggestion import Suggestion

CLOSE_LEAD: Final = 0.25


@dataclass(frozen=True, slots=True)
class Reason:
    """What the badge shows: icon, word, tone; and the clause beside it."""

    icon: str
    word: str
    tone: BadgeTone
    clause: str


_UNSCORED: Final = Reason("layers", mark("To decide"), "accent", mark("not scored yet"))
REASONS: Final[dict[Slot, Reason]] = {
    Slot.UNCERTAIN: Reason("scale", mark("Uncertain"), "accent", mark("the model is not sure of it")),
    Slot.START: Reason("shuffle", mark("At random"), "accent", mark("drawn at random, to learn from")),
    Slot.TYPICAL: Reason("layers", mark("Typical"), "accent", mark("speaks for many that are like it")),
    Slot.DIVERSE: Reason("scale", mark("Different"), "accent", mark("uncertain, and unlike the others asked now")),
    Slot.RARE: Reason("target", mark("Rare class"), "accent", mark("perhaps of a class with few decisions")),
    Slot.LOSS: Reason("target", mark("Most to lose"), "accent", mark("much is lost if it is missed")),
    Slot.EXPLORE: Reason("shuffle", mark("Exploring"), "audit", mark("drawn at random, to measure")),
    Slot.AUDIT: Reason("eye-off", mark("Check"), "audit", mark("drawn at random, for a certificate")),
    Slot.WATCH: Reason("eye-off", mark("Check"), "audit", mark("drawn at random, to keep watch")),
    Slot.AUTOMATIC: Reason("shield-check", mark("Automatic"), "neutral", mark("decided by a rule")),
    Slot.AGAIN: Reason("refresh-cw", mark("Back again"), "neutral", mark("set aside before")),
    Slot.SECOND: Reason("users", mark("Second reader"), "audit", mark("somebody else answered, you do not see what")),
    # Never said while it is asked: the badge says "Blind", as for random checks.
    Slot.REPEAT: Reason("refresh-cw", mark("Asked again"), "audit", mark("you answered it before")),
    Slot.CHOSEN: Reason("search", mark("Opened by you"), "neutral", mark("not from the queue")),
    Slot.IMPORTED: Reason("table", mark("From your data"), "neutral", mark("its label came with the data")),
    Slot.IMPORTED_CHECK: Reason(
        "table", mark("From your data"), "audit", mark("its label came with the data, and measures")
    ),
}
"""The words of every slot, as far as they do not depend on the item."""
_BY_STRATEGY: Final = frozenset({Slot.UNCERTAIN, Slot.START, Slot.TYPICAL, Slot.DIVERSE, Slot.RARE, Slot.LOSS})
_NEW_KIND: Final = Reason("circle-alert", mark("New kind"), "warn", mark("unlike anything decided"))
_FIRST: Final = Reason("layers", mark("First ones"), "accent", mark("at random, to begin with"))


REVEALED: Final = Reason("eye", mark("Revealed"), "audit", mark("the model says something else"))
"""The reviewer answered before they saw the suggestion, and may keep or change what they said."""
_WAS_UNSURE: Final = Reason("scale", mark("Was unsure"), "neutral", mark("surer since it learned more"))
_BLIND: Final = Reason("eye-off", mark("Blind first"), "audit", mark("you decide before the model"))
_BLIND_CHECK: Final = Reason("eye-off", mark("Blind"), "audit", "")


def blind_reason(*, is_check: bool) -> Reason:
    """The reason while the suggestion is hidden: of what the model thinks it says nothing, not even how sure it is."""
    return said(_BLIND_CHECK if is_check else _BLIND)


def said(found: Reason) -> Reason:
    """A row of the table in the reader's language."""
    return replace(found, word=tr(found.word), clause=tr(found.clause) if found.clause else "")


def reason(slot: Slot, leader: str, lead: float | None, threshold: float, *, is_sure: bool = False) -> Reason:
    """The reason for a slot. `leader` and `lead` (0–1) are the model's first choice and its lead, if there is one.

    `is_sure`: what is shown lies above the line. An item keeps its place while trainings and quick answers change what
    is suggested of it, so it may be on screen for a doubt that has gone.
    """
    if slot is Slot.START and lead is None:
        return said(_FIRST)
    if slot is not Slot.UNCERTAIN:
        return said(REASONS[slot])
    if lead is None:
        return said(_UNSCORED)
    points = round(lead * 100)
    if points == 0:
        return Reason("scale", tr("Close call"), "accent", tr("two classes are level"))
    if lead < CLOSE_LEAD:
        leads = trn("{leader} leads by {n} point", "{leader} leads by {n} points", points, leader=leader)
        return Reason("scale", tr("Close call"), "accent", leads)
    if is_sure:
        return said(_WAS_UNSURE)
    below = tr("below the line of {threshold}", threshold=percent(threshold))
    return Reason("scale", tr("Not sure enough"), "accent", below)


def new_kind(slot: Slot, *, is_novel: bool) -> Reason | None:
    """What is said in place of why a strategy asks for an item that is unlike anything decided; None for others."""
    return said(_NEW_KIND) if is_novel and slot in _BY_STRATEGY else None


def in_queue(slot: Slot, *, is_scored: bool) -> Reason:
    """The reason for an item that waits in the queue."""
    if slot is Slot.CHOSEN:  # it has no place in the order of asking
        return Reason("circle", tr("To do"), "neutral", tr("not in the queue"))
    if is_scored:
        return said(REASONS[slot])
    return said({Slot.START: _FIRST, Slot.UNCERTAIN: _UNSCORED}.get(slot, REASONS[slot]))


def reason_of_findings(slot: Slot, doubtful: str, shown: Suggestion, threshold: float) -> Reason:
    """The same where several findings are suggested: `doubtful` is the one the model is least sure of."""
    found = reason(slot, doubtful, shown.lead, threshold)
    if slot is not Slot.UNCERTAIN or shown.lead >= CLOSE_LEAD:
        return found
    share = percent(shown.probabilities[shown.most_doubtful])
    return replace(found, clause=tr("unsure of {finding}: {share}", finding=doubtful, share=share))
