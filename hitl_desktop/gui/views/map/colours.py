"""Colours and shapes of the dots on the map: by class, decided or not, how unsure the model is, where people differ."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QColor

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.views.map.stamps import CROSS, DISC, DOT, RING, STAR
from hitl_desktop.language import mark

if TYPE_CHECKING:
    from hitl_desktop.workflow.map_facts import MapFacts

Bytes = npt.NDArray[np.uint8]
Rgb = tuple[int, int, int]
WAYS: Final[dict[str, str]] = {
    "class": mark("Class"),
    "decided": mark("Decided or not"),
    "unsure": mark("How unsure the model is"),
    "differ": mark("Where you and the model differ"),
    "novel": mark("Unlike anything decided"),
}
"""By what the dots are coloured, and what it is called."""
LEGENDS: Final[dict[str, tuple[tuple[int, str, str], ...]]] = {
    "decided": ((DISC, "accent", mark("decided by a person")), (RING, "line_strong", mark("not decided"))),
    "unsure": ((DOT, "line_strong", mark("sure, or not known")), (DISC, "warn", mark("unsure"))),
    "differ": (
        (CROSS, "danger", mark("they differ")),
        (DISC, "ok", mark("they agree")),
        (RING, "line_strong", mark("not decided")),
    ),
    "novel": ((STAR, "warn", mark("unlike anything decided")), (DOT, "line_strong", mark("like others"))),
}
"""What shapes and colours mean, where they are not those of classes: the class whose shape it is, token, words."""
UNTOLD: Final = (DOT, "line_strong", mark("No class yet"))
_HALF: Final = 0.5
"""From here on an item counts as unsure, as far as a shape can say it."""


@dataclass(frozen=True, slots=True)
class Looks:
    """Of every item its colour (n, 3), and its shape (n,): a place in `kinds`, which are classes, or DOT."""

    colours: Bytes
    shapes: npt.NDArray[np.int16]
    kinds: tuple[int, ...]


NOTHING: Final = Looks(np.empty((0, 3), np.uint8), np.empty(0, np.int16), (DOT,))


def looks_of(theme: Theme, way: str, facts: "MapFacts") -> Looks:
    """What every item looks like. Nothing is said by colour alone."""
    if way == "class":
        return _by_class(theme, facts.classes)
    rows = LEGENDS[way]
    if way == "unsure":
        share = np.nan_to_num(facts.unsure, nan=0.0)
        low, high = (_rgb(theme.colour(token)) for _, token, _ in rows)
        colours = np.empty((len(share), 3), np.uint8)
        for part in range(3):  # rows of three take four times as long
            colours[:, part] = np.float32(low[part]) + np.float32(high[part] - low[part]) * share
        return Looks(colours, (share >= _HALF).astype(np.int16), tuple(kind for kind, *_ in rows))
    if way == "decided":
        places = np.where(facts.decided, 0, 1)
    elif way == "novel":
        places = np.where(facts.novel, 0, 1)
    else:
        places = np.where(facts.differ, 0, np.where(facts.decided, 1, 2))
    return _looks(places, [(kind, _rgb(theme.colour(token))) for kind, token, _ in rows])


def _by_class(theme: Theme, classes: npt.NDArray[np.int64]) -> Looks:
    """Its class's; where there is none, −1, what is last in the table."""
    rows = [(index, _rgb(theme.class_colour(index))) for index in range(int(classes.max(initial=0)) + 1)]
    return _looks(classes, [*rows, (UNTOLD[0], _rgb(theme.colour(UNTOLD[1])))])


def _looks(places: npt.NDArray[np.int64], rows: list[tuple[int, Rgb]]) -> Looks:
    """Of items at these places of a table of shapes and colours; −1 is its last one."""
    kinds = tuple(kind for kind, _ in rows)
    colours = np.array([colour for _, colour in rows], np.uint8)
    return Looks(colours[places], (places % len(rows)).astype(np.int16), kinds)


def _rgb(colour: QColor) -> Rgb:
    return colour.red(), colour.green(), colour.blue()
