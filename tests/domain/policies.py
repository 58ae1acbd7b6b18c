"""Policies and pools drawn at random, and an independent reading of what a policy means, item by item."""

import math
from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from hitl_desktop.domain.policy import AUTOMATIC_ROUTES, Route, RoutingPolicy, Rule
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
    Keywords,
    Known,
    PredictedIs,
    ProbabilityAtLeast,
    ProbabilityBelow,
    UnlikeDecided,
    Where,
)
from hitl_desktop.domain.policy_match import ItemFacts, Predicted

# Ids are not positions: what mixes them up goes another way.
IDS = (7, 3, 5)
POSITIONS = {7: 0, 3: 1, 5: 2}
KNOWN = Known(((7, "cat"), (3, "dog"), (5, "owl")), frozenset({"amount", "kind"}), several=False)

LIMITS = st.sampled_from([0.0, 0.3, 0.45, 0.6, 0.8, 0.95, 1.0])
AMOUNTS = st.sampled_from([-5.0, 0.0, 10.0, 100.0])
CELLS = st.sampled_from(["", " ", "Red", "blue", "red wine", "10", "100", "-7", "n/a", "5.5"])
WORDS = st.lists(st.sampled_from(["red", "blue", "10"]), min_size=1, max_size=2, unique=True).map(tuple)


def conditions() -> st.SearchStrategy[Condition]:
    labels = st.lists(st.sampled_from(IDS), min_size=1, max_size=2, unique=True).map(tuple)
    return st.one_of(
        st.builds(ConfidenceAtLeast, LIMITS),
        st.builds(ConfidenceBelow, LIMITS),
        st.builds(ProbabilityAtLeast, st.sampled_from(IDS), LIMITS),
        st.builds(ProbabilityBelow, st.sampled_from(IDS), LIMITS),
        st.builds(PredictedIs, labels),
        st.builds(ColumnIs, st.just("kind"), WORDS),
        st.builds(ColumnIsNot, st.just("kind"), WORDS),
        st.builds(ColumnContains, st.just("kind"), WORDS),
        st.builds(ColumnEmpty, st.just("kind")),
        st.builds(ColumnOver, st.just("amount"), AMOUNTS),
        st.builds(ColumnUnder, st.just("amount"), AMOUNTS),
        st.builds(ExpectedLossAtLeast, st.just("amount"), AMOUNTS),
        st.builds(Keywords, WORDS, st.sampled_from(Where)),
        st.just(UnlikeDecided()),
    )


def rules() -> st.SearchStrategy[Rule]:
    return st.builds(Rule, st.lists(conditions(), max_size=3).map(tuple), st.sampled_from(Route))


def policies() -> st.SearchStrategy[RoutingPolicy]:
    return st.builds(
        RoutingPolicy,
        st.lists(rules(), max_size=5).map(tuple),
        st.sampled_from(Route),
        st.none() | st.integers(1, 500),
        st.none() | st.integers(2, 4),
    )


@dataclass(frozen=True)
class Record:
    """What is known of one item. `probabilities` None: not scored."""

    text: str
    kind: str
    amount: float
    probabilities: tuple[float, ...] | None
    draw: float
    is_novel: bool = False


def records() -> st.SearchStrategy[list[Record]]:
    raw = st.tuples(*[st.integers(1, 20)] * 3).map(lambda parts: tuple(p / sum(parts) for p in parts))
    amount = st.sampled_from([math.nan, -7.0, 5.5, 10.0, 100.0, 1e6])
    one = st.builds(Record, CELLS, CELLS, amount, st.none() | raw, st.sampled_from([0.1, 0.3, 0.4, 0.9]), st.booleans())
    return st.lists(one, min_size=1, max_size=12)


