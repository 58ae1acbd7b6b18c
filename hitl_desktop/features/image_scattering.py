"""Wavelet scattering of small grey pictures: shape and texture that small shifts and bends hardly change.

Order 0, 1 and 2 with J = 4 scales and L = 8 directions: ||x ∗ ψ1| ∗ ψ2| ∗ φ at the centres of the four quarters.
Sources: Bruna and Mallat, "Invariant scattering convolution networks", PAMI 2013; the filters (Morlet wavelets, their
widths and directions) are those of kymatio (Andreux et al., JMLR 2020). Products with wavelets are taken in the Fourier
domain and folded to the coarser grid there, which is the same as keeping every second, fourth or eighth sample. The
low-pass filter is a Gaussian, so averaging and sampling is one small matrix on either side.

Against J = 3 on a grid of 4 × 4, the four scales have half the numbers and know more with few labels.
"""

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt
import scipy.fft

Floats = npt.NDArray[np.float32]
Spectra = npt.NDArray[np.complex64]

SIDE: Final = 32
SCALES: Final = 4
DIRECTIONS: Final = 8
_STEP: Final = 2**SCALES
_GRID: Final = SIDE // _STEP
_MARGIN: Final = 8
_PADDED: Final = SIDE + 2 * _MARGIN
"""Mirrored on each side, so that the wavelets hardly see the far edge."""
_FLOOR: Final = 1e-3
_NOTHING: Final = 1e-9
_PATHS: Final = 1 + SCALES * DIRECTIONS + DIRECTIONS**2 * SCALES * (SCALES - 1) // 2
DIMS: Final = _PATHS * _GRID**2
_BATCH: Final = 8
"""Small enough for the second order of a batch to stay near the processor."""


def scattering(grey: npt.NDArray[np.uint8]) -> Floats:
    """Grey pictures (n, 32, 32) → (n, 1668) float32: log(S + 0.001), path after path, each in four quarters.

    Paths: the average; then per scale and direction; then per pair of scales (fine, coarse) and pair of directions.
    Levels are scaled to 0–1 first.
    """
    parts = [_log_paths(grey[at : at + _BATCH]) for at in range(0, len(grey), _BATCH)]
    return np.concatenate(parts) if parts else np.zeros((0, DIMS), np.float32)


def _log_paths(grey: npt.NDArray[np.uint8]) -> Floats:
    values = np.concatenate([_averaged(part).reshape(len(grey), -1) for part in _paths(grey)], axis=1)
    return np.asarray(np.log(np.maximum(values, 0) + np.float32(_FLOOR)), np.float32)


def _paths(grey: npt.NDArray[np.uint8]) -> list[Floats]:
    """What is averaged, in the order of the features: (n, paths, m, m) of the padded picture at several scales m."""
    levels = grey.astype(np.float32) / np.float32(255)
    padded = np.pad(levels, ((0, 0), (_MARGIN, _MARGIN), (_MARGIN, _MARGIN)), mode="reflect")
    paths = [padded[:, None]]
    second: list[Floats] = []
    spectrum = np.asarray(scipy.fft.fft2(padded), np.complex64)[:, None]
    for fine in range(SCALES):
        first = _modulus(spectrum, 0, fine)
        paths.append(first)
        if fine + 1 < SCALES:
            spectra = np.asarray(scipy.fft.fft2(first), np.complex64)
            second += [_modulus(spectra, fine, coarse) for coarse in range(fine + 1, SCALES)]
    return [*paths, *second]


def located(grey: npt.NDArray[np.uint8], amounts: Floats) -> npt.NDArray[np.float64]:
    """Spread `amounts` (1668,), one for each feature of a grey picture (32, 32), over the places of the picture.

    → (32, 32) with the same sum. A feature is the logarithm of a weighted average over the picture; its amount is
    shared among the places as that average is.
    """
    ground = np.zeros((_PADDED, _PADDED))
    at = 0
    for values in _paths(grey[None]):
        paths, side = values.shape[1], values.shape[-1]
        window = _bank().windows[side].astype(np.float64)
        own = amounts[at : at + paths * _GRID**2].reshape(paths, _GRID, _GRID)
        at += paths * _GRID**2
        average = window @ values[0] @ window.T
        # Where nothing was averaged there is nothing to share by: the window alone says where.
        scale = np.divide(own, average, out=np.zeros_like(average), where=average > _NOTHING)
        coarse = (values[0] * (window.T @ scale @ window)).sum(axis=0)
        coarse += window.T @ np.where(average > _NOTHING, 0.0, own).sum(axis=0) @ window
        step = _PADDED // side
        ground += np.repeat(np.repeat(coarse, step, axis=0), step, axis=1) / step**2
    return _folded_back(_folded_back(ground).T).T


