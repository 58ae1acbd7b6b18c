"""The reserve of a project, with the part of each batch that came later."""

from functools import lru_cache
from typing import Final

import numpy as np

from hitl_desktop.domain.batches import first_import
from hitl_desktop.domain.holdout import Holdout
from hitl_desktop.learning.reserve import Reserve, draw_reserve, enlarged
from hitl_desktop.store.store import Store

_GROWN: Final = 0.75


def reserve_of(store: Store, holdout: Holdout, seed: int, items: int) -> Reserve:
    """What measures in a project of so many `items`: the holdout of the first import, and the same share of each batch.

    Items whose label came with the data are never drawn: a share of them was set apart when they came.
    """
    batches = store.batches.all()
    began = first_import(batches, items)
    apart = np.asarray(store.decisions.imported(), np.int64)
    apart_first = apart[apart < began]
    first = _drawn(began, seed, apart_first.tobytes(), holdout.count(began - len(apart_first), began))
    if not batches:
        return first
    return enlarged(
        first, [batch.items for batch in batches], seed, apart, first.probability or holdout.share_of(began)
    )


@lru_cache(maxsize=1)
def _drawn(items: int, seed: int, apart: bytes, count: int) -> Reserve:
    """The draw of the first import, kept for the next batch: a million random keys take long to sort. Nobody writes to
    its arrays.
    """
    return draw_reserve(items, seed, np.frombuffer(apart, np.int64), count)


def fitted_on(store: Store, items: int) -> int:
    """How many of the first `items` representations are fitted on: all there were when the pool had last grown by a
    third. Mapping every item anew for each few that come would take longer than they do.
    """
    batches = store.batches.all()
    basis = first_import(batches, items)
    for batch in batches:
        if _GROWN * (end := batch.first + batch.items) > basis:
            basis = end
    return basis


def usual_pace(store: Store, holdout: Holdout, items: int) -> int:
    """One item in so many that are asked is a random check, when nobody says otherwise."""
    return holdout.every(first_import(store.batches.all(), items))
