"""Texture and colour of small pictures: local binary patterns, and statistics of seven channels.

Source: Ojala, Pietikäinen and Mäenpää, "Multiresolution gray-scale and rotation invariant texture classification with
local binary patterns", PAMI 2002. The neighbours on the circles are the nearest whole pixels instead of interpolated
values: byte comparisons only, which makes the block many times faster.
"""

from typing import Any, Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.uint8]

SIDE: Final = 96
_CIRCLES: Final = ((1, 8), (2, 12), (4, 16))
_PERCENTILES: Final = (1, 5, 10, 25, 50, 75, 90, 95, 99)
_LEVELS: Final = 8
_GRID: Final = 4
_HUES: Final = 12

TEXTURE_DIMS: Final = 59 + (12 + 2) + (16 + 2)
_CHANNEL_DIMS: Final = len(_PERCENTILES) + 3 + _LEVELS + _GRID * _GRID
COLOUR_DIMS: Final = 7 * _CHANNEL_DIMS + _HUES


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


def texture(grey: Bytes) -> Floats:
    """Shares of local binary patterns on three circles, square roots taken (Hellinger), (n, 96, 96) → (n, 91)."""
    n = len(grey)
    parts = []
    for radius, points in _CIRCLES:
        inner = SIDE - 2 * radius
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


def colour(grey: Bytes, rgb: dict[int, Bytes]) -> Floats:
    """Statistics of R, G, B, S, V, R − G and R + G − 2B, and the hue histogram weighted by saturation.

    `grey` (n, 96, 96) are all pictures; `rgb` holds by row those (96, 96, 3) that have colour. → (n, 264). A grey
    picture gives what the same picture stored as RGB would.
    """
    out = np.zeros((len(grey), COLOUR_DIMS), np.float32)
    plain = [row for row in range(len(grey)) if row not in rgb]
    if plain:
        same = _statistics(grey[plain])
        none, level = (np.tile(_statistics(np.full((1, SIDE, SIDE), v, np.uint8)), (len(plain), 1)) for v in (0, 128))
        hues = np.zeros((len(plain), _HUES), np.float32)
        out[plain] = np.concatenate([same, same, same, none, same, level, level, hues], axis=1)
    if rgb:
        stack = np.stack(list(rgb.values()))
        channels, hues = _channels(stack)
        out[list(rgb)] = np.concatenate([_statistics(channel) for channel in channels] + [hues], axis=1)
    return out


def located(amounts: npt.NDArray[Any]) -> tuple[npt.NDArray[np.float64], float]:
    """What belongs to places of `amounts` (264,), one for each feature of `colour`: (4, 4), and the sum of the others.

    The averages of the cells of each channel have a place; percentiles, histograms and hues have none.
    """
    channels = np.asarray(amounts[: 7 * _CHANNEL_DIMS], np.float64).reshape(7, _CHANNEL_DIMS)
    cells = channels[:, -_GRID * _GRID :].sum(axis=0).reshape(_GRID, _GRID)
    return cells, float(np.sum(amounts, dtype=np.float64) - cells.sum())


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
