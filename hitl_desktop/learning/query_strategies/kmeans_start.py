"""k-means start: before there is a model, ask about the middle of each part of the pool.

Source: Yuan, Lin and Boyd-Graber, "Cold-start active learning through self-supervised language modeling", EMNLP 2020
(their k-means baseline).
"""

import numpy as np

from hitl_desktop.domain.predictions import FloatArray
from hitl_desktop.learning.clustering import content_order, dense, pool_clusters, squared_distances
from hitl_desktop.learning.query_strategies.query import Ids, Query, batch_first


def utilities(query: Query, rng: np.random.Generator) -> FloatArray:
    """Utilities (n,): the candidate nearest to each of `batch` centres first, largest cluster first; then chance."""
    rows = dense(query.rows)
    order = content_order(rows, rng)
    chosen = order[middles(rows[order], query.batch, rng)]
    return batch_first(chosen, rng.random(len(rows), dtype=np.float32))


def middles(rows: FloatArray, count: int, rng: np.random.Generator) -> Ids:
    """The row nearest to the centre of each of `count` clusters of rows (n, d), largest cluster first."""
    if not len(rows):
        return np.empty(0, np.int64)
    clusters, centres = pool_clusters(rows, count, rng)
    sizes = np.bincount(clusters, minlength=len(centres))
    chosen = []
    for cluster in np.argsort(-sizes, kind="stable")[: np.count_nonzero(sizes)]:
        members = np.flatnonzero(clusters == cluster)
        away = squared_distances(rows[members], centres[cluster : cluster + 1])[:, 0]
        chosen.append(members[away.argmin()])
    return np.asarray(chosen, np.int64)
