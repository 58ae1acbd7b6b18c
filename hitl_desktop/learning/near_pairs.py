"""The nearest row under another label, for all rows at once: exact, though most pairs are never compared in full.

*Rows that are filled.* A cosine is a sum over directions. Over a few directions in which the rows differ most it is
worked out for all pairs; what the others may add is at most the product of the two lengths that are left (Cauchy and
Schwarz). Only pairs for which both together reach the limit are compared in full: some thousand of 450 million for
30,000 texts. Any directions at right angles give a true bound; here they are the eigenvectors of a sample.

*Rows of counts.* Of each row only the columns that fewest rows have are looked at, as many as it takes until what is
left of its length cannot reach the limit alone. Two rows that are alike enough share one of these. Source: Bayardo, Ma
and Srikant, "Scaling up all pairs similarity search", WWW 2007, for the order of columns and the prefix.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, issparse

from hitl_desktop.domain.errors import Cancelled
from hitl_desktop.domain.predictions import FloatArray
from hitl_desktop.domain.protocols import CancelCheck
from hitl_desktop.learning.cross_validation import Ids

_DIRECTIONS: Final = 32
_SAMPLE: Final = 4_000
_CELLS: Final = 4_000_000
"""Pairs that are bounded at a time: 16 MB."""
_NUMBERS: Final = 8_000_000
"""Numbers of rows that are compared in full at a time: 32 MB for each side."""
_DEAR: Final = 60
"""To take two rows out and compare them costs about as much as so many pairs of a product of matrices."""
_ROUNDING: Final = 1e-4
"""What single precision may be off by, in a bound."""
_SEED: Final = 0x6E656172


def nearest_of_other_labels(unit: Any, labels: Ids, alike: float, cancelled: CancelCheck) -> tuple[Ids, FloatArray]:
    """Of each row, dense or sparse (n, d) of length one or zero, the nearest one with another label (n,), and its
    cosine; −1 and −1 where none is at least `alike`, which is more than zero. Of rows that are level, the first.
    Raises Cancelled.
    """
    count = len(labels)
    nearest, cosine = np.full(count, -1, np.int64), np.full(count, -1.0, np.float32)
    if not count:
        return nearest, cosine
    for start, stop, one, other in _sparse_pairs(unit, alike) if issparse(unit) else _dense_pairs(unit, alike):
        if cancelled():
            raise Cancelled
        if len(one) * _DEAR > (stop - start) * (count - start):  # nearly everything is alike: a product is quicker
            one, other, value = _by_product(unit, start, stop, alike)
            differs = labels[one] != labels[other]
            one, other, value = one[differs], other[differs], value[differs]
        else:
            differs = labels[one] != labels[other]
            one, other = one[differs], other[differs]
            value = _cosines(unit, one, other)
        near = value >= alike
        for here, there in ((one, other), (other, one)):
            _take(nearest, cosine, here[near], there[near], value[near])
    return nearest, cosine


def _dense_pairs(unit: FloatArray, alike: float) -> Iterator[tuple[int, int, Ids, Ids]]:
    """Block after block of rows, from one to before another, and the pairs of them and later rows that may be alike."""
    few, count = _bounding(unit), len(unit)
    step = max(1, _CELLS // count)
    for start in range(0, count, step):
        stop = min(start + step, count)
        may_be = few[start:stop] @ few[start:].T >= alike - _ROUNDING
        yield start, stop, *_places(may_be, start)


def _bounding(unit: FloatArray) -> FloatArray:
    """Rows (n, m + 1) whose products are no smaller than the cosines: m directions, and the length that is left."""
    rows = unit
    if len(unit) > _SAMPLE:
        rows = unit[np.sort(np.random.default_rng(_SEED).choice(len(unit), _SAMPLE, replace=False))]
    _, across = np.linalg.eigh((rows.T @ rows).astype(np.float64))
    few = unit @ np.ascontiguousarray(across[:, ::-1][:, :_DIRECTIONS], np.float32)
    left = np.einsum("nd,nd->n", unit, unit) - np.einsum("nm,nm->n", few, few)
    return np.concatenate([few, np.sqrt(np.maximum(left, 0.0))[:, None]], axis=1)


def _sparse_pairs(unit: Any, alike: float) -> Iterator[tuple[int, int, Ids, Ids]]:
    """As `_dense_pairs`, for sparse rows: the pairs that share one of the columns which few rows have."""
    rare = _rare_columns(unit, alike)
    count = rare.shape[0]
    with_column = np.bincount(rare.indices, minlength=rare.shape[1])
    # So many pairs a row may have at most: blocks are cut where they would hold too many.
    many = np.add.reduceat(np.append(with_column[rare.indices], 0), rare.indptr[:-1]) * (np.diff(rare.indptr) > 0)
    block = np.cumsum(np.minimum(many, count)) // _CELLS
    edges = [0, *(np.flatnonzero(np.diff(block)) + 1).tolist(), count]
    for start, stop in pairwise(edges):
        shared = (rare[start:stop] @ rare[start:].T).tocoo()
        once = shared.col > shared.row
        yield start, stop, shared.row[once].astype(np.int64) + start, shared.col[once].astype(np.int64) + start


def _rare_columns(unit: Any, alike: float) -> Any:
    """Of each row the columns that fewest rows have (n, d), as ones: the rest is too short to reach the limit alone."""
    rows = np.repeat(np.arange(unit.shape[0]), np.diff(unit.indptr))
    frequency = np.bincount(unit.indices, minlength=unit.shape[1])
    order = np.lexsort((unit.indices, frequency[unit.indices], rows))
    columns, squares = unit.indices[order], unit.data[order].astype(np.float64) ** 2
    before = np.cumsum(squares) - squares
    before -= np.append(before, 0.0)[unit.indptr[:-1]][rows]
    kept = before <= 1.0 - (alike - _ROUNDING) ** 2
    kept &= frequency[columns] > 1
    return csr_matrix((np.ones(int(kept.sum()), np.float32), (rows[kept], columns[kept])), shape=unit.shape)


def _places(may_be: npt.NDArray[np.bool_], start: int) -> tuple[Ids, Ids]:
    """The pairs of rows that are marked, each once: the block holds the rows from `start` on against all from there."""
    one, other = np.divmod(np.flatnonzero(may_be), may_be.shape[1])
    once = other > one
    return one[once] + start, other[once] + start


def _by_product(unit: Any, start: int, stop: int, alike: float) -> tuple[Ids, Ids, FloatArray]:
    inner = unit[start:stop] @ unit[start:].T
    inner = np.asarray(inner.toarray() if issparse(inner) else inner, np.float32)
    one, other = _places(inner >= alike, start)
    return one, other, inner[one - start, other - start]


def _cosines(unit: Any, one: Ids, other: Ids) -> FloatArray:
    """The cosine of each pair (p,), some pairs at a time."""
    found = np.empty(len(one), np.float32)
    step = max(1, _NUMBERS // unit.shape[1])
    for at in range(0, len(one), step):
        part = slice(at, at + step)
        first, second = unit[one[part]], unit[other[part]]
        if issparse(unit):
            found[part] = np.asarray(first.multiply(second).sum(axis=1)).ravel()
        else:
            found[part] = np.einsum("pd,pd->p", first, second)
    return found


def _take(nearest: Ids, cosine: FloatArray, here: Ids, there: Ids, value: FloatArray) -> None:
    """Remember what is nearer than what was known; of what is level, the first row."""
    order = np.lexsort((there, -value, here))
    here, there, value = here[order], there[order], value[order]
    first = np.ones(len(here), bool)
    first[1:] = here[1:] != here[:-1]
    here, there, value = here[first], there[first], value[first]
    is_better = (value > cosine[here]) | ((value == cosine[here]) & (there < nearest[here]))
    nearest[here[is_better]], cosine[here[is_better]] = there[is_better], value[is_better]
