"""What things cost, as the page and the report show it."""

from dataclasses import dataclass

from hitl_desktop.assurance.estimates import Estimate
from hitl_desktop.assurance.expected_cost import CostPoint
from hitl_desktop.assurance.learning_curve import Forecast
from hitl_desktop.domain.costs import CostSettings


@dataclass(frozen=True, slots=True)
class Costs:
    """`by_hand`, `automatic` and `now` (the limit in force) are the three columns; `points` every limit of the slider;
    `best` the one of least cost that may be used, from `strictest` on where a certificate says so (0: none does).

    `per_review` is money per reviewed item. `own_error` is the reviewers' share of mistakes, `own_estimate` where
    hidden truth tells it; both None when nobody knows, and then none are counted. `checks` is how many measure.
    `pays_back` is the number of items after which the set-up has paid for itself; None when it never does.
    """

    settings: CostSettings
    items: int
    checks: int
    per_review: float
    own_error: float | None
    own_estimate: Estimate | None
    points: tuple[CostPoint, ...]
    by_hand: CostPoint
    automatic: CostPoint
    now: CostPoint
    best: CostPoint
    strictest: float
    pays_back: int | None

    @property
    def saved(self) -> float:
        """What the limit in force saves against doing all by hand, the set-up not counted."""
        return self.by_hand.total - self.now.total


@dataclass(frozen=True, slots=True)
class FewerReviews:
    """How the share that needs a person is likely to fall: now, and after `gain.more` further decisions."""

    share: float
    gain: Forecast
