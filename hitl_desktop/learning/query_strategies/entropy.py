"""Entropy: ask where the probabilities are spread most."""

import numpy as np

from hitl_desktop.domain.predictions import FloatArray, entropy_uncertainty
from hitl_desktop.learning.query_strategies.query import Query


def utilities(query: Query, rng: np.random.Generator) -> FloatArray:  # noqa: ARG001 - the seam's shape
    """Utilities (n,), 0–1, from the probabilities; see `entropy_uncertainty` for the source."""
    return entropy_uncertainty(query.model)
