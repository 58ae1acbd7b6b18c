"""What more decisions would bring: a learning curve fitted to versions that were measured on the same checks."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

LEAST_VERSIONS: Final = 4
LEAST_CHECKS: Final = 30
_RESAMPLES: Final = 400
_BENDS: Final = np.linspace(0.2, 1.6, 15)
"""How fast the error falls: powers of the number of decisions."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """The gain in accuracy that `more` decisions would likely bring: four in five such ranges hold it. All 0–1."""

    more: int
    gain: float
    low: float
    high: float


def forecast(
    decisions: npt.NDArray[np.int64], right: npt.NDArray[np.bool_], weights: Floats, more: int, rng: np.random.Generator
) -> Forecast | None:
    """What `more` decisions would add to the last version. None when it is too early to say.

    `decisions` (v,) that each version learned from, ascending; `right` (v, n) on which checks each was right; `weights`
    (n,) of the checks. Accuracy is taken to be a − b·decisions^−c with b ≥ 0, fitted by least squares in which later
    versions count for more; the range comes from drawing the checks anew (the same for all versions, so that what
    they have in common cancels) and shuffling what the curve leaves over, as trainings have luck too.
    It is too early with fewer than `LEAST_VERSIONS` versions on different numbers of decisions, fewer than
    `LEAST_CHECKS` checks, or before the decisions have doubled since the first version.
    Sources: Figueroa et al., "Predicting sample size required for classification performance", BMC Medical
    Informatics and Decision Making 2012; Efron and Tibshirani, "An introduction to the bootstrap", 1993, chapter 9.
    """
    if right.shape[1] < LEAST_CHECKS or len(np.unique(decisions)) < LEAST_VERSIONS:
        return None
    if decisions[0] <= 0 or decisions[-1] < 2 * decisions[0]:
        return None
    sizes = decisions.astype(np.float64)
    hits = right.astype(np.float64)
    measured = hits @ weights
    fitted, gain = _fit(sizes, measured[None, :], more)
    left = (measured - fitted[0]) * np.sqrt(len(sizes) / (len(sizes) - 2))
    checks = right.shape[1]
    drawn = rng.multinomial(checks, np.full(checks, 1 / checks), size=_RESAMPLES) * weights
    again = (drawn / drawn.sum(axis=1, keepdims=True)) @ hits.T
    # A sign and a place by chance: the scatter may be larger early on, so no draw keeps its own.
    luck = rng.permuted(np.tile(left, (_RESAMPLES, 1)), axis=1) * rng.choice([-1.0, 1.0], size=again.shape)
    gains = _fit(sizes, again + luck, more)[1]
    low, high = np.quantile(gains, [0.1, 0.9])
    return Forecast(more, float(gain[0]), float(low), float(high))


def _fit(sizes: Floats, measured: Floats, more: int) -> tuple[Floats, Floats]:
    """Fit each row of `measured` (draws, versions): the fitted accuracies, and the gain of `more` decisions."""
    importance = np.arange(1, len(sizes) + 1) / len(sizes)
    importance = importance / importance.sum()
    best = np.full(len(measured), np.inf)
    fitted = np.empty_like(measured)
    gain = np.zeros(len(measured))
    level = measured @ importance
    for bend in _BENDS:
        falls = sizes**-bend
        mean = float(importance @ falls)
        spread = float(importance @ (falls - mean) ** 2)
        slope = np.maximum(0.0, -((measured - level[:, None]) @ (importance * (falls - mean))) / spread)
        curve = level[:, None] - slope[:, None] * (falls - mean)
        error = ((measured - curve) ** 2) @ importance
        better = error < best
        best[better] = error[better]
        fitted[better] = curve[better]
        gain[better] = slope[better] * (falls[-1] - (sizes[-1] + more) ** -bend)
    return fitted, gain
