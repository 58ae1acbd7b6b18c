"""What a row of a table can be made into: one literal table, one row per kind of item that is not a plain text."""

from typing import Final

<<<<<<< HEAD
from hitl_desktop.domain.responses import BEST_RATING, MOST_ANSWERS
from hitl_desktop.exchange import preference_layout, preference_rows
from hitl_desktop.exchange.row_parts import Choice, Composed, Layout, Role, RowKind
=======
from typing import Final

from hitl_desktop.exchange.record_rows import RECORD_ROWS
from hitl_desktop.exchange.row_parts import Choice, Composed, Gathering, Layout, Role, RowKind
>>>>>>> main
from hitl_desktop.exchange.table_records import TableGuess
from hitl_desktop.language import mark

<<<<<<< HEAD
__all__ = ["ROW_KINDS", "Choice", "Composed", "Layout", "Role", "RowKind", "kinds_of"]

_SCALES: Final = (("0", mark("None")), *((str(n), str(n)) for n in (3, 5, 7, BEST_RATING)))

ROW_KINDS: Final[dict[str, RowKind]] = {
    "preference": RowKind(
        "preference",
        (
            Role("prompt", mark("Prompt")),
            Role("answers", mark("Answers"), many=True),
            Role("sources", mark("Sources"), many=True),
            Role("preferred", mark("Preferred")),
            Role("ratings", mark("Ratings")),
            Role("chosen", mark("Chosen answer")),
            Role("rejected", mark("Rejected answers"), many=True),
        ),
        preference_layout.guess,
        preference_rows.compose,
        (
            Choice("answers", mark("Answers compared"), tuple((str(n), str(n)) for n in range(2, MOST_ANSWERS + 1))),
            Choice("scale", mark("Ratings from 1 to"), _SCALES),
        ),
        preference_layout.class_names,
        preference_layout.refusal,
    )
}
=======
__all__ = ["ROW_KINDS", "Choice", "Composed", "Gathering", "Layout", "Role", "RowKind", "kinds_of"]

ROW_KINDS: Final[dict[str, RowKind]] = {"record": RECORD_ROWS}
>>>>>>> main
"""By the name of the kind. Texts are not in it: their rows are read as they are."""


def kinds_of(guess: TableGuess) -> list[str]:
    """What the rows of a table can be, the likeliest first: kinds that suit it, texts, kinds that it could be made into
    all the same.
    """
    there = [name for name, kind in ROW_KINDS.items() if kind.guess(guess) is not None]
    likely = [name for name in there if ROW_KINDS[name].suits(guess)]
    return [*likely, "text", *(name for name in there if name not in likely)]
