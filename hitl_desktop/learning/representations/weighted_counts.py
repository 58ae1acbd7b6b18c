"""Hashed counts for a head: TF-IDF."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from hitl_desktop.domain.predictions import FloatArray
from hitl_desktop.learning.representations.representation import Arrays, Blocks, Matrix, digest_of, parts


@dataclass(frozen=True, slots=True)
class WeightedCounts:
    """For hashed counts: sublinear TF × smoothed IDF, each block of a row scaled to length 1 (TF-IDF).

    Source: Salton and Buckley, "Term-weighting approaches in automatic text retrieval", 1988.
    """

    blocks: tuple[tuple[str, int], ...]
    idf: FloatArray

    @classmethod
    def fit(cls, X: Matrix, blocks: Blocks, rng: np.random.Generator) -> "WeightedCounts":  # noqa: ARG003 - the seam
        """Document frequencies are counted on all rows."""
        counts = sp.csr_matrix(X)
        frequency = np.bincount(counts.indices, minlength=counts.shape[1])
        idf = (np.log((1 + counts.shape[0]) / (1 + frequency)) + 1).astype(np.float32)
        # What the fitted texts never hold gets no weight: it would only shorten the words that are known.
        idf[frequency == 0] = 0.0
        return cls(tuple(blocks), idf)

    def transform(self, X: Matrix) -> Matrix:
        """Rows (n, columns) of counts → rows (n, columns) of weights, CSR float32."""
        weights = sp.csr_matrix(X, dtype=np.float32, copy=True)
        weights.data = (1 + np.log(weights.data)) * self.idf[weights.indices]
        rows = np.repeat(np.arange(weights.shape[0]), np.diff(weights.indptr))
        for part in parts(self.blocks):
            inside = (weights.indices >= part.start) & (weights.indices < part.stop)
            squares = np.bincount(rows[inside], weights.data[inside] ** 2, minlength=weights.shape[0])
            length = np.sqrt(np.maximum(squares * len(self.blocks), 1e-12)).astype(np.float32)
            weights.data[inside] /= length[rows[inside]]
        return weights

    def arrays(self) -> Arrays:
        """The inverse document frequencies; half precision is finer than they are known."""
        return {"idf": self.idf.astype(np.float16)}

    def digest(self) -> str:
        """SHA-256 in hex of what is saved."""
        return digest_of("weighted-counts", self.blocks, self.arrays())

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[np.generic]], blocks: Blocks) -> "WeightedCounts":
        """The inverse of `arrays`."""
        return cls(tuple(blocks), arrays["idf"].astype(np.float32))
