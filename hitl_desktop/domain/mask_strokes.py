"""Strokes of a brush over what must not be seen: a path in the upright picture, and how wide it is.

A copy that is given away is painted over by whole pixels. `spans` says which: every pixel that a stroke touches.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np

MOST_POINTS: Final = 5000
WIDEST: Final = 5000.0
_FARTHEST: Final = 1e6
_HALF_PIXEL: Final = math.sqrt(0.5)
"""From the middle of a pixel to its corner."""


@dataclass(frozen=True, slots=True)
class Stroke:
    """A path through places (x, y) in pixels of the upright picture, `width` pixels wide, with round ends.

    Raises ValueError for what is no stroke.
    """

    width: float
    path: tuple[tuple[float, float], ...]

    def __post_init__(self) -> None:
        if not 0 < self.width <= WIDEST or not 0 < len(self.path) <= MOST_POINTS:
            raise ValueError("no stroke")
        if not all(0 <= value <= _FARTHEST for place in self.path for value in place):  # NaN is in no range
            raise ValueError("outside of any picture")

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        return {"width": self.width, "path": [list(place) for place in self.path]}

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> "Stroke":
        """The inverse of `plain`. Raises ValueError, TypeError or KeyError for anything else."""
        return cls(float(said["width"]), tuple((float(x), float(y)) for x, y in said["path"]))


def spans(stroke: Stroke, size: tuple[int, int]) -> list[tuple[int, int, int, int]]:
    """The pixels that a stroke touches in a picture of that size (width, height): boxes of left, top, width, height."""
    reach = stroke.width / 2 + _HALF_PIXEL
    places = np.asarray(stroke.path, np.float64)
    low = np.maximum(np.floor(places.min(axis=0) - reach), 0).astype(int)
    high = np.minimum(np.ceil(places.max(axis=0) + reach), size).astype(int)
    if (high <= low).any():
        return []
    touched = np.zeros((high[1] - low[1], high[0] - low[0]), np.bool_)
    for start, stop in pairwise(stroke.path) if len(stroke.path) > 1 else [(stroke.path[0], stroke.path[0])]:
        _touch(touched, np.asarray(start) - low, np.asarray(stop) - low, reach)
    return _boxes(touched, int(low[0]), int(low[1]))


def _touch(touched: "np.ndarray[Any, np.dtype[np.bool_]]", start: Any, stop: Any, reach: float) -> None:
    """Mark the pixels whose middle is within reach of the line between two places."""
    height, width = touched.shape
    left, top = (max(0, math.floor(value - reach)) for value in np.minimum(start, stop))
    right, bottom = (math.ceil(value + reach) for value in np.maximum(start, stop))
    x = np.arange(left, min(right, width))[None, :] + 0.5 - start[0]
    y = np.arange(top, min(bottom, height))[:, None] + 0.5 - start[1]
    along = stop - start
    length = float(along @ along)
    share = np.clip((x * along[0] + y * along[1]) / length, 0, 1) if length else 0.0
    away = (x - share * along[0]) ** 2 + (y - share * along[1]) ** 2
    touched[top : min(bottom, height), left : min(right, width)] |= away <= reach * reach


def _boxes(touched: "np.ndarray[Any, np.dtype[np.bool_]]", left: int, top: int) -> list[tuple[int, int, int, int]]:
    """Runs of every row; those that are the same in rows below each other are one box."""
    edges = np.diff(np.pad(touched, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    rows, begins = np.nonzero(edges == 1)
    ends = np.nonzero(edges == -1)[1]
    open_runs: dict[tuple[int, int], tuple[int, int]] = {}
    found = []
    for row, begin, end in zip(rows.tolist(), begins.tolist(), ends.tolist(), strict=True):
        first, last = open_runs.pop((begin, end), (row, row - 1))
        if last != row - 1:
            found.append((left + begin, top + first, end - begin, last - first + 1))
            first = row
        open_runs[begin, end] = (first, row)
    found += [(left + b, top + first, e - b, last - first + 1) for (b, e), (first, last) in open_runs.items()]
    return found
