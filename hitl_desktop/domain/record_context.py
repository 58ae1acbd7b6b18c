"""What surrounds a record, as values: where its fields lie among others, and the other records of its key."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from hitl_desktop.domain.items import ItemState


@dataclass(frozen=True, slots=True)
class Standing:
    """A value among those compared with: the share (0–1) of them that is smaller, or, of a category, the same.

    `median` is that of the numbers, None for a category.
    """

    share: float
    median: float | None = None


@dataclass(frozen=True, slots=True)
class SameKey:
    """Another record of the same key, or the one on screen itself. `label_id` −1 where nothing is decided."""

    index: int
    moment: datetime | None
    amount: float | None
    state: ItemState
    label_id: int
    is_this: bool


@dataclass(frozen=True, slots=True)
class RecordContext:
    """What surrounds one record. `compared` records stand behind `standings`, of the class `label_id` or of all.

    `rows` is how many records the key has, of which `history` shows the ones around this one, the newest first.
    """

    index: int
    label_id: int | None
    compared: int
    standings: Mapping[str, Standing] = field(default_factory=dict)
    key: str = ""
    rows: int = 0
    history: tuple[SameKey, ...] = ()
