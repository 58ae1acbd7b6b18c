"""Expected loss: ask where most is lost when the class that matters is missed, probability times amount."""

import numpy as np

from hitl_desktop.domain.predictions import FloatArray, margin_uncertainty
from hitl_desktop.learning.query_strategies.query import Query


def utilities(query: Query, rng: np.random.Generator) -> FloatArray:  # noqa: ARG001 - the seam's shape
    """Utilities (n,), 0–1: the losses of the query by their size; the closest call where nothing is at stake.

    Losses are as skewed as amounts are, so their logarithm is taken: the order stays, and small ones keep theirs.
    """
    if query.losses is None or not len(query.losses):
        return margin_uncertainty(query.model)
    sizes = np.log1p(np.maximum(np.nan_to_num(query.losses.astype(np.float64)), 0.0))
    most = float(sizes.max())
    return np.asarray(sizes / most if most > 0 else np.zeros(len(sizes)), np.float32)
