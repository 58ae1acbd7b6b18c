"""Conditions and routes in words."""

from collections.abc import Sequence
from typing import Final

from hitl_desktop.domain.policy import Route, Rule
from hitl_desktop.domain.policy_conditions import (
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
    Known,
    PredictedIs,
    ProbabilityAtLeast,
    ProbabilityBelow,
    UnlikeDecided,
    Where,
)
from hitl_desktop.domain.sentences import Figure, Sentence, listed, quoted, say
from hitl_desktop.language import mark

ROUTE_NAMES: Final[dict[Route, str]] = {
    Route.REVIEW: mark("Review"),
    Route.ACCEPT: mark("Accept"),
    Route.REMOVE: mark("Remove"),
    Route.ESCALATE: mark("Escalate"),
    Route.SECOND_READER: mark("Second reader"),
}
EVERYTHING_ELSE: Final = say("Everything else")


def rule_words(rule: Rule, known: Known) -> Sentence:
    """When a rule matches; its own name where it has one."""
    if rule.name:
        return Sentence(rule.name)
    return when_words(rule, known)


def when_words(rule: Rule, known: Known) -> Sentence:
    """What has to hold of an item, whatever the rule is called."""
    if not rule.conditions:
        return say("Every item")
    return all_words(rule.conditions, known)


def all_words(conditions: Sequence[Condition], known: Known) -> Sentence:
    """Conditions that have to hold together, one at least."""
    words = condition_words(conditions[0], known)
    for condition in conditions[1:]:
        words = say("{first} and {second}", first=words, second=condition_words(condition, known))
    return words


def condition_words(condition: Condition, known: Known) -> Sentence:
    """One condition."""
    match condition:
        case ConfidenceAtLeast(limit):
            return say("Confidence at least {limit}", limit=_figure(limit))
        case ConfidenceBelow(limit):
            return say("Confidence below {limit}", limit=_figure(limit))
        case ProbabilityAtLeast(label, limit):
            return say("Probability of {name} at least {limit}", name=known.name(label), limit=_figure(limit))
        case ProbabilityBelow(label, limit):
            return say("Probability of {name} below {limit}", name=known.name(label), limit=_figure(limit))
        case PredictedIs(labels):
            return say("Suggested as {names}", names=_any_of(tuple(known.name(label) for label in labels)))
        case FindingPresent(label):
            return say("{name} is suggested", name=known.name(label))
        case FindingPossible(label, limit):
            return say("{name} is possible, at least {limit}", name=known.name(label), limit=_figure(limit))
        case UnlikeDecided():
            return say("Unlike anything decided")
        case ExpectedLossAtLeast(column, amount):
            return say("Expected loss on {column} at least {amount}", column=column, amount=_figure(amount))
    return _record_words(condition)


def _record_words(condition: Condition) -> Sentence:
    match condition:
        case ColumnIs(column, values):
            return say("{column} is {values}", column=column, values=_any_of(values))
        case ColumnIsNot(column, values):
            return say("{column} is not {values}", column=column, values=_any_of(values))
        case ColumnContains(column, words):
            return say("{column} contains {words}", column=column, words=_any_quoted(words))
        case ColumnOver(column, amount):
            return say("{column} over {amount}", column=column, amount=_figure(amount))
        case ColumnUnder(column, amount):
            return say("{column} under {amount}", column=column, amount=_figure(amount))
        case ColumnEmpty(column):
            return say("{column} is empty", column=column)
        case Keywords(words, Where.TEXT):
            return say("Text has {words}", words=_any_quoted(words))
        case Keywords(words, _):
            return say("Text or a column has {words}", words=_any_quoted(words))
    raise KeyError(condition.kind)


def _figure(value: float) -> Figure:
    """A number with as many digits as it has, up to four."""
    digits = next((n for n in range(4) if round(value, n) == value), 4)
    return Figure(value, max(digits, 2) if 0 < value < 1 else digits)


def _any_quoted(words: tuple[str, ...]) -> Sentence:
    return _any_of(tuple(quoted(word) for word in words))


def _any_of(parts: "tuple[str | Sentence, ...]") -> Sentence:
    """One of several things, in words."""
    if len(parts) == 1:
        return parts[0] if isinstance(parts[0], Sentence) else Sentence(parts[0])
    return say("{some} or {last}", some=listed(parts[:-1]), last=parts[-1])
