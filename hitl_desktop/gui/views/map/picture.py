"""The map as a picture: every item a dot, drawn with arrays, since a million of them are too many for a painter."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from hitl_desktop.workflow.looking import Looking

Bytes = npt.NDArray[np.uint8]

MARGIN: Final = 16
_SIZES: Final = ((2_000, 4), (20_000, 3), (200_000, 2))
"""Up to so many items, dots of such a radius; more of them are one pixel larger than a pixel."""
_DIM: Final = 0.72
"""How far what is not chosen is taken towards the ground while something is."""


@dataclass(frozen=True, slots=True)
class Window:
    """The part of the map that is shown: its centre, 0–1 each, and how many times it is enlarged (1: all of it)."""

    x: float = 0.5
    y: float = 0.5
    zoom: float = 1.0

    def enlarged(self, by: float, x: float, y: float) -> "Window":
        """Enlarged around a place of the map, which stays where it is on screen; 1 to 400 times."""
        zoom = min(max(self.zoom * by, 1.0), 400.0)
        if zoom == 1.0:
            return Window()
        keep = self.zoom / zoom
        return Window(x + (self.x - x) * keep, y + (self.y - y) * keep, zoom)

    def moved(self, dx: float, dy: float) -> "Window":
        """Moved by parts of what is shown."""
        x, y = (min(max(v, 0.0), 1.0) for v in (self.x + dx / self.zoom, self.y + dy / self.zoom))
        return Window(x, y, self.zoom)


def on_screen(
    places: npt.NDArray[np.float32], window: Window, width: int, height: int, margin: int
) -> npt.NDArray[np.float32]:
    """Places (n, 2) of the map in pixels of a picture, as many as fit beside each other in both directions alike."""
    side = max(1.0, min(width, height) - 2.0 * margin) * window.zoom
    centre = np.array([width / 2, height / 2], np.float32)
    return np.asarray((places - np.array([window.x, window.y], np.float32)) * np.float32(side) + centre, np.float32)


def from_screen(x: float, y: float, window: Window, width: int, height: int, margin: int) -> tuple[float, float]:
    """The place of the map under a pixel: the inverse of `on_screen`."""
    side = max(1.0, min(width, height) - 2.0 * margin) * window.zoom
    return (x - width / 2) / side + window.x, (y - height / 2) / side + window.y


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be drawn: places (n, 2), NaN where there is none; colours (n, 3); which are chosen (n,); the size of
    the picture in pixels, how many of those make one of the screen's, and the colour of the ground (3,).
    """

    places: npt.NDArray[np.float32]
    colours: Bytes
    chosen: npt.NDArray[np.bool_]
    window: Window
    width: int
    height: int
    ratio: float
    ground: Bytes


class Drawing(Looking):
    """Draws one picture; may be stopped between its parts."""

    def draw(self, wanted: Wanted) -> Bytes:
        """The picture (height, width, 4), as RGB with a last byte that is not looked at. Raises Cancelled."""
        image = np.empty((wanted.height, wanted.width, 4), np.uint8)
        image[..., :3], image[..., 3] = wanted.ground, 255
        margin = round(MARGIN * wanted.ratio)
        at = on_screen(wanted.places, wanted.window, wanted.width, wanted.height, margin)
        radius = _radius(len(at), wanted.window.zoom) * wanted.ratio
        # A place far outside does not fit into a whole number, and one that is not known is none.
        near = (np.abs(at - np.array([wanted.width / 2, wanted.height / 2])) < 4 * max(image.shape)).all(axis=1)
        rows = np.flatnonzero(near)
        # By chance, so that no class lies over the others because of its number; always the same, so nothing flickers.
        rows = rows[np.random.default_rng(0).permutation(len(rows))]
        is_chosen = wanted.chosen[rows]
        self.check()
        colours = wanted.colours[rows].astype(np.float32)
        if is_chosen.any():
            colours[~is_chosen] += (wanted.ground - colours[~is_chosen]) * _DIM
            rows, colours = np.concatenate([rows[~is_chosen], rows[is_chosen]]), _parted(colours, is_chosen)
        self._dots(image, np.rint(at[rows]).astype(np.int64), colours.astype(np.uint8), radius)
        return image

    def _dots(self, image: Bytes, at: npt.NDArray[np.int64], colours: Bytes, radius: float) -> None:
        reach = int(np.ceil(radius))
        height, width = image.shape[:2]
        for dy in range(-reach, reach + 1):
            for dx in range(-reach, reach + 1):
                if dx * dx + dy * dy > radius * radius:
                    continue
                self.check()
                x, y = at[:, 0] + dx, at[:, 1] + dy
                inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
                image[y[inside], x[inside], :3] = colours[inside]


def _parted(colours: npt.NDArray[np.float32], is_chosen: npt.NDArray[np.bool_]) -> npt.NDArray[np.float32]:
    return np.concatenate([colours[~is_chosen], colours[is_chosen]])


def _radius(count: int, zoom: float) -> float:
    usual = next((radius for most, radius in _SIZES if count <= most), 1)
    return min(usual + math.log2(max(zoom, 1.0)) / 2, 6.0)
