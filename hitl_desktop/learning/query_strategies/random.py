"""Random: the yardstick every other strategy is measured against."""

import numpy as np

from hitl_desktop.domain.predictions import FloatArray
from hitl_desktop.learning.query_strategies.query import Query


def utilities(query: Query, rng: np.random.Generator) -> FloatArray:
    """Utilities (n,) drawn uniformly from 0–1; nothing of the candidates is looked at."""
    return rng.random(query.candidates, dtype=np.float32)
