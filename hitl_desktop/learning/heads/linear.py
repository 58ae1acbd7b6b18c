"""The linear head: multinomial logistic regression, from scratch or starting at another head."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Final

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from scipy.linalg import cholesky, solve_triangular
from scipy.special import log_softmax

from hitl_desktop.domain.predictions import FloatArray
from hitl_desktop.learning.heads.head import (
    Ids,
    compact,
    needs_second_class,
    one_hot,
    read_class_ids,
    softmax_rows,
    used_columns,
    without_advice,
)
from hitl_desktop.learning.representations import Arrays, Matrix

if TYPE_CHECKING:  # a second to load: only where something is fitted, not where a model is applied
    from sklearn.linear_model import LogisticRegression

# 1e-2 stops at zero iterations on short unit vectors, without a word (accuracy .013 on 77 classes).
TOLERANCE: Final = 1e-4
_ITERATIONS = 500
MOST_FACTORED: Final = 2000
"""Rows up to which a Gram matrix is made for cross-validation."""
_RAISED: Final = 1e-6
_FULL: Final = 0.2
UNSEEN: Final = -4.0
"""Where the logit of a class starts that the head to start from has never seen."""


@dataclass(frozen=True, slots=True)
class LinearHead:
    """Logits = x[columns] · weights + bias.

    `class_ids` (k,) names the columns; `columns` (m,) are the dimensions used, or None for all;
    `weights` (m, k) and `bias` (k,) are float32.
    """

    kind: ClassVar[str] = "linear"

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
        return softmax_rows(self.logits(X))

    def with_class_ids(self, ids: tuple[int, ...]) -> "LinearHead":
        """The same head with other names for its columns."""
        return replace(self, class_ids=ids)

    def arrays(self) -> Arrays:
        """Weights (half precision where they are many), bias, class ids and the columns used."""
        named: Arrays = {
            "weights": compact(self.weights),
            "bias": self.bias,
            "class_ids": np.asarray(self.class_ids, np.int64),
        }
        return named if self.columns is None else named | {"columns": self.columns.astype(np.int32)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> "LinearHead":
        """The inverse of `arrays`."""
        weights, bias = arrays["weights"].astype(np.float32), arrays["bias"].astype(np.float32)
        if weights.ndim != 2 or bias.shape != (weights.shape[1],):
            raise ValueError("weights and bias do not belong together")
        columns = arrays["columns"].astype(np.int64) if "columns" in arrays else None
        if columns is not None and (columns.shape != (len(weights),) or (len(columns) and columns.min() < 0)):
            raise ValueError("the columns do not belong to the weights")
        return cls(read_class_ids(arrays, len(bias)), weights, bias, columns)


def fit_head(
    X: Matrix,
    labels: Ids,
    *,
    strength: float,
    seed: int,
    class_weight: str | None = None,
    warm: LinearHead | None = None,
    weights: npt.NDArray[np.float64] | None = None,
) -> LinearHead:
    """Fit from scratch on rows (n, dims) and class ids (n,). `strength` is scikit-learn's C.

    `class_weight` is None or "none", or "balanced"; `weights` (n,) says how much each row counts beside that. `warm` is
    a head of the same classes on rows of the same representation, where the solver begins; it is left aside when its
    classes differ. Raises KnownError for fewer than two classes.
    """
    from sklearn.linear_model import LogisticRegression

    refusal = needs_second_class(labels)
    if refusal:
        raise refusal
    columns = used_columns(X)
    rows = X if columns is None else X[:, columns]
    ids = tuple(int(c) for c in np.unique(labels))
    weight = None if class_weight == "none" else class_weight
    model = LogisticRegression(
        C=strength, tol=TOLERANCE, max_iter=_ITERATIONS, random_state=seed, class_weight=weight, warm_start=True
    )
    if warm is not None and warm.class_ids == ids:
        _begin_at(model, _full_weights(warm, X.shape[1], columns), warm.bias)
        with without_advice():
            model.fit(rows, labels, sample_weight=weights)
        if model.n_iter_.min() == 0:  # the old head is the answer, or the solver did not move: find out from zero
            del model.coef_
    if not hasattr(model, "coef_"):
        with without_advice():
            model.fit(rows, labels, sample_weight=weights)
        assert model.n_iter_.min() > 0, "the solver stopped before it began"  # noqa: S101 - an invariant, not input
    return linear_head(ids, model.coef_, model.intercept_, columns)


def in_few_columns(X: Matrix) -> Matrix:
    """The same rows (n, d) in at most n columns, with the same inner products; as they are where that saves nothing.

    Penalised logistic regression depends on rows by their inner products alone, so it says the same of them and is
    fitted in a fraction of the time when words by the thousand stand in few texts. Computed as the Cholesky factor of
    the Gram matrix, whose diagonal is raised by a millionth of its mean, so that equal rows do not break it.
    Source: Hastie and Tibshirani, "Efficient quadratic regularization for expression arrays", Biostatistics 2004.
    """
    columns = used_columns(X)
    width = X.shape[1] if columns is None else len(columns)
    if X.shape[0] >= width or X.shape[0] > MOST_FACTORED:
        return X
    rows = X if columns is None else X[:, columns]
    dense = _products(rows)
    dense[np.diag_indices_from(dense)] += max(float(np.trace(dense)) / len(dense), 1e-12) * _RAISED
    return np.asarray(cholesky(dense, lower=True), np.float64)


def _products(rows: Matrix) -> npt.NDArray[np.float64]:
    """The inner products of rows (n, d) → (n, n). Columns that are mostly filled are multiplied as dense ones."""
    if not sp.issparse(rows):
        filled = np.asarray(rows, np.float64)
        return np.asarray(filled @ filled.T)
    is_full = np.bincount(rows.indices, minlength=rows.shape[1]) > _FULL * rows.shape[0]
    filled = rows[:, np.flatnonzero(is_full)].toarray().astype(np.float64)
    rest = rows[:, np.flatnonzero(~is_full)].astype(np.float64)
    return np.asarray(filled @ filled.T + (rest @ rest.T).toarray())


def linear_head(
    ids: tuple[int, ...],
    coefficients: npt.NDArray[Any],
    intercept: npt.NDArray[Any],
    columns: npt.NDArray[np.int64] | None,
) -> LinearHead:
    """A head from scikit-learn's `coef_` (k, m) and `intercept_` (k,), or of one row for two classes."""
    weights, bias = coefficients.T, np.atleast_1d(intercept)
    if weights.shape[1] == 1:  # two classes: one column of logits for the second
        weights, bias = np.hstack([-weights, weights]) / 2, np.array([-bias[0], bias[0]]) / 2
    return LinearHead(ids, weights.astype(np.float32), bias.astype(np.float32), columns)


