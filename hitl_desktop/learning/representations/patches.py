"""Patch features learned without labels from the user's own pictures.

Source: Coates, Lee and Ng, "An analysis of single-layer networks in unsupervised feature learning", AISTATS 2011:
small patches, contrast normalised and whitened, compared with a dictionary made by k-means; what is nearer than the
average centre counts, summed over the four quarters of the picture.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.predictions import FloatArray
from hitl_desktop.learning.representations.representation import Arrays

SIDE: Final = 32
WIDTH: Final = 3 * SIDE**2
PATCH: Final = 6
PLACES: Final = SIDE - PATCH + 1
HALF: Final = (PLACES + 1) // 2
"""The first row, and column, of the lower and right quarters."""
_VALUES: Final = 3 * PATCH**2
_CENTRES: Final = 400
_QUARTERS: Final = 4
_CONTRAST: Final = 10.0
"""Added to the variance of a patch (grey levels squared), so that flat patches are not blown up to noise."""
_WHITEN: Final = 0.1
_SAMPLE: Final = 60_000
_ROUNDS: Final = 12
_CHUNK: Final = 4096
_BATCH: Final = 4


@dataclass(frozen=True, slots=True)
class PatchDictionary:
    """Whitening and centres: `mean` (108,), `whiten` (108, 108) and `centres` (k ≤ 400, 108), float32."""

    mean: FloatArray
    whiten: FloatArray
    centres: FloatArray

    @classmethod
    def fit(cls, pictures: FloatArray, rng: np.random.Generator) -> "PatchDictionary":
        """Learn from pictures (n, 3072): rows of 32 × 32 pixels of R, G, B with levels 0–255; n may be any number."""
        patches = _contrast_normalised(_drawn(pictures, rng))
        mean = patches.mean(axis=0)
        away = patches - mean
        values, vectors = np.linalg.eigh((away.T @ away / len(away)).astype(np.float64))
        whiten = (vectors / np.sqrt(np.maximum(values, 0) + _WHITEN)) @ vectors.T
        whitened = away @ whiten.astype(np.float32)
        return cls(mean, np.asarray(whiten, np.float32), _centres(whitened, rng))

    @property
    def dims(self) -> int:
        """Columns of what `transform` gives."""
        return _QUARTERS * len(self.centres)

    def transform(self, pictures: FloatArray) -> FloatArray:
        """Pictures (n, 3072) → (n, 4 · k) float32: square roots of the activations summed per quarter and centre."""
        out = np.empty((len(pictures), self.dims), np.float32)
        for at in range(0, len(pictures), _BATCH):
            out[at : at + _BATCH] = self._batch(pictures[at : at + _BATCH])
        return out

    def _batch(self, pictures: FloatArray) -> FloatArray:
        near = self.activations(pictures)
        rows = np.add.reduceat(near, (0, HALF), axis=1)
        quarters = np.add.reduceat(rows, (0, HALF), axis=2)
        # Square roots, so that a few strong activations do not outweigh the rest.
        return np.asarray(np.sqrt(quarters.reshape(len(pictures), -1)))

    def activations(self, pictures: FloatArray) -> FloatArray:
        """Pictures (n, 3072) → how much each patch is like each centre, (n, 27, 27, k), 0 for most.

        Their sums over the four quarters (rows and columns before `HALF`, and from there on) are what `transform`
        takes the square roots of.
        """
        n = len(pictures)
        patches = _contrast_normalised(_all_patches(pictures).reshape(-1, _VALUES))
        whitened = (patches - self.mean) @ self.whiten
        away = whitened @ (-2 * self.centres.T)
        away += (whitened * whitened).sum(axis=1)[:, None]
        away += (self.centres * self.centres).sum(axis=1)
        np.sqrt(np.maximum(away, 0, out=away), out=away)
        near = np.subtract(away.mean(axis=1)[:, None], away, out=away)
        return np.asarray(np.maximum(near, 0, out=near).reshape(n, PLACES, PLACES, -1))

    def arrays(self) -> Arrays:
        """Half precision for what is multiplied with patches of about unit variance."""
        return {
            "patch_mean": self.mean,
            "patch_whiten": self.whiten.astype(np.float16),
            "patch_centres": self.centres.astype(np.float16),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[np.generic]]) -> "PatchDictionary":
        """The inverse of `arrays`."""
        mean, whiten, centres = (arrays[f"patch_{name}"].astype(np.float32) for name in ("mean", "whiten", "centres"))
        return cls(mean, whiten, centres)


def _all_patches(pictures: FloatArray) -> FloatArray:
    """Every patch of pictures (n, 3072) → (n, 27, 27, 108)."""
    square = np.asarray(pictures, np.float32).reshape(-1, SIDE, SIDE * 3)
    windows = np.lib.stride_tricks.sliding_window_view(square, (PATCH, 3 * PATCH), axis=(1, 2))[:, :, ::3]
    return np.asarray(windows.reshape(-1, PLACES, PLACES, _VALUES))


def _drawn(pictures: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Patches (m, 108) from random places, equally many of each picture as far as possible."""
    n = len(pictures)
    square = np.asarray(pictures, np.float32).reshape(n, SIDE, SIDE * 3)
    which = np.arange(min(_SAMPLE, n * PLACES**2)) % n
    top, left = rng.integers(0, PLACES, (2, len(which)))
    windows = np.lib.stride_tricks.sliding_window_view(square, (PATCH, 3 * PATCH), axis=(1, 2))
    return np.asarray(windows[which, top, 3 * left].reshape(len(which), _VALUES))


def _contrast_normalised(patches: FloatArray) -> FloatArray:
    away = patches - patches.mean(axis=1, keepdims=True)
    away /= np.sqrt((away * away).mean(axis=1, keepdims=True) + np.float32(_CONTRAST))
    return np.asarray(away, np.float32)


def _centres(points: FloatArray, rng: np.random.Generator) -> FloatArray:
    """k-means by Lloyd's rounds from random points; a centre without points moves to a random point."""
    k = min(_CENTRES, len(points))
    centres = points[rng.choice(len(points), k, replace=False)]
    for _ in range(_ROUNDS):
        sums = np.zeros_like(centres)
        counts = np.zeros(k, np.int64)
        offset = (centres * centres).sum(axis=1) / 2
        for at in range(0, len(points), _CHUNK):
            chunk = points[at : at + _CHUNK]
            nearest = (chunk @ centres.T - offset).argmax(axis=1)
            member = np.zeros((k, len(chunk)), np.float32)
            member[nearest, np.arange(len(chunk))] = 1
            sums += member @ chunk
            counts += np.bincount(nearest, minlength=k)
        empty = counts == 0
        centres = np.asarray(sums / np.maximum(counts, 1)[:, None], np.float32)
        centres[empty] = points[rng.choice(len(points), int(empty.sum()))]
    return centres
