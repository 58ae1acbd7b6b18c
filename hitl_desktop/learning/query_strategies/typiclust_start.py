"""TypiClust start: before there is a model, ask about the most typical item of each part not yet covered.

Source: Hacohen, Dekel and Weinshall, "Active learning on a budget: opposite strategies suit high and low budgets",
ICML 2022.
"""

from typing import Final

import numpy as np

from hitl_desktop.domain.predictions import FloatArray
from hitl_desktop.learning.clustering import content_order, dense, pool_clusters, squared_distances
from hitl_desktop.learning.query_strategies.query import Ids, Query, batch_first

MOST_CLUSTERS: Final = 500
NEIGHBOURS: Final = 20
_MOST_MEMBERS: Final = 2000
"""Members of one cluster that are compared with each other; of a larger one, as many drawn by chance."""


def utilities(query: Query, rng: np.random.Generator) -> FloatArray:
    """Utilities (n,): the densest candidate of each cluster without a decision first, largest cluster first; the
    others follow by chance.
    """
    rows = dense(query.rows)
    decided = np.empty((0, rows.shape[1]), np.float32) if query.decided is None else dense(query.decided)
    order = content_order(rows, rng)
    everything = np.concatenate([rows[order], decided])
    clusters = np.empty(0, np.int64)
    if len(everything):
        clusters, _ = pool_clusters(everything, min(MOST_CLUSTERS, len(decided) + query.batch), rng)
    chosen = order[typical(everything[: len(rows)], clusters[: len(rows)], clusters[len(rows) :], query.batch, rng)]
    return batch_first(chosen, rng.random(len(rows), dtype=np.float32))


def typical(rows: FloatArray, clusters: Ids, covered: Ids, count: int, rng: np.random.Generator) -> Ids:
    """At most `count` of rows (n, d) with cluster numbers (n,): each the densest left of its cluster.

    `covered` (m,) are the cluster numbers of decided items. Clusters with the fewest decisions go first, and of
    those the largest; a cluster is asked twice only when all were asked once.
    """
    if not len(rows):
        return np.empty(0, np.int64)
    total = int(max(clusters.max(), covered.max(initial=0))) + 1
    asked = np.bincount(covered, minlength=total)
    sizes = np.bincount(clusters, minlength=total)
    queues: dict[int, list[int]] = {}
    chosen: list[int] = []
    while len(chosen) < min(count, len(rows)):
        cluster = int(np.lexsort((-sizes, asked, sizes == 0))[0])
        if cluster not in queues:
            members = np.flatnonzero(clusters == cluster)
            queues[cluster] = members[np.argsort(_spacing(rows[members], rng), kind="stable")].tolist()
        chosen.append(queues[cluster].pop(0))
        asked[cluster] += 1
        sizes[cluster] -= 1
    return np.asarray(chosen, np.int64)


def _spacing(rows: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Mean distance (n,) of rows (n, d) to their 20 nearest: small where it is dense.

    Of a large cluster only a sample is compared; the others count as far away.
    """
    if len(rows) < 2:
        return np.zeros(len(rows), np.float32)
    sample = np.arange(len(rows))
    if len(rows) > _MOST_MEMBERS:
        sample = rng.choice(len(rows), _MOST_MEMBERS, replace=False)
    away = squared_distances(rows[sample], rows[sample])
    np.fill_diagonal(away, np.inf)
    near = min(NEIGHBOURS, len(sample) - 1)
    spacing = np.full(len(rows), np.inf, np.float32)
    spacing[sample] = np.sqrt(np.partition(away, near - 1, axis=1)[:, :near]).mean(axis=1)
    return spacing
