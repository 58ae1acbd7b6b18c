"""The colours of the dots on the map: by class, decided or not, how unsure the model is, where people differ."""

from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QColor

from hitl_desktop.gui.theme import Theme
from hitl_desktop.language import mark

if TYPE_CHECKING:
    from hitl_desktop.workflow.map_facts import MapFacts

Bytes = npt.NDArray[np.uint8]
WAYS: Final[dict[str, str]] = {
    "class": mark("Class"),
    "decided": mark("Decided or not"),
    "unsure": mark("How unsure the model is"),
    "differ": mark("Where you and the model differ"),
    "novel": mark("Unlike anything decided"),
}
"""By what the dots are coloured, and what it is called."""
LEGENDS: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "decided": (("accent", mark("decided by a person")), ("line_strong", mark("not decided"))),
    "unsure": (("line_strong", mark("sure, or not known")), ("warn", mark("unsure"))),
    "differ": (("danger", mark("they differ")), ("ok", mark("they agree")), ("line_strong", mark("not decided"))),
    "novel": (("warn", mark("unlike anything decided")), ("line_strong", mark("like others"))),
}
"""What the colours mean, where they are not those of classes: tokens and words."""


def colours_of(theme: Theme, way: str, facts: "MapFacts") -> Bytes:
    """The colour of every item (n, 3)."""
    count = len(facts.decided)
    if way == "class":
        last = int(facts.classes.max(initial=0))
        table = np.array([_rgb(theme.class_colour(index)) for index in range(last + 1)], np.uint8)
        found = table[np.maximum(facts.classes, 0)]
        found[facts.classes < 0] = _of(theme, "line_strong")
        return found
    if way == "unsure":
        share = np.nan_to_num(facts.unsure, nan=0.0)[:, None]
        low, high = _of(theme, "line_strong").astype(np.float32), _of(theme, "warn").astype(np.float32)
        return np.asarray(low + (high - low) * share, np.uint8)
    found = np.tile(_of(theme, "line_strong"), (count, 1))
    if way == "decided":
        found[facts.decided] = _of(theme, "accent")
    elif way == "novel":
        found[facts.novel] = _of(theme, "warn")
    else:
        found[facts.decided] = _of(theme, "ok")
        found[facts.differ] = _of(theme, "danger")
    return found


def _of(theme: Theme, token: str) -> Bytes:
    return np.array(_rgb(theme.colour(token)), np.uint8)


def _rgb(colour: QColor) -> tuple[int, int, int]:
    return colour.red(), colour.green(), colour.blue()
