"""Random: the yardstick every other strategy is measured against."""

import numpy as np

from hitl_desktop.domain.predictions import FloatArray


def utilities(probabilities: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Utilities (n,) drawn uniformly; the probabilities (n, k) are not looked at."""
    return rng.random(len(probabilities), dtype=np.float32)
