"""One factor from scores to logits, so that their softmax may be believed."""

from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.special import log_softmax, logsumexp

LARGEST: Final = float(np.log(50.0))
"""How far the logarithm of a factor may move."""
PRIOR: Final = 1.0
"""Standard deviation of the logarithm of a factor: keeps it finite where few labels are all right."""


def best_scale(
    scores: npt.NDArray[Any],
    columns: npt.NDArray[np.int64],
    *,
    weights: npt.NDArray[np.float64] | None = None,
    around: float = 1.0,
) -> float:
    """The s > 0 with the smallest mean log-loss of softmax(s · scores): scores (n, k), true columns (n,).

    A row of a class without a column (−1) is an error whatever is said: it costs −log(1 − p(first)). The logarithm
    of s has a weak normal prior around `around`. 1.0 without rows.
    """
    from scipy.optimize import minimize_scalar

    if not len(columns):
        return around
    values = np.asarray(scores, np.float64)
    known = columns >= 0
    weight = np.ones(len(values)) if weights is None else weights
    at = np.flatnonzero(known), columns[known]

    def loss(log_scale: float) -> float:
        log_p = log_softmax(values * np.exp(log_scale), axis=1)
        total = -(weight[known] * log_p[at]).sum()
        if not known.all():
            others = np.sort(log_p[~known], axis=1)[:, :-1]
            total -= (weight[~known] * np.maximum(logsumexp(others, axis=1), -30.0)).sum()
        return float(total + 0.5 * ((log_scale - np.log(around)) / PRIOR) ** 2)

    middle = float(np.log(around))
    found = minimize_scalar(loss, bounds=(middle - LARGEST, middle + LARGEST), method="bounded")
    return float(np.exp(found.x))
