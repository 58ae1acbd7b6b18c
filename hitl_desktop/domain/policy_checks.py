"""What is odd about a policy: rules that nothing reaches, that contradict themselves, that let everything pass."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from hitl_desktop.domain.policy import AUTOMATIC_ROUTES, RoutingPolicy, Rule
from hitl_desktop.domain.policy_conditions import (
    ON_MODEL,
    ColumnContains,
    ColumnEmpty,
    ColumnIs,
    ColumnIsNot,
    ColumnOver,
    ColumnUnder,
    Condition,
    ConfidenceAtLeast,
    ConfidenceBelow,
    ExpectedLossAtLeast,
    FindingPossible,
    FindingPresent,
    Keywords,
    PredictedIs,
    ProbabilityAtLeast,
    ProbabilityBelow,
    Where,
)
from hitl_desktop.domain.sentences import Sentence, say, say_n

_LOWER_BOUNDS: Final = (ConfidenceAtLeast, ColumnOver, ExpectedLossAtLeast, ProbabilityAtLeast, FindingPossible)
_UPPER_BOUNDS: Final = (ConfidenceBelow, ColumnUnder, ProbabilityBelow)


class Sort(StrEnum):
    """What was found."""

    UNREACHABLE = "unreachable"
    """An earlier rule takes every item that this one could, whatever the items are."""
    CONTRADICTION = "contradiction"
    """Two conditions of the rule exclude each other."""
    NO_LIMIT = "no_limit"
    """An automatic route takes items however unsure the model is."""
    SHADOWED = "shadowed"
    """Earlier rules take all items of this project that fit the rule."""
    NO_ITEM = "no_item"
    """No item of this project fits the rule."""
    OVERLAP = "overlap"
    """Earlier rules send some of the items that fit another way."""
    UNCLEAR = "unclear"
    """The rule asks for a number where some items have none."""


NOTES: Final = frozenset({Sort.OVERLAP, Sort.NO_ITEM})
"""Worth knowing; the others are likely mistakes, or need a look."""


@dataclass(frozen=True, slots=True)
class Oddity:
    """One thing that is odd. `rule` is the place of the rule (0-based), `len(rules)` for everything else."""

    rule: int
    sort: Sort
    words: Sentence

    @property
    def is_note(self) -> bool:
        """True when nothing is wrong with it."""
        return self.sort in NOTES


@dataclass(frozen=True, slots=True)
class RuleCount:
    """What a rule does to the items of a project: it takes `items`, of which `to_do` wait; `fitting` would it take if
    it came first, and `elsewhere` of them go another route by an earlier rule; `unclear` have no number where it asks
    for one. `watched` are on its automatic route, and stay with the person to keep watch.
    """

    items: int
    to_do: int
    fitting: int
    elsewhere: int
    unclear: int
    watched: int


def oddities(policy: RoutingPolicy, counts: Sequence[RuleCount] | None = None) -> tuple[Oddity, ...]:
    """What is odd, in the order of the rules. `counts` are those of each rule and of everything else; None when the
    items are not looked at.
    """
    found: list[Oddity] = []
    for place, rule in enumerate(policy.rules):
        one = _of_rule(policy, place)
        if one is None and counts is not None:
            one = _of_counts(place, counts[place])
        if one is not None:
            found.append(one)
        if counts is not None and counts[place].unclear:
            found.append(_unclear(place, counts[place].unclear))
        if rule.is_automatic and not rule.limit and not _is_guarded(policy.rules[:place]):
            words = say(
                "Rule {rule} takes items however unsure the model is of them. Add “Confidence at least” to it.",
                rule=place + 1,
            )
            found.append(Oddity(place, Sort.NO_LIMIT, words))
    if policy.otherwise in AUTOMATIC_ROUTES and not _is_guarded(policy.rules):
        told = say("Everything else is taken however unsure the model is of it. Send it to review.")
        found.append(Oddity(len(policy.rules), Sort.NO_LIMIT, told))
    return tuple(found)


def _of_rule(policy: RoutingPolicy, place: int) -> Oddity | None:
    rule = policy.rules[place]
    for n, first in enumerate(rule.conditions):
        for m, second in enumerate(rule.conditions[n + 1 :], n + 1):
            if _exclude(first, second) or _exclude(second, first):
                words = say(
                    "Rule {rule} never matches: its conditions {first} and {second} exclude each other.",
                    rule=place + 1,
                    first=n + 1,
                    second=m + 1,
                )
                return Oddity(place, Sort.CONTRADICTION, words)
    for earlier, other in enumerate(policy.rules[:place]):
        if _covers(other, rule):
            words = say(
                "Rule {rule} is never reached: rule {earlier} takes every item that it could.",
                rule=place + 1,
                earlier=earlier + 1,
            )
            return Oddity(place, Sort.UNREACHABLE, words)
    return None


def _of_counts(place: int, count: RuleCount) -> Oddity | None:
    if not count.fitting:
        return Oddity(place, Sort.NO_ITEM, say("No item fits rule {rule}.", rule=place + 1))
    if not count.items:
        words = say_n(
            "Rule {rule} decides nothing here: earlier rules take the {n} item that fits it.",
            "Rule {rule} decides nothing here: earlier rules take the {n} items that fit it.",
            count.fitting,
            rule=place + 1,
        )
        return Oddity(place, Sort.SHADOWED, words)
    if count.elsewhere:
        words = say_n(
            "{n} item that fits rule {rule} goes another way by an earlier rule.",
            "{n} items that fit rule {rule} go another way by an earlier rule.",
            count.elsewhere,
            rule=place + 1,
        )
        return Oddity(place, Sort.OVERLAP, words)
    return None


def _unclear(place: int, items: int) -> Oddity:
    words = say_n(
        "{n} item has no number where rule {rule} asks for one. It goes to review.",
        "{n} items have no number where rule {rule} asks for one. They go to review.",
        items,
        rule=place + 1,
    )
    return Oddity(place, Sort.UNCLEAR, words)


def _is_guarded(earlier: Sequence[Rule]) -> bool:
    """True when a rule before keeps back what the model is unsure of."""
    return any(
        not rule.is_automatic and len(rule.conditions) == 1 and isinstance(rule.conditions[0], ConfidenceBelow)
        for rule in earlier
    )


def _covers(earlier: Rule, later: Rule) -> bool:
    """True when the earlier rule holds wherever the later one does."""
    if earlier.is_automatic and not _needs_suggestion(later):
        return False
    return all(any(_implies(own, other) for own in later.conditions) for other in earlier.conditions)


def _needs_suggestion(rule: Rule) -> bool:
    """True when the rule only matches items that the model says something of."""
    asks = [c for c in rule.conditions if isinstance(c, ON_MODEL) and not isinstance(c, ExpectedLossAtLeast)]
    return rule.is_automatic or bool(asks)


def _implies(one: Condition, other: Condition) -> bool:
    """True when `other` holds of every item that `one` holds of. May say False where it is so all the same."""
    if one == other:
        return True
    if type(one) is type(other):
        return _implies_alike(one, other)
    match one, other:
        case ProbabilityAtLeast(_, least), ConfidenceAtLeast(limit):
            return least >= limit
        case FindingPresent(label), FindingPossible(of, limit):
            return label == of and limit <= 0.5
        case ColumnIs(column, values), ColumnIsNot(of, excluded):
            return column == of and not _folded(values) & _folded(excluded)
        case ColumnIs(column, values), ColumnContains(of, words):
            return column == of and all(any(w in v for w in _folded(words)) for v in _folded(values))
        case ColumnEmpty(column), ColumnIsNot(of, _):
            return column == of
    return False


def _implies_alike(one: Condition, other: Condition) -> bool:
    if _subject(one) != _subject(other):
        return False
    match one, other:
        case PredictedIs(few), PredictedIs(many):
            return set(few) <= set(many)
        case ColumnIs(_, few), ColumnIs(_, many):
            return _folded(few) <= _folded(many)
        case ColumnIsNot(_, many), ColumnIsNot(_, few):
            return _folded(few) <= _folded(many)
        case ColumnContains(_, few), ColumnContains(_, many):
            return _folded(few) <= _folded(many)
        case Keywords(few, where), Keywords(many, elsewhere):
            return _folded(few) <= _folded(many) and elsewhere in (where, Where.ANYWHERE)
    if isinstance(one, _LOWER_BOUNDS):
        return _bound(one) >= _bound(other)
    return isinstance(one, _UPPER_BOUNDS) and _bound(one) <= _bound(other)


def _exclude(one: Condition, other: Condition) -> bool:
    """True when no item can have both. May say False where it is so all the same."""
    match one, other:
        case ConfidenceAtLeast(least), ConfidenceBelow(most):
            return least >= most
        case ProbabilityAtLeast(_, least), ConfidenceBelow(most):
            return least >= most
        case ProbabilityAtLeast(label, least), ProbabilityBelow(of, most):
            return label == of and least >= most
        case ProbabilityAtLeast(label, least), ProbabilityAtLeast(of, also):
            return label != of and least + also > 1
        case ProbabilityAtLeast(label, least), PredictedIs(labels):
            return least > 0.5 and label not in labels
        case PredictedIs(some), PredictedIs(others):
            return not set(some) & set(others)
    return _exclude_in_record(one, other)


def _exclude_in_record(one: Condition, other: Condition) -> bool:
    match one, other:
        case ColumnIs(column, some), ColumnIs(of, others):
            return column == of and not _folded(some) & _folded(others)
        case ColumnIs(column, some), ColumnIsNot(of, others):
            return column == of and _folded(some) <= _folded(others)
        case ((ColumnIs(column, _) | ColumnContains(column, _)), ColumnEmpty(of)):
            return column == of
        case ColumnOver(column, least), ColumnUnder(of, most):
            return column == of and least >= most
    return False


def _subject(condition: Condition) -> object:
    """What a condition is about: a class or a column; None for the confidence."""
    return getattr(condition, "label", None), getattr(condition, "column", None)


def _bound(condition: Condition) -> float:
    return float(getattr(condition, "limit", getattr(condition, "amount", 0.0)))


def _folded(words: Sequence[str]) -> set[str]:
    return {word.casefold() for word in words}
