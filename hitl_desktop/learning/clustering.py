"""Clusters of rows for the query strategies: k-means on the pool, and a short one for a few hundred rows.

scipy and scikit-learn are imported where they are called: the window reads the table of strategies and must start
without them.
"""

import warnings
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.predictions import FloatArray

Ids = npt.NDArray[np.int64]

_PROJECTED: Final = 256
_PER_COLUMN: Final = 8
_ITERATIONS: Final = 25
_MINI_BATCH: Final = 2048


def dense(rows: Any) -> FloatArray:
    """Rows (n, d) as a dense float32 array; sparse rows by a random projection to 256 columns.

    Every column goes with random signs to eight of the 256, found by hashing its number: the projection is the same
    for all rows of one width, so rows projected apart may be compared, and only columns in use cost anything.
    Source: Kane and Nelson, "Sparser Johnson-Lindenstrauss transforms", Journal of the ACM 2014.
    """
    if isinstance(rows, np.ndarray):
        return np.asarray(rows, np.float32)
    if rows.shape[1] <= _PROJECTED:
        return np.asarray(rows.toarray(), np.float32)
    from scipy.sparse import csr_matrix

    used = np.unique(rows.indices)
    hashes = _mixed(np.asarray(used[:, None] * _PER_COLUMN + np.arange(_PER_COLUMN), np.uint64))
    signs = np.where(hashes >> np.uint64(63), 1, -1) / np.sqrt(_PER_COLUMN)
    starts = np.arange(len(used) + 1) * _PER_COLUMN
    targets = (hashes % np.uint64(_PROJECTED)).astype(np.int64)
    to_few = csr_matrix((signs.ravel().astype(np.float32), targets.ravel(), starts), shape=(len(used), _PROJECTED))
    return np.asarray((rows[:, used] @ to_few).toarray(), np.float32)


def _mixed(numbers: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Well spread 64-bit hashes of numbers. Source: Steele, Lea and Flood, OOPSLA 2014 (SplitMix64)."""
    mixed = numbers * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


def content_order(rows: FloatArray, rng: np.random.Generator) -> Ids:
    """An order of rows (n, d) that depends on their values and the seed, not on where they stand. Shape (n,).

    What is drawn for rows in this order is drawn for the same rows wherever they stood; equal rows may change places.
    """
    direction = np.asarray(rng.standard_normal(rows.shape[1]), np.float32)
    return np.argsort(rows @ direction, kind="stable")


def squared_distances(rows: FloatArray, centres: FloatArray) -> FloatArray:
    """Squared Euclidean distances (n, k) of rows (n, d) to centres (k, d), never below 0."""
    squares = rows @ (-2 * centres.T)
    squares += np.einsum("nd,nd->n", rows, rows)[:, None]
    squares += np.einsum("kd,kd->k", centres, centres)
    return np.asarray(np.maximum(squares, 0, out=squares), np.float32)


def k_means(
    rows: FloatArray, k: int, rng: np.random.Generator, weights: FloatArray | None = None
) -> tuple[Ids, FloatArray]:
    """Cluster numbers (n,) and centres (≤ k, d) of rows (n, d): k-means++ and at most 25 rounds, for small n.

    `weights` (n,) say how much each row counts. Fewer centres come back when there are fewer different rows.
    Source: Arthur and Vassilvitskii, "k-means++: the advantages of careful seeding", SODA 2007.
    """
    if not len(rows):
        return np.empty(0, np.int64), rows
    counts = np.ones(len(rows), np.float32) if weights is None else weights
    centres = rows[_spread_out(rows, k, counts, rng)]
    labels = squared_distances(rows, centres).argmin(axis=1)
    for _ in range(_ITERATIONS):
        member = (labels[None, :] == np.arange(len(centres))[:, None]) * counts
        mass = member.sum(axis=1, keepdims=True)
        centres = np.where(mass > 0, member @ rows / np.maximum(mass, 1e-12), centres).astype(np.float32)
        before, labels = labels, squared_distances(rows, centres).argmin(axis=1)
        if np.array_equal(before, labels):
            break
    return labels, centres


def _spread_out(rows: FloatArray, k: int, weights: FloatArray, rng: np.random.Generator) -> list[int]:
    """Rows to begin with: each drawn with probability weight times squared distance to those before."""
    nearest = weights.astype(np.float64)
    chosen: list[int] = []
    for _ in range(min(k, len(rows))):
        mass = np.cumsum(nearest)
        if mass[-1] <= 0:
            break
        chosen.append(int(np.searchsorted(mass, rng.random() * mass[-1], side="right")))
        away = squared_distances(rows, rows[chosen[-1:]])[:, 0] * weights
        away[chosen[-1]] = 0.0
        nearest = away.astype(np.float64) if len(chosen) == 1 else np.minimum(nearest, away)
    return chosen


def pool_clusters(rows: FloatArray, k: int, rng: np.random.Generator) -> tuple[Ids, FloatArray]:
    """Cluster numbers (n,) and centres (k, d) of the rows (n, d) of a whole pool, by mini-batch k-means.

    Source: Sculley, "Web-scale k-means clustering", WWW 2010.
    """
    from sklearn.cluster import MiniBatchKMeans
    from sklearn.exceptions import ConvergenceWarning

    k = min(k, len(rows))
    model = MiniBatchKMeans(k, batch_size=_MINI_BATCH, n_init=3, random_state=int(rng.integers(2**31)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # fewer different rows than clusters: some stay empty
        labels = model.fit_predict(rows)
    return labels.astype(np.int64), np.asarray(model.cluster_centers_, np.float32)
