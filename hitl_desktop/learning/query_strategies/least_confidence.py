"""Least confidence: ask where the first choice is weakest."""

import numpy as np

from hitl_desktop.domain.predictions import FloatArray, least_confidence
from hitl_desktop.learning.query_strategies.query import Query


def utilities(query: Query, rng: np.random.Generator) -> FloatArray:  # noqa: ARG001 - the seam's shape
    """Utilities (n,), 0–1, from the probabilities; see `least_confidence` for the source."""
    return least_confidence(query.model)
