"""Novelty: which items are unlike anything decided, at a rate of false flags that is set beforehand."""

from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import issparse

from hitl_desktop.domain.predictions import FloatArray
from hitl_desktop.learning.representations import Matrix

NEEDED: Final = 99
"""Below so many decided items, no chance is small enough to be told."""
_MOST: Final = 1500
"""So many decided items are looked at: the cost is theirs times the pool's."""
_AT_ONCE: Final = 20_000

Ids = npt.NDArray[np.int64]


def novelty(rows: Matrix, decided: Ids, rng: np.random.Generator) -> FloatArray | None:
    """For every item the chance of being so far from anything decided, if it were of the same kind. Shape (n,).

    `rows` (n, d) are what items are compared by, `decided` (m,) the places of those that are decided; None for fewer
    than `NEEDED`. The distance of an item to the nearest decided one is held against the distances of decided items to
    the nearest other one: of items that are exchangeable with the decided ones, about a share `NOVEL_BELOW` is flagged
    (at most twice that, whatever the distribution). Strategies choose items that lie apart, which makes flags rarer,
    never more frequent. Rows are compared by the cosine where they are counts, else by Euclid's distance.
    Source: Barber, Candès, Ramdas and Tibshirani, "Predictive inference with the jackknife+", Annals of Statistics 49,
    2021; nearest neighbours as a measure of strangeness: Knorr and Ng, 1998.
    """
    if len(decided) < NEEDED:
        return None
    if len(decided) > _MOST:
        decided = np.sort(rng.choice(decided, _MOST, replace=False))
    known = rows[decided]
    count = int(rows.shape[0])
    place = np.full(count, -1, np.int64)
    place[decided] = np.arange(len(decided))
    squares, known_squares = _squares(rows), _squares(known)
    is_cosine = issparse(rows)
    distances = np.empty(count)
    for start in range(0, count, _AT_ONCE):
        part = slice(start, min(start + _AT_ONCE, count))
        inner = rows[part] @ known.T
        inner = np.asarray(inner.toarray() if issparse(inner) else inner, np.float64)
        if is_cosine:
            lengths = np.sqrt(np.outer(squares[part], known_squares))
            apart = 1.0 - inner / np.maximum(lengths, 1e-12)
        else:
            apart = squares[part, None] + known_squares[None, :] - 2.0 * inner
        own = place[part]
        itself = np.flatnonzero(own >= 0)
        apart[itself, own[itself]] = np.inf
        distances[part] = np.maximum(apart.min(axis=1), 0.0)
    # What lies in each other's place up to rounding is as near as can be.
    distances[distances < 1e-9 * max(float(np.median(known_squares)), 1e-12)] = 0.0
    among = np.sort(distances[decided])
    at_least = len(among) - np.searchsorted(among, distances, "left")
    return np.asarray((1 + at_least) / (1 + len(among)), np.float32)


def _squares(rows: Any) -> npt.NDArray[np.float64]:
    """The squared length of each row (n, d), dense or sparse."""
    if issparse(rows):
        return np.asarray(rows.multiply(rows).sum(axis=1), np.float64).ravel()
    return np.asarray(np.einsum("nd,nd->n", rows, rows, dtype=np.float64), np.float64)
