"""The kernel head: radial basis functions at labelled rows, fitted by ridge regression and scaled to probabilities."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from scipy.linalg import cho_factor, cho_solve, solve
from scipy.special import log_softmax

from hitl_desktop.domain.predictions import FloatArray
from hitl_desktop.learning.heads.head import (
    Ids,
    class_weights,
    needs_second_class,
    occurring_columns,
    one_hot,
    read_class_ids,
    softmax_rows,
)
from hitl_desktop.learning.heads.linear import UNSEEN
from hitl_desktop.learning.representations import Arrays, Matrix
from hitl_desktop.learning.scaling import best_scale

MOST_LANDMARKS: Final = 4000
"""Rows a kernel head may keep: about 5 CPU-seconds to fit and 6 MB on disk at 768 columns and 10 classes."""
USUAL_SCALE: Final = 6.0
"""From ridge scores (0 to 1) to logits, before any score was seen."""
_CHUNK = 2048
_ITERATIONS = 300
_ADAPTING_SEED: Final = 0
"""Chooses among too many decisions; always the same, so that the same decisions give the same model."""


@dataclass(frozen=True, slots=True)
class KernelHead:
    """logits(x) = Σ_j exp(−gamma · ‖x − landmark_j‖²) · coefficients_j + bias.

    `landmarks` (m, d) dense float32 or CSR on `columns` (None: on all); `coefficients` (m, k), `bias` (k,) float32.
    """

    kind: ClassVar[str] = "kernel"

    class_ids: tuple[int, ...]
    gamma: float
    landmarks: Matrix
    coefficients: FloatArray
    bias: FloatArray
    width: int
    columns: npt.NDArray[np.int64] | None = None

    def logits(self, X: Matrix) -> FloatArray:
        """Rows (n, d) → logits (n, k), in chunks: no more than 2,048 × landmarks numbers at a time."""
        if X.shape[1] != self.width:
            raise ValueError(f"rows of {X.shape[1]} columns where {self.width} are needed")
        found = np.empty((X.shape[0], len(self.bias)), np.float32)
        for start in range(0, X.shape[0], _CHUNK):
            rows = _chosen(X[start : start + _CHUNK], self.columns)
            lengths = squares(X[start : start + _CHUNK])
            kernel = _kernel(rows, self.landmarks, lengths, squares(self.landmarks), self.gamma)
            found[start : start + _CHUNK] = kernel @ self.coefficients + self.bias
        return found

    def probabilities(self, X: Matrix) -> FloatArray:
        """Rows (n, d) → class probabilities (n, k), each row adding to 1."""
        return softmax_rows(self.logits(X))

    def with_class_ids(self, ids: tuple[int, ...]) -> "KernelHead":
        """The same head with other names for its columns."""
        return replace(self, class_ids=ids)

    def arrays(self) -> Arrays:
        """Landmarks in half precision (they were rounded before the fit), coefficients, bias, class ids."""
        named: Arrays = {
            "gamma": np.array([self.gamma]),
            "coefficients": self.coefficients,
            "bias": self.bias,
            "width": np.array([self.width]),
            "class_ids": np.asarray(self.class_ids, np.int64),
        }
        if self.columns is None:
            return named | {"landmarks": self.landmarks.astype(np.float16)}
        return named | {
            "columns": self.columns.astype(np.int32),
            "landmarks_data": self.landmarks.data.astype(np.float16),
            "landmarks_indices": self.landmarks.indices.astype(np.int32),
            "landmarks_starts": self.landmarks.indptr.astype(np.int64),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> "KernelHead":
        """The inverse of `arrays`."""
        coefficients, bias = arrays["coefficients"].astype(np.float32), arrays["bias"].astype(np.float32)
        width, gamma = int(arrays["width"][0]), float(arrays["gamma"][0])
        columns = arrays["columns"].astype(np.int64) if "columns" in arrays else None
        if columns is None:
            landmarks: Matrix = arrays["landmarks"].astype(np.float32)
            fits = landmarks.ndim == 2 and landmarks.shape[1] == width
        else:
            values = arrays["landmarks_data"].astype(np.float32)
            parts = (values, arrays["landmarks_indices"].astype(np.int32), arrays["landmarks_starts"])
            landmarks = sp.csr_matrix(parts, shape=(len(coefficients), len(columns)))
            landmarks.check_format(full_check=True)
            fits = bool(len(columns) == 0 or (columns.min() >= 0 and columns.max() < width))
        if not fits or gamma <= 0 or coefficients.shape != (landmarks.shape[0], len(bias)):
            raise ValueError("landmarks, coefficients and bias do not belong together")
        return cls(read_class_ids(arrays, len(bias)), gamma, landmarks, coefficients, bias, width, columns)


def fit_kernel_head(
    X: Matrix,
    labels: Ids,
    *,
    gamma: float,
    ridge: float,
    seed: int,
    class_weight: str | None = None,
    folds: Sequence[Ids] | None = None,
    weights: npt.NDArray[np.float64] | None = None,
) -> KernelHead:
    """Kernel ridge regression on one-hot targets; its leave-one-out scores set the scale of the logits.

    Rows (n, d) and class ids (n,). `folds` are row sets to leave out together (groups); None leaves out one row at a
    time. `weights` (n,) says how much each row counts beside its class. Beyond `MOST_LANDMARKS` rows, a seeded choice
    keeps rare classes whole and weighs the rows that stay so that
    the classes keep their shares. Raises KnownError for fewer than two classes.
    Source: Rifkin and Lippert, "Notes on regularized least squares", MIT 2007 (leave-one-out in closed form).
    """
    refusal = needs_second_class(labels)
    if refusal:
        raise refusal
    chosen, thinned = kept_rows(labels, seed)
    balance = class_weights(labels, class_weight)
    each = thinned if balance is None else thinned * balance[chosen]
    each = each if weights is None else each * weights[chosen]
    columns = occurring_columns(X)
    landmarks = rounded(_chosen(X[chosen], columns))
    ids = tuple(int(c) for c in np.unique(labels))
    target = one_hot(labels[chosen], ids)
    inverse = inverse_of(gram(landmarks, gamma), ridge / each)
    coefficients = inverse @ target
    parts = None if folds is None else within(folds, chosen)
    scores = held_out_scores(inverse, target, coefficients, parts)
    scale = scale_of(scores, target, thinned, parts)
    return KernelHead(
        ids,
        gamma,
        landmarks,
        (scale * coefficients).astype(np.float32),
        np.zeros(len(ids), np.float32),
        X.shape[1],
        columns,
    )


def kept_rows(labels: Ids, seed: int) -> tuple[Ids, npt.NDArray[np.float64]]:
    """Which rows become landmarks, ascending, and their weights (mean 1): all of them up to `MOST_LANDMARKS`.

    Beyond, every class gives the same number as far as it has them, and the weights give it back its share.
    """
    if len(labels) <= MOST_LANDMARKS:
        return np.arange(len(labels)), np.ones(len(labels))
    _, places, counts = np.unique(labels, return_inverse=True, return_counts=True)
    order = np.random.default_rng([seed, 0x6B65726E]).permutation(len(labels))
    rank = np.empty(len(labels), np.int64)
    for c in range(len(counts)):
        mine = order[places[order] == c]
        rank[mine] = np.arange(len(mine))
    chosen = np.sort(np.lexsort((order, rank))[:MOST_LANDMARKS])
    kept = np.bincount(places[chosen], minlength=len(counts))
    weights = (counts / np.maximum(kept, 1))[places[chosen]]
    return chosen, weights / weights.mean()


def within(folds: Sequence[Ids], chosen: Ids) -> list[Ids]:
    """Row sets in the numbering of `chosen` (ascending row numbers); sets without such a row fall away."""
    parts = [np.flatnonzero(np.isin(chosen, fold)) for fold in folds]
    return [part for part in parts if len(part)]


def gram(rows: Matrix, gamma: float) -> npt.NDArray[np.float64]:
    """The kernel between all rows (n, d) → (n, n)."""
    lengths = squares(rows)
    return np.asarray(_kernel(rows, rows, lengths, lengths, gamma), np.float64)


def inverse_of(kernel: npt.NDArray[np.float64], ridge: npt.NDArray[np.float64] | float) -> npt.NDArray[np.float64]:
    """(K + diag(ridge))⁻¹ for a kernel (n, n)."""
    regular = kernel + np.diag(np.broadcast_to(ridge, len(kernel)))
    found: npt.NDArray[np.float64] = cho_solve(cho_factor(regular, lower=True), np.eye(len(kernel)))
    return found


def held_out_scores(
    inverse: npt.NDArray[np.float64],
    target: npt.NDArray[np.float64],
    coefficients: npt.NDArray[np.float64],
    parts: Sequence[Ids] | None,
) -> npt.NDArray[np.float64]:
    """Ridge scores (n, k) of every row from a fit without it, or without its whole part, in closed form."""
    if parts is None:
        return target - coefficients / np.diag(inverse)[:, None]
    scores = np.zeros_like(target)
    for part in parts:
        scores[part] = target[part] - solve(inverse[np.ix_(part, part)], coefficients[part], assume_a="pos")
    return scores


def scale_of(
    scores: npt.NDArray[np.float64],
    target: npt.NDArray[np.float64],
    weights: npt.NDArray[np.float64],
    parts: Sequence[Ids] | None,
) -> float:
    """The factor from held-out scores (n, k) to logits.

    Rows whose class has no other member than those left out with them say nothing: nobody could have known.
    """
    others = target.sum(axis=0) - target
    for part in parts or ():
        others[part] = target.sum(axis=0) - target[part].sum(axis=0)
    fair = (others * target).sum(axis=1) > 0
    return best_scale(scores[fair], target[fair].argmax(axis=1), weights=weights[fair], around=USUAL_SCALE)


def adapt_kernel_head(
    start: KernelHead, X: Matrix, labels: Ids, *, strength: float, weights: npt.NDArray[np.float64] | None = None
) -> KernelHead:
    """The head nearest to `start` that fits the decisions: a correction of kernels at the decided rows.

    Minimises ½ βᵀKβ + strength · Σ log-loss of (start + Kβ): the same weighing as for the linear head. Classes that
    `start` does not know are added. Rows (n, d), class ids (n,). Beyond `MOST_LANDMARKS` rows, those of `kept_rows`
    stand for all, with weights that leave the loss as large as it is.
    """
    from scipy.optimize import minimize

    ids = tuple(sorted({*start.class_ids, *(int(i) for i in labels)}))
    old = np.zeros((len(start.coefficients), len(ids)), np.float32)
    bias = np.full(len(ids), float(start.bias.mean()) + UNSEEN, np.float32)
    places = [ids.index(c) for c in start.class_ids]
    old[:, places] = start.coefficients
    bias[places] = start.bias
    base = replace(start, class_ids=ids, coefficients=old, bias=bias)
    chosen, thinned = kept_rows(labels, _ADAPTING_SEED)
    each = strength * len(labels) / len(chosen) * thinned
    each = (each if weights is None else each * weights[chosen])[:, None]
    X, labels = X[chosen], labels[chosen]
    columns, rows, landmarks = _joined_columns(start, X)
    rows = rounded(rows)
    K = gram(rows, start.gamma)
    offset = base.logits(X).astype(np.float64)
    target = one_hot(labels, ids)

    def loss(flat: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        beta = flat.reshape(target.shape)
        smooth = K @ beta
        log_p = log_softmax(offset + smooth, axis=1)
        gradient = smooth + K @ (each * (np.exp(log_p) - target))
        return float(0.5 * (beta * smooth).sum() - (each * target * log_p).sum()), gradient.ravel()

    found = minimize(loss, np.zeros(target.size), jac=True, method="L-BFGS-B", options={"maxiter": _ITERATIONS})
    step = found.x.reshape(target.shape).astype(np.float32)
    stacked = np.vstack([landmarks, rows]) if columns is None else sp.vstack([landmarks, rows], format="csr")
    return KernelHead(ids, start.gamma, stacked, np.vstack([old, step]), bias, start.width, columns)


def _joined_columns(start: KernelHead, X: Matrix) -> tuple[npt.NDArray[np.int64] | None, Matrix, Matrix]:
    """The columns that old landmarks or new rows use, then new rows and old landmarks on these columns."""
    if start.columns is None:
        return None, np.asarray(X, np.float32), start.landmarks
    rows = sp.csr_matrix(X)
    columns = np.union1d(start.columns, np.unique(rows.indices).astype(np.int64))
    places = np.searchsorted(columns, start.columns)[start.landmarks.indices]
    spread = sp.csr_matrix(
        (start.landmarks.data, places, start.landmarks.indptr), shape=(start.landmarks.shape[0], len(columns))
    )
    return columns, rows[:, columns], spread


def _chosen(X: Matrix, columns: npt.NDArray[np.int64] | None) -> Matrix:
    return X if columns is None else X[:, columns]


def rounded(rows: Matrix) -> Matrix:
    """Rows as they will be read back from a file of half precision."""
    return rows.astype(np.float16).astype(np.float32) if not sp.issparse(rows) else _rounded_sparse(rows)


def _rounded_sparse(rows: Matrix) -> Matrix:
    values = rows.data.astype(np.float16).astype(np.float32)
    return sp.csr_matrix((values, rows.indices, rows.indptr), shape=rows.shape)


def squares(rows: Matrix) -> FloatArray:
    """The squared length of every row (n,)."""
    if sp.issparse(rows):
        return np.asarray(rows.multiply(rows).sum(axis=1), np.float32).ravel()
    return np.asarray(np.einsum("ij,ij->i", rows, rows), np.float32)


def _kernel(rows: Matrix, others: Matrix, of_rows: FloatArray, of_others: FloatArray, gamma: float) -> FloatArray:
    """exp(−gamma · distance²) between rows (n, d) and others (m, d) → (n, m), given their squared lengths."""
    inner = rows @ others.T
    dense = inner.toarray() if sp.issparse(inner) else inner
    distance = np.maximum(of_rows[:, None] + of_others[None, :] - 2.0 * dense, 0.0)
    return np.asarray(np.exp(-gamma * distance), np.float32)
