"""How an expert steers what is learned: which classes and examples count more, and which phrases speak for a class."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.sentences import say

WEIGHTS: Final = (0.25, 0.5, 1.0, 2.0, 4.0)
"""What a class may count."""
MATTERS: Final = 3.0
"""What an example counts that matters."""
IGNORED: Final = 0.0
USUAL: Final = 1.0
LONGEST: Final = 200
MOST_RULES: Final = 200


@dataclass(frozen=True, slots=True)
class PhraseRule:
    """Where this phrase stands in a text, it is probably of the class `label_id`. One that is off says nothing."""

    phrase: str
    label_id: int
    is_on: bool = True


@dataclass(frozen=True, slots=True)
class SteeringPlan:
    """All that is steered but single examples and what marks say.

    `class_weights` are label ids and what they count, none for the usual 1. `choices` are what is chosen in the panel:
    features, estimator and class_weight (`workflow/learning_choices.py`). `marks_off` are the keys of marks that say
    what counts and teach nothing all the same (`evidence.mark_key`), ascending.
    """

    class_weights: Mapping[int, float]
    rules: tuple[PhraseRule, ...]
    choices: Mapping[str, str]
    marks_off: tuple[str, ...] = ()

    def checked(self) -> "SteeringPlan":
        """The same plan. Raises KnownError for a rule without words, one that is there twice, or too many."""
        if len(self.rules) > MOST_RULES:
            raise KnownError(say("There may be {most} rules at most.", most=MOST_RULES), say("Remove some first."))
        seen: set[tuple[str, int]] = set()
        for rule in self.rules:
            key = (rule.phrase.casefold(), rule.label_id)
            if not rule.phrase.strip() or len(rule.phrase) > LONGEST:
                raise KnownError(
                    say("A rule needs a word or a phrase of at most {most} letters.", most=LONGEST),
                    say("Type what stands in the text."),
                )
            if key in seen:
                raise KnownError(say("There is a rule for “{phrase}” already.", phrase=rule.phrase))
            seen.add(key)
        return self

    def plain(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {
            "class_weights": {str(label): weight for label, weight in self.class_weights.items() if weight != USUAL},
            "rules": [[rule.phrase, rule.label_id, rule.is_on] for rule in self.rules],
            "choices": dict(self.choices),
            "marks_off": list(self.marks_off),
        }


NO_PLAN: Final = SteeringPlan({}, (), {})


def plan_of(plain: Any) -> SteeringPlan:
    """The inverse of `plain`. Raises ValueError, TypeError or LookupError for what is none."""
    weights = {int(label): float(weight) for label, weight in plain["class_weights"].items()}
    rules = tuple(PhraseRule(str(phrase), int(label), bool(is_on)) for phrase, label, is_on in plain["rules"])
    choices = {str(name): str(value) for name, value in plain["choices"].items()}
    return SteeringPlan(weights, rules, choices, tuple(str(key) for key in plain.get("marks_off", ())))
