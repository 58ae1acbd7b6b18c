"""Least confidence: ask where the first choice is weakest."""

import numpy as np

from hitl_desktop.domain.predictions import FloatArray, least_confidence


def utilities(probabilities: FloatArray, rng: np.random.Generator) -> FloatArray:  # noqa: ARG001 - the seam's shape
    """Utilities (n,) from probabilities (n, k); see `least_confidence` for the source."""
    return least_confidence(probabilities)
