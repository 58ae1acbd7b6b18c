"""Where a picture lies in its pane: the arithmetic of fitting, zooming and moving, in device pixels."""

from dataclasses import dataclass, replace
from typing import Final

SMALLEST_ZOOM: Final = 0.05
LARGEST_ZOOM: Final = 32.0
_STAYS_VISIBLE: Final = 64.0

Size = tuple[float, float]
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Projection:
    """A picture of `picture` pixels in a pane of `pane` device pixels, (width, height) each.

    `scale` is device pixels per picture pixel; `origin` is where the picture's top left corner lies in the pane.
    With `fits` it is as large as the pane allows, and stays so when the pane changes. Values never change; each
    operation answers with a new projection.
    """

    picture: Size
    pane: Size
    margin: float
    scale: float
    origin: Point
    fits: bool

    @classmethod
    def fitted(cls, picture: Size, pane: Size, margin: float = 0.0) -> "Projection":
        """The whole picture, centred, with `margin` device pixels free around it."""
        scale = _fit_scale(picture, pane, margin)
        return cls(picture, pane, margin, scale, _centred(picture, pane, scale), True)

    @property
    def fit_scale(self) -> float:
        """The scale at which the picture fits."""
        return _fit_scale(self.picture, self.pane, self.margin)

    def to_picture(self, point: Point) -> Point:
        """The place in the picture, in its pixels, that lies at this point of the pane."""
        return (point[0] - self.origin[0]) / self.scale, (point[1] - self.origin[1]) / self.scale

    def in_pane(self, pane: Size) -> "Projection":
        """The same in a pane of another size: fitted again, or with the same place in the middle."""
        if self.fits:
            return Projection.fitted(self.picture, pane, self.margin)
        shift = ((pane[0] - self.pane[0]) / 2, (pane[1] - self.pane[1]) / 2)
        origin = (self.origin[0] + shift[0], self.origin[1] + shift[1])
        return replace(self, pane=pane, origin=origin)._kept_visible()

    def zoomed(self, scale: float, anchor: Point) -> "Projection":
        """At another scale, with the place under `anchor` (in the pane) staying there.

        A picture that is no larger than fitted lies in the middle instead: it could only be moved out of sight.
        """
        scale = min(LARGEST_ZOOM, max(min(SMALLEST_ZOOM, self.fit_scale), scale))
        x, y = self.to_picture(anchor)
        moved = replace(self, scale=scale, origin=(anchor[0] - x * scale, anchor[1] - y * scale), fits=False)
        return moved._kept_visible()

    def moved(self, dx: float, dy: float) -> "Projection":
        """Moved by device pixels, never quite out of the pane."""
        origin = (self.origin[0] + dx, self.origin[1] + dy)
        return replace(self, origin=origin, fits=False)._kept_visible()

    def _kept_visible(self) -> "Projection":
        if self.scale <= self.fit_scale:
            return replace(self, origin=_centred(self.picture, self.pane, self.scale))
        x, y = (
            _between(place, min(_STAYS_VISIBLE, length * self.scale) - length * self.scale, room - _STAYS_VISIBLE)
            for place, length, room in zip(self.origin, self.picture, self.pane, strict=True)
        )
        return replace(self, origin=(x, y))


def _fit_scale(picture: Size, pane: Size, margin: float) -> float:
    width, height = max(1.0, pane[0] - 2 * margin), max(1.0, pane[1] - 2 * margin)
    return min(LARGEST_ZOOM, width / picture[0], height / picture[1])


def _centred(picture: Size, pane: Size, scale: float) -> Point:
    return (pane[0] - picture[0] * scale) / 2, (pane[1] - picture[1] * scale) / 2


def _between(value: float, low: float, high: float) -> float:
    return max(low, min(high, value))
