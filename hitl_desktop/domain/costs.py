"""What a project costs: an hour of reviewing, a mistake, the set-up; as the people who pay for it say."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.sentences import say

LONGEST_CURRENCY: Final = 8
LARGEST: Final = 1e12


@dataclass(frozen=True, slots=True)
class CostSettings:
    """Money in `currency`. None: nobody has said it, and what follows from it is not shown.

    `mistake` is what one wrong answer costs in the end. Where classes differ, `missed` (by label id) is the cost of not
    finding one that is there, `false_alarms` that of saying it where it is not; a mistake then costs the miss of what
    the item is and the false alarm of what was said, and `mistake` is not used. `reviewer_error` is the share (0–1) of
    answers that a person gets wrong on their own.
    """

    currency: str = "€"
    per_hour: float | None = None
    setup: float = 0.0
    mistake: float | None = None
    missed: Mapping[int, float] = field(default_factory=dict)
    false_alarms: Mapping[int, float] = field(default_factory=dict)
    reviewer_error: float | None = None

    @property
    def is_per_class(self) -> bool:
        """True when mistakes cost by class."""
        return bool(self.missed or self.false_alarms)

    @property
    def knows_mistakes(self) -> bool:
        """True when it was said what a mistake costs."""
        return self.is_per_class or self.mistake is not None

    def of_mistake(self, truth: int, said: int) -> float:
        """What it costs to say the class `said` of an item that is `truth`, both label ids; −1 for nothing said."""
        if self.is_per_class:
            return self.missed.get(truth, 0.0) + self.false_alarms.get(said, 0.0)
        return self.mistake or 0.0

    def check(self) -> None:
        """Raise KnownError for an amount that cannot be one."""
        amounts = [self.per_hour, self.setup, self.mistake, *self.missed.values(), *self.false_alarms.values()]
        if any(amount is not None and not 0 <= amount <= LARGEST for amount in amounts):  # NaN fits nowhere
            raise KnownError(say("An amount of money has to be a number from 0 on."))
        if self.reviewer_error is not None and not 0 <= self.reviewer_error <= 1:
            raise KnownError(say("The share of a reviewer's own mistakes lies between 0 and 100 %."))
        if not self.currency.strip() or len(self.currency) > LONGEST_CURRENCY or not self.currency.isprintable():
            raise KnownError(say("A currency is written with at most {n} letters.", n=LONGEST_CURRENCY))

    def plain(self) -> dict[str, Any]:
        """As JSON can keep it."""
        return {
            "currency": self.currency,
            "per_hour": self.per_hour,
            "setup": self.setup,
            "mistake": self.mistake,
            "missed": {str(label): cost for label, cost in self.missed.items()},
            "false_alarms": {str(label): cost for label, cost in self.false_alarms.items()},
            "reviewer_error": self.reviewer_error,
        }

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "CostSettings":
        """The inverse of `plain`; what is not there, or is no amount, has not been said."""
        return cls(
            str(kept.get("currency") or "€"),
            _amount(kept.get("per_hour")),
            _amount(kept.get("setup")) or 0.0,
            _amount(kept.get("mistake")),
            _amounts(kept.get("missed")),
            _amounts(kept.get("false_alarms")),
            _amount(kept.get("reviewer_error")),
        )


def _amount(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)


def _amounts(kept: object) -> dict[int, float]:
    if not isinstance(kept, Mapping):
        return {}
    found = {int(label): _amount(cost) for label, cost in kept.items() if str(label).isdecimal()}
    return {label: cost for label, cost in found.items() if cost is not None}
