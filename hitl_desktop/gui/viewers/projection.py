"""Where a picture lies in its pane: the arithmetic of fitting, zooming, moving, flipping and turning.

Everything is in device pixels. A place in the picture is always that of the upright, unflipped picture, in its own
pixels: (0, 0) is the top left corner of its first pixel, whatever way round it is shown.
"""

from dataclasses import dataclass, replace
from typing import Final

SMALLEST_ZOOM: Final = 0.05
LARGEST_ZOOM: Final = 32.0
_STAYS_VISIBLE: Final = 64.0

Size = tuple[float, float]
Point = tuple[float, float]
SQUARE: Final = (1.0, 1.0)
_LONGEST: Final = 20.0
_SAME: Final = 0.01


@dataclass(frozen=True, slots=True)
class Projection:
    """A picture of `picture` pixels in a pane of `pane` device pixels, (width, height) each.

    `scale` is device pixels per picture pixel; `stretch`, (across, down), is how much of that a pixel of the picture is
    wide and high where pixels are not square, 1 for its shorter side; `origin` is where the top left corner of what is
    shown lies in the pane. With `fits` it is as large as the pane allows, and stays so when the pane changes. The
    picture is first mirrored left to right if `flipped`, then turned clockwise by `turns` quarters. Values never
    change; each operation answers with a new projection.
    """

    picture: Size
    pane: Size
    margin: float
    scale: float
    origin: Point
    fits: bool
    flipped: bool = False
    turns: int = 0
    stretch: Size = SQUARE

    @classmethod
    def fitted(
        cls,
        picture: Size,
        pane: Size,
        margin: float = 0.0,
        *,
        flipped: bool = False,
        turns: int = 0,
        stretch: Size = SQUARE,
    ) -> "Projection":
        """The whole picture, centred, with `margin` device pixels free around it."""
        shown = _turned_size((picture[0] * stretch[0], picture[1] * stretch[1]), turns)
        scale = _fit_scale(shown, pane, margin)
        return cls(picture, pane, margin, scale, _centred(shown, pane, scale), True, flipped, turns, stretch)

    @property
    def spread(self) -> Size:
        """The size of the upright picture in square pixels."""
        return self.picture[0] * self.stretch[0], self.picture[1] * self.stretch[1]

    @property
    def shown(self) -> Size:
        """The size of the picture as it lies in the pane, in square pixels: turned, width and height change places."""
        return _turned_size(self.spread, self.turns)

    @property
    def fit_scale(self) -> float:
        """The scale at which the picture fits."""
        return _fit_scale(self.shown, self.pane, self.margin)

    @property
    def is_upright(self) -> bool:
        """True while the picture is neither flipped nor turned."""
        return not self.flipped and not self.turns

    def to_picture(self, point: Point) -> Point:
        """The place in the picture, in its pixels, that lies at this point of the pane."""
        x, y = (point[0] - self.origin[0]) / self.scale, (point[1] - self.origin[1]) / self.scale
        return self.unturned((x, y))

    def to_pane(self, place: Point) -> Point:
        """Where a place in the picture lies in the pane: the inverse of `to_picture`."""
        width, height = self.spread
        x, y = place[0] * self.stretch[0], place[1] * self.stretch[1]
        x = width - x if self.flipped else x
        x, y = ((x, y), (height - y, x), (width - x, height - y), (y, width - x))[self.turns]
        return self.origin[0] + x * self.scale, self.origin[1] + y * self.scale

    def unturned(self, place: Point) -> Point:
        """The place in the picture, in its pixels, for a place in what is shown, in square ones."""
        width, height = self.spread
        x, y = place
        x, y = ((x, y), (y, height - x), (width - x, height - y), (width - y, x))[self.turns]
        x = width - x if self.flipped else x
        return x / self.stretch[0], y / self.stretch[1]

    def in_pane(self, pane: Size) -> "Projection":
        """The same in a pane of another size: fitted again, or with the same place in the middle."""
        if self.fits:
            return self.fitted_again(pane)
        shift = ((pane[0] - self.pane[0]) / 2, (pane[1] - self.pane[1]) / 2)
        origin = (self.origin[0] + shift[0], self.origin[1] + shift[1])
        return replace(self, pane=pane, origin=origin)._kept_visible()

    def fitted_again(self, pane: Size | None = None) -> "Projection":
        """The whole picture, the same way round."""
        return self._fitted(self.flipped, self.turns, pane)

    def zoomed(self, scale: float, anchor: Point) -> "Projection":
        """At another scale, with the place under `anchor` (in the pane) staying there.

        A picture that is no larger than fitted lies in the middle instead: it could only be moved out of sight.
        """
        scale = min(LARGEST_ZOOM, max(min(SMALLEST_ZOOM, self.fit_scale), scale))
        x, y = ((at - start) / self.scale for at, start in zip(anchor, self.origin, strict=True))
        moved = replace(self, scale=scale, origin=(anchor[0] - x * scale, anchor[1] - y * scale), fits=False)
        return moved._kept_visible()

    def moved(self, dx: float, dy: float) -> "Projection":
        """Moved by device pixels, never quite out of the pane."""
        origin = (self.origin[0] + dx, self.origin[1] + dy)
        return replace(self, origin=origin, fits=False)._kept_visible()

    def flip(self, *, upside_down: bool = False) -> "Projection":
        """What is shown, mirrored left to right, or top to bottom."""
        return self._way_round(not self.flipped, (2 if upside_down else 0) - self.turns)

    def turn(self, quarters: int) -> "Projection":
        """What is shown, turned clockwise by quarters; negative ones turn the other way."""
        return self._way_round(self.flipped, self.turns + quarters)

    def like(self, other: "Projection") -> "Projection":
        """This picture as another one is shown: the same way round, as much larger than fitted, and with the same part
        of it in the middle.
        """
        fitted = self._fitted(other.flipped, other.turns)
        if other.fits:
            return fitted
        at = other.to_picture((other.pane[0] / 2, other.pane[1] / 2))
        share = (at[0] / other.picture[0], at[1] / other.picture[1])
        middle = (self.pane[0] / 2, self.pane[1] / 2)
        zoomed = fitted.zoomed(fitted.scale * other.scale / other.fit_scale, middle)
        x, y = zoomed.to_pane((share[0] * self.picture[0], share[1] * self.picture[1]))
        return zoomed.moved(middle[0] - x, middle[1] - y)

    def upright(self) -> "Projection":
        """Neither flipped nor turned."""
        return self._way_round(False, 0)

    def _fitted(self, flipped: bool, turns: int, pane: Size | None = None) -> "Projection":
        return Projection.fitted(
            self.picture, pane or self.pane, self.margin, flipped=flipped, turns=turns, stretch=self.stretch
        )

    def _way_round(self, flipped: bool, turns: int) -> "Projection":
        """The same picture another way round, with the same place in the middle of the pane."""
        turned = replace(self, flipped=flipped, turns=turns % 4)
        if self.fits:
            return turned.fitted_again()
        middle = (self.pane[0] / 2, self.pane[1] / 2)
        x, y = turned.to_pane(self.to_picture(middle))
        origin = (turned.origin[0] + middle[0] - x, turned.origin[1] + middle[1] - y)
        return replace(turned, origin=origin)._kept_visible()

    def _kept_visible(self) -> "Projection":
        if self.scale <= self.fit_scale:
            return replace(self, origin=_centred(self.shown, self.pane, self.scale))
        x, y = (
            _between(place, min(_STAYS_VISIBLE, length * self.scale) - length * self.scale, room - _STAYS_VISIBLE)
            for place, length, room in zip(self.origin, self.shown, self.pane, strict=True)
        )
        return replace(self, origin=(x, y))


def _turned_size(size: Size, turns: int) -> Size:
    return (size[1], size[0]) if turns % 2 else size


def _fit_scale(picture: Size, pane: Size, margin: float) -> float:
    width, height = max(1.0, pane[0] - 2 * margin), max(1.0, pane[1] - 2 * margin)
    return min(LARGEST_ZOOM, width / picture[0], height / picture[1])


def _centred(picture: Size, pane: Size, scale: float) -> Point:
    return (pane[0] - picture[0] * scale) / 2, (pane[1] - picture[1] * scale) / 2


def _between(value: float, low: float, high: float) -> float:
    return max(low, min(high, value))


def stretch_of(spacing: Size | None) -> Size:
    """The stretch for pixels of a size (across, down), in any unit; square where it is not known or makes no sense."""
    if spacing is None:
        return SQUARE
    shorter = min(spacing)
    across, down = spacing[0] / shorter, spacing[1] / shorter
    is_odd = max(across, down) > _LONGEST
    return SQUARE if is_odd or abs(across - down) < _SAME else (across, down)
