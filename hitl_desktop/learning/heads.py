"""The head of a model: multinomial logistic regression, from scratch or starting at another head."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from scipy.optimize import minimize
from scipy.special import log_softmax, softmax
from sklearn.linear_model import LogisticRegression

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.predictions import FloatArray
from hitl_desktop.learning.representations import Matrix

# 1e-2 stops at zero iterations on short unit vectors, without a word (accuracy .013 on 77 classes).
TOLERANCE: Final = 1e-4
_ITERATIONS = 500
_MANY_ROWS = 200
_UNSEEN = -4.0
"""Where the logit of a class starts that the head to start from has never seen."""


@dataclass(frozen=True, slots=True)
class LinearHead:
    """Logits = x[columns] · weights + bias.

    `class_ids` (k,) names the columns; `columns` (m,) are the dimensions used, or None for all;
    `weights` (m, k) and `bias` (k,) are float32.
    """

    class_ids: tuple[int, ...]
    weights: FloatArray
    bias: FloatArray
    columns: npt.NDArray[np.int64] | None = None

    def logits(self, X: Matrix) -> FloatArray:
        """Rows (n, dims) → logits (n, k)."""
        used = X if self.columns is None else X[:, self.columns]
        return np.asarray(used @ self.weights + self.bias, np.float32)

    def probabilities(self, X: Matrix) -> FloatArray:
        """Rows (n, dims) → class probabilities (n, k), each row adding to 1."""
        return np.asarray(softmax(self.logits(X).astype(np.float64), axis=1), np.float32)


def needs_second_class(labels: npt.NDArray[np.int64], name: str = "one class") -> KnownError | None:
    """The refusal when there is nothing to tell apart; None when there is."""
    distinct = np.unique(labels)
    if len(distinct) == 0:
        return KnownError("There are no decisions to learn from yet.", "Decide some items first.")
    if len(distinct) == 1:
        return KnownError(
            f"All decisions so far say {name}. Training needs a second class.", "Decide items of another class first."
        )
    return None


def fit_head(X: Matrix, labels: npt.NDArray[np.int64], *, strength: float, seed: int) -> LinearHead:
    """Fit from scratch on rows (n, dims) and class ids (n,). `strength` is scikit-learn's C.

    Raises KnownError for fewer than two classes.
    """
    refusal = needs_second_class(labels)
    if refusal:
        raise refusal
    columns = _used_columns(X)
    rows = X if columns is None else X[:, columns]
    model = LogisticRegression(C=strength, tol=TOLERANCE, max_iter=_ITERATIONS, random_state=seed)
    model.fit(rows, labels)
    assert model.n_iter_.min() > 0, "the solver stopped before it began"  # noqa: S101 - an invariant, not input
    weights, bias = model.coef_.T, model.intercept_
    if weights.shape[1] == 1:  # two classes: one column of logits for the second
        weights, bias = np.hstack([-weights, weights]) / 2, np.array([-bias[0], bias[0]]) / 2
    ids = tuple(int(c) for c in model.classes_)
    return LinearHead(ids, weights.astype(np.float32), bias.astype(np.float32), columns)


def adapt_head(start: LinearHead, X: Matrix, labels: npt.NDArray[np.int64], *, strength: float) -> LinearHead:
    """The head nearest to `start` that fits the decisions: maximum a posteriori with a Gaussian prior at `start`.

    Minimises ‖W − W₀‖²/2 + strength · Σ log-loss, so that a few decisions correct a good model and never
    wipe out what it knew. Classes that `start` does not know are added. Rows (n, dims), class ids (n,).
    Source: Chelba and Acero, "Adaptation of maximum entropy capitalizer", EMNLP 2004.
    """
    ids = tuple(sorted({*start.class_ids, *(int(i) for i in labels)}))
    base = _spread(start, ids)
    offset = base.logits(X).astype(np.float64)
    columns = _used_columns(X)
    rows = (X if columns is None else X[:, columns]).astype(np.float64)
    target = (np.asarray(labels)[:, None] == np.asarray(ids)[None, :]).astype(np.float64)
    shape = (rows.shape[1] + 1, len(ids))

    def loss(flat: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        step = flat.reshape(shape)
        logits = offset + rows @ step[:-1] + step[-1]
        log_p = log_softmax(logits, axis=1)
        error = np.exp(log_p) - target
        gradient = np.vstack([rows.T @ error, error.sum(axis=0)[None, :]]) * strength + step
        return float(-strength * (target * log_p).sum() + 0.5 * (step**2).sum()), gradient.ravel()

    found = minimize(loss, np.zeros(shape[0] * shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": _ITERATIONS})
    step = found.x.reshape(shape)
    return _moved(base, columns, step[:-1].astype(np.float32), step[-1].astype(np.float32))


def _spread(head: LinearHead, ids: tuple[int, ...]) -> LinearHead:
    """The same head with a column for every class in `ids`."""
    weights = np.zeros((head.weights.shape[0], len(ids)), np.float32)
    bias = np.full(len(ids), float(head.bias.mean()) + _UNSEEN, np.float32)
    places = [ids.index(c) for c in head.class_ids]
    weights[:, places] = head.weights
    bias[places] = head.bias
    return LinearHead(ids, weights, bias, head.columns)


def _moved(
    base: LinearHead, columns: npt.NDArray[np.int64] | None, step: FloatArray, bias_step: FloatArray
) -> LinearHead:
    bias = base.bias + bias_step
    if columns is None:
        return LinearHead(base.class_ids, base.weights + step, bias)
    if base.columns is None:
        weights = base.weights.copy()
        weights[columns] += step
        return LinearHead(base.class_ids, weights, bias)
    union = np.union1d(base.columns, columns)
    weights = np.zeros((len(union), len(base.class_ids)), np.float32)
    weights[np.searchsorted(union, base.columns)] += base.weights
    weights[np.searchsorted(union, columns)] += step
    return LinearHead(base.class_ids, weights, bias, union)


def _used_columns(X: Matrix) -> npt.NDArray[np.int64] | None:
    """For sparse rows, the columns worth a weight: those that occur, or with many rows those that occur twice."""
    if not sp.issparse(X):
        return None
    frequency = np.bincount(X.indices, minlength=X.shape[1])
    return np.flatnonzero(frequency >= (2 if X.shape[0] > _MANY_ROWS else 1))
