"""Evidence: what a reviewer marked in an item to show why. Boxes, ellipses and arrows in images, spans in texts.

A box, an ellipse or a span may also say whether the model should go by what it covers: `counts` True means that it
should, False that it should not, None that the mark says nothing of that (`docs/LEARNING.md`).

Image coordinates are pixels of the upright image: (0, 0) is the top left corner of the first pixel, x goes right and
y down, so the last pixel ends at (width, height). Text offsets count code points.
"""

import hashlib
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle by its top left corner and size, in pixels. `frame` (0-based) is the picture of a stack.

    `label_id` is the class or finding that it speaks for, None for none. Raises ValueError for what is no rectangle.
    """

    kind: ClassVar[str] = "box"
    x: float
    y: float
    width: float
    height: float
    frame: int = 0
    label_id: int | None = None
    counts: bool | None = None

    def __post_init__(self) -> None:
        _check_area(self.x, self.y, self.width, self.height, self.frame)


@dataclass(frozen=True, slots=True)
class Ellipse:
    """The ellipse that touches all four sides of a rectangle; its axes lie along the image's. Fields as in `Box`."""

    kind: ClassVar[str] = "ellipse"
    x: float
    y: float
    width: float
    height: float
    frame: int = 0
    label_id: int | None = None
    counts: bool | None = None

    def __post_init__(self) -> None:
        _check_area(self.x, self.y, self.width, self.height, self.frame)


@dataclass(frozen=True, slots=True)
class Arrow:
    """An arrow from (`x`, `y`) to its tip, in pixels. Other fields as in `Box`. Raises ValueError without a length."""

    kind: ClassVar[str] = "arrow"
    x: float
    y: float
    tip_x: float
    tip_y: float
    frame: int = 0
    label_id: int | None = None

    def __post_init__(self) -> None:
        _check_numbers(self.x, self.y, self.tip_x, self.tip_y)
        _check_frame(self.frame)
        if (self.x, self.y) == (self.tip_x, self.tip_y):
            raise ValueError("An arrow needs a length.")


@dataclass(frozen=True, slots=True)
class Span:
    """The code points `start` (0-based) up to `end` (not included) of a text, and what they say: `text`.

    Raises ValueError when offsets and text do not fit.
    """

    kind: ClassVar[str] = "span"
    start: int
    end: int
    text: str
    label_id: int | None = None
    counts: bool | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end or len(self.text) != self.end - self.start:
            raise ValueError("The offsets of a span do not fit its text.")


Shape = Box | Ellipse | Arrow
"""A mark in an image."""
Mark = Shape | Span
Area = Box | Ellipse | Span
"""What covers something, and may say whether that counts."""

_KINDS: dict[str, tuple[type[Mark], Mapping[str, type]]] = {
    Box.kind: (Box, {"x": float, "y": float, "width": float, "height": float, "frame": int}),
    Ellipse.kind: (Ellipse, {"x": float, "y": float, "width": float, "height": float, "frame": int}),
    Arrow.kind: (Arrow, {"x": float, "y": float, "tip_x": float, "tip_y": float, "frame": int}),
    Span.kind: (Span, {"start": int, "end": int, "text": str}),
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """The marks of one item in the order they were made.

    `width` and `height` are the size of the upright image that they were drawn in, in pixels; None for texts.
    """

    marks: tuple[Mark, ...] = ()
    width: int | None = None
    height: int | None = None

    def __bool__(self) -> bool:
        return bool(self.marks)

    @property
    def teaching(self) -> tuple[Area, ...]:
        """The marks that say whether what they cover counts."""
        return tuple(mark for mark in self.marks if isinstance(mark, Area) and mark.counts is not None)


NO_EVIDENCE = Evidence()


def mark_to_plain(mark: Mark) -> dict[str, Any]:
    """One mark as a plain mapping: `kind`, its numbers, `label` (its class's id, or None), and `counts` where said."""
    _, names = _KINDS[mark.kind]
    counts = {"counts": mark.counts} if isinstance(mark, Area) and mark.counts is not None else {}
    return {"kind": mark.kind, **{name: getattr(mark, name) for name in names}, "label": mark.label_id, **counts}


def mark_from_plain(values: Mapping[str, Any]) -> Mark:
    """The inverse of `mark_to_plain`. Raises ValueError, KeyError or TypeError for anything else."""
    made_of, names = _KINDS[values["kind"]]
    made: Callable[..., Mark] = made_of
    label = values["label"]
    if label is not None and not _is_of(label, int):
        raise TypeError("A class is named by its id.")
    for name, wanted in names.items():
        if not _is_of(values[name], wanted):
            raise TypeError(f"{name} is not of the kind it should be.")
    try:
        parts: dict[str, Any] = {
            name: float(values[name]) if wanted is float else values[name] for name, wanted in names.items()
        }
    except OverflowError as error:  # JSON has whole numbers of any length
        raise ValueError("A coordinate is too large.") from error
    if (counts := values.get("counts")) is not None:
        if not isinstance(counts, bool) or not issubclass(made_of, Area):
            raise TypeError("What counts is said by yes or no, of what covers something.")
        parts["counts"] = counts
    return made(**parts, label_id=label)


def mark_key(digest: str, mark: Mark) -> str:
    """What one mark of an item (its content digest) is known by, as long as nothing of it is changed: 16 hex digits."""
    said = f"{digest} {json.dumps(mark_to_plain(mark), sort_keys=True)}"
    return hashlib.sha256(said.encode("ascii")).hexdigest()[:16]


def to_plain(evidence: Evidence, name: Callable[[int | None], str | None] | None = None) -> dict[str, Any]:
    """Evidence as plain mappings and lists. `name` adds the name of each mark's class, for readers without the ids."""
    marks = [mark_to_plain(mark) for mark in evidence.marks]
    if name is not None:
        marks = [mark | {"class": name(mark["label"])} for mark in marks]
    size = None if evidence.width is None or evidence.height is None else [evidence.width, evidence.height]
    return {"size": size, "marks": marks}


def from_plain(values: Mapping[str, Any]) -> Evidence:
    """The inverse of `to_plain`. Raises ValueError, KeyError or TypeError for anything else."""
    width, height = values["size"] if values["size"] is not None else (None, None)
    if values["size"] is not None and not (_is_of(width, int) and _is_of(height, int)):
        raise TypeError("The size of an image is two whole numbers.")
    return Evidence(tuple(mark_from_plain(mark) for mark in values["marks"]), width, height)


def to_json(evidence: Evidence) -> str:
    """Evidence as one line of ASCII JSON; coordinates come back exactly."""
    return json.dumps(to_plain(evidence), allow_nan=False)


def from_json(text: str) -> Evidence:
    """The inverse of `to_json`. Raises ValueError, KeyError or TypeError for anything else."""
    try:
        values = json.loads(text)
    except RecursionError as error:
        raise ValueError("That is no evidence.") from error
    return from_plain(values)


def _is_of(value: object, wanted: type) -> bool:
    if isinstance(value, bool):
        return False
    return isinstance(value, int | float) if wanted is float else isinstance(value, wanted)


def _check_area(x: float, y: float, width: float, height: float, frame: int) -> None:
    _check_numbers(x, y, width, height)
    _check_frame(frame)
    if width <= 0 or height <= 0:
        raise ValueError("A mark needs a width and a height.")


def _check_numbers(*numbers: float) -> None:
    if not all(math.isfinite(number) for number in numbers):
        raise ValueError("A coordinate is not a finite number.")


def _check_frame(frame: int) -> None:
    if frame < 0:
        raise ValueError("Frames count from 0.")
