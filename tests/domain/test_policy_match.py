"""The first rule that matches sends an item its way: arrays say what reading rule by rule says."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitl_desktop.domain.policy import ROUTES, Route, RoutingPolicy, Rule, gate_policy, limit, with_limit
from hitl_desktop.domain.policy_conditions import (
    ColumnOver,
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
from hitl_desktop.domain.policy_match import ItemFacts, Predicted, mask_of, match, matching
from tests.domain.policies import Record, arrays, policies, records, sent


@given(policies(), records())
def test_arrays_route_as_reading_the_rules_does(policy: RoutingPolicy, items: list[Record]) -> None:
    routes = match(policy, *arrays(items, policy))
    assert [(int(rule), ROUTES[code]) for rule, code in zip(routes.rule, routes.route, strict=True)] == [
        sent(policy, item) for item in items
    ]
    assert not (routes.automatic & (routes.watched | routes.unclear)).any()


@given(policies(), records(), st.floats(0, 1))
def test_automatic_is_the_gate_above_the_limit_wherever_the_limit_is_put(
    policy: RoutingPolicy, items: list[Record], value: float
) -> None:
    def check(of: RoutingPolicy) -> np.ndarray:
        told, facts = arrays(items, of)
        gate = match(gate_policy(of), told, facts).automatic
        with np.errstate(invalid="ignore"):
            above = told.confidence >= np.float32(limit(of)) if limit(of) else told.is_scored
        np.testing.assert_array_equal(match(of, told, facts).automatic, gate & above)
        return gate

    check(policy)
    only_confidence = all(
        not isinstance(c, ProbabilityAtLeast) for rule in policy.rules if rule.is_automatic for c in rule.conditions
    )
    limits = {rule.limit for rule in policy.rules if rule.is_automatic}
    if only_confidence and len(limits) == 1 and 0.0 < limit(policy) < math.inf:
        np.testing.assert_array_equal(check(with_limit(policy, value)), check(policy))


@given(policies(), records())
def test_what_a_rule_takes_is_among_what_fits_it(policy: RoutingPolicy, items: list[Record]) -> None:
    told, facts = arrays(items, policy)
    routes = match(policy, told, facts)
    for place, rule in enumerate(policy.rules):
        fits = matching(rule, told, facts)
        assert not ((routes.rule == place) & ~fits).any()
        assert (routes.rule[fits] <= place).all()


def told(confidence: list[float]) -> Predicted:
    sure = np.array(confidence, np.float32)
    predicted = np.where(np.isfinite(sure), 0, -1)
    return Predicted(sure, predicted, np.stack([sure, 1 - sure], axis=1), several=False)


def test_a_cell_that_is_no_number_goes_to_review_by_the_rule_that_asks() -> None:
    policy = RoutingPolicy(
        (Rule((ColumnOver("amount", 100.0),), Route.ESCALATE), Rule((ConfidenceAtLeast(0.5),), Route.ACCEPT))
    )
    facts = ItemFacts(amounts={"amount": np.array([500.0, np.nan, 3.0, 3.0])})
    routes = match(policy, told([0.9, 0.9, 0.9, 0.2]), facts)
    assert routes.rule.tolist() == [0, 0, 1, 2]
    assert [ROUTES[code] for code in routes.route] == [Route.ESCALATE, Route.REVIEW, Route.ACCEPT, Route.REVIEW]
    assert routes.unclear.tolist() == [False, True, False, False]


def test_expected_loss_is_doubt_times_the_amount_and_what_is_not_scored_is_in_full_doubt() -> None:
    policy = RoutingPolicy((Rule((ExpectedLossAtLeast("amount", 50.0),), Route.REVIEW),), Route.ACCEPT)
    facts = ItemFacts(amounts={"amount": np.array([100.0, 1000.0, 60.0, 40.0])})
    routes = match(policy, told([0.9, 0.9, np.nan, np.nan]), facts)
    assert routes.rule.tolist() == [1, 0, 0, 1]
    assert routes.route_of(3) is Route.REVIEW, "everything else is accepted, but nothing is suggested here"


def test_the_watch_is_drawn_from_the_automatic_ones_alone() -> None:
    rules = (Rule((ConfidenceAtLeast(0.5),), Route.REMOVE),)
    facts = ItemFacts(draws=np.array([0.1, 0.9, 0.1, 0.3], np.float32))
    routes = match(RoutingPolicy(rules, audit_every=4), told([0.9, 0.9, 0.2, 0.9]), facts)
    assert routes.watched.tolist() == [True, False, False, False]
    assert routes.automatic.tolist() == [False, True, False, True]
    assert routes.rule.tolist() == [0, 0, 1, 0], "the rule that matched is kept"


def test_findings_are_asked_by_their_column_now() -> None:
    rows = np.array([[0.9, 0.1], [0.3, 0.7], [np.nan, np.nan]], np.float32)
    several = Predicted(np.array([0.9, 0.7, np.nan], np.float32), np.array([0b01, 0b10, -1]), rows, several=True)
    facts = ItemFacts({4: 1, 9: 0})
    present, possible = Rule((FindingPresent(4),), Route.REVIEW), Rule((FindingPossible(9, 0.25),), Route.REVIEW)
    assert matching(present, several, facts).tolist() == [False, True, False]
    assert matching(possible, several, facts).tolist() == [True, True, False]
    assert not matching(present, several, ItemFacts({9: 0})).any(), "a class that counts nowhere any more"


def test_a_policy_is_not_routed_without_what_it_asks() -> None:
    policy = RoutingPolicy((Rule((ColumnOver("amount", 1.0),), Route.REVIEW),))
    with pytest.raises(KeyError):
        match(policy, told([0.5]), ItemFacts())


def test_an_item_at_the_limit_itself_is_at_least_it_and_not_below() -> None:
    sure = np.array([0.4, 0.5, 0.6, np.nan], np.float32)
    told = Predicted(sure, np.array([0, 0, 0, -1]), None, several=False)
    assert mask_of(ConfidenceAtLeast(0.5), told, ItemFacts()).tolist() == [False, True, True, False]
    assert mask_of(ConfidenceBelow(0.5), told, ItemFacts()).tolist() == [True, False, False, False]


def test_what_was_taken_back_goes_to_a_person_and_keeps_its_rule() -> None:
    rules = (Rule((ConfidenceAtLeast(0.5),), Route.REMOVE), Rule((), Route.ESCALATE))
    facts = ItemFacts(recalled=np.array([True, False, True]))
    routes = match(RoutingPolicy(rules), told([0.9, 0.9, 0.2]), facts)
    assert [routes.route_of(i) for i in range(3)] == [Route.REVIEW, Route.REMOVE, Route.ESCALATE]
    assert routes.rule.tolist() == [0, 0, 1]
    assert len(routes) == 3


def test_a_class_that_the_model_does_not_know_yet_has_the_probability_nothing() -> None:
    facts = ItemFacts({7: 0, 3: 1, 5: 2})  # the class 5 came after the model, which has two columns
    sure = told([0.9, 0.2, np.nan])
    assert mask_of(ProbabilityAtLeast(5, 0.1), sure, facts).tolist() == [False] * 3
    assert mask_of(ProbabilityAtLeast(5, 0.0), sure, facts).tolist() == [True, True, False]
    assert mask_of(ProbabilityBelow(5, 0.1), sure, facts).tolist() == [True, True, False]
    assert mask_of(ProbabilityAtLeast(99, 0.0), sure, facts).tolist() == [False] * 3, "a class of nowhere"
    assert mask_of(PredictedIs((5, 99)), sure, facts).tolist() == [False] * 3
    silent = Predicted(sure.confidence, sure.predicted, None, several=False)
    assert mask_of(ProbabilityAtLeast(7, 0.0), silent, facts).tolist() == [False] * 3


def test_an_item_that_came_since_is_not_said_to_be_unlike_the_others() -> None:
    sure = Predicted(np.zeros(3, np.float32), np.zeros(3, np.int64), None, several=False, novel=np.array([False, True]))
    assert mask_of(UnlikeDecided(), sure, ItemFacts()).tolist() == [False, True, False]
    assert mask_of(UnlikeDecided(), told([0.9, 0.9]), ItemFacts()).tolist() == [False, False]


def test_a_condition_is_worked_out_once_where_answers_are_kept() -> None:
    rule = Rule((ConfidenceAtLeast(0.5),), Route.REVIEW)
    kept: dict[Condition, np.ndarray] = {}
    assert matching(rule, told([0.9, 0.1]), ItemFacts(), kept).tolist() == [True, False]
    assert list(kept) == [ConfidenceAtLeast(0.5)]
    kept[ConfidenceAtLeast(0.5)] = np.array([False, True])
    assert matching(rule, told([0.9, 0.1]), ItemFacts(), kept).tolist() == [False, True]


def test_what_is_no_condition_is_refused() -> None:
    with pytest.raises(KeyError):
        mask_of(Condition(), told([0.5]), ItemFacts())
