"""Predictions: class probabilities, and the two separate numbers made of them."""

from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]

_FEW_CLASSES: Final = 4
NOVEL_BELOW: Final = 0.01
"""An item counts as of a new kind when the chance of being so far from anything decided is smaller: 1 of 100 where
there is nothing new (`learning/novelty.py`).
"""


def confidence(probabilities: FloatArray) -> FloatArray:
    """How sure the model is of its first choice: the largest class probability, shape (n,), 0–1."""
    return np.asarray(probabilities.max(axis=1), np.float32)


def least_confidence(probabilities: FloatArray) -> FloatArray:
    """1 − p(first), scaled to 0–1 over the number of classes. Shape (n, k) → (n,).

    Source: Lewis and Gale, "A sequential algorithm for training text classifiers", SIGIR 1994.
    """
    k = probabilities.shape[1]
    if k < 2:
        return np.zeros(len(probabilities), np.float32)
    return np.asarray((1.0 - probabilities.max(axis=1)) * (k / (k - 1)), np.float32)


def margin_uncertainty(probabilities: FloatArray) -> FloatArray:
    """1 − (p(first) − p(second)): 1 when the two best classes are level. Shape (n, k) → (n,), 0–1.

    Source: Scheffer et al., "Active hidden Markov models for information extraction", IDA 2001.
    """
    return (1.0 - lead(probabilities)).astype(np.float32)


def entropy_uncertainty(probabilities: FloatArray) -> FloatArray:
    """Shannon entropy divided by log k, 0–1. Shape (n, k) → (n,).

    Source: Settles, "Active learning literature survey", 2009, section 3.1.
    """
    k = probabilities.shape[1]
    if k < 2:
        return np.zeros(len(probabilities), np.float32)
    p = np.clip(probabilities.astype(np.float64), 1e-12, 1.0)
    return np.asarray(-(p * np.log(p)).sum(axis=1) / np.log(k), np.float32)


def lead(probabilities: FloatArray) -> FloatArray:
    """The lead of the first class over the runner-up, 0–1. Shape (n, k) → (n,)."""
    if probabilities.shape[1] < 2:
        return np.ones(len(probabilities), np.float32)
    if probabilities.shape[1] <= _FEW_CLASSES:  # column by column: rows of two take six times as long
        first, second = probabilities[:, 0], np.full(len(probabilities), -np.inf, probabilities.dtype)
        for column in probabilities.T[1:]:
            first, second = np.maximum(first, column), np.maximum(second, np.minimum(first, column))
        return (first - second).astype(np.float32)
    top = np.partition(probabilities, -2, axis=1)[:, -2:]
    return (top[:, 1] - top[:, 0]).astype(np.float32)


UNCERTAINTY_MEASURES: Final[dict[str, Callable[[FloatArray], FloatArray]]] = {
    "least_confidence": least_confidence,
    "margin": margin_uncertainty,
    "entropy": entropy_uncertainty,
}


def whole_percents(probabilities: npt.ArrayLike) -> list[int]:
    """Round probabilities to whole percents that add up to 100 (largest remainder).

    Shape (k,). An all-zero input gives all zeros.
    """
    values = np.asarray(probabilities, np.float64)
    total = values.sum()
    if total <= 0:
        return [0] * len(values)
    exact = values / total * 100
    floors = np.floor(exact).astype(int)
    missing = 100 - int(floors.sum())
    order = np.argsort(-(exact - floors), kind="stable")
    floors[order[:missing]] += 1
    return [int(v) for v in floors]
