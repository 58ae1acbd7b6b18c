"""Hand-made image features: shape (HOG), texture (LBP), and colour or grey statistics.

Sources: Dalal and Triggs, "Histograms of oriented gradients for human detection", CVPR 2005; Ojala, Pietikäinen and
Mäenpää, "Multiresolution gray-scale and rotation invariant texture classification with local binary patterns",
PAMI 2002. The neighbours on the LBP circles are the nearest whole pixels instead of interpolated values: byte
comparisons only, which makes the block many times faster.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from PIL import Image

from hitl_desktop.features.extractor import Extractor
from hitl_desktop.kinds.image import to_display

Floats = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.uint8]

_SIDE: Final = 96
_HOG_SIDE: Final = 64
_CELL: Final = 8
_CELLS: Final = _HOG_SIDE // _CELL
_ORIENTATIONS: Final = 9
_HOG_CLIP: Final = 0.2
_CIRCLES: Final = ((1, 8), (2, 12), (4, 16))
_PERCENTILES: Final = (1, 5, 10, 25, 50, 75, 90, 95, 99)
_LEVELS: Final = 8
_GRID: Final = 4
_HUES: Final = 12
_BATCH: Final = 64

_HOG_DIMS: Final = (_CELLS - 1) ** 2 * 4 * _ORIENTATIONS
_LBP_DIMS: Final = 59 + (12 + 2) + (16 + 2)
_CHANNEL_DIMS: Final = len(_PERCENTILES) + 3 + _LEVELS + _GRID * _GRID
_COLOUR_DIMS: Final = 7 * _CHANNEL_DIMS + _HUES


def extract(pictures: Sequence[npt.NDArray[Any]]) -> Floats:
    """Features of small pictures: (h, w) uint8 or uint16 grey, or (h, w, 3) uint8 RGB → (n, dims) float32.

    16-bit grey is mapped through its robust window first. Each picture is squeezed to a square, so any size and
    shape will do; 128 pixels on the shorter side are enough.
    """
    parts = [_batch(pictures[at : at + _BATCH]) for at in range(0, len(pictures), _BATCH)]
    return np.concatenate(parts) if parts else np.zeros((0, IMAGE_TEXTURE.dims), np.float32)


def _batch(pictures: Sequence[npt.NDArray[Any]]) -> Floats:
    n = len(pictures)
    grey = np.empty((n, _SIDE, _SIDE), np.uint8)
    small = np.empty((n, _HOG_SIDE, _HOG_SIDE), np.uint8)
    rgb: dict[int, Bytes] = {}
    for row, picture in enumerate(pictures):
        image = Image.fromarray(to_display(picture))
        if image.mode == "RGB":
            image = image.resize((_SIDE, _SIDE), Image.Resampling.BILINEAR)
            rgb[row] = np.asarray(image)
            image = image.convert("L")
        grey[row] = np.asarray(image.resize((_SIDE, _SIDE), Image.Resampling.BILINEAR))
        small[row] = np.asarray(image.resize((_HOG_SIDE, _HOG_SIDE), Image.Resampling.BILINEAR))
    return np.concatenate([_hog(small), _lbp(grey), _colour(grey, rgb)], axis=1)


def _hog(grey: Bytes) -> Floats:
    """Histograms of gradient directions, (n, 64, 64) → (n, 1764): cells of 8 × 8, blocks of 2 × 2 cells, L2-Hys."""
    n = len(grey)
    values = np.sqrt(grey.astype(np.float32))
    down, right = np.zeros_like(values), np.zeros_like(values)
    down[:, 1:-1] = values[:, 2:] - values[:, :-2]
    right[:, :, 1:-1] = values[:, :, 2:] - values[:, :, :-2]
    angle = np.arctan2(down, right) * np.float32(_ORIENTATIONS / np.pi) + np.float32(_ORIENTATIONS)
    lower = np.floor(angle)
    share = angle - lower
    first = lower.astype(np.intp) % _ORIENTATIONS
    second = (first + 1) % _ORIENTATIONS
    length = np.hypot(down, right)
    at = np.arange(_HOG_SIDE) // _CELL
    cell = (np.arange(n)[:, None, None] * _CELLS + at[:, None]) * _CELLS + at
    base = cell * _ORIENTATIONS
    size = n * _CELLS * _CELLS * _ORIENTATIONS
    counts = np.bincount((base + first).ravel(), (length * (1 - share)).ravel(), size)
    counts += np.bincount((base + second).ravel(), (length * share).ravel(), size)
    cells = counts.reshape(n, _CELLS, _CELLS, _ORIENTATIONS).astype(np.float32)
    blocks = np.concatenate([cells[:, :-1, :-1], cells[:, :-1, 1:], cells[:, 1:, :-1], cells[:, 1:, 1:]], axis=3)
    blocks = np.minimum(_unit(blocks), _HOG_CLIP)
    return _unit(blocks).reshape(n, _HOG_DIMS)


def _unit(vectors: Floats) -> Floats:
    """Length 1 along the last axis; a vector without content stays near zero."""
    return np.asarray(vectors / np.sqrt((vectors * vectors).sum(axis=-1, keepdims=True) + np.float32(1e-3)))


def _circle(radius: int, points: int) -> list[tuple[int, int]]:
    """The (down, right) offsets of the neighbours, in whole pixels, in order around the circle."""
    turns = 2 * np.pi * np.arange(points) / points
    return [(round(-radius * float(np.sin(t))), round(radius * float(np.cos(t)))) for t in turns]


def _uniform_table(points: int) -> tuple[npt.NDArray[np.uint8], int]:
    """The bin of every pattern of `points` bits, and the number of bins.

    Patterns with at most two changes around the circle are uniform. Eight points keep each of them apart (59 bins);
    more points are counted by the number of ones only, which is invariant to rotation. All others share the last bin.
    """
    codes = np.arange(2**points, dtype=np.uint32)
    bits = (codes[:, None] >> np.arange(points, dtype=np.uint32)) & 1
    uniform = (bits != np.roll(bits, 1, axis=1)).sum(axis=1) <= 2
    if points == 8:
        bins = int(uniform.sum())
        return np.where(uniform, np.cumsum(uniform) - 1, bins).astype(np.uint8), bins + 1
    return np.where(uniform, bits.sum(axis=1), points + 1).astype(np.uint8), points + 2


_TABLES: Final = {points: _uniform_table(points) for _, points in _CIRCLES}


def _lbp(grey: Bytes) -> Floats:
    """Shares of local binary patterns on three circles, square roots taken (Hellinger), (n, 96, 96) → (n, 91)."""
    n = len(grey)
    parts = []
    for radius, points in _CIRCLES:
        inner = _SIDE - 2 * radius
        centre = grey[:, radius:-radius, radius:-radius]
        codes = np.zeros(centre.shape, np.uint16)
        for bit, (down, right) in enumerate(_circle(radius, points)):
            top, left = radius + down, radius + right
            brighter = grey[:, top : top + inner, left : left + inner] >= centre
            codes |= brighter.astype(np.uint16) << np.uint16(bit)
        table, bins = _TABLES[points]
        parts.append(np.sqrt(_counts(table[codes].reshape(n, -1), bins) / np.float32(inner * inner)))
    return np.concatenate(parts, axis=1).astype(np.float32)


def _counts(values: npt.NDArray[Any], bins: int) -> Floats:
    """How often each of 0 … bins − 1 occurs in each row: (n, m) → (n, bins)."""
    n = len(values)
    places = values + (np.arange(n, dtype=np.int32) * bins)[:, None]
    counts: Floats = np.bincount(places.ravel(), minlength=n * bins).reshape(n, bins).astype(np.float32)
    return counts


def _colour(grey: Bytes, rgb: dict[int, Bytes]) -> Floats:
    """Statistics of R, G, B, S, V, R − G and R + G − 2B, and the hue histogram weighted by saturation.

    Grey pictures have R = G = B = V, and zeros in what only colour pictures have.
    """
    out = np.zeros((len(grey), _COLOUR_DIMS), np.float32)
    plain = [row for row in range(len(grey)) if row not in rgb]
    if plain:
        statistics = _statistics(grey[plain])
        for channel in (0, 1, 2, 4):
            out[plain, channel * _CHANNEL_DIMS : (channel + 1) * _CHANNEL_DIMS] = statistics
    if rgb:
        stack = np.stack(list(rgb.values()))
        channels, hues = _channels(stack)
        out[list(rgb)] = np.concatenate([_statistics(channel) for channel in channels] + [hues], axis=1)
    return out


def _channels(rgb: Bytes) -> tuple[list[Bytes], Floats]:
    """The seven channels as bytes, and the hue histogram (n, 12), of (n, side, side, 3)."""
    red, green, blue = (np.ascontiguousarray(rgb[..., c]) for c in range(3))
    value = np.maximum(np.maximum(red, green), blue)
    spread = value - np.minimum(np.minimum(red, green), blue)
    r, g, b = (plane.astype(np.int16) for plane in (red, green, blue))
    saturation = (spread.astype(np.float32) * 255 / np.maximum(value, 1)).astype(np.uint8)
    red_green = ((r - g + 256) >> 1).astype(np.uint8)
    yellow_blue = ((r + g - 2 * b + 512) >> 2).astype(np.uint8)
    return [red, green, blue, saturation, value, red_green, yellow_blue], _hues(r, g, b, value, spread)


def _hues(
    r: npt.NDArray[np.int16], g: npt.NDArray[np.int16], b: npt.NDArray[np.int16], value: Bytes, spread: Bytes
) -> Floats:
    """Shares of twelve hues, each pixel weighted by how colourful it is (max − min of R, G, B)."""
    n = len(value)
    sector = np.where(value == r, g - b, np.where(value == g, b - r, r - g)).astype(np.float32)
    start = np.where(value == r, np.float32(6), np.where(value == g, np.float32(2), np.float32(4)))
    hue = ((sector / np.maximum(spread, 1) + start) * np.float32(_HUES / 6)).astype(np.intp) % _HUES
    places = hue.reshape(n, -1) + (np.arange(n) * _HUES)[:, None]
    weights = np.bincount(places.ravel(), spread.ravel(), n * _HUES).reshape(n, _HUES)
    shares: Floats = (weights / (value[0].size * 255.0)).astype(np.float32)
    return shares


def _statistics(channel: Bytes) -> Floats:
    """Percentiles, mean, standard deviation, skewness, coarse histogram and grid means: (n, side, side) → (n, 36).

    All but the grid come from the exact histogram of 256 levels, so nothing is sorted. Levels are scaled to 0–1.
    """
    n = len(channel)
    shares = _counts(channel.reshape(n, -1), 256) / np.float32(channel[0].size)
    levels = np.arange(256, dtype=np.float32) / 255
    below = np.cumsum(shares, axis=1, dtype=np.float64)
    percentiles = np.stack([(below < p / 100 - 1e-9).sum(axis=1) for p in _PERCENTILES], axis=1) / 255
    mean = shares @ levels
    away = levels - mean[:, None]
    deviation = np.sqrt((shares * away**2).sum(axis=1))
    skewness = (shares * away**3).sum(axis=1) / (deviation + np.float32(0.02)) ** 3
    coarse = np.sqrt(shares.reshape(n, _LEVELS, -1).sum(axis=2))
    side = channel.shape[1] // _GRID
    grid = channel.reshape(n, _GRID, side, _GRID, side).mean(axis=(2, 4), dtype=np.float32) / 255
    parts = [percentiles, np.stack([mean, deviation, skewness], axis=1), coarse, grid.reshape(n, -1)]
    return np.concatenate(parts, axis=1).astype(np.float32)


IMAGE_TEXTURE: Final = Extractor(
    name="image-texture",
    version=1,
    kind="image",
    blocks=(("hog", _HOG_DIMS), ("lbp", _LBP_DIMS), ("colour", _COLOUR_DIMS)),
    sparse=False,
    extract=extract,
)
