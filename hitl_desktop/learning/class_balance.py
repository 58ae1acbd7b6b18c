"""Class balance: a part of each batch goes to classes that have far fewer decisions than the others."""

from typing import Final

import numpy as np

from hitl_desktop.learning.query_strategies.query import Ids, Query

SHARE: Final = 0.2
"""The part of a batch that rare classes get."""

RARE: Final = 0.5
"""A class is rare while it has fewer decisions than this part of an even share."""


def rare_classes(query: Query) -> Ids:
    """The columns of the probabilities whose class is rare among the decisions, rarest first; none before any."""
    if query.probabilities is None or query.decided_labels is None or not len(query.decided_labels):
        return np.empty(0, np.int64)
    columns = query.probabilities.shape[1]
    ids = np.arange(columns) if query.class_ids is None else query.class_ids
    counts = (query.decided_labels[:, None] == ids[None, :]).sum(axis=0)
    even = len(query.decided_labels) / max(1, columns)
    rarest = np.argsort(counts, kind="stable")
    return np.asarray(rarest[counts[rarest] < RARE * even], np.int64)


def rare_candidates(query: Query, count: int) -> Ids:
    """At most `count` candidates, taken in turn from those most probably of each rare class.

    Only candidates count for whom no other class is more probable than the rare one.
    """
    rare = rare_classes(query)
    if not len(rare) or query.probabilities is None:
        return np.empty(0, np.int64)
    first = query.probabilities.argmax(axis=1)
    ranked = []
    for column in rare:
        members = np.flatnonzero(first == column)
        ranked.append(members[np.argsort(-query.probabilities[members, column], kind="stable")[:count]])
    in_turn = [int(row[turn]) for turn in range(count) for row in ranked if turn < len(row)]
    return np.asarray(in_turn[:count], np.int64)


def places(batch: int) -> Ids:
    """The places of a batch that rare classes get, spread evenly over it."""
    return np.arange(1, int(batch * SHARE) + 1) * round(1 / SHARE) - 1


def mixed_in(order: Ids, rare: Ids, batch: int) -> Ids:
    """`order` (n,) with the candidates `rare` moved to their places in the first `batch`."""
    rest = order[~np.isin(order, rare)]
    at = places(batch)[: len(rare)]
    return np.insert(rest, np.minimum(at - np.arange(len(at)), len(rest)), rare[: len(at)])
