"""The score of one row, taken apart: a start, and what each column adds to it.

A score is the difference of two logits, calibrated where the calibration is a straight line: then it is the logarithm
of the odds between the two answers as they are shown. For a linear head the parts are weights times values, and exact.
For the other smooth heads they are the gradient, averaged on the straight way from the row of zeros, times the values:
their sum is the score too.
Source: Sundararajan, Taly and Yan, "Axiomatic attribution for deep networks", ICML 2017 (integrated gradients; for
costs shared this way: Aumann and Shapley, "Values of non-atomic games", 1974).
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from hitl_desktop.learning.calibration import Calibration, Platt, PlattEach, Temperature
from hitl_desktop.learning.heads import Head, KernelHead, LinearHead, MlpHead, SeveralHead
from hitl_desktop.learning.heads.kernel import squares
from hitl_desktop.learning.heads.several import NOT_THERE, THERE
from hitl_desktop.learning.representations import Matrix

_STEPS: Final = 32
"""Nodes of Gauss and Legendre on the way: for kernels what is left over is the rounding of single precision."""

Amounts = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Contrast:
    """What is asked: column `this` of the head rather than column `other`; of several findings, `this` (`other` −1)."""

    this: int
    other: int = -1


@dataclass(frozen=True, slots=True)
class Decomposition:
    """`start` + Σ `gradient` · row = `score`, up to `rest`, which is what a numeric way left over.

    `gradient` (d,) belongs to the columns of the row the head sees. `start` is the score of the row of zeros: of an
    empty text, or of an average picture. `is_exact` is False where the gradient is an average along a way.
    """

    score: float
    start: float
    gradient: Amounts
    rest: float
    is_exact: bool

    def scaled(self, scale: float, shift: float) -> "Decomposition":
        """The same for `scale` · score + `shift`; the shift belongs to the start."""
        return replace(
            self,
            score=scale * self.score + shift,
            start=scale * self.start + shift,
            gradient=scale * self.gradient,
            rest=scale * self.rest,
        )


def score_of(head: Head, calibration: Calibration | None, rows: Matrix, contrast: Contrast) -> Amounts:
    """The scores of rows (n, d) → (n,)."""
    logits = head.logits(rows).astype(np.float64)
    gap = logits[:, contrast.this] - (logits[:, contrast.other] if contrast.other >= 0 else 0.0)
    scale, shift = straight_line(calibration, contrast)
    return np.asarray(scale * gap + shift, np.float64)


def straight_line(calibration: Calibration | None, contrast: Contrast) -> tuple[float, float]:
    """What calibration does to the difference of two logits: (scale, shift); (1, 0) where it is no straight line."""
    match calibration:
        case Temperature(temperature=temperature):
            return 1 / temperature, 0.0
        case Platt(slope=slope, intercept=intercept):
            return slope, intercept if contrast.this == 1 else -intercept
        case PlattEach(slopes=slopes, intercepts=intercepts):
            return float(slopes[contrast.this]), float(intercepts[contrast.this])
    return 1.0, 0.0


def decompose(head: Head, calibration: Calibration | None, row: Matrix, contrast: Contrast) -> Decomposition | None:
    """Take the score of one row (1, d), sparse or dense, apart. None for heads that jump, such as trees."""
    part, this, other = head, contrast.this, contrast.other
    if isinstance(head, SeveralHead):
        part, this, other = head.parts[contrast.this], THERE, NOT_THERE
    match part:
        case LinearHead():
            found = _linear(part, row, this, other)
        case KernelHead():
            found = _kernel(part, row, this, other)
        case MlpHead():
            found = _network(part, row, this, other)
        case _:
            return None
    return found.scaled(*straight_line(calibration, contrast))


def _linear(head: LinearHead, row: Matrix, this: int, other: int) -> Decomposition:
    gap = head.weights[:, this].astype(np.float64) - head.weights[:, other]
    gradient = _spread(gap, head.columns, row.shape[1])
    start = float(head.bias[this]) - float(head.bias[other])
    return Decomposition(start + float(_dense(row) @ gradient), start, gradient, 0.0, True)


def _kernel(head: KernelHead, row: Matrix, this: int, other: int) -> Decomposition:
    """The gradient of Σ_j a_j exp(−γ‖t·x − l_j‖²) is Σ_j 2γ a_j k_j(t) (l_j − t·x): only inner products are needed."""
    x = _dense(row)
    # In single precision, as the landmarks are: turning thousands of them into doubles would take longer than the rest.
    own = (x if head.columns is None else x[head.columns]).astype(np.float32)
    lengths = squares(head.landmarks).astype(np.float64)
    inner = np.asarray(head.landmarks @ own, np.float64)
    weights = head.coefficients[:, this].astype(np.float64) - head.coefficients[:, other]
    shift = float(head.bias[this]) - float(head.bias[other])
    square = float(x @ x)
    nodes, shares = np.polynomial.legendre.leggauss(_STEPS)
    on_way = (nodes + 1) / 2
    shares = shares / 2
    way = np.exp(-head.gamma * (on_way**2 * square - 2 * np.outer(inner, on_way) + lengths[:, None]))
    slopes = 2 * head.gamma * weights[:, None] * way
    towards = slopes @ shares
    away = float((slopes @ (shares * on_way)).sum())
    gradient = (
        _spread(np.asarray(head.landmarks.T @ towards.astype(np.float32), np.float64), head.columns, len(x)) - away * x
    )
    start = float(weights @ np.exp(-head.gamma * lengths)) + shift
    score = float(weights @ np.exp(-head.gamma * (square - 2 * inner + lengths))) + shift
    return Decomposition(score, start, gradient, score - start - float(x @ gradient), False)


def _network(head: MlpHead, row: Matrix, this: int, other: int) -> Decomposition:
    x = _dense(row)
    own = x if head.columns is None else x[head.columns]
    inner = own @ head.hidden.astype(np.float64)
    out = (head.out[:, this].astype(np.float64) - head.out[:, other]) * head.scale
    shift = (float(head.out_bias[this]) - float(head.out_bias[other])) * head.scale
    # A unit is on for a part of the way that is known exactly: it changes once at most.
    turn = np.divide(-head.hidden_bias, inner, out=np.zeros_like(inner), where=inner != 0)
    turn = np.clip(turn, 0.0, 1.0)
    is_on = np.where(inner > 0, 1 - turn, np.where(inner < 0, turn, head.hidden_bias > 0))
    gradient = _spread(head.hidden.astype(np.float64) @ (out * is_on), head.columns, len(x))
    start = float(np.maximum(head.hidden_bias, 0) @ out) + shift
    score = float(np.maximum(inner + head.hidden_bias, 0) @ out) + shift
    return Decomposition(score, start, gradient, score - start - float(x @ gradient), False)


def _spread(values: Amounts, columns: npt.NDArray[np.int64] | None, width: int) -> Amounts:
    """Values of some columns as values of all `width`, 0 elsewhere."""
    if columns is None:
        return np.asarray(values, np.float64)
    spread = np.zeros(width)
    spread[columns] = values
    return spread


def _dense(row: Matrix) -> Amounts:
    return np.asarray(row.toarray() if sp.issparse(row) else row, np.float64).ravel()
