"""Window and level of the picture on screen: presets, dragging, inverting. No widget."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from hitl_desktop.gui.decoded import Decoded
from hitl_desktop.gui.viewers.rendering import Tone
from hitl_desktop.language import decimal, number, tr

if TYPE_CHECKING:
    from hitl_desktop.kinds.windows import Preset, Window

_DRAG_FOR_ONE_WIDTH: Final = 300
"""So many logical pixels of the mouse move the level by the width, or double the width."""
_STEP: Final = 30
"""A press of a key is a drag by so many pixels."""
_NARROWEST_SHARE: Final = 1e-4
"""Of the full range of the picture: a window is never narrower."""


class WindowControl:
    """Which window the picture is seen through. Follows one picture after the other (`take`).

    A preset that was chosen stays chosen for the next picture that offers one of that name, so that somebody who
    looks at lungs need not say so again; a window that was dragged belongs to its picture.
    """

    def __init__(self) -> None:
        self._presets: tuple[Preset, ...] = ()
        self._place: int | None = None
        self._window: Window | None = None
        self._first_inverted = False
        self._grip: Window | None = None
        self._kept = ""
        self.inverted = False

    @property
    def tone(self) -> Tone:
        """What the canvas paints with."""
        return Tone(self._window, self.inverted)

    @property
    def window(self) -> Window | None:
        """The window in force; None for colour."""
        return self._window

    @property
    def presets(self) -> tuple[Preset, ...]:
        """The presets of the picture, in the order of their number keys; empty for colour."""
        return self._presets

    @property
    def place(self) -> int | None:
        """Which preset is in force; None after a drag."""
        return self._place

    @property
    def names(self) -> list[str]:
        """The presets' names in the reader's language."""
        return [preset.name if preset.own else tr(preset.name) for preset in self._presets]

    def take(self, picture: Decoded | None) -> None:
        """Another picture, or none."""
        self._presets = picture.presets if picture is not None else ()
        self._grip = None
        self._first_inverted = bool(picture and picture.description and picture.description.inverted)
        self.inverted = self._first_inverted
        self._window, self._place = None, None
        if self._presets:
            names = [preset.name for preset in self._presets]
            self._set_preset(names.index(self._kept) if self._kept in names else 0)

    def go_on_from(self, before: WindowControl) -> None:
        """See the same picture through the window of another control."""
        self._place, self._window, self._kept = before._place, before._window, before._kept
        self.inverted = before.inverted

    def choose(self, place: int) -> bool:
        """Use a preset; False when there is none at that place."""
        if not 0 <= place < len(self._presets):
            return False
        self._set_preset(place)
        self._kept = self._presets[place].name if place else ""
        return True

    def choose_next(self) -> bool:
        """Use the next preset; after the last, and after a drag, the first."""
        place = 0 if self._place is None else (self._place + 1) % max(1, len(self._presets))
        return self.choose(place)

    def reset(self) -> None:
        """The window and the polarity that the picture came with."""
        self.inverted = self._first_inverted
        self.choose(0)

    def invert(self) -> None:
        """Exchange dark and bright."""
        self.inverted = not self.inverted

    def grip(self) -> bool:
        """The button went down: what follows is measured from here. False for colour."""
        self._grip = self._window
        return self._grip is not None

    def drag(self, right: float, down: float) -> None:
        """The mouse is so many logical pixels from where it was gripped: right widens, down raises the level."""
        if self._grip is None:
            return
        began = self._grip
        narrowest = max(self._full_width * _NARROWEST_SHARE, 1e-9)
        width = max(narrowest, began.width + right / _DRAG_FOR_ONE_WIDTH * max(began.width, narrowest * 100))
        centre = began.centre + down / _DRAG_FOR_ONE_WIDTH * max(began.width, narrowest * 100)
        self._window, self._place = began.moved(centre, width), None

    def step(self, wider: int, higher: int) -> bool:
        """What a drag by some pixels does, for the keys: a tenth of the width at a time. False for colour."""
        if not self.grip():
            return False
        self.drag(wider * _STEP, higher * _STEP)
        self.release()
        return True

    def release(self) -> None:
        """The button came up."""
        self._grip = None

    def words(self) -> tuple[str, str]:
        """`W 400 · L 40` and what that is: the preset with its number, or that it was set by hand."""
        window = self._window
        if window is None:
            return "", ""
        digits = 0 if window.width >= 20 else max(0, 2 - math.floor(math.log10(max(window.width, 1e-9))))
        figures = tr("W {width} · L {level}", width=_figure(window.width, digits), level=_figure(window.centre, digits))
        if self._place is None:
            return figures, tr("Set by hand")
        return figures, self.names[self._place]

    @property
    def _full_width(self) -> float:
        return max((preset.window.width for preset in self._presets), default=1.0)

    def _set_preset(self, place: int) -> None:
        self._place, self._window = place, self._presets[place].window


def _figure(value: float, digits: int) -> str:
    return decimal(value, digits) if digits else number(round(value))
