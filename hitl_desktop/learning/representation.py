"""From extracted features to what a linear head can learn from: scaled blocks, fitted on unlabelled items."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, Protocol, Self, TypeAlias

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from hitl_desktop.domain.predictions import FloatArray

# scipy's matrices carry no types: CSR of float32, or a dense float32 array.
Matrix: TypeAlias = Any
Arrays = dict[str, npt.NDArray[np.generic]]
Blocks = Sequence[tuple[str, int]]

_CLIP = 8.0
_COMPONENTS = 128
_FIT_ROWS = 4000


class Representation(Protocol):
    """A fixed map of feature rows, stored with the model."""

    def transform(self, X: Matrix) -> Matrix:
        """Rows (n, features) → rows (n, dims)."""

    def arrays(self) -> Arrays:
        """What `from_arrays` needs to make the same map again."""

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[np.generic]], blocks: Blocks) -> Self:
        """The inverse of `arrays`."""

    @classmethod
    def fit(cls, X: Matrix, blocks: Blocks, rng: np.random.Generator) -> Self:
        """Fit on unlabelled rows (n, features); `blocks` names the parts of a row and their widths."""


@dataclass(frozen=True, slots=True)
class ScaledBlocks:
    """For dense features: each block standardised, clipped at ±8, reduced by PCA, scaled to mean square norm 1."""

    blocks: tuple[tuple[str, int], ...]
    mean: FloatArray
    scale: FloatArray
    components: tuple[FloatArray, ...]

    @classmethod
    def fit(cls, X: Matrix, blocks: Blocks, rng: np.random.Generator) -> "ScaledBlocks":
        """PCA by eigenvectors of the covariance, on at most 4,000 rows drawn at random."""
        rows = np.asarray(X, np.float32)
        if len(rows) > _FIT_ROWS:
            rows = rows[np.sort(rng.choice(len(rows), _FIT_ROWS, replace=False))]
        mean = rows.mean(axis=0)
        deviation = rows.std(axis=0)
        # A feature that never varies carries nothing; dividing by its rounding error would make noise of it.
        scale = np.where(deviation > 1e-5, 1.0 / np.maximum(deviation, 1e-5), 0.0).astype(np.float32)
        scaled = np.clip((rows - mean) * scale, -_CLIP, _CLIP)
        components = tuple(_components(scaled[:, part]) / np.sqrt(len(blocks)) for part in _parts(blocks))
        return cls(tuple(blocks), mean, scale, components)

    def transform(self, X: Matrix) -> Matrix:
        """Rows (n, features) float → (n, dims) float32."""
        scaled = np.clip((np.asarray(X, np.float32) - self.mean) * self.scale, -_CLIP, _CLIP)
        parts = [scaled[:, part] @ c for part, c in zip(_parts(self.blocks), self.components, strict=True)]
        return np.concatenate(parts, axis=1).astype(np.float32)

    def arrays(self) -> Arrays:
        """Mean, scale and the components of each block."""
        named: Arrays = {"mean": self.mean, "scale": self.scale}
        return named | {f"components_{i}": c.astype(np.float16) for i, c in enumerate(self.components)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[np.generic]], blocks: Blocks) -> "ScaledBlocks":
        """The inverse of `arrays`."""
        components = tuple(arrays[f"components_{i}"].astype(np.float32) for i in range(len(blocks)))
        return cls(tuple(blocks), arrays["mean"].astype(np.float32), arrays["scale"].astype(np.float32), components)


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
        for part in _parts(self.blocks):
            inside = (weights.indices >= part.start) & (weights.indices < part.stop)
            squares = np.bincount(rows[inside], weights.data[inside] ** 2, minlength=weights.shape[0])
            length = np.sqrt(np.maximum(squares * len(self.blocks), 1e-12)).astype(np.float32)
            weights.data[inside] /= length[rows[inside]]
        return weights

    def arrays(self) -> Arrays:
        """The inverse document frequencies; half precision is finer than they are known."""
        return {"idf": self.idf.astype(np.float16)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[np.generic]], blocks: Blocks) -> "WeightedCounts":
        """The inverse of `arrays`."""
        return cls(tuple(blocks), arrays["idf"].astype(np.float32))


REPRESENTATIONS: Final[dict[str, type[ScaledBlocks] | type[WeightedCounts]]] = {
    "scaled-blocks": ScaledBlocks,
    "weighted-counts": WeightedCounts,
}


def representation_for(X: Matrix) -> str:
    """The name of the representation that suits these features: by whether they are sparse."""
    return "weighted-counts" if sp.issparse(X) else "scaled-blocks"


def _parts(blocks: Blocks) -> list[slice]:
    starts = np.cumsum([0, *(width for _, width in blocks)])
    return [slice(int(a), int(b)) for a, b in pairwise(starts)]


def _components(scaled: FloatArray) -> FloatArray:
    """Principal directions (width, ≤128), scaled so that rows come out with mean square norm 1."""
    covariance = (scaled.T @ scaled) / max(1, len(scaled))
    values, vectors = np.linalg.eigh(covariance.astype(np.float64))
    keep = min(_COMPONENTS, scaled.shape[1], max(1, len(scaled)))
    top = vectors[:, ::-1][:, :keep]
    energy = float(np.maximum(values[::-1][:keep], 0).sum())
    return np.asarray(top / np.sqrt(max(energy, 1e-12)), np.float32)