def arrays(items: list[Record], policy: RoutingPolicy) -> tuple[Predicted, ItemFacts]:
    """The same as the program sees it."""
    rows = np.array([r.probabilities or (np.nan,) * 3 for r in items], np.float32)
    confidence = rows.max(axis=1)
    predicted = np.where(np.isfinite(confidence), rows.argmax(axis=1), -1).astype(np.int64)
    told = Predicted(confidence, predicted, rows, several=False, novel=np.array([r.is_novel for r in items]))
    asked = [c for rule in policy.rules for c in rule.conditions]
    masks = {c: np.array([_of_record(c, r) for r in items]) for c in asked if _is_of_record(c)}
    amounts = {"amount": np.array([r.amount for r in items])}
    return told, ItemFacts(POSITIONS, masks, amounts, np.array([r.draw for r in items], np.float32))


def sent(policy: RoutingPolicy, item: Record) -> tuple[int, Route]:
    """Which rule takes an item, and where it goes: as it is written in the guide, with no arrays."""
    for place, rule in enumerate(policy.rules):
        taken = _takes(rule, item)
        if taken is not None:
            route = Route.REVIEW if taken == "unclear" else rule.route
            return place, _watched(policy, item, route)
    unsuggested = policy.otherwise in AUTOMATIC_ROUTES and item.probabilities is None
    return len(policy.rules), _watched(policy, item, Route.REVIEW if unsuggested else policy.otherwise)


def _watched(policy: RoutingPolicy, item: Record, route: Route) -> Route:
    drawn = policy.audit_every is not None and np.float32(item.draw) < np.float32(1 / policy.audit_every)
    return Route.REVIEW if drawn and route in AUTOMATIC_ROUTES else route


def _takes(rule: Rule, item: Record) -> str | None:
    if rule.route in AUTOMATIC_ROUTES and item.probabilities is None:
        return None
    numeric = [c for c in rule.conditions if isinstance(c, ColumnOver | ColumnUnder | ExpectedLossAtLeast)]
    if not all(_holds(c, item) for c in rule.conditions if c not in numeric):
        return None
    if numeric and math.isnan(item.amount):
        return "unclear"
    return "taken" if all(_holds(c, item) for c in numeric) else None


def _is_of_record(condition: Condition) -> bool:
    return isinstance(condition, ColumnIs | ColumnIsNot | ColumnContains | ColumnEmpty | Keywords)


def _of_record(condition: Condition, item: Record) -> bool:
    kind = item.kind.strip().lower()
    match condition:
        case ColumnIs(_, values):
            return kind in values
        case ColumnIsNot(_, values):
            return kind not in values
        case ColumnContains(_, words):
            return any(word in kind for word in words)
        case ColumnEmpty():
            return not kind
        case Keywords(words, where):
            read = item.text if where is Where.TEXT else f"{item.text}\n{item.kind}"
            return any(word in read.lower() for word in words)
    raise AssertionError(condition)


def _holds(condition: Condition, item: Record) -> bool:
    if _is_of_record(condition):
        return _of_record(condition, item)
    if isinstance(condition, ColumnOver | ColumnUnder | ExpectedLossAtLeast):
        return _numeric(condition, item)
    if isinstance(condition, UnlikeDecided):
        return item.is_novel
    if item.probabilities is None:
        return False
    p = [float(np.float32(v)) for v in item.probabilities]
    sure = max(p)
    match condition:
        case ConfidenceAtLeast(limit):
            return sure >= float(np.float32(limit))
        case ConfidenceBelow(limit):
            return sure < float(np.float32(limit))
        case ProbabilityAtLeast(label, limit):
            return p[POSITIONS[label]] >= float(np.float32(limit))
        case ProbabilityBelow(label, limit):
            return p[POSITIONS[label]] < float(np.float32(limit))
        case PredictedIs(labels):
            return p.index(sure) in [POSITIONS[label] for label in labels]
    raise AssertionError(condition)


def _numeric(condition: Condition, item: Record) -> bool:
    sure = max(float(np.float32(v)) for v in item.probabilities) if item.probabilities else 0.0
    match condition:
        case ColumnOver(_, amount):
            return item.amount > amount
        case ColumnUnder(_, amount):
            return item.amount < amount
        case ExpectedLossAtLeast(_, amount):
            return (1 - sure) * item.amount >= amount
    raise AssertionError(condition)
