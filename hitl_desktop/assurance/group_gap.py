"""Whether a model is right as often in one group as in another, or whether the difference may be chance."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

_DRAWS: Final = 9_999
_Z_HALF_5: Final = 1.959964
_Z_POWER_80: Final = 0.841621
_MOST: Final = 9_999
_SLACK: Final = 1e-9

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Gap:
    """The clearest difference between two groups: `low` is right less often than `high`, by `value` (0–1).

    `p` is how often chance alone makes the clearest difference between any two of the groups as clear as this one.
    `more` is how many more checks of the smaller of the two would tell a difference of this size, 0 where it is told.
    """

    low: int
    high: int
    value: float
    p: float
    more: int


def gap(right: Counts, sizes: Counts, rng: np.random.Generator) -> Gap | None:
    """Compare groups with `right` of `sizes` (g,) checks each; None with fewer than two groups that have checks.

    Every pair is compared by its difference over the standard error under "all groups are alike". All right and wrong
    answers are then dealt to the groups anew by chance, and the largest such number of each deal makes the scale for
    `p`: so many pairs may be looked at without finding too much. It holds for any sample size.
    Source: Westfall and Young, "Resampling-based multiple testing", 1993 (single step, largest statistic).
    """
    places = np.flatnonzero(sizes > 0)
    if len(places) < 2:
        return None
    n, hits = sizes[places], right[places]
    seen = _distances(hits[None, :], n)[0]
    low, high = np.unravel_index(int(seen.argmax()), seen.shape)
    if hits[low] / n[low] > hits[high] / n[high]:
        low, high = high, low
    value = float(hits[high] / n[high] - hits[low] / n[low])
    total, wrong = int(hits.sum()), int((n - hits).sum())
    if not total or not wrong:
        return Gap(int(places[low]), int(places[high]), 0.0, 1.0, 0)
    drawn = rng.multivariate_hypergeometric(n, total, size=_DRAWS, method="marginals")
    largest = np.concatenate([_distances(part, n).max(axis=(1, 2)) for part in np.array_split(drawn, 40)])
    p = (1 + int((largest >= seen[low, high] - _SLACK).sum())) / (1 + _DRAWS)
    small = int(min(n[low], n[high]))
    more = 0 if p < 0.05 else _more(hits[low] / n[low], hits[high] / n[high], small, int(max(n[low], n[high])))
    return Gap(int(places[low]), int(places[high]), value, p, more)


def adjusted(p_values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """p values (m,) of several questions asked at once, made larger so that one in twenty of all is still one.

    Source: Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 1979.
    """
    order = np.argsort(p_values, kind="stable")
    stepped = np.maximum.accumulate((len(p_values) - np.arange(len(p_values))) * p_values[order])
    found = np.empty(len(p_values))
    found[order] = np.minimum(1.0, stepped)
    return found


def _distances(hits: Counts, n: Counts) -> npt.NDArray[np.float64]:
    """For each deal (d, g) the distance of every two groups in standard errors, shape (d, g, g)."""
    shares = hits / n
    pooled = float(hits[0].sum() / n.sum())
    errors = np.sqrt(max(pooled * (1 - pooled), 1e-12) * (1 / n[:, None] + 1 / n[None, :]))
    return np.asarray(np.abs(shares[:, :, None] - shares[:, None, :]) / errors)


def _more(low: float, high: float, small: int, large: int) -> int:
    """How many more checks of the smaller group find such a difference four times in five.

    Source: Fleiss, Levin and Paik, "Statistical methods for rates and proportions", 3rd edition 2003, chapter 4.
    """
    if high <= low:
        return 0
    mean = (low + high) / 2
    spread = _Z_HALF_5 * math.sqrt(2 * mean * (1 - mean)) + _Z_POWER_80 * math.sqrt(low * (1 - low) + high * (1 - high))
    each = (spread / (high - low)) ** 2
    # As much as two groups of `each`, with the larger one as it is.
    left = 2 / each - 1 / large
    wanted = math.ceil(min(1 / left if left > 0 else each, _MOST))
    return max(0, wanted - small)
