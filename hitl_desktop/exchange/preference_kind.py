"""Rows of comparisons as a kind of row: roles, what can be chosen, and where the rest is done."""

from typing import Final

from hitl_desktop.domain.responses import BEST_RATING, MOST_ANSWERS
from hitl_desktop.exchange import preference_layout, preference_rows
from hitl_desktop.exchange.row_parts import Choice, Role, RowKind
from hitl_desktop.language import mark

_COUNTS: Final = tuple((str(n), str(n)) for n in range(2, MOST_ANSWERS + 1))
_SCALES: Final = (("0", mark("None")), *((str(n), str(n)) for n in (3, 5, 7, BEST_RATING)))

PREFERENCE_ROWS: Final = RowKind(
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
    choices=(
        Choice(preference_layout.ANSWERS, mark("Answers compared"), _COUNTS),
        Choice(preference_layout.SCALE, mark("Ratings from 1 to"), _SCALES),
    ),
    classes=preference_layout.class_names,
    refusal=preference_layout.refusal,
)
