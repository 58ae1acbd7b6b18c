"""Dense features for a head: each block standardised, reduced and given the same weight."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.predictions import FloatArray
from hitl_desktop.learning.representations.patches import PatchDictionary
from hitl_desktop.learning.representations.representation import Arrays, Blocks, Matrix, digest_of, parts

PICTURE: Final = "picture"
"""The block of small pictures: rows of 32 × 32 pixels of R, G, B. A dictionary of patches is learned from it."""
_CLIP: Final = 8.0
_COMPONENTS: Final = 256
_FIT_ROWS: Final = 4000
_FIT_PICTURES: Final = 2000
"""Rows of patch features that its scaling is fitted on: each takes 2 ms to make."""
_POWER_ROUNDS: Final = 4
_BATCH: Final = 256


@dataclass(frozen=True, slots=True)
class ScaledBlock:
    """One block: standardised, clipped at ±8, reduced by PCA. `mean`, `scale` (m,) and `components` (m, ≤ 256)."""

    mean: FloatArray
    scale: FloatArray
    components: FloatArray

    @classmethod
    def fit(cls, rows: FloatArray, weight: float, rng: np.random.Generator) -> "ScaledBlock":
        """Fit on rows (n, m); the mapped rows have mean square norm `weight`."""
        mean = rows.mean(axis=0)
        deviation = rows.std(axis=0)
        # A feature that never varies carries nothing; dividing by its rounding error would make noise of it.
        scale = np.where(deviation > 1e-5, 1.0 / np.maximum(deviation, 1e-5), 0.0).astype(np.float32)
        scaled = np.clip((rows - mean) * scale, -_CLIP, _CLIP)
        top = _principal(scaled, rng)
        energy = float(np.square(scaled @ top, dtype=np.float64).sum(axis=1).mean())
        # A block that never varies says nothing; scaling it up would not fit into the half precision of a file.
        factor = np.sqrt(weight / energy) if energy > 1e-9 else 0.0
        return cls(mean, scale, np.asarray(top * factor, np.float32))

    def transform(self, rows: FloatArray) -> FloatArray:
        """Rows (n, m) → (n, ≤ 256) float32."""
        return np.asarray(self.clipped(rows) @ self.components, np.float32)

    def clipped(self, rows: FloatArray) -> FloatArray:
        """Rows (n, m), standardised and clipped: what the components are taken of."""
        return np.asarray(np.clip((rows - self.mean) * self.scale, -_CLIP, _CLIP), np.float32)


@dataclass(frozen=True, slots=True)
class ScaledBlocks:
    """For dense features: every block scaled and reduced by itself, so that rows come out with mean square norm 1.

    A block named "picture" first goes through a dictionary of patches, learned on the same rows.
    """

    blocks: tuple[tuple[str, int], ...]
    scaled: tuple[ScaledBlock, ...]
    dictionary: PatchDictionary | None = None

    @classmethod
    def fit(cls, X: Matrix, blocks: Blocks, rng: np.random.Generator) -> "ScaledBlocks":
        """Fit on at most 4,000 unlabelled rows (n, features), drawn at random. Seconds, not minutes, on one core."""
        # No rows vary as little as one row does.
        rows = _drawn(X, _FIT_ROWS, rng) if len(X) else np.zeros((1, X.shape[1]), np.float32)
        dictionary = None
        scaled = []
        for (name, _), part in zip(blocks, parts(blocks), strict=True):
            block = rows[:, part]
            if name == PICTURE:
                dictionary = PatchDictionary.fit(block, rng)
                block = dictionary.transform(_drawn(block, _FIT_PICTURES, rng))
            scaled.append(ScaledBlock.fit(block, 1 / len(blocks), rng))
        return cls(tuple(blocks), tuple(scaled), dictionary)

    def transform(self, X: Matrix) -> Matrix:
        """Rows (n, features) float → (n, dims) float32. About 2 ms per row with a picture, else far less."""
        done = [self._batch(np.asarray(X[at : at + _BATCH], np.float32)) for at in range(0, len(X), _BATCH)]
        dims = sum(block.components.shape[1] for block in self.scaled)
        return np.concatenate(done) if done else np.zeros((0, dims), np.float32)

    def _batch(self, rows: FloatArray) -> FloatArray:
        mapped = []
        for (name, _), part, scaled in zip(self.blocks, parts(self.blocks), self.scaled, strict=True):
            block = rows[:, part]
            if name == PICTURE and self.dictionary is not None:
                block = self.dictionary.transform(block)
            mapped.append(scaled.transform(block))
        return np.concatenate(mapped, axis=1)

    def arrays(self) -> Arrays:
        """Means and scales of all blocks end to end, each block's components, and the dictionary where there is one."""
        named: Arrays = {} if self.dictionary is None else self.dictionary.arrays()
        named["mean"] = np.concatenate([block.mean for block in self.scaled])
        named["scale"] = np.concatenate([block.scale for block in self.scaled])
        return named | {f"components_{i}": b.components.astype(np.float16) for i, b in enumerate(self.scaled)}

    def digest(self) -> str:
        """SHA-256 in hex of what is saved."""
        return digest_of("scaled-blocks", self.blocks, self.arrays())

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[np.generic]], blocks: Blocks) -> "ScaledBlocks":
        """The inverse of `arrays`. Raises KeyError when one is not there, ValueError when shapes do not fit."""
        with_picture = any(name == PICTURE for name, _ in blocks)
        dictionary = PatchDictionary.from_arrays(arrays) if with_picture else None
        inner = [(name, dictionary.dims if dictionary and name == PICTURE else width) for name, width in blocks]
        mean, scale = arrays["mean"].astype(np.float32), arrays["scale"].astype(np.float32)
        components = [arrays[f"components_{i}"].astype(np.float32) for i in range(len(blocks))]
        widths = [width for _, width in inner]
        if {mean.shape, scale.shape} != {(sum(widths),)} or [len(c) for c in components] != widths:
            raise ValueError("The arrays do not fit the blocks.")
        scaled = [ScaledBlock(mean[p], scale[p], c) for p, c in zip(parts(inner), components, strict=True)]
        return cls(tuple(blocks), tuple(scaled), dictionary)


def _drawn(X: Matrix, most: int, rng: np.random.Generator) -> FloatArray:
    """All rows, or `most` of them at random, in their order."""
    if len(X) <= most:
        return np.asarray(X, np.float32)
    return np.asarray(X[np.sort(rng.choice(len(X), most, replace=False))], np.float32)


def _principal(scaled: FloatArray, rng: np.random.Generator) -> FloatArray:
    """The first principal directions (m, ≤ 256) of rows (n, m), all of them where there are few.

    Source of the fast way for wide blocks: Halko, Martinsson and Tropp, "Finding structure with randomness", SIAM
    Review 2011.
    """
    n, width = scaled.shape
    keep = min(_COMPONENTS, width, max(1, n))
    if width > 2 * _COMPONENTS and n > 0:
        from sklearn.utils.extmath import randomized_svd

        seed = int(rng.integers(2**31))
        _, _, directions = randomized_svd(scaled, keep, n_iter=_POWER_ROUNDS, random_state=seed)
        return np.asarray(directions.T, np.float32)
    _, vectors = np.linalg.eigh((scaled.T @ scaled).astype(np.float64))
    return np.asarray(vectors[:, ::-1][:, :keep], np.float32)
