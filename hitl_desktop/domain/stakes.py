"""What is at stake in a record: what is lost when a class is missed, what a false alarm costs, and what is cheapest."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hitl_desktop.domain.costs import CostSettings


@dataclass(frozen=True, slots=True)
class Stakes:
    """Missing the class `label` loses the amount in `column` (None: nothing but `missed`) and `missed` besides.

    Saying the class where it is not costs `false_alarm`, None where nobody has said how much.
    """

    label: int
    column: str | None = None
    missed: float = 0.0
    false_alarm: float | None = None

    def plain(self) -> dict[str, Any]:
        """What is kept of it: costs are kept with the others of the project."""
        return {"label": self.label, "column": self.column}

    @classmethod
    def of(cls, kept: object, costs: CostSettings) -> "Stakes | None":
        """The inverse of `plain`, with the costs of the project; None for something else."""
        if not isinstance(kept, Mapping) or not isinstance(kept.get("label"), int):
            return None
        label, column = int(kept["label"]), kept.get("column")
        false_alarm = costs.false_alarms.get(label, None if costs.is_per_class else costs.mistake)
        return cls(label, None if column is None else str(column), costs.missed.get(label, 0.0), false_alarm)

    def if_missed(self, amount: float | None) -> float:
        """What missing the class costs on an item with this amount; a refund, or no amount, is nothing to lose."""
        known = amount if amount is not None and math.isfinite(amount) else 0.0
        return max(0.0, known) + self.missed

    def expected(self, probability: float, amount: float | None) -> "ExpectedCosts":
        """What either answer is expected to cost on an item that is of the class with this probability (0–1)."""
        alarm = None if self.false_alarm is None else (1 - probability) * self.false_alarm
        return ExpectedCosts(probability * self.if_missed(amount), alarm)


@dataclass(frozen=True, slots=True)
class ExpectedCosts:
    """`without`: of not saying the class; `saying`: of saying it, None where nobody has said what a false alarm costs.

    Source: Elkan, "The foundations of cost-sensitive learning", IJCAI 2001: say the class where that is cheaper.
    """

    without: float
    saying: float | None

    @property
    def says_class(self) -> bool | None:
        """True where saying the class is cheaper, None where that is not known."""
        return None if self.saying is None else self.saying < self.without
