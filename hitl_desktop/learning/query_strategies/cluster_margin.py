"""Cluster-margin: of the closest calls, a batch that differs among itself.

Source: after Citovsky et al., "Batch active learning at scale", NeurIPS 2021, with k-means in place of linkage.
"""

from typing import Final

import numpy as np

from hitl_desktop.domain.predictions import FloatArray, margin_uncertainty
from hitl_desktop.learning.clustering import content_order, dense, k_means
from hitl_desktop.learning.query_strategies.query import Ids, Query, batch_first

SHORTLIST: Final = 10
"""How many times the batch the shortlist of closest calls is long."""


def utilities(query: Query, rng: np.random.Generator) -> FloatArray:
    """Utilities (n,): the 10 · batch smallest margins are clustered into `batch`, and the closest call of each comes
    first; the others follow by margin.
    """
    margins = margin_uncertainty(query.model)
    return batch_first(choose(query, margins, rng), margins)


def choose(query: Query, margins: FloatArray, rng: np.random.Generator) -> Ids:
    """At most `batch` candidates by `margins` (n,), larger is closer; the closest call first."""
    shortlist = _closest(margins, SHORTLIST * query.batch, rng)
    rows = dense(query.rows[shortlist])
    order = content_order(rows, rng)
    shortlist, rows = shortlist[order], rows[order]
    clusters, _ = k_means(rows, query.batch, rng)
    by_margin = np.argsort(-margins[shortlist], kind="stable")
    _, first = np.unique(clusters[by_margin], return_index=True)
    return shortlist[by_margin[np.sort(first)]]


def _closest(margins: FloatArray, count: int, rng: np.random.Generator) -> Ids:
    """The `count` largest of `margins` (n,); chance decides between equals."""
    if count >= len(margins):
        return np.arange(len(margins))
    limit = np.partition(margins, -count)[-count]
    above = np.flatnonzero(margins > limit)
    level = np.flatnonzero(margins == limit)
    return np.concatenate([above, rng.permutation(level)[: count - len(above)]])
