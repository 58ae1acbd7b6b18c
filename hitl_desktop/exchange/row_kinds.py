"""What a row of a table can be made into: one literal table, one row per kind of item that is not a plain text."""

from typing import Final

from hitl_desktop.exchange.preference_kind import PREFERENCE_ROWS
from hitl_desktop.exchange.record_rows import RECORD_ROWS
from hitl_desktop.exchange.row_parts import Choice, Composed, Gathering, Layout, Role, RowKind
from hitl_desktop.exchange.table_records import TableGuess
from hitl_desktop.exchange.talk_rows import TALK_ROWS

__all__ = ["ROW_KINDS", "Choice", "Composed", "Gathering", "Layout", "Role", "RowKind", "is_whole", "kinds_of"]

ROW_KINDS: Final[dict[str, RowKind]] = {
    "preference": PREFERENCE_ROWS,
    "conversation": TALK_ROWS,
    "record": RECORD_ROWS,
}
"""By the name of the kind. Texts are not in it: their rows are read as they are."""


def is_whole(name: str) -> bool:
    """True for a kind whose items are made of a whole table, because they depend on other rows."""
    kind = ROW_KINDS.get(name)
    return kind is not None and kind.gather is not None


def kinds_of(guess: TableGuess) -> list[str]:
    """What the rows of a table can be, the likeliest first: kinds that suit it, texts, kinds that it could be made into
    all the same.
    """
    there = [name for name, kind in ROW_KINDS.items() if kind.guess(guess) is not None]
    likely = [name for name in there if ROW_KINDS[name].suits(guess)]
    return [*likely, "text", *(name for name in there if name not in likely)]
