"""Query strategies: which undecided items are worth asking about next.

A strategy is a function `(query, rng) -> utilities`; `query.Query` says what it is told and `query.QueryStrategy`
what a row of the table holds. Add one as a file here and a row in the table.
"""

from typing import Final

from hitl_desktop.language import mark
from hitl_desktop.learning.query_strategies import (
    badge,
    cluster_margin,
    entropy,
    expected_loss,
    information_gain,
    k_centre,
    kmeans_start,
    least_confidence,
    margin,
    random,
    typiclust_start,
)
from hitl_desktop.learning.query_strategies.query import Query, QueryStrategy, Reason

__all__ = ["QUERY_STRATEGIES", "Query", "QueryStrategy", "Reason"]

_ROWS = (
    #              name, title, needs a model, needs an embedding, why it asks
    QueryStrategy("random", mark("At random"), False, False, Reason.CHANCE, random.utilities),
    QueryStrategy(
        "least_confidence", mark("Least confidence"), True, False, Reason.UNCERTAIN, least_confidence.utilities
    ),
    QueryStrategy("margin", mark("Closest call"), True, False, Reason.UNCERTAIN, margin.utilities),
    QueryStrategy("entropy", mark("Entropy"), True, False, Reason.UNCERTAIN, entropy.utilities),
    QueryStrategy("expected_loss", mark("Most to lose"), True, False, Reason.LOSS, expected_loss.utilities),
    QueryStrategy(
        "cluster_margin", mark("Closest calls of every sort"), True, True, Reason.UNCERTAIN, cluster_margin.utilities
    ),
    QueryStrategy(
        "information_gain",
        mark("Tells the model most (D-optimal)"),
        True,
        True,
        Reason.DIVERSE,
        information_gain.utilities,
    ),
    QueryStrategy("badge", mark("Most to learn (BADGE)"), True, True, Reason.UNCERTAIN, badge.utilities),
    QueryStrategy("k_centre", mark("Farthest from what is decided"), False, True, Reason.DIVERSE, k_centre.utilities),
    QueryStrategy(
        "kmeans_start", mark("The middle of every group"), False, True, Reason.TYPICAL, kmeans_start.utilities
    ),
    QueryStrategy(
        "typiclust_start",
        mark("The most typical of every group"),
        False,
        True,
        Reason.TYPICAL,
        typiclust_start.utilities,
    ),
)

QUERY_STRATEGIES: Final[dict[str, QueryStrategy]] = {row.name: row for row in _ROWS}
