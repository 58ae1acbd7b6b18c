"""k-centre: cover the pool, each time asking for what is farthest from everything decided.

Source: Sener and Savarese, "Active learning for convolutional neural networks: a core-set approach", ICLR 2018
(the greedy form).
"""

from typing import Final

import numpy as np

from hitl_desktop.domain.predictions import FloatArray, margin_uncertainty
from hitl_desktop.learning.clustering import content_order, dense, squared_distances
from hitl_desktop.learning.query_strategies.query import Ids, Query, batch_first

_AT_ONCE: Final = 256
"""Decided rows compared at once: bounds the memory to n × 256 numbers."""


def utilities(query: Query, rng: np.random.Generator) -> FloatArray:
    """Utilities (n,): a batch of farthest candidates first; the others by margin, or by chance before a model."""
    rows = dense(query.rows)
    order = content_order(rows, rng)
    decided = None if query.decided is None or not query.decided.shape[0] else dense(query.decided)
    chosen = order[farthest(rows[order], decided, query.batch)]
    model = query.probabilities
    return batch_first(chosen, rng.random(len(rows), dtype=np.float32) if model is None else margin_uncertainty(model))


def farthest(rows: FloatArray, decided: FloatArray | None, count: int) -> Ids:
    """At most `count` of rows (n, d), each farthest from `decided` (m, d) and those before it.

    Without anything decided the first is the row nearest to the mean.
    """
    if not len(rows):
        return np.empty(0, np.int64)
    chosen: list[int] = []
    if decided is None:
        chosen.append(int(squared_distances(rows, rows.mean(axis=0, keepdims=True))[:, 0].argmin()))
        nearest = _from(rows, chosen[0])
    else:
        nearest = np.full(len(rows), np.inf, np.float32)
        for at in range(0, len(decided), _AT_ONCE):
            nearest = np.minimum(nearest, squared_distances(rows, decided[at : at + _AT_ONCE]).min(axis=1))
    while len(chosen) < min(count, len(rows)) and nearest.max() > 0:
        chosen.append(int(nearest.argmax()))
        nearest = np.minimum(nearest, _from(rows, chosen[-1]))
    return np.asarray(chosen, np.int64)


def _from(rows: FloatArray, one: int) -> FloatArray:
    away = squared_distances(rows, rows[one : one + 1])[:, 0]
    away[one] = 0.0  # not left to rounding: what is chosen must not be chosen again
    return away
