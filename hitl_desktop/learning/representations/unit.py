"""A single dense embedding for a head, such as that of a sentence: every row at length 1."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.predictions import FloatArray
from hitl_desktop.learning.representations.representation import Arrays, Blocks, Matrix, digest_of


@dataclass(frozen=True, slots=True)
class Unit:
    """Each row divided by its length; a row of nothing stays one. There is nothing to fit."""

    blocks: tuple[tuple[str, int], ...]

    @classmethod
    def fit(cls, X: Matrix, blocks: Blocks, rng: np.random.Generator) -> "Unit":  # noqa: ARG003 - the seam
        """Only the widths are kept."""
        return cls(tuple(blocks))

    def transform(self, X: Matrix) -> Matrix:
        """Rows (n, dims) → rows (n, dims) of length 1, float32."""
        return unit_rows(np.asarray(X, np.float32))

    def arrays(self) -> Arrays:
        """Nothing is learned."""
        return {}

    def digest(self) -> str:
        """SHA-256 in hex: the same for all of the same width."""
        return digest_of("unit", self.blocks, self.arrays())

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[np.generic]], blocks: Blocks) -> "Unit":  # noqa: ARG003
        """The inverse of `arrays`."""
        return cls(tuple(blocks))


def unit_rows(rows: FloatArray) -> FloatArray:
    """Rows (n, dims) divided by their lengths."""
    length = np.sqrt(np.square(rows).sum(axis=1, keepdims=True))
    return np.asarray(rows / np.maximum(length, np.float32(1e-6)), np.float32)
