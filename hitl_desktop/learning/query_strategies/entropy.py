"""Entropy: ask where the probabilities are spread most."""

import numpy as np

from hitl_desktop.domain.predictions import FloatArray, entropy_uncertainty


def utilities(probabilities: FloatArray, rng: np.random.Generator) -> FloatArray:  # noqa: ARG001 - the seam's shape
    """Utilities (n,) from probabilities (n, k); see `entropy_uncertainty` for the source."""
    return entropy_uncertainty(probabilities)
