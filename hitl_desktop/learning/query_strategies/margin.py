"""Margin: ask where the two best classes are closest."""

import numpy as np

from hitl_desktop.domain.predictions import FloatArray, margin_uncertainty


def utilities(probabilities: FloatArray, rng: np.random.Generator) -> FloatArray:  # noqa: ARG001 - the seam's shape
    """Utilities (n,) from probabilities (n, k); see `margin_uncertainty` for the source."""
    return margin_uncertainty(probabilities)
