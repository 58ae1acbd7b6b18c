"""The map as a picture: every item a shape, drawn with arrays, since a million of them are too many for a painter."""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from hitl_desktop.gui.views.map.colours import Looks
from hitl_desktop.gui.views.map.stamps import LEVELS, Stamps, stamps_of
from hitl_desktop.workflow.looking import Looking

Bytes = npt.NDArray[np.uint8]

MARGIN: Final = 16
_USUAL_COUNT: Final = 20_000
_USUAL_RADIUS: Final = 4.0
"""So many dots in view have such a radius; ten times as many are smaller by a pixel."""
_LEAST_RADIUS: Final = 2.0
_MOST_RADIUS: Final = 6.0
_PART: Final = 250_000
"""So many pixels are written between two looks at whether the picture is still wanted."""
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
    side = np.float32(max(1.0, min(width, height) - 2.0 * margin) * window.zoom)
    at = np.empty(places.shape, np.float32)
    for axis, middle, centre in ((0, window.x, width / 2), (1, window.y, height / 2)):  # rows of two: ten times as long
        at[:, axis] = (places[:, axis] - np.float32(middle)) * side + np.float32(centre)
    return at


def from_screen(x: float, y: float, window: Window, width: int, height: int, margin: int) -> tuple[float, float]:
    """The place of the map under a pixel: the inverse of `on_screen`."""
    side = max(1.0, min(width, height) - 2.0 * margin) * window.zoom
    return (x - width / 2) / side + window.x, (y - height / 2) / side + window.y


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be drawn: places (n, 2), NaN where there is none; what each looks like; which are chosen (n,); the
    size of the picture in pixels, how many of those make one of the screen's, and the colour of the ground (3,).
    """

    places: npt.NDArray[np.float32]
    looks: Looks
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
        at = on_screen(wanted.places, wanted.window, wanted.width, wanted.height, round(MARGIN * wanted.ratio))
        rows = self._in_view(at, wanted)
        stamps = stamps_of(wanted.looks.kinds, _radius(len(rows)) * wanted.ratio)
        self.check()
        canvas = _Covered(wanted.width, wanted.height, stamps)
        places = canvas.places(at[rows])
        seen = canvas.uncovered(places)
        rows, places = rows[seen], places[seen]
        step = max(1, _PART // stamps.levels.shape[1])
        for start in range(0, len(rows), step):
            self.check()
            part = slice(start, start + step)
            canvas.cover(start, places[part], wanted.looks.shapes[rows[part]])
        self.check()
        return canvas.picture(_colours(wanted, rows), wanted.ground)

    def _in_view(self, at: npt.NDArray[np.float32], wanted: Wanted) -> npt.NDArray[np.int64]:
        """The items of which something may be seen, those that lie on top last."""
        size = np.array([wanted.width, wanted.height], np.float32)
        edge = np.float32(_MOST_RADIUS * wanted.ratio + 1)
        within = (at > -edge) & (at < size + edge)  # what has no place is nowhere
        inside = within[:, 0] & within[:, 1]
        self.check()
        order = _by_chance(len(at))
        rows = order[inside[order]]
        chosen = wanted.chosen[rows]
        return np.concatenate([rows[~chosen], rows[chosen]]) if chosen.any() else rows


class _Covered:
    """Which dot lies on top in each pixel, and how far it covers that: `16 × dot + level`, −1 for none.

    The pixels have a margin, so that a dot at the edge needs no care.
    """

    def __init__(self, width: int, height: int, stamps: Stamps) -> None:
        self._width, self._height = width, height
        self._edge = 3 * stamps.reach + 1
        self._across = width + 2 * self._edge
        self._top = np.full((height + 2 * self._edge) * self._across, -1, np.int32)
        self._steps = stamps.steps[..., 0] * np.int32(self._across) + stamps.steps[..., 1]
        self._levels = stamps.levels

    def places(self, at: npt.NDArray[np.float32]) -> npt.NDArray[np.int32]:
        """The pixels in the middle of dots at (n, 2)."""
        whole = np.rint(at).astype(np.int32) + np.int32(self._edge)
        return whole[:, 1] * np.int32(self._across) + whole[:, 0]

    def uncovered(self, places: npt.NDArray[np.int32]) -> npt.NDArray[np.int64]:
        """The dots that have no other one right above them."""
        numbers = np.arange(len(places), dtype=np.int32)
        self._top[places] = numbers
        found = np.flatnonzero(self._top[places] == numbers)
        self._top[places] = -1
        return found

    def cover(self, first: int, places: npt.NDArray[np.int32], shapes: npt.NDArray[np.int16]) -> None:
        """Lay dots over what is there, the first of them of this number."""
        numbers = np.arange(first, first + len(places), dtype=np.int32)[:, None]
        self._top[places[:, None] + self._steps[shapes]] = numbers * np.int32(LEVELS + 1) + self._levels[shapes]

    def picture(self, colours: Bytes, ground: Bytes) -> Bytes:
        """The dots in their colours (n, 3)."""
        rows = self._top.reshape(-1, self._across)
        top = rows[self._edge : self._edge + self._height, self._edge : self._edge + self._width]
        image = np.empty((self._height, self._width), np.uint32)  # a pixel at a time is far faster than its parts
        image[...] = _as_pixels(ground[None])[0]
        written = top >= 0
        dots, levels = np.divmod(top[written], np.int32(LEVELS + 1))
        found = colours[dots]
        edge = np.flatnonzero(levels != LEVELS)
        share = levels[edge, None].astype(np.uint16)
        found[edge] = (found[edge] * share + ground.astype(np.uint16) * (LEVELS - share)) // LEVELS
        image[written] = _as_pixels(found)
        return image.view(np.uint8).reshape(self._height, self._width, 4)


def _as_pixels(colours: Bytes) -> npt.NDArray[np.uint32]:
    """Colours (n, 3) with a last byte each, as whole numbers (n,)."""
    padded = np.full((len(colours), 4), 255, np.uint8)
    padded[:, :3] = colours
    return padded.view(np.uint32)[:, 0]


@lru_cache(maxsize=2)
def _by_chance(count: int) -> npt.NDArray[np.int64]:
    """An order by chance, so that no class lies over the others because of its number; always the same for as many
    items, so nothing flickers.
    """
    return np.random.default_rng(0).permutation(count)


def _colours(wanted: Wanted, rows: npt.NDArray[np.int64]) -> Bytes:
    """The colours of these items; while some are chosen, those of the others are taken towards the ground."""
    colours = wanted.looks.colours[rows]
    others = ~wanted.chosen[rows]
    if others.all() and not wanted.chosen.any():
        return colours
    ground = wanted.ground.astype(np.float32)
    colours[others] = (colours[others] * np.float32(1 - _DIM) + ground * np.float32(_DIM)).astype(np.uint8)
    return colours


def _radius(count: int) -> float:
    """The more dots are in view, the smaller each: by half pixels, so that few sizes of shapes are made."""
    wanted = _USUAL_RADIUS + math.log10(_USUAL_COUNT / max(count, 1))
    return round(2 * min(max(wanted, _LEAST_RADIUS), _MOST_RADIUS)) / 2
