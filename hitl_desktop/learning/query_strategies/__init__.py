"""Query strategies: which undecided items are worth asking about next.

A strategy is a function `(probabilities, rng) -> utilities`: probabilities (n, k) float32 of the candidates,
utilities (n,) float32, larger is asked sooner. Add one as a file here and a row in the table.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from hitl_desktop.domain.predictions import FloatArray
from hitl_desktop.learning.query_strategies import entropy, least_confidence, margin, random

Utilities = Callable[[FloatArray, np.random.Generator], FloatArray]


@dataclass(frozen=True, slots=True)
class QueryStrategy:
    """One row of the table: what people read, and the function."""

    name: str
    title: str
    utilities: Utilities


QUERY_STRATEGIES: Final[dict[str, QueryStrategy]] = {
    "random": QueryStrategy("random", "At random", random.utilities),
    "least_confidence": QueryStrategy("least_confidence", "Least confidence", least_confidence.utilities),
    "margin": QueryStrategy("margin", "Closest call", margin.utilities),
    "entropy": QueryStrategy("entropy", "Entropy", entropy.utilities),
}

DEFAULT_STRATEGY: Final = "margin"
