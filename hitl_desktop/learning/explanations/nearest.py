"""The rows nearest to one row, as a model sees them."""

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from hitl_desktop.learning.heads.kernel import squares
from hitl_desktop.learning.representations import Matrix


def nearest(row: Matrix, rows: Matrix, count: int) -> npt.NDArray[np.int64]:
    """The places of the `count` rows (n, d) nearest to `row` (1, d), the nearest first; ties in their order."""
    if not rows.shape[0]:
        return np.zeros(0, np.int64)
    inner = rows @ row.T if sp.issparse(rows) or sp.issparse(row) else rows @ np.asarray(row).T
    inner = np.asarray(inner.toarray() if sp.issparse(inner) else inner, np.float64).ravel()
    distances = squares(rows) - 2 * inner
    return np.argsort(distances, kind="stable")[:count]
