"""Second reading: an item that two people answer, the second without seeing what the first one said.

Known from the reading of mammograms, where it finds more than one reader does. What both said is kept; where they
differ, somebody looks at it once more and settles it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from hitl_desktop.domain.decisions import MEASURING_SLOTS, Decision, Slot
from hitl_desktop.domain.policy import Route
from hitl_desktop.domain.reviewers import Sitting

_ON_ITS_OWN: Final = MEASURING_SLOTS | {Slot.SECOND}
"""Why an answer was given that was not led by the one before. Random checks keep their reason whoever reads them."""


class Stage(StrEnum):
    """How far an item has come."""

    WAITS = "waits"
    """One person has answered; somebody else has to."""
    AGREED = "agreed"
    DIFFERS = "differs"
    """Two have answered, and said different things."""
    SETTLED = "settled"
    """It was decided once more after they differed."""


@dataclass(frozen=True, slots=True)
class SecondReading:
    """Where one item stands: what the `first` reader said, and the `second` one, if there is one yet."""

    stage: Stage
    first: Decision
    second: Decision | None = None

    def waits_for(self, sitting: Sitting) -> bool:
        """True when whoever is at work may be the second reader."""
        is_same = _is_same(self.first, sitting.name, sitting.reviewer_id)
        return self.stage is Stage.WAITS and not is_same


def reading_of(live: Sequence[Decision]) -> SecondReading | None:
    """The second reading of an item from its decisions that were not taken back, oldest first; None where none is due.

    The first reading is an answer whose rule asked for a second reader, or the last change of it before somebody else
    read the item as the second one. Other answers of other people change one that was seen: they are nobody's reading
    of their own.
    """
    first: Decision | None = None
    second: Decision | None = None
    is_settled = False
    for decision in live:
        if not decision.names_answer or decision.is_automatic:
            continue
        if first is None:
            first = decision if decision.route == Route.SECOND_READER.value else None
        elif second is not None:
            is_settled = True
        elif decision.slot in _ON_ITS_OWN and not _is_same(first, decision.reviewer, decision.reviewer_id):
            second = decision
        else:
            first = decision
    if first is None:
        return None
    if second is None:
        return SecondReading(Stage.WAITS, first)
    if (first.label_id, first.findings) == (second.label_id, second.findings):
        return SecondReading(Stage.AGREED, first, second)
    return SecondReading(Stage.SETTLED if is_settled else Stage.DIFFERS, first, second)


def _is_same(first: Decision, name: str, reviewer_id: str) -> bool:
    """True for the person who made a decision: by the profile, which keeps when its name changes, else by the name."""
    return first.reviewer_id == reviewer_id if first.reviewer_id and reviewer_id else first.reviewer == name
