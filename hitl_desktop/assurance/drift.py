"""Whether new items are like those there were: two-sample tests of scores and of features.

Both tests are of one null hypothesis: the new items and those they are compared with are exchangeable. They say how
surprising the difference would be then, never how much it matters; what a model gets wrong in a new batch only its
checks can tell.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

PERMUTATIONS: Final = 999
"""So many, that a chance of 1 in 1,000 can be told."""
_EXACT: Final = 4_000_000
"""Up to a product of the sample sizes of so much, the chance of a distance is counted out; beyond, the limit holds."""
_TERMS: Final = 100
_FREEDOM: Final = 0.1
"""The ridge leaves so many degrees of freedom, as a share of the items compared: chosen without the labels."""
_PERMUTED_AT_ONCE: Final = 100


def kolmogorov_smirnov(one: Floats, other: Floats) -> tuple[float, float]:
    """The largest distance D between the distribution functions of two samples (n,), (m,), and its chance p.

    p is exact for samples without ties, by counting lattice paths, up to a size where its limit is exact enough; with
    ties it is too large rather than too small. (0, 1) when a sample is empty. NaN must not be among them.
    Source: Hodges, "The significance probability of the Smirnov two-sample test", Arkiv för Matematik 3, 1958.
    """
    n, m = len(one), len(other)
    if not n or not m:
        return 0.0, 1.0
    one, other = np.sort(one), np.sort(other)
    at = np.concatenate([one, other])
    gap = np.searchsorted(one, at, "right") * m - np.searchsorted(other, at, "right") * n
    most = int(np.abs(gap).max())
    if not most:
        return 0.0, 1.0
    distance = most / (n * m)
    return distance, _counted(n, m, most) if n * m <= _EXACT else _limit(n, m, distance)


def _counted(n: int, m: int, most: int) -> float:
    """The share of the orders of n and m items whose distance, times n·m, is `most` or more.

    A path through the lattice from (0, 0) to (n, m) is an order; those that stay nearer to the diagonal than `most`
    are counted row by row, each row as shares of all paths so that no number is too large.
    """
    if n > m:
        n, m = m, n
    columns = np.arange(m + 1)
    inside = columns * n < most
    row = inside.astype(np.float64)  # the paths along the first row: one each, until they leave
    for i in range(1, n + 1):
        inside = np.abs(columns * n - i * m) < most
        # A path comes from the left or from below. What is inside is one stretch, so the sum along it is enough; the
        # weights turn numbers of paths into shares: C(i + j, i) grows by (i + j) / i from row to row.
        weights = np.where(inside, 1.0, 0.0)
        row = _row_of_shares(row * weights, i, m)
        row *= inside
    return float(min(1.0, max(0.0, 1.0 - row[m])))


def _row_of_shares(before: Floats, i: int, m: int) -> Floats:
    """From the shares of the paths to (i − 1, j), those to (i, j): s(i, j) = (i·s(i−1, j) + j·s(i, j−1)) / (i + j)."""
    # s(i, j)·C(i+j, j) is a running sum of s(i−1, k)·C(i−1+k, k); in logarithms, as the numbers are too large.
    columns = np.arange(m + 1)
    logs = _log_choose(i - 1, columns)
    with np.errstate(divide="ignore"):
        summed = np.logaddexp.accumulate(np.log(before) + logs)
    return np.asarray(np.exp(summed - _log_choose(i, columns)), np.float64)


def _log_choose(i: int, columns: npt.NDArray[np.int64]) -> Floats:
    """log C(i + j, j) for every j of `columns`."""
    steps = np.log1p(i / np.maximum(columns, 1)) * (columns > 0)
    return np.asarray(np.cumsum(steps), np.float64)


def _limit(n: int, m: int, distance: float) -> float:
    """The chance of a distance in large samples, with Stephens' correction for their size.

    Source: Stephens, "Use of the Kolmogorov–Smirnov, Cramér–von Mises and related statistics without extensive
    tables", JRSS B 32, 1970.
    """
    size = math.sqrt(n * m / (n + m))
    at = (size + 0.12 + 0.11 / size) * distance
    if at < 0.2:
        return 1.0
    terms = ((1.0 if k % 2 else -1.0) * math.exp(-2.0 * k * k * at * at) for k in range(1, _TERMS))
    return min(1.0, max(0.0, 2.0 * sum(terms)))


@dataclass(frozen=True, slots=True)
class ScoreShift:
    """One class score in both samples: distance D, its chance p, and the means before and now."""

    column: int
    distance: float
    p: float
    before: float
    now: float


def score_shifts(before: Floats, now: Floats, *, complementary: bool) -> list[ScoreShift]:
    """Each class score (n, k) against (m, k). With two `complementary` columns one says all.

    The chance that any of them differs is at most their number times the smallest p (Bonferroni).
    """
    columns = range(1 if complementary and before.shape[1] == 2 else before.shape[1])
    found = []
    for column in columns:
        distance, p = kolmogorov_smirnov(before[:, column], now[:, column])
        means = (float(part[:, column].mean()) if len(part) else math.nan for part in (before, now))
        found.append(ScoreShift(column, distance, p, *means))
    return found


@dataclass(frozen=True, slots=True)
class FeatureShift:
    """How well new items are told from the others: `auc` ½ (not at all) to 1, and its chance p.

    `strangeness` (m,) says of each new item how much it looks like one, from a classifier that did not see it.
    """

    auc: float
    p: float
    strangeness: Floats


def feature_shift(
    gram: Floats, is_new: npt.NDArray[np.bool_], rng: np.random.Generator, permutations: int = PERMUTATIONS
) -> FeatureShift:
    """A classifier two-sample test: can a ridge classifier tell new items from others that it has not seen?

    `gram` (n, n) are the inner products of the items' features, `is_new` (n,) which of them are new. Each item is
    scored by the classifier fitted on all others, in closed form; p is the share of relabellings by chance under which
    the others are told at least as well, the true one counted in, so it is exact whatever the features and sizes are.
    Source: Lopez-Paz and Oquab, "Revisiting classifier two-sample tests", ICLR 2017; Phipson and Smyth, "Permutation
    p-values should never be zero", 2010.
    """
    count = int(is_new.sum())
    if not 0 < count < len(is_new):
        return FeatureShift(0.5, 1.0, np.zeros(count))
    smoother = _smoother(gram)
    left_out = 1.0 - np.diagonal(smoother)
    true = _scores_left_out(smoother, left_out, is_new[:, None].astype(np.float64))
    auc = float(_auc(true, is_new[:, None])[0])
    as_well = 0
    for start in range(0, permutations, _PERMUTED_AT_ONCE):
        drawn = min(_PERMUTED_AT_ONCE, permutations - start)
        labels = rng.permuted(np.repeat(is_new[:, None], drawn, axis=1), axis=0)
        aucs = _auc(_scores_left_out(smoother, left_out, labels.astype(np.float64)), labels)
        as_well += int((aucs >= auc - 1e-12).sum())
    return FeatureShift(auc, (1 + as_well) / (1 + permutations), true[is_new, 0])


def _smoother(gram: Floats) -> Floats:
    """The matrix that turns labels into the scores of a ridge fit, the constant left free."""
    n = len(gram)
    centred = gram - gram.mean(axis=0) - gram.mean(axis=1)[:, None] + gram.mean()
    values, vectors = np.linalg.eigh(centred)
    values = np.maximum(values, 0.0)
    ridge = _ridge_for(values, max(1.0, _FREEDOM * n))
    shrunk = values / (values + ridge) if ridge else np.zeros(n)
    return np.asarray((vectors * shrunk) @ vectors.T + 1.0 / n, np.float64)


def _ridge_for(values: Floats, freedom: float) -> float:
    """The ridge under which eigenvalues (n,) leave so many degrees of freedom, or the least that can be told."""
    top = float(values.max(initial=0.0))
    if top <= 0.0:
        return 0.0
    low, high = 1e-9 * top, 1e6 * top
    for _ in range(80):
        middle = math.sqrt(low * high)
        low, high = (middle, high) if (values / (values + middle)).sum() > freedom else (low, middle)
    return high


def _scores_left_out(smoother: Floats, left_out: Floats, labels: Floats) -> Floats:
    """What the fits say of each item when that one is left out: labels (n, b) → (n, b)."""
    fitted = smoother @ labels
    return np.asarray((fitted - np.diagonal(smoother)[:, None] * labels) / left_out[:, None], np.float64)


def _auc(scores: Floats, labels: npt.NDArray[np.bool_]) -> Floats:
    """Of each column (n, b) the chance that a new item scores above another, ties as half: (b,)."""
    order = np.argsort(scores, axis=0, kind="stable")
    ranks = np.empty_like(scores)
    np.put_along_axis(ranks, order, np.arange(1.0, len(scores) + 1)[:, None] + np.zeros_like(scores), axis=0)
    new = labels.sum(axis=0)
    above = (ranks * labels).sum(axis=0) - new * (new + 1) / 2
    return np.asarray(above / np.maximum(new * (len(scores) - new), 1), np.float64)
