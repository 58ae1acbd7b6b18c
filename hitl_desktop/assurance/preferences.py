"""What may be believed of comparisons: how strong sources are, whether a side is favoured, whether answers repeat."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from hitl_desktop.assurance.intervals import Z_95, wilson

_PRIOR: Final = 0.5
"""A drawn comparison of every source with an average one, half of each: no source is infinitely strong."""
_ROUNDS: Final = 100


@dataclass(frozen=True, slots=True)
class Strength:
    """One source: `wins`, `losses` and `ties` of its comparisons, and how often it would beat an average one (0–1).

    `low` and `high` are the 95 % interval of that.
    """

    name: str
    wins: int
    losses: int
    ties: int
    share: float
    low: float
    high: float


def strengths(
    pairs: Sequence[tuple[str, str, float]],
) -> tuple[Strength, ...]:
    """A leaderboard from (first source, second source, 1 for the first better, 0 for the second, 0.5 for equal).

    The strongest first. Bradley and Terry's model with a weak prior towards the average, fitted by Newton's method;
    intervals from the curvature at the maximum. Comparisons of a source with itself say nothing and are left out.
    """
    kept = [(a, b, y) for a, b, y in pairs if a and b and a != b]
    names = sorted({name for a, b, _ in kept for name in (a, b)})
    if not names:
        return ()
    at = {name: place for place, name in enumerate(names)}
    first = np.array([at[a] for a, _, _ in kept])
    second = np.array([at[b] for _, b, _ in kept])
    better = np.array([y for _, _, y in kept], np.float64)
    strength, covariance = _fitted(first, second, better, len(names))
    found = []
    for place, name in enumerate(names):
        mine = [(y if a == name else 1 - y) for a, b, y in kept if name in (a, b)]
        spread = Z_95 * math.sqrt(max(covariance[place, place], 0.0))
        low, share, high = (_sigmoid(strength[place] + by) for by in (-spread, 0.0, spread))
        found.append(Strength(name, mine.count(1.0), mine.count(0.0), mine.count(0.5), share, low, high))
    return tuple(sorted(found, key=lambda one: (-one.share, one.name)))


def _fitted(
    first: npt.NDArray[np.int64], second: npt.NDArray[np.int64], better: npt.NDArray[np.float64], count: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Log strengths with mean 0, and their covariance."""
    strength = np.zeros(count)
    hessian = np.eye(count)
    for _ in range(_ROUNDS):
        p = 1 / (1 + np.exp(-(strength[first] - strength[second])))
        own = 1 / (1 + np.exp(-strength))
        gradient = 2 * _PRIOR * (0.5 - own)
        np.add.at(gradient, first, better - p)
        np.add.at(gradient, second, p - better)
        curve = p * (1 - p)
        hessian = np.diag(2 * _PRIOR * own * (1 - own))
        np.add.at(hessian, (first, first), curve)
        np.add.at(hessian, (second, second), curve)
        np.add.at(hessian, (first, second), -curve)
        np.add.at(hessian, (second, first), -curve)
        step = np.linalg.solve(hessian, gradient)
        strength = strength + np.clip(step, -1, 1)
        if np.abs(step).max() < 1e-9:
            break
    # Only differences are told by comparisons: strengths are against the average of all sources.
    centre = np.eye(count) - 1 / count
    return centre @ strength, np.asarray(centre @ np.linalg.inv(hessian) @ centre, np.float64)


def _sigmoid(value: float) -> float:
    return 1 / (1 + math.exp(-value))


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `of` with the 95 % interval; `chance` is that of being so far from one half, None where not tested."""

    hits: int
    of: int
    low: float
    high: float
    chance: float | None = None

    @property
    def share(self) -> float | None:
        """The share, None of nothing."""
        return self.hits / self.of if self.of else None


@dataclass(frozen=True, slots=True)
class Steadiness:
    """How far reviewers agree with themselves where a comparison was asked again, its sides exchanged.

    `same`: repeats with the same answer as the first time. `kept_side`: repeats of two where the same side was called
    better both times, and so the other answer: what a favoured side looks like. `unanswered`: skipped or unsure.
    """

    same: Share
    kept_side: int
    unanswered: int


def share_of(hits: int, of: int, *, against_half: bool = False) -> Share:
    """A share with its interval; tested against one half where that is what chance would give."""
    low, high = wilson(hits, of)
    return Share(hits, of, low, high, two_sided(hits, of) if against_half and of else None)


def two_sided(hits: int, of: int) -> float:
    """The exact probability of a count as far from one half or farther, when both are equally likely."""
    far = abs(2 * hits - of)
    log_half = of * math.log(2)
    logs = (
        math.lgamma(of + 1) - math.lgamma(k + 1) - math.lgamma(of - k + 1) - log_half
        for k in range(of + 1)
        if abs(2 * k - of) >= far
    )
    return min(1.0, sum(math.exp(log) for log in logs))
