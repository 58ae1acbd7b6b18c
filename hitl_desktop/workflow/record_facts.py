"""What routing needs to know of the records: a mask per condition, the numbers per column. Read once, in parts, kept.

No model and no decision changes them, so they are kept beside the scores and read again only for items that came
since. They can be made again at any time.
"""

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.amounts import amount_of
from hitl_desktop.domain.policy import RoutingPolicy, spoken_of
from hitl_desktop.domain.policy_conditions import (
    NUMERIC,
    READ_FROM_STORE,
    ColumnContains,
    ColumnEmpty,
    ColumnIs,
    ColumnIsNot,
    Condition,
    Keywords,
    Where,
)
from hitl_desktop.domain.policy_match import Amounts, Mask
from hitl_desktop.store.record_search import RecordSearch
from hitl_desktop.workflow.scores import read_array, write_array

_FIRST_PART: Final = 500
_LARGEST_PART: Final = 20_000
_PART_SECONDS: Final = 0.02
_BREATH: Final = 0.001
"""Between two parts the window has the interpreter to itself."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be read: conditions by their masks, and columns by their numbers."""

    conditions: tuple[Condition, ...] = ()
    columns: tuple[str, ...] = ()

    @classmethod
    def by(cls, policy: RoutingPolicy) -> "Asked":
        """What a policy asks of the records."""
        conditions = spoken_of(policy)
        columns = dict.fromkeys(c.column for c in conditions if isinstance(c, NUMERIC))
        return cls(tuple(c for c in conditions if isinstance(c, READ_FROM_STORE)), tuple(columns))

    def __bool__(self) -> bool:
        return bool(self.conditions or self.columns)


@dataclass(frozen=True, slots=True)
class Found:
    """What was read of the items from the first on: each shape (m,), m ≤ n."""

    masks: Mapping[Condition, Mask] = field(default_factory=dict)
    amounts: Mapping[str, Amounts] = field(default_factory=dict)

    def missing(self, asked: Asked, items: int) -> Asked:
        """What is not known of all items yet."""
        return Asked(
            tuple(c for c in asked.conditions if len(self.masks.get(c, ())) < items),
            tuple(c for c in asked.columns if len(self.amounts.get(c, ())) < items),
        )

    def __or__(self, other: "Found") -> "Found":
        return Found({**self.masks, **other.masks}, {**self.amounts, **other.amounts})

    def only(self, asked: Asked) -> "Found":
        """What is asked, without the rest."""
        return Found({c: self.masks[c] for c in asked.conditions}, {c: self.amounts[c] for c in asked.columns})


def read(
    records: RecordSearch, asked: Asked, known: Found, items: int, between: Callable[[], None] = lambda: None
) -> Found:
    """Read what is missing, part after part; `known` is gone on from. `between` is called between two parts, and may
    raise to stop.
    """
    missing = known.missing(asked, items)
    if not missing:
        return Found()
    masks = {c: _longer(known.masks.get(c), items, np.zeros(items, bool)) for c in missing.conditions}
    amounts = {c: _longer(known.amounts.get(c), items, np.full(items, np.nan)) for c in missing.columns}
    start = min(
        [len(known.masks.get(c, ())) for c in missing.conditions]
        + [len(known.amounts.get(c, ())) for c in missing.columns]
    )
    size = _FIRST_PART
    while start < items:
        between()
        part = range(start, min(start + size, items))
        began = time.perf_counter()
        _read_part(records, masks, amounts, part)
        size = min(2 * size, _LARGEST_PART) if time.perf_counter() - began < _PART_SECONDS else max(size // 2, 50)
        start = part.stop
        if start < items:
            time.sleep(_BREATH)
    return Found(masks, amounts)


def _longer(known: npt.NDArray[Any] | None, items: int, empty: npt.NDArray[Any]) -> npt.NDArray[Any]:
    if known is not None:
        empty[: min(len(known), items)] = known[:items]
    return empty


def _read_part(records: RecordSearch, masks: dict[Condition, Mask], amounts: dict[str, Amounts], part: range) -> None:
    at = slice(part.start, part.stop)
    cells: dict[str, list[str]] = {}
    for condition, mask in masks.items():
        if isinstance(condition, Keywords):
            mask[at] = False
            mask[records.with_any_word(condition.words, part, anywhere=condition.where is Where.ANYWHERE)] = True
        else:
            column = str(getattr(condition, "column", ""))
            if column not in cells:
                cells[column] = records.cells(column, part)
            mask[at] = _holds(condition, cells[column])
    for column, values in amounts.items():
        if column not in cells:
            cells[column] = records.cells(column, part)
        values[at] = [amount_of(cell) for cell in cells[column]]


def _holds(condition: Condition, cells: Sequence[str]) -> list[bool]:
    match condition:
        case ColumnIs(_, values):
            wanted = _folded(values)
            return [cell.strip().casefold() in wanted for cell in cells]
        case ColumnIsNot(_, values):
            wanted = _folded(values)
            return [cell.strip().casefold() not in wanted for cell in cells]
        case ColumnContains(_, words):
            looked_for = _folded(words)
            return [any(word in cell for word in looked_for) for cell in map(str.casefold, cells)]
        case ColumnEmpty():
            return [not cell.strip() for cell in cells]
    raise KeyError(condition.kind)


def _folded(words: Sequence[str]) -> frozenset[str]:
    return frozenset(word.casefold() for word in words)


# ---- kept beside the scores ----------------------------------------------------------------------------------------


def load(folder: Path, asked: Asked) -> Found:
    """What is kept of it in a project's folder."""
    masks = {c: read_array(_file(folder, c.key()), np.bool_) for c in asked.conditions}
    amounts = {c: read_array(_file(folder, _number_key(c)), np.float64) for c in asked.columns}
    return Found(
        {c: mask for c, mask in masks.items() if mask is not None},
        {c: values for c, values in amounts.items() if values is not None},
    )


def keep(folder: Path, found: Found) -> None:
    """Keep exactly this; what policies before asked is forgotten."""
    arrays: dict[Path, npt.NDArray[Any]] = {_file(folder, c.key()): mask for c, mask in found.masks.items()}
    arrays |= {_file(folder, _number_key(c)): values for c, values in found.amounts.items()}
    for path in _folder(folder).glob("*.npy"):
        if path not in arrays:
            path.unlink(missing_ok=True)
    for path, array in arrays.items():
        kept = read_array(path, array.dtype)
        if kept is None or len(kept) != len(array):
            write_array(path, array)


def _folder(folder: Path) -> Path:
    return folder / "scores" / "conditions"


def _file(folder: Path, key: str) -> Path:
    return _folder(folder) / f"{hashlib.sha256(key.encode()).hexdigest()[:32]}.npy"


def _number_key(column: str) -> str:
    return f"numbers in {column}"
