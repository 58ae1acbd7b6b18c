"""How an expert steers what is learned: which classes and examples count more, and what speaks for a class."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.policy_conditions import (
    READ_FROM_STORE,
    ColumnOver,
    ColumnUnder,
    Condition,
    Keywords,
    Where,
    condition_of,
)
from hitl_desktop.domain.sentences import say

WEIGHTS: Final = (0.25, 0.5, 1.0, 2.0, 4.0)
"""What a class may count."""
MATTERS: Final = 3.0
"""What an example counts that matters."""
IGNORED: Final = 0.0
USUAL: Final = 1.0
MOST_WEIGHT: Final = 100.0
"""What is kept may say anything: no class and no example counts more."""
LONGEST: Final = 200
MOST_RULES: Final = 200


MOST_CONDITIONS: Final = 8
OF_RECORDS: Final = (*READ_FROM_STORE, ColumnOver, ColumnUnder)
"""The conditions that a rule may be made of: those that the record of an item answers, whatever a model says."""

Conditions = tuple[Condition, ...]


class SteeredFacet(StrEnum):
    """What steering says of one item, to look for it."""

    MATTERS = "matters"
    IGNORED = "ignored"
    RULED_OTHERWISE = "ruled_otherwise"
    """The rules that are on speak for another class than the one decided, or suggested."""


@dataclass(frozen=True, slots=True)
class ClassRule:
    """Where all `conditions` hold of an item, it is probably of the class `label_id`. One that is off says nothing.

    They are those of a routing policy (`OF_RECORDS`). Of a cell that is no number, nothing about numbers holds.
    """

    conditions: Conditions
    label_id: int
    is_on: bool = True

    @classmethod
    def of_phrase(cls, phrase: str, label_id: int, *, is_on: bool = True) -> "ClassRule":
        """The rule that a phrase stands in the text or in a column."""
        return cls((Keywords((phrase,), Where.ANYWHERE),), label_id, is_on)

    @property
    def key(self) -> tuple[Conditions, int]:
        """What it asks, and the class it speaks for."""
        return self.conditions, self.label_id

    @property
    def phrase(self) -> str | None:
        """The one phrase that it asks for; None where it asks anything else."""
        return phrase_of(self.conditions)

    def plain(self) -> list[Any]:
        """As JSON holds it."""
        asked = self.phrase
        return [[one.plain(None) for one in self.conditions] if asked is None else asked, self.label_id, self.is_on]


def phrase_of(conditions: Conditions) -> str | None:
    """The one phrase that is asked for, anywhere in a record; None where anything else is asked."""
    match conditions:
        case (Keywords((phrase,), Where.ANYWHERE),):
            return phrase
    return None


@dataclass(frozen=True, slots=True)
class SteeringPlan:
    """All that is steered but single examples and what marks say.

    `class_weights` are label ids and what they count, none for the usual 1. `choices` are what is chosen in the panel:
    features, estimator, class_weight and regularisation (`workflow/learning_choices.py`). `marks_off` are the keys of
    marks that say what counts and teach nothing all the same (`evidence.mark_key`), ascending.
    """

    class_weights: Mapping[int, float]
    rules: tuple[ClassRule, ...]
    choices: Mapping[str, str]
    marks_off: tuple[str, ...] = ()

    def checked(self) -> "SteeringPlan":
        """The same plan. Raises KnownError for a rule that asks nothing, one that is there twice, or too many."""
        if len(self.rules) > MOST_RULES:
            raise KnownError(say("There may be {most} rules at most.", most=MOST_RULES), say("Remove some first."))
        seen: set[tuple[object, int]] = set()
        for rule in self.rules:
            _check(rule.conditions)
            asked = rule.phrase
            key = (frozenset(rule.conditions) if asked is None else asked.casefold(), rule.label_id)
            if key in seen:
                raise KnownError(
                    say("There is such a rule already.")
                    if asked is None
                    else say("There is a rule for “{phrase}” already.", phrase=asked)
                )
            seen.add(key)
        return self

    def plain(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {
            "class_weights": {str(label): weight for label, weight in self.class_weights.items() if weight != USUAL},
            "rules": [rule.plain() for rule in self.rules],
            "choices": dict(self.choices),
            "marks_off": list(self.marks_off),
        }


def _check(conditions: Conditions) -> None:
    words = [w for c in conditions for w in getattr(c, "words", getattr(c, "values", ()))]
    if not conditions or any(not word.strip() or len(word) > LONGEST for word in words):
        raise KnownError(
            say("A rule needs a word or a phrase of at most {most} letters.", most=LONGEST),
            say("Type what stands in the text."),
        )
    if len(conditions) > MOST_CONDITIONS:
        raise KnownError(say("A rule may have {most} conditions at most.", most=MOST_CONDITIONS))
    if not all(isinstance(condition, OF_RECORDS) for condition in conditions):
        raise KnownError(say("A rule that teaches asks what stands in an item, not what a model says of it."))


NO_PLAN: Final = SteeringPlan({}, (), {})


def plan_of(plain: Any) -> SteeringPlan:
    """The inverse of `plain`. Raises ValueError, TypeError or LookupError for what is none."""
    weights = {int(label): float(weight) for label, weight in plain["class_weights"].items()}
    if not all(0 < weight <= MOST_WEIGHT for weight in weights.values()):
        raise ValueError("a class that counts nothing, or more than all others together")
    rules = tuple(ClassRule(_conditions_of(asked), int(label), bool(is_on)) for asked, label, is_on in plain["rules"])
    choices = {str(name): str(value) for name, value in plain["choices"].items()}
    return SteeringPlan(weights, rules, choices, tuple(str(key) for key in plain.get("marks_off", ())))


def _conditions_of(plain: Any) -> Conditions:
    if isinstance(plain, str):
        return (Keywords((plain,), Where.ANYWHERE),)
    try:
        return tuple(condition_of(one, None) for one in plain)
    except KnownError as error:
        raise ValueError(error.message) from error
