"""Margin: ask where the two best classes are closest."""

import numpy as np

from hitl_desktop.domain.predictions import FloatArray, margin_uncertainty
from hitl_desktop.learning.query_strategies.query import Query


def utilities(query: Query, rng: np.random.Generator) -> FloatArray:  # noqa: ARG001 - the seam's shape
    """Utilities (n,), 0–1, from the probabilities; see `margin_uncertainty` for the source."""
    return margin_uncertainty(query.model)
