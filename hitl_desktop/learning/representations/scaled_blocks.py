"""Dense features for a head: each block standardised, reduced and given the same weight."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.predictions import FloatArray
from hitl_desktop.learning.representations.representation import Arrays, Blocks, Matrix, digest_of, parts

_CLIP = 8.0
_COMPONENTS = 128
_FIT_ROWS = 4000


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
        components = tuple(_components(scaled[:, part]) / np.sqrt(len(blocks)) for part in parts(blocks))
        return cls(tuple(blocks), mean, scale, components)

    def transform(self, X: Matrix) -> Matrix:
        """Rows (n, features) float → (n, dims) float32."""
        scaled = np.clip((np.asarray(X, np.float32) - self.mean) * self.scale, -_CLIP, _CLIP)
        mapped = [scaled[:, part] @ c for part, c in zip(parts(self.blocks), self.components, strict=True)]
        return np.concatenate(mapped, axis=1).astype(np.float32)

    def arrays(self) -> Arrays:
        """Mean, scale and the components of each block."""
        named: Arrays = {"mean": self.mean, "scale": self.scale}
        return named | {f"components_{i}": c.astype(np.float16) for i, c in enumerate(self.components)}

    def digest(self) -> str:
        """SHA-256 in hex of what is saved."""
        return digest_of("scaled-blocks", self.blocks, self.arrays())

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[np.generic]], blocks: Blocks) -> "ScaledBlocks":
        """The inverse of `arrays`."""
        components = tuple(arrays[f"components_{i}"].astype(np.float32) for i in range(len(blocks)))
        return cls(tuple(blocks), arrays["mean"].astype(np.float32), arrays["scale"].astype(np.float32), components)


def _components(scaled: FloatArray) -> FloatArray:
    """Principal directions (width, ≤128), scaled so that rows come out with mean square norm 1."""
    covariance = (scaled.T @ scaled) / max(1, len(scaled))
    values, vectors = np.linalg.eigh(covariance.astype(np.float64))
    keep = min(_COMPONENTS, scaled.shape[1], max(1, len(scaled)))
    top = vectors[:, ::-1][:, :keep]
    energy = float(np.maximum(values[::-1][:keep], 0).sum())
    return np.asarray(top / np.sqrt(max(energy, 1e-12)), np.float32)
