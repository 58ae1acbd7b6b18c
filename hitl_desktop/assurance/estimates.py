"""Estimates that carry their sample: no figure is shown without both."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share with its source: right on `right` of `of` checks; `low` and `high` end its 95 % interval, all 0–1.

    `share` is `right` / `of` for one sample. For two samples that stand for parts of the pool of different size it
    is weighted by the size of the parts (see `Strata`), and then differs from that quotient.
    """

    right: int
    of: int
    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Score:
    """A figure that is no share of counted things (a mean of F1, say), with the ends of its 95 % interval, 0–1."""

    value: float
    low: float
    high: float

    @property
    def is_ranged(self) -> bool:
        """False where nothing varies: drawing again from checks that are all right gives them all right, and that is no
        interval.
        """
        return self.low < self.high
