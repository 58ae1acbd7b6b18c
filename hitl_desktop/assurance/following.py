"""How far a reviewer goes along with the model: when it is right, when it is wrong, and what seeing it changes.

An answer that equals the suggestion need not follow it: people and models agree for good reasons, and make the same
mistakes. What seeing the suggestion does to the answers is told by comparing items where it was in view with items
where it was not, and fairly only where chance drew which was which.
Sources: Schemmer et al., "Appropriate reliance on AI advice: conceptualization and the effect of explanations", IUI
2023 (following right and wrong advice are told apart); Goddard, Roudsari and Wyatt, "Automation bias: a systematic
review", JAMIA 2012.
"""

import math
from dataclasses import dataclass

from hitl_desktop.assurance.estimates import Estimate
from hitl_desktop.assurance.intervals import wilson


@dataclass(frozen=True, slots=True)
class Difference:
    """How much larger one share is than another, −1 to 1, with its 95 % interval."""

    value: float
    low: float
    high: float

    @property
    def is_clear(self) -> bool:
        """True when the interval leaves out 0: chance alone is a poor explanation."""
        return self.low > 0 or self.high < 0


def share(hits: int, trials: int) -> Estimate | None:
    """A share with its Wilson interval; None of nothing."""
    return Estimate(hits, trials, hits / trials, *wilson(hits, trials)) if trials else None


def difference(one: Estimate, other: Estimate) -> Difference:
    """`one` minus `other`, two shares of independent samples.

    Source: Newcombe, "Interval estimation for the difference between independent proportions", Statistics in Medicine
    1998, method 10 (from the two Wilson intervals).
    """
    value = one.share - other.share
    low = value - math.hypot(one.share - one.low, other.high - other.share)
    high = value + math.hypot(one.high - one.share, other.share - other.low)
    return Difference(value, low, high)


def followed(differing_in_view: Estimate, differing_hidden: Estimate) -> Estimate | None:
    """Of the items that the reviewer would have answered otherwise, the share on which they went along with the
    suggestion because it was in view. None where nothing differed while it was hidden.

    Chance draws who sees the suggestion, so on both sides the same share would be answered otherwise unseen; it is what
    is seen to differ where the suggestion was hidden. Where it was in view less is left of it, and what is missing was
    followed: 1 − (differing in view) / (differing hidden). It is assumed that seeing a suggestion never drives anybody
    away from it ("monotonicity"; Imbens and Angrist, "Identification and estimation of local average treatment
    effects", Econometrica 1994); a share below 0 is cut off. The interval is made of the two Wilson intervals.
    Source: Donner and Zou, "Closed-form confidence intervals for functions of the normal mean and standard deviation",
    Statistical Methods in Medical Research 2012 (ratio by MOVER). `right` and `of` are about the answers in view.
    """
    if not differing_hidden.right:
        return None
    low, high = _ratio_limits(differing_in_view, differing_hidden)
    ratio = differing_in_view.share / differing_hidden.share
    expected = round(differing_hidden.share * differing_in_view.of)
    return Estimate(
        max(0, expected - differing_in_view.right), expected, _cut(1 - ratio), _cut(1 - high), _cut(1 - low)
    )


def _ratio_limits(one: Estimate, other: Estimate) -> tuple[float, float]:
    """The 95 % limits of one share over another that is above 0: 0 to infinity."""
    product = one.share * other.share
    above_low = one.low * (2 * one.share - one.low)
    below_high = other.high * (2 * other.share - other.high)
    root = product + math.sqrt(max(0.0, product**2 - above_low * below_high))
    low = above_low / root if root > 0 else 0.0
    below_low = other.low * (2 * other.share - other.low)
    if below_low <= 0:
        return max(0.0, low), math.inf
    above_high = one.high * (2 * one.share - one.high)
    return max(0.0, low), (product + math.sqrt(max(0.0, product**2 - above_high * below_low))) / below_low


def _cut(value: float) -> float:
    return min(1.0, max(0.0, value))
