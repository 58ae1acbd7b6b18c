"""What is painted over in copies to give away: appended to, never changed; the last row of an item holds.

Boxes alone are a list in the column `boxes`; with strokes of a brush it holds {"boxes": […], "strokes": […]}.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import peewee

from hitl_desktop.domain.mask_strokes import Stroke
from hitl_desktop.store.text_values import to_sql

Box = tuple[int, int, int, int]
"""Left, top, width, height, in pixels of the upright picture."""


@dataclass(frozen=True, slots=True)
class Mask:
    """What is painted over in one item, and whether a person looked at the picture with these boxes."""

    boxes: tuple[Box, ...] = ()
    looked: bool = False
    strokes: tuple[Stroke, ...] = ()

    @property
    def paints(self) -> bool:
        """True when anything is painted over."""
        return bool(self.boxes or self.strokes)

    def same_as(self, other: "Mask") -> bool:
        """True when the same is painted over."""
        return (self.boxes, self.strokes) == (other.boxes, other.strokes)


NO_MASK = Mask()


class MaskTable:
    """Rows of `mask`. What writes runs inside a transaction that the caller holds."""

    def __init__(self, database: peewee.SqliteDatabase) -> None:
        self._database = database

    def set_many(self, masks: Iterable[tuple[int, Mask]], by: str) -> None:
        """Have these masks from now on, by item."""
        first = int(self._database.execute_sql("SELECT coalesce(max(number), 0) + 1 FROM mask").fetchone()[0])
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        self._database.connection().executemany(
            "INSERT INTO mask(number, idx, at_utc, by, boxes, looked) VALUES (?, ?, ?, ?, ?, ?)",
            [
                (number, index, now, to_sql(by), _written(mask), int(mask.looked))
                for number, (index, mask) in enumerate(masks, first)
            ],
        )

    def get(self, index: int) -> Mask:
        """What holds for one item."""
        row = self._database.execute_sql(
            "SELECT boxes, looked FROM mask WHERE idx = ? ORDER BY number DESC LIMIT 1", (index,)
        ).fetchone()
        return NO_MASK if row is None else mask_of(*row)

    def of(self, indexes: Sequence[int]) -> dict[int, Mask]:
        """What holds for these items, for those that have had any."""
        rows = self._database.execute_sql(
            "SELECT idx, boxes, looked FROM mask WHERE number IN (SELECT max(number) FROM mask"
            " WHERE idx IN (SELECT value FROM json_each(?)) GROUP BY idx)",
            (json.dumps([int(index) for index in indexes]),),
        )
        return {int(index): mask_of(boxes, looked) for index, boxes, looked in rows}

    def all(self) -> dict[int, Mask]:
        """What holds for every item that ever had a mask, or was looked at."""
        rows = self._database.execute_sql(
            "SELECT idx, boxes, looked FROM mask WHERE number IN (SELECT max(number) FROM mask GROUP BY idx)"
        )
        return {int(index): mask_of(boxes, looked) for index, boxes, looked in rows}


def _written(mask: Mask) -> str:
    if not mask.strokes:
        return json.dumps(mask.boxes)
    return json.dumps({"boxes": mask.boxes, "strokes": [stroke.plain() for stroke in mask.strokes]})


def mask_of(boxes: str, looked: int) -> Mask:
    """A row as it is kept. One that was received from somebody may say anything: what lies outside of any picture is
    cut, as a negative place would be counted from the other side. Raises ValueError, TypeError or KeyError.
    """
    said = json.loads(boxes)
    plain, strokes = (said["boxes"], said["strokes"]) if isinstance(said, dict) else (said, [])
    places = [tuple(max(0, int(number)) for number in box) for box in plain]
    return Mask(
        tuple((left, top, width, height) for left, top, width, height in places),
        bool(looked),
        tuple(Stroke.of(stroke) for stroke in strokes),
    )
