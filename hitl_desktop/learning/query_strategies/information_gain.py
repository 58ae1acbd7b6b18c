"""Information gain: ask where an answer would tell most about the weights of the model.

D-optimal design for logistic regression: p(1 − p) · dᵀ Σ d, with Σ the covariance of the weights after what is decided,
taken anew after every candidate that joins the batch, as its answer will be known by then. Source: Chaloner and
Verdinelli, "Bayesian experimental design: a review", Statistical Science 1995; for preferences, Das et al.,
"Active preference optimization for sample efficient RLHF", 2024.
"""

from typing import Final

import numpy as np

from hitl_desktop.domain.predictions import FloatArray, margin_uncertainty
from hitl_desktop.learning.query_strategies.query import Query, batch_first

_PRIOR: Final = 1.0
_SPREAD: Final = 0.25
"""p(1 − p) of a decided item, at its largest: what the model says of it now is what it was told."""
_MOST: Final = 20_000
"""Candidates that are looked at closely: the closest calls, when there are more."""


def utilities(query: Query, rng: np.random.Generator) -> FloatArray:
    """Utilities (n,): a batch above all others in the order of choice, the others by closeness."""
    rest = margin_uncertainty(query.model)
    rows = query.rows
    looked = np.lexsort((rng.random(len(rest)), -rest))[:_MOST]  # of equal ones, chance says which
    d = np.asarray(rows[looked].toarray() if hasattr(rows, "toarray") else rows[looked], np.float64)
    ranked = np.sort(query.model[looked].astype(np.float64), axis=1)[:, ::-1]
    second = ranked[:, 1] if ranked.shape[1] > 1 else 0.0  # of one class there is nothing to tell apart
    p = ranked[:, 0] / np.maximum(ranked[:, 0] + second, 1e-9)
    spread = p * (1 - p)
    covariance = _covariance(query, d.shape[1])
    mapped = d @ covariance
    gain = np.einsum("ij,ij->i", mapped, d)
    chosen: list[int] = []
    for _ in range(min(query.batch, len(looked))):
        worth = spread * gain
        worth[chosen] = -1.0
        best = int(np.argmax(worth))
        chosen.append(best)
        # Sherman and Morrison: what is left unknown once this one is answered, without inverting again.
        step = mapped[best] / np.sqrt(1 / max(spread[best], 1e-6) + gain[best])
        gain = np.maximum(gain - (d @ step) ** 2, 0.0)
        mapped = mapped - np.outer(d @ step, step)
    return batch_first(looked[np.array(chosen, np.int64)], rest)


def _covariance(query: Query, width: int) -> FloatArray:
    """(Λ + Σ ¼ d dᵀ)⁻¹ over what is decided: (width, width)."""
    precision = np.eye(width) * _PRIOR
    if query.decided is not None and query.decided.shape[0]:
        known = query.decided.toarray() if hasattr(query.decided, "toarray") else query.decided
        known = np.asarray(known, np.float64)
        precision += _SPREAD * known.T @ known
    return np.asarray(np.linalg.inv(precision))
