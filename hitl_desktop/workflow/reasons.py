"""The reasons of a project: words that go with decisions, chosen by their digits and written into the note."""

from collections.abc import Iterable

from hitl_desktop.domain.changes import Changes
from hitl_desktop.store.store import Store

MOST = 9
_FACT = "reasons"


def reasons_of(store: Store) -> tuple[str, ...]:
    """The reasons in the order of their digits, at most nine."""
    return tuple(store.fact(_FACT, ()))


def set_reasons(store: Store, reasons: Iterable[str]) -> Changes:
    """Other reasons for decisions from now on; empty ones, repeats and all after the ninth are left out.

    A semicolon stands between reasons in a note, so one inside becomes a comma.
    """
    cleaned = dict.fromkeys(" ".join(reason.replace(";", ",").split()) for reason in reasons)
    with store.transaction():
        store.set_fact(_FACT, [reason for reason in cleaned if reason][:MOST])
    return Changes(settings=True)