def _begin_at(model: "LogisticRegression", weights: FloatArray, bias: FloatArray) -> None:
    """Set where a solver with `warm_start` begins: weights (m, k), bias (k,)."""
    if len(bias) == 2:
        weights, bias = weights[:, 1:] - weights[:, :1], bias[1:] - bias[:1]
    model.coef_ = np.asarray(weights.T, np.float64)
    model.intercept_ = np.asarray(bias, np.float64)


def _full_weights(head: LinearHead, dims: int, columns: npt.NDArray[np.int64] | None) -> FloatArray:
    """The weights of `head` on `columns` (None: on all `dims`), zero where it has none."""
    if head.columns is None:
        return head.weights if columns is None else head.weights[columns]
    weights = np.zeros((dims, len(head.class_ids)), np.float32)
    weights[head.columns] = head.weights
    return weights if columns is None else weights[columns]


def adapt_head(
    start: LinearHead, X: Matrix, labels: Ids, *, strength: float, weights: npt.NDArray[np.float64] | None = None
) -> LinearHead:
    """The head nearest to `start` that fits the decisions: maximum a posteriori with a Gaussian prior at `start`.

    Minimises ‖W − W₀‖²/2 + strength · Σ log-loss, so that a few decisions correct a good model and never
    wipe out what it knew. Classes that `start` does not know are added. Rows (n, dims), class ids (n,); `weights` (n,)
    says how much each counts, None: all the same.
    Source: Chelba and Acero, "Adaptation of maximum entropy capitalizer", EMNLP 2004.
    """
    ids = tuple(sorted({*start.class_ids, *(int(i) for i in labels)}))
    base = _spread(start, ids)
    offset = base.logits(X).astype(np.float64)
    columns = used_columns(X)
    rows = (X if columns is None else X[:, columns]).astype(np.float64)
    few = in_few_columns(rows)
    step, bias = _nearest(few, offset, one_hot(labels, ids), strength, weights)
    if few is not rows:  # the step is a sum of rows: back to their own columns
        step = rows.T @ solve_triangular(few, step, lower=True, trans="T")
    return _moved(base, columns, step.astype(np.float32), bias.astype(np.float32))


def adapt_held_out(
    start: LinearHead, X: Matrix, labels: Ids, folds: Sequence[Ids], *, strength: float
) -> tuple[tuple[int, ...], FloatArray]:
    """Class ids (k,) and logits (n, k) of every row from `start` adapted to the rows outside its fold.

    What `adapt_head` gives for each fold, but that classes met only within a fold have a column too.
    """
    ids = tuple(sorted({*start.class_ids, *(int(i) for i in labels)}))
    offset = _spread(start, ids).logits(X).astype(np.float64)
    columns = used_columns(X)
    few = in_few_columns((X if columns is None else X[:, columns]).astype(np.float64))
    target, found = one_hot(labels, ids), np.array(offset)
    for fold in folds:
        rest = np.setdiff1d(np.arange(len(labels)), fold)
        step, bias = _nearest(few[rest], offset[rest], target[rest], strength)
        found[fold] += few[fold] @ step + bias
    return ids, found.astype(np.float32)


def _nearest(
    rows: Matrix,
    offset: npt.NDArray[np.float64],
    target: npt.NDArray[np.float64],
    strength: float,
    weights: npt.NDArray[np.float64] | None = None,
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """The smallest step of weights (d, k) and bias (k,) that fits: rows (n, d), logits before it and one-hot (n, k)."""
    from scipy.optimize import minimize

    shape = (rows.shape[1] + 1, target.shape[1])
    each = strength * (np.ones(len(target)) if weights is None else weights)[:, None]

    def loss(flat: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        step = flat.reshape(shape)
        logits = offset + rows @ step[:-1] + step[-1]
        log_p = log_softmax(logits, axis=1)
        error = each * (np.exp(log_p) - target)
        gradient = np.vstack([rows.T @ error, error.sum(axis=0)[None, :]]) + step
        return float(-(each * target * log_p).sum() + 0.5 * (step**2).sum()), gradient.ravel()

    found = minimize(loss, np.zeros(shape[0] * shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": _ITERATIONS})
    step = found.x.reshape(shape)
    return step[:-1], step[-1]


def _spread(head: LinearHead, ids: tuple[int, ...]) -> LinearHead:
    """The same head with a column for every class in `ids`."""
    weights = np.zeros((head.weights.shape[0], len(ids)), np.float32)
    bias = np.full(len(ids), float(head.bias.mean()) + UNSEEN, np.float32)
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
