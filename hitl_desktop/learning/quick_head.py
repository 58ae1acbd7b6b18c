"""The quick head: what a few decisions change about a fitted model, found in milliseconds and with numpy alone.

The full fit stays the prior. The quick answer to an item with the quick row x (see `quick_rows`) is
softmax(log p + xᵀS), where p is what the full fit says of it and S is the smallest step that makes the answers fit the
decisions since: S minimises ‖S‖²/2 + strength · Σ wᵢ · log-loss. So it is the model that `adapt_head` would
find (maximum a posteriori, Chelba and Acero 2004), whatever the full fit is made of, seen through quick rows.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.predictions import FloatArray

STRENGTH: Final = 4.0
"""How strongly a decision moves the answers of a full fit, as `docs/LEARNING.md` says it was chosen."""
MOST_DECISIONS: Final = 100
"""Decisions that one step is made of; of more, the last ones."""
ANCHORS: Final = 60
"""So many items decided before, and as many of the pool, are told to stay as the full fit has them. Without such
anchors a few close calls move everything, and the quick answer is worse than none (`docs/LEARNING.md`).
"""
_FLOOR: Final = 1e-4
"""A probability counts as this at least: what the full fit is sure of can still be learned otherwise."""
_STEPS: Final = 30
_CLOSE: Final = 3e-3
_UNSHARED: Final = 200_000
BLOCK: Final = 4096
"""Rows that are answered in one go: less than a millisecond each, so that no other thread waits long."""


def log_odds(probabilities: FloatArray, *, several: bool) -> FloatArray:
    """Probabilities (n, k) → logits (n, k): of classes that exclude one another, or of findings, each by itself."""
    p = np.clip(np.nan_to_num(np.asarray(probabilities, np.float32)), _FLOOR, 1 - _FLOOR)
    return np.asarray(np.log(p) - np.log1p(-p) if several else np.log(p), np.float32)


def answers(logits: FloatArray, *, several: bool) -> FloatArray:
    """Logits (n, k) → probabilities (n, k), the inverse of `log_odds`."""
    if several:
        return np.asarray(1 / (1 + np.exp(-logits)), np.float32)
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True), np.float32)


def fit_step(
    rows: FloatArray,
    before: FloatArray,
    target: FloatArray,
    *,
    several: bool,
    strength: float = STRENGTH,
    weights: npt.NDArray[np.float64] | None = None,
) -> FloatArray:
    """The step (d + 1, k) that some decisions make: quick rows (m, d), logits of the full fit and targets (m, k).

    `target` is 1 where a class was chosen (or a finding is there) and 0 elsewhere; `weights` (m,) says how much each
    decision counts, 1 without. Its last row moves the bias. Found by gradient steps with Nesterov's momentum under a
    fixed bound of the curvature (Böhning 1992), which needs one small inverse for all of them.
    """
    # Single precision: a step is shown in whole percents, and may not take long.
    x = np.hstack([rows, np.ones((len(rows), 1))]).astype(np.float32)
    each = strength * (np.ones(len(rows)) if weights is None else np.asarray(weights, np.float64))
    bound = 0.25 if several else 0.5
    # In the span of the rows, where the answer lies: S = xᵀA, so that many columns cost nothing.
    gram = _product(x, x.T)
    # (I + bound · xᵀDx)⁻¹ within the span, by Woodbury's identity
    inner = np.linalg.solve(np.diag(1 / (bound * each)) + gram, gram.astype(np.float64))
    damped = (np.eye(len(x)) - inner).astype(np.float32)
    wanted, pace = np.asarray(target, np.float32), each.astype(np.float32)[:, None]
    best: FloatArray = np.zeros(target.shape, np.float32)
    ahead, momentum = best, 1.0
    for _ in range(_STEPS):
        pull = pace * (wanted - answers(before + _product(gram, ahead), several=several)) - ahead
        following = ahead + _product(damped, pull)
        moved = float(np.abs(following - best).max(initial=0.0))
        further = (1 + (1 + 4 * momentum**2) ** 0.5) / 2
        ahead = following + np.float32((momentum - 1) / further) * (following - best)
        best, momentum = following, further
        if moved < _CLOSE:
            break
    return _product(x.T, best)


def _product(left: FloatArray, right: FloatArray) -> FloatArray:
    """The matrix product of (n, m) and (m, k), in parts too small for OpenBLAS to share among threads: on a busy
    machine, waiting for these took fifty times as long as the product.
    """
    rows = max(1, _UNSHARED // (left.shape[1] * right.shape[1] + 1))
    if rows >= len(left):
        return np.asarray(left @ right, np.float32)
    return np.concatenate([left[at : at + rows] @ right for at in range(0, len(left), rows)])


def quick_answers(
    probabilities: FloatArray, rows: npt.NDArray[np.floating], step: FloatArray, *, several: bool
) -> FloatArray:
    """What a full fit says (n, k) after a step: quick rows (n, d). Items that are not scored (NaN) stay so."""
    if not len(probabilities):
        return np.asarray(probabilities, np.float32)
    moved = np.asarray(rows, np.float32) @ step[:-1] + step[-1]
    found = answers(log_odds(probabilities, several=several) + moved, several=several)
    found[~np.isfinite(probabilities).all(axis=1)] = np.nan
    return found
