"""Signatures in words: for their sheet, and for reports."""

from typing import Final

from hitl_desktop.domain.signatures import Checked, Holds, Meaning, Signed, Subject
from hitl_desktop.language import mark, number, tr, trn

MEANINGS: Final = {
    Meaning.REVIEWED.value: mark("Reviewed"),
    Meaning.APPROVED.value: mark("Approved"),
    Meaning.OWN_WORDS.value: mark("In my own words"),
}
HOLDS: Final = {
    Holds.YES: (mark("holds"), "ok"),
    Holds.CHANGED: (mark("changed since"), "danger"),
    Holds.FORGED: (mark("not genuine"), "danger"),
    Holds.UNKNOWN: (mark("genuine, file not at hand"), "text2"),
}


def meaning(signed: Signed) -> str:
    """What a signature says."""
    if signed.meaning is Meaning.OWN_WORDS:
        return signed.words
    said = tr(MEANINGS[signed.meaning.value])
    return f"{said}: {signed.words}" if signed.words else said


def subject(signed: Signed) -> str:
    """What was signed."""
    if signed.subject is Subject.CERTIFICATE:
        return tr("Certificate {n}", n=signed.what)
    if signed.subject is Subject.FILE:
        return signed.what
    return trn("The project, {n} decision", "The project, {n} decisions", signed.decisions)


def signer(signed: Signed) -> str:
    """Who signed, with the role they had."""
    return f"{signed.name}, {signed.role}" if signed.role else signed.name


def holds(checked: Checked) -> tuple[str, str]:
    """Whether it holds, in few words, and their tone."""
    if checked.holds is Holds.SINCE:
        return tr("holds; {n} decided since", n=number(checked.since or 0)), "ok"
    words, tone = HOLDS[checked.holds]
    return tr(words), tone
