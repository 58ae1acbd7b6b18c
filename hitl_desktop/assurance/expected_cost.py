"""What a limit costs: reviewing below it, and the mistakes that pass above it, as far as random checks tell."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hitl_desktop.assurance.intervals import effective_size, wilson_of_shares

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class CheckedItems:
    """Random checks on a model, all (n,): how sure it was, is it right, may the item pass at all whatever the limit,
    what a wrong answer to it costs, and what the check counts for (adding up to 1).

    `open_share`: of all items of which the model is at least as sure, the share that nobody has decided, 0–1. What a
    person has decided does not pass, whatever the model says of it.
    """

    confidence: Floats
    right: Mask
    eligible: Mask
    cost_if_wrong: Floats
    weights: Floats
    open_share: Floats

    @property
    def usual_cost(self) -> float:
        """What a mistake of the model costs on average; of no mistakes, what one would cost on these checks."""
        wrong = ~self.right
        chosen = wrong if wrong.any() else np.ones(len(self.right), bool)
        return float(np.average(self.cost_if_wrong[chosen], weights=self.weights[chosen])) if chosen.any() else 0.0


@dataclass(frozen=True, slots=True)
class CostPoint:
    """A limit: how many of all items would pass and how many be reviewed, the mistakes among all of them that are to be
    expected with the ends of their 95 % interval, and the money for both parts.
    """

    limit: float
    passing: int
    reviewed: int
    mistakes: float
    mistakes_low: float
    mistakes_high: float
    review_cost: float
    mistake_cost: float

    @property
    def total(self) -> float:
        """Reviewing and mistakes together."""
        return self.review_cost + self.mistake_cost


def cost_points(
    limits: Sequence[float],
    passing: Sequence[int],
    items: int,
    checks: CheckedItems,
    *,
    per_review: float,
    reviewer_error: float,
) -> list[CostPoint]:
    """The cost of every limit, all (m,): `passing` of all `items` lie at or above it and are not decided by a person.

    Of the items, the share that passes and is wrong is estimated by the weighted share of the checks that do, each
    counting as far as items like it are open. What people decided is wrong no more often than what they did not look
    at, so this is at most a little too many: what the model was unsure of came before them first. The share's Wilson
    interval takes the sample as one of `effective_size` draws. What passes wrongly is priced by the checks that
    did. People get `reviewer_error` (0–1) of what they review
    wrong, at the usual price of a mistake. `per_review` is money per reviewed item.
    """
    size = effective_size(checks.weights)
    at = np.asarray(limits, np.float64)[:, None]
    wrong = checks.eligible & ~checks.right & (checks.confidence >= at)
    still_open = checks.weights * checks.open_share
    shares = wrong @ still_open
    low, high = wilson_of_shares(shares, np.full(len(shares), size)) if size else (shares * 0, shares * 0 + 1)
    money = wrong @ (still_open * checks.cost_if_wrong)
    usual = checks.usual_cost
    found = []
    for place, limit in enumerate(limits):
        reviewed = items - passing[place]
        own = reviewer_error * reviewed
        # No more mistakes can pass than items do.
        most = min(float(items * high[place]), float(passing[place]))
        found.append(
            CostPoint(
                limit,
                passing[place],
                reviewed,
                float(items * shares[place]) + own,
                min(float(items * low[place]), most) + own,
                most + own,
                per_review * reviewed,
                float(items * money[place]) + own * usual,
            )
        )
    return found


def cheapest(points: Sequence[CostPoint], strictest: float = 0.0) -> CostPoint | None:
    """The point of least cost among limits from `strictest` on; of equal ones the strictest. None of none."""
    allowed = [point for point in points if point.limit >= strictest - 1e-9]
    return min(allowed, key=lambda point: (round(point.total, 6), -point.limit)) if allowed else None


def items_to_pay_back(setup: float, by_hand: float, with_model: float) -> int | None:
    """After how many items the set-up has paid for itself, at these costs per item; None when it never does."""
    saved = by_hand - with_model
    return math.ceil(setup / saved - 1e-9) if saved > 1e-12 else None
