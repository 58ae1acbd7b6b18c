"""Which rule of a policy sends each item of a pool where: masks over arrays, the first rule that matches wins."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.policy import AUTOMATIC_ROUTES, ROUTES, Route, RoutingPolicy, Rule
from hitl_desktop.domain.policy_conditions import (
    NUMERIC,
    READ_FROM_STORE,
    ColumnOver,
    ColumnUnder,
    Condition,
    ConfidenceAtLeast,
    ConfidenceBelow,
    ExpectedLossAtLeast,
    FindingPossible,
    FindingPresent,
    PredictedIs,
    ProbabilityAtLeast,
    ProbabilityBelow,
    UnlikeDecided,
)
from hitl_desktop.domain.predictions import FloatArray

Mask = npt.NDArray[np.bool_]
Amounts = npt.NDArray[np.float64]

CODE: Final = MappingProxyType({route: code for code, route in enumerate(ROUTES)})
"""The code of each route in `Routes.route`."""
_REVIEW: Final = CODE[Route.REVIEW]
_IS_AUTOMATIC: Final = np.array([route in AUTOMATIC_ROUTES for route in ROUTES])


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """What the records of the items say, each shape (n,) in pool order; no model and no decision changes it.

    `positions` are the columns of the classes by label id, in the classes there are now; what is missing counts nowhere
    any more. `masks` answer the conditions of `READ_FROM_STORE`; `amounts` are the numbers in columns, NaN where a cell
    is none; `draws` are uniform in 0–1, from the project's seed: the random share that keeps watch. `recalled` are
    items whose automatic decision was taken back: they wait for a person.
    """

    positions: Mapping[int, int] = field(default_factory=dict)
    masks: Mapping[Condition, Mask] = field(default_factory=dict)
    amounts: Mapping[str, Amounts] = field(default_factory=dict)
    draws: FloatArray | None = None
    recalled: Mask | None = None


@dataclass(frozen=True, slots=True)
class Predicted:
    """What a model says of the items: `probabilities` (m, k) with m ≤ n, or None; the others as in `Pool`, (n,).

    `novel` (m,) with m ≤ n are the items unlike anything decided; None where that is not known.
    """

    confidence: FloatArray
    predicted: npt.NDArray[np.int64]
    probabilities: FloatArray | None
    several: bool
    novel: Mask | None = None

    def __len__(self) -> int:
        return len(self.confidence)

    @property
    def is_scored(self) -> Mask:
        """Where there is a suggestion. Shape (n,)."""
        return np.asarray(self.predicted >= 0)


@dataclass(frozen=True)
class Routes:
    """Where a policy sends each item. Shapes (n,).

    `rule` int16 is the place of the rule that matched, `len(rules)` for everything else; `route` uint8 codes into
    `ROUTES`. `watched`: on an automatic route, and drawn to stay with the person. `unclear`: the rule asks for a number
    where the record has none, so that a person looks. Both are then routed to review, under the rule that matched.
    """

    rule: npt.NDArray[np.int16]
    route: npt.NDArray[np.uint8]
    watched: Mask
    unclear: Mask

    def __len__(self) -> int:
        return len(self.rule)

    @cached_property
    def automatic(self) -> Mask:
        """Which items are on an automatic route. Shape (n,)."""
        return np.asarray(_IS_AUTOMATIC[self.route])

    def route_of(self, index: int) -> Route:
        """The route of one item."""
        return ROUTES[int(self.route[index])]


def match(
    policy: RoutingPolicy, told: Predicted, facts: ItemFacts, seen: dict[Condition, Mask] | None = None
) -> Routes:
    """Route every item. Items without a suggestion are on no automatic route, whatever the policy says.

    `seen` keeps the masks of conditions for the next question about the same items. Raises KeyError when `facts` lacks
    what a condition asks.
    """
    n = len(told)
    rule = np.full(n, len(policy.rules), np.int16)
    route = np.full(n, CODE[policy.otherwise], np.uint8)
    unclear = np.zeros(n, bool)
    scored = told.is_scored
    left = np.ones(n, bool)
    for place, one in enumerate(policy.rules):
        held, doubtful = _held(one, left, scored, told, facts, seen)
        # Quicker than setting places, and the window may go on meanwhile.
        np.copyto(rule, np.int16(place), where=held)
        np.copyto(route, np.uint8(CODE[one.route]), where=held)
        if doubtful is not None:
            unclear |= doubtful
        left &= ~held
    if policy.otherwise in AUTOMATIC_ROUTES:
        route[left & ~scored] = _REVIEW
    route[unclear] = _REVIEW
    if facts.recalled is not None:
        route[_IS_AUTOMATIC[route] & facts.recalled[:n]] = _REVIEW
    watched = np.zeros(n, bool)
    if policy.audit_every is not None and facts.draws is not None:
        watched = _IS_AUTOMATIC[route] & (facts.draws[:n] < np.float32(1 / policy.audit_every))
        route[watched] = _REVIEW
    return Routes(rule, route, watched, unclear)


def matching(rule: Rule, told: Predicted, facts: ItemFacts, seen: dict[Condition, Mask] | None = None) -> Mask:
    """Which items a rule would match if it came first; `seen` as in `match`. Shape (n,)."""
    return _held(rule, np.ones(len(told), bool), told.is_scored, told, facts, seen)[0]


def _held(
    rule: Rule,
    left: Mask,
    scored: Mask,
    told: Predicted,
    facts: ItemFacts,
    seen: dict[Condition, Mask] | None,
) -> tuple[Mask, Mask | None]:
    """Which of the items left a rule matches, and of those, which it takes because a number is missing."""
    held = left & scored if rule.is_automatic else left.copy()
    for condition in rule.conditions:
        if not isinstance(condition, NUMERIC):
            held &= _seen(condition, told, facts, seen)
    numeric = [c for c in rule.conditions if isinstance(c, NUMERIC)]
    if not numeric:
        return held, None
    doubtful = np.zeros(len(held), bool)
    clear = held.copy()
    for condition in numeric:
        amounts = facts.amounts[condition.column]
        doubtful |= np.isnan(amounts)
        with np.errstate(invalid="ignore"):
            clear &= _compared(condition, amounts, told)
    doubtful &= held
    return clear & ~doubtful | doubtful, doubtful


def _seen(condition: Condition, told: Predicted, facts: ItemFacts, seen: dict[Condition, Mask] | None) -> Mask:
    if seen is None:
        return mask_of(condition, told, facts)
    if condition not in seen:
        seen[condition] = mask_of(condition, told, facts)
    return seen[condition]


def mask_of(condition: Condition, told: Predicted, facts: ItemFacts) -> Mask:
    """Where one condition holds, but for those on numbers. Shape (n,)."""
    if isinstance(condition, READ_FROM_STORE):
        return facts.masks[condition]
    with np.errstate(invalid="ignore"):
        match condition:
            case ConfidenceAtLeast(limit):
                return np.asarray(told.confidence >= np.float32(limit))
            case ConfidenceBelow(limit):
                return np.asarray(told.confidence < np.float32(limit))
            case ProbabilityAtLeast(label, limit) | FindingPossible(label, limit):
                return _probable(label, limit, told, facts)
            case ProbabilityBelow(label, limit):
                return told.is_scored & ~_probable(label, limit, told, facts)
            case PredictedIs(labels):
                return _suggested(labels, told, facts)
            case UnlikeDecided():
                return _unlike(told)
            case FindingPresent(label):
                if label not in facts.positions:
                    return np.zeros(len(told), bool)
                return np.asarray(told.is_scored & (told.predicted >> facts.positions[label] & 1 == 1))
    raise KeyError(condition.kind)


def _unlike(told: Predicted) -> Mask:
    held = np.zeros(len(told), bool)
    if told.novel is not None:
        held[: len(told.novel)] = told.novel[: len(told)]
    return held


def _suggested(labels: tuple[int, ...], told: Predicted, facts: ItemFacts) -> Mask:
    """Where one of the classes is suggested. One comparison a class is several times quicker than a look-up."""
    held = np.zeros(len(told), bool)
    for label in labels:
        if label in facts.positions:
            held |= told.predicted == facts.positions[label]
    return held


def _probable(label: int, limit: float, told: Predicted, facts: ItemFacts) -> Mask:
    """Where the probability of a class is at least the limit; nowhere for a class that no model here knows."""
    held = np.zeros(len(told), bool)
    column = facts.positions.get(label)
    if told.probabilities is not None and column is not None:
        if column < told.probabilities.shape[1]:
            held[: len(told.probabilities)] = told.probabilities[:, column] >= np.float32(limit)
        elif limit <= 0:
            held |= told.is_scored
    return held


def _compared(condition: Condition, amounts: Amounts, told: Predicted) -> Mask:
    match condition:
        case ColumnOver(_, amount):
            return np.asarray(amounts > amount)
        case ColumnUnder(_, amount):
            return np.asarray(amounts < amount)
        case ExpectedLossAtLeast(_, amount):
            # What is not scored is not sure at all.
            doubt = 1.0 - np.nan_to_num(told.confidence, nan=0.0).astype(np.float64)
            return np.asarray(doubt * amounts >= amount)
    raise KeyError(condition.kind)