def _folded_back(ground: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The padded rows added to the rows that they mirror: (48, m) → (32, m)."""
    inner = ground[_MARGIN:-_MARGIN].copy()
    inner[1 : _MARGIN + 1] += ground[:_MARGIN][::-1]
    inner[-_MARGIN - 1 : -1] += ground[-_MARGIN:][::-1]
    return inner


def _modulus(spectra: Spectra, level: int, scale: int) -> Floats:
    """|x ∗ ψ| for all directions: spectra (n, c, m, m) at 2**level → (n, c · 8, m', m') at 2**scale."""
    n, channels, side, _ = spectra.shape
    fold = 2 ** (scale - level)
    small = side // fold
    # One product per frequency of the coarse grid: (n · channels, aliases) @ (aliases, directions).
    aliases = spectra.reshape(n * channels, fold, small, fold, small).transpose(2, 4, 0, 1, 3)
    product = aliases.reshape(small, small, n * channels, fold * fold) @ _bank().wavelets[level, scale]
    waves = scipy.fft.ifft2(product, axes=(0, 1), overwrite_x=True)
    length = np.sqrt(waves.real**2 + waves.imag**2)
    return np.ascontiguousarray(length.reshape(small, small, n, channels * DIRECTIONS).transpose(2, 3, 0, 1))


def _averaged(values: Floats) -> Floats:
    """Smoothed by the Gaussian and sampled in the middle of each quarter of the picture: (…, m, m) → (…, 2, 2)."""
    window = _bank().windows[values.shape[-1]]
    return np.asarray(window @ values @ window.T, np.float32)


@dataclass(frozen=True, slots=True)
class _Bank:
    """`wavelets` by (level of the input, scale): (m, m, aliases, directions); `windows` by side: (2, side)."""

    wavelets: dict[tuple[int, int], Spectra]
    windows: dict[int, Floats]


@cache
def _bank() -> _Bank:
    wavelets = {}
    for scale in range(SCALES):
        full = np.stack([morlet(scale, direction) for direction in range(DIRECTIONS)])
        for level in range(scale + 1):
            # On a coarser grid the same wavelet has its spectrum folded.
            bank = _folded(full, 2**level)
            fold = 2 ** (scale - level)
            small = bank.shape[-1] // fold
            split = bank.reshape(DIRECTIONS, fold, small, fold, small).transpose(2, 4, 1, 3, 0)
            # Folding a product of spectra to a coarser grid is a mean over the aliases.
            ready = split.reshape(small, small, fold * fold, DIRECTIONS) / fold**2
            wavelets[level, scale] = np.ascontiguousarray(ready, np.complex64)
    return _Bank(wavelets, {_PADDED // 2**level: _window(_PADDED // 2**level) for level in range(SCALES)})


def _folded(spectrum: npt.NDArray[np.complex128], fold: int) -> npt.NDArray[np.complex128]:
    """The spectrum of the filter with only every `fold`-th sample kept, and as large as before there."""
    directions, side, _ = spectrum.shape
    small = side // fold
    return np.asarray(spectrum.reshape(directions, fold, small, fold, small).sum(axis=(1, 3)))


def morlet(scale: int, direction: int) -> npt.NDArray[np.complex128]:
    """The spectrum (48, 48) of the Morlet wavelet of scale 2**`scale` in direction `direction` · π/8.

    A wave under a Gaussian of width 0.8 · 2**scale, twice as long across the wave, less the Gaussian itself in the
    share that makes the mean zero.
    """
    width = 0.8 * 2**scale
    angle = (DIRECTIONS // 2 - 1 - direction) * np.pi / DIRECTIONS
    wave = _gabor(width, angle, 3 / 4 * np.pi / 2**scale)
    bump = _gabor(width, angle, 0.0)
    return np.asarray(scipy.fft.fft2(wave - bump * (wave.sum() / bump.sum())))


def _gabor(width: float, angle: float, frequency: float) -> npt.NDArray[np.complex128]:
    """A wave under a tilted Gaussian of area 1, wrapped around the padded square."""
    slant = 4 / DIRECTIONS
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    curve = turn @ np.diag([1.0, slant**2]) @ turn.T / (2 * width**2)
    places = np.arange(-2 * _PADDED, 3 * _PADDED, dtype=np.float64)
    x, y = np.meshgrid(places, places, indexing="ij")
    exponent = -(curve[0, 0] * x * x + 2 * curve[0, 1] * x * y + curve[1, 1] * y * y)
    values = np.exp(exponent + 1j * frequency * (x * np.cos(angle) + y * np.sin(angle)))
    wrapped = values.reshape(5, _PADDED, 5, _PADDED).sum(axis=(0, 2))
    return np.asarray(wrapped / (2 * np.pi * width**2 / slant))


def _window(side: int) -> Floats:
    """Rows of Gaussian weights (2, side), one per half of the picture, each adding to 1."""
    step = _PADDED // side
    width = 0.8 * 2 ** (SCALES - 1)
    centres = _MARGIN + _STEP * (np.arange(_GRID) + 0.5) - 0.5
    away = centres[:, None] - step * np.arange(side)[None, :]
    weights = sum(np.exp(-((away + _PADDED * turn) ** 2) / (2 * width**2)) for turn in (-1, 0, 1))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True), np.float32)
