"""Quick rows: what a model sees of each item in few columns, with nearly the same inner products.

The window answers with them while one decides (`quick_head`), so they are dense, small, and made beforehand: by a map
that the worker fits on the rows of the pool.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from hitl_desktop.domain.predictions import FloatArray
from hitl_desktop.learning.representations import Arrays, Matrix

FILLED: Final = 96
"""Columns that the filled part of a row keeps: its main directions."""
COUNTED: Final = 96
"""Columns that the counts of a row are added up in."""
_FULL: Final = 0.5
_LOOKED_AT: Final = 2000
_CHUNK: Final = 8192


@dataclass(frozen=True, slots=True)
class QuickMap:
    """Rows (n, `width`) → quick rows: columns `filled` (f,) by the basis (f, a), all others into b columns.

    Counts are added up by a seeded sign and place for each column, which keeps inner products right on average
    (Charikar, Chen and Farach-Colton 2002; Weinberger and others 2009). Dense rows have no such part.
    """

    width: int
    filled: npt.NDArray[np.int64]
    basis: FloatArray
    counted: int
    seed: int

    @classmethod
    def fit(cls, rows: Matrix, seed: int) -> "QuickMap":
        """The map that suits rows (n, d): their main directions, without a mean taken off, of a seeded draw."""
        total, width = rows.shape
        rng = np.random.default_rng([seed, 0x717569636B])
        drawn = rows if total <= _LOOKED_AT else rows[np.sort(rng.choice(total, _LOOKED_AT, replace=False))]
        is_sparse = sp.issparse(rows)
        if is_sparse:
            shares = np.bincount(drawn.indices, minlength=width) / max(1, drawn.shape[0])
            filled = np.flatnonzero(shares > _FULL).astype(np.int64)
            part = drawn[:, filled].toarray()
        else:
            filled, part = np.arange(width, dtype=np.int64), np.asarray(drawn)
        return cls(width, filled, _directions(part.astype(np.float64)), COUNTED if is_sparse else 0, seed)

    def transform(self, rows: Matrix) -> npt.NDArray[np.float16]:
        """Rows (n, d) → quick rows (n, a + b), half precision."""
        found = np.empty((rows.shape[0], self.basis.shape[1] + self.counted), np.float16)
        places = self._places() if self.counted else None
        for at in range(0, rows.shape[0], _CHUNK):
            part = rows[at : at + _CHUNK]
            if places is None:
                found[at : at + _CHUNK] = np.asarray(part, np.float32) @ self.basis
                continue
            dense = part[:, self.filled].toarray().astype(np.float32)
            found[at : at + _CHUNK] = np.hstack([dense @ self.basis, (part @ places).toarray()])
        return found

    def arrays(self) -> Arrays:
        """What `from_arrays` needs."""
        facts = np.array([self.width, self.counted, self.seed], np.int64)
        return {"facts": facts, "filled": self.filled, "basis": self.basis}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> "QuickMap":
        """The inverse of `arrays`. Raises LookupError or ValueError for arrays that do not belong together."""
        width, counted, seed = (int(value) for value in arrays["facts"])
        filled, basis = arrays["filled"].astype(np.int64), arrays["basis"].astype(np.float32)
        if basis.ndim != 2 or filled.shape != (len(basis),):
            raise ValueError("the basis does not belong to the columns")
        return cls(width, filled, basis, counted, seed)

    def _places(self) -> Matrix:
        """The map (d, b) of the counted columns; those that are filled add nothing."""
        rng = np.random.default_rng([self.seed, 0x706C616365])
        where = rng.integers(0, self.counted, self.width)
        signs = rng.choice(np.array([-1.0, 1.0], np.float32), self.width)
        signs[self.filled] = 0
        return sp.csr_matrix((signs, (np.arange(self.width), where)), shape=(self.width, self.counted))


def _directions(rows: npt.NDArray[np.float64]) -> FloatArray:
    """The main directions (d, a) of rows (n, d); all of them where there are few columns."""
    width = rows.shape[1]
    if width <= FILLED:
        return np.eye(width, dtype=np.float32)
    _, vectors = np.linalg.eigh(rows.T @ rows)
    return np.asarray(vectors[:, ::-1][:, :FILLED], np.float32)
