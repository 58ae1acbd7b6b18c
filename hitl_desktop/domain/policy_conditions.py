"""What a rule of a routing policy may ask of an item: one frozen value per condition, and their form in JSON."""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, ClassVar, Final, TypeVar

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.sentences import listed, say

_KIND: Final = "condition"
_T = TypeVar("_T")


class Where(StrEnum):
    """Where keywords are looked for."""

    TEXT = "text"
    ANYWHERE = "anywhere"
    """In the text and in every column of the record."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a policy of a project may speak of: the classes that are offered, (id, name), the columns, and its task.

    `columns` is None where they are not looked up. A policy in a file names its classes; in the project it holds their
    ids, so that a class may be renamed.
    """

    classes: tuple[tuple[int, str], ...]
    columns: frozenset[str] | None
    several: bool
    retired: tuple[tuple[int, str], ...] = ()
    """Classes that have a name and cannot be asked for any more."""

    def name(self, label_id: int) -> str:
        """The name of a class, retired or not."""
        names = (*self.classes, *self.retired)
        return next((name for known, name in names if known == label_id), f"#{label_id}")

    def label_id(self, name: str) -> int:
        """The id of a class. Raises KnownError for a name that is none."""
        found = next((known for known, other in self.classes if other == name), None)
        if found is None:
            raise KnownError(
                say("There is no class named {name}.", name=name),
                say("Use one of: {names}.", names=listed(other for _, other in self.classes)),
            )
        return found


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that has to hold of an item. Every condition is hashable and equals another that asks the same."""

    kind: ClassVar[str] = ""
    """Its name in JSON."""
    for_several: ClassVar[bool | None] = None
    """True for a condition on findings, False for one on classes; None where the task does not matter."""

    def plain(self, known: Known | None) -> dict[str, Any]:
        """As JSON: with the names of classes for a file, with their ids (None) for the project."""
        return {_KIND: self.kind} | {f.name: _WRITE[f.name](getattr(self, f.name), known) for f in fields(self)}

    def key(self) -> str:
        """A text that is the same for conditions that ask the same."""
        return json.dumps(self.plain(None), sort_keys=True)


@dataclass(frozen=True, slots=True)
class ConfidenceAtLeast(Condition):
    """The model is at least so sure of what it suggests (0–1)."""

    kind: ClassVar[str] = "confidence_at_least"
    limit: float


@dataclass(frozen=True, slots=True)
class ConfidenceBelow(Condition):
    """The model is less sure of what it suggests (0–1)."""

    kind: ClassVar[str] = "confidence_below"
    limit: float


@dataclass(frozen=True, slots=True)
class ProbabilityAtLeast(Condition):
    """The probability of one class is at least so much, whichever is suggested."""

    kind: ClassVar[str] = "probability_at_least"
    for_several: ClassVar[bool | None] = False
    label: int
    limit: float


@dataclass(frozen=True, slots=True)
class ProbabilityBelow(Condition):
    """The probability of one class is less."""

    kind: ClassVar[str] = "probability_below"
    for_several: ClassVar[bool | None] = False
    label: int
    limit: float


@dataclass(frozen=True, slots=True)
class PredictedIs(Condition):
    """One of these classes is suggested."""

    kind: ClassVar[str] = "predicted_is"
    for_several: ClassVar[bool | None] = False
    labels: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class FindingPresent(Condition):
    """This finding is among those suggested."""

    kind: ClassVar[str] = "finding_present"
    for_several: ClassVar[bool | None] = True
    label: int


@dataclass(frozen=True, slots=True)
class FindingPossible(Condition):
    """The probability of this finding is at least so much, suggested or not."""

    kind: ClassVar[str] = "finding_possible"
    for_several: ClassVar[bool | None] = True
    label: int
    limit: float


@dataclass(frozen=True, slots=True)
class ColumnIs(Condition):
    """The cell of a column is one of these values, large and small letters alike."""

    kind: ClassVar[str] = "column_is"
    column: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ColumnIsNot(Condition):
    """The cell of a column is none of these values; an empty cell is none of them either."""

    kind: ClassVar[str] = "column_is_not"
    column: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ColumnContains(Condition):
    """One of these words is in the cell of a column, anywhere, large and small letters alike."""

    kind: ClassVar[str] = "column_contains"
    column: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ColumnOver(Condition):
    """The number in a column is larger. A cell that is no number goes to review: see `domain/policy_match.py`."""

    kind: ClassVar[str] = "column_over"
    column: str
    amount: float


@dataclass(frozen=True, slots=True)
class ColumnUnder(Condition):
    """The number in a column is smaller; as `ColumnOver` for a cell that is no number."""

    kind: ClassVar[str] = "column_under"
    column: str
    amount: float


@dataclass(frozen=True, slots=True)
class ColumnEmpty(Condition):
    """The cell of a column is empty, blank, or not there."""

    kind: ClassVar[str] = "column_empty"
    column: str


@dataclass(frozen=True, slots=True)
class Keywords(Condition):
    """One of these words is in the text, or anywhere in the record, large and small letters alike."""

    kind: ClassVar[str] = "keywords"
    words: tuple[str, ...]
    where: Where = Where.TEXT


@dataclass(frozen=True, slots=True)
class ExpectedLossAtLeast(Condition):
    """(1 − confidence) × the number in a column is at least so much; as `ColumnOver` for a cell that is no number.

    Source: Chow, "On optimum recognition error and reject tradeoff", 1970: reject where the expected cost is high.
    """

    kind: ClassVar[str] = "expected_loss_at_least"
    column: str
    amount: float


@dataclass(frozen=True, slots=True)
class UnlikeDecided(Condition):
    """It is unlike anything decided (`learning/novelty.py`), which nothing is while that is not known."""

    kind: ClassVar[str] = "unlike_decided"


CONDITIONS: Final[dict[str, type[Condition]]] = {
    "confidence_at_least": ConfidenceAtLeast,
    "confidence_below": ConfidenceBelow,
    "probability_at_least": ProbabilityAtLeast,
    "probability_below": ProbabilityBelow,
    "predicted_is": PredictedIs,
    "finding_present": FindingPresent,
    "finding_possible": FindingPossible,
    "column_is": ColumnIs,
    "column_is_not": ColumnIsNot,
    "column_contains": ColumnContains,
    "column_over": ColumnOver,
    "column_under": ColumnUnder,
    "column_empty": ColumnEmpty,
    "keywords": Keywords,
    "expected_loss_at_least": ExpectedLossAtLeast,
    "unlike_decided": UnlikeDecided,
}

READ_FROM_STORE: Final = (ColumnIs, ColumnIsNot, ColumnContains, ColumnEmpty, Keywords)
"""Conditions that the record of an item answers: a mask over the pool, which no model and no decision changes."""
NUMERIC: Final = (ColumnOver, ColumnUnder, ExpectedLossAtLeast)
"""Conditions on the number in a column."""
ON_MODEL: Final = (
    ConfidenceAtLeast,
    ConfidenceBelow,
    ProbabilityAtLeast,
    ProbabilityBelow,
    PredictedIs,
    FindingPresent,
    FindingPossible,
    ExpectedLossAtLeast,
)
"""Conditions that tell something of what the model says of an item."""


def condition_of(plain: object, known: Known | None) -> Condition:
    """The condition that a JSON value stands for; `known` None for one that the project kept, with ids for classes.

    Raises KnownError that says what is wrong with it.
    """
    if not isinstance(plain, dict):
        raise KnownError(say("A condition is a JSON object."))
    kind = plain.get(_KIND)
    if not isinstance(kind, str) or kind not in CONDITIONS:
        raise KnownError(
            say("There is no condition named {name}.", name=_shown(kind)),
            say("Use one of: {names}.", names=listed(CONDITIONS)),
        )
    made = CONDITIONS[kind]
    if known is not None and made.for_several is not None and made.for_several is not known.several:
        raise KnownError(
            say("A condition on findings is for projects with several findings per item.")
            if made.for_several
            else say("A condition on one class is for projects with one class per item.")
        )
    names = {f.name for f in fields(made)}
    unknown = sorted(set(plain) - names - {_KIND})
    if unknown:
        raise KnownError(say("{condition} has no field named {name}.", condition=kind, name=_shown(unknown[0])))
    values: dict[str, Any] = {}
    for name in sorted(names):
        if name not in plain:
            raise KnownError(say("{condition} needs the field {name}.", condition=kind, name=name))
        values[name] = _READ[name](plain[name], known)
    return made(**values)


def _limit(value: object, _: Known | None) -> float:
    if not _is_number(value) or not 0.0 <= float(value) <= 1.0:  # type: ignore[arg-type]
        raise KnownError(say("A limit is a number from 0 to 1, not {value}.", value=_shown(value)))
    return float(value)  # type: ignore[arg-type]


def _amount(value: object, _: Known | None) -> float:
    if not _is_number(value):
        raise KnownError(say("An amount is a number, not {value}.", value=_shown(value)))
    return float(value)  # type: ignore[arg-type]


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:  # an integer beyond all floats
        return False


def _label(value: object, known: Known | None) -> int:
    if known is None:
        if not isinstance(value, int) or isinstance(value, bool):
            raise KnownError(say("A class is a number here, not {value}.", value=_shown(value)))
        return value
    if not isinstance(value, str):
        raise KnownError(say("A class is a name, not {value}.", value=_shown(value)))
    return known.label_id(value)


def _several(value: object, read: Callable[[object], _T]) -> tuple[_T, ...]:
    if not isinstance(value, list) or not value:
        raise KnownError(say("A list with at least one entry is needed, not {value}.", value=_shown(value)))
    return tuple(dict.fromkeys(read(one) for one in value))


def _word(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise KnownError(say("A word or a value is a text that is not empty, not {value}.", value=_shown(value)))
    return value.strip()


def _column(value: object, known: Known | None) -> str:
    if not isinstance(value, str) or not value:
        raise KnownError(say("A column is a name, not {value}.", value=_shown(value)))
    if known is not None and known.columns is not None and value not in known.columns:
        columns = sorted(known.columns)
        raise KnownError(
            say("There is no column named {name}.", name=value),
            say("Use one of: {names}.", names=listed(columns)) if columns else say("The items have no columns."),
        )
    return value


def _where(value: object, _: Known | None) -> Where:
    if not isinstance(value, str) or value not in tuple(Where):
        raise KnownError(say("Keywords are looked for in “text” or “anywhere”, not {value}.", value=_shown(value)))
    return Where(value)


def _shown(value: object) -> str:
    """A value of a file in a sentence, cut where it is long."""
    try:
        text = value if isinstance(value, str) else json.dumps(value)
    except (TypeError, ValueError, RecursionError):
        text = repr(value)
    return text if len(text) <= 60 else text[:59] + "…"


_READ: Final[Mapping[str, Callable[[object, Known | None], object]]] = {
    "limit": _limit,
    "amount": _amount,
    "label": _label,
    "labels": lambda value, known: _several(value, lambda one: _label(one, known)),
    "values": lambda value, _: _several(value, _word),
    "words": lambda value, _: _several(value, _word),
    "column": _column,
    "where": _where,
}
_WRITE: Final[Mapping[str, Callable[[Any, Known | None], object]]] = {
    "limit": lambda value, _: value,
    "amount": lambda value, _: value,
    "label": lambda value, known: value if known is None else known.name(value),
    "labels": lambda value, known: [one if known is None else known.name(one) for one in value],
    "values": lambda value, _: list(value),
    "words": lambda value, _: list(value),
    "column": lambda value, _: value,
    "where": lambda value, _: value.value,
}
