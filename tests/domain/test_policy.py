"""Policies as JSON, their limit, and what a certificate holds them by."""

import json
import math
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.policy import (
    FORMAT,
    MOST_RULES,
    Route,
    RoutingPolicy,
    Rule,
    gate_digest,
    gate_policy,
    limit,
    policy_of,
    starting_policy,
    with_limit,
)
from hitl_desktop.domain.policy_conditions import (
    CONDITIONS,
    ColumnOver,
    ConfidenceAtLeast,
    FindingPresent,
    Keywords,
    Known,
    PredictedIs,
    ProbabilityAtLeast,
)
from hitl_desktop.domain.policy_words import condition_words, when_words
from hitl_desktop.domain.sentences import Sentence
from tests.domain.policies import KNOWN, policies


@given(policies())
def test_a_policy_comes_back_from_json_with_ids_and_with_names(policy: RoutingPolicy) -> None:
    for known in (None, KNOWN):
        assert policy_of(json.loads(json.dumps(policy.plain(known))), known) == policy


@given(policies())
def test_every_condition_has_words(policy: RoutingPolicy) -> None:
    for rule in policy.rules:
        words = str(when_words(rule, KNOWN))
        assert words
        assert "{" not in words
        for condition in rule.conditions:
            said = condition_words(condition, KNOWN)
            assert isinstance(said, Sentence)
            assert str(said) in words


def rule_file(condition: object, **more: object) -> dict[str, object]:
    rules = [{"when": [], "then": "review"}, {"when": [{"condition": "column_empty", "column": "kind"}, condition]}]
    rules[1]["then"] = "accept"  # type: ignore[index]
    return {"hitl_policy": FORMAT, "rules": rules, "otherwise": "review", **more}


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ({"condition": "column_over", "column": "sum", "amount": 5}, "no column named sum"),
        ({"condition": "column_over", "column": "amount", "amount": "5"}, "An amount is a number, not 5"),
        ({"condition": "column_over", "column": "amount", "amount": math.nan}, "An amount is a number, not NaN"),
        ({"condition": "column_over", "column": "amount", "amount": 10**400}, "An amount is a number"),
        ({"condition": "expected_loss_at_least", "column": "amount", "amount": math.inf}, "An amount is a number"),
        ({"condition": "confidence_at_least", "limit": 94}, "from 0 to 1, not 94"),
        ({"condition": "confidence_at_least", "limit": True}, "from 0 to 1"),
        ({"condition": "confidence_at_least", "limit": math.nan}, "from 0 to 1, not NaN"),
        ({"condition": "confidence_at_least"}, "needs the field limit"),
        ({"condition": "confidence_at_least", "limit": 0.5, "class": "cat"}, "no field named class"),
        ({"condition": "predicted_is", "labels": ["cat", "fox"]}, "no class named fox"),
        ({"condition": "predicted_is", "labels": []}, "at least one entry"),
        ({"condition": "predicted_is", "labels": [7]}, "A class is a name, not 7"),
        ({"condition": "finding_present", "label": "cat"}, "several findings per item"),
        ({"condition": "keywords", "words": [" "], "where": "text"}, "a text that is not empty"),
        ({"condition": "keywords", "words": ["x"], "where": "title"}, "not title"),
        ({"condition": "column_empty", "column": ""}, "A column is a name, not ."),
        ({"condition": "column_empty", "column": 7}, "A column is a name, not 7."),
        ({"condition": "column_is", "column": "kind", "values": [7]}, "a text that is not empty, not 7"),
        ({"condition": "column_is", "column": "kind", "values": ["x" * 61, 3, {}]}, "not 3"),
        ({"condition": "predicted_is", "labels": "c" * 60}, "not " + "c" * 60 + "."),
        ({"condition": "predicted_is", "labels": "c" * 61}, "not " + "c" * 59 + "…."),
        ({"condition": "moon_is_full"}, "no condition named moon_is_full"),
        ({}, "no condition named null"),
        ("confidence > 0.9", "A condition is a JSON object"),
    ],
)
def test_what_a_file_gets_wrong_is_told_with_its_place(condition: object, said: str) -> None:
    with pytest.raises(KnownError) as refused:
        policy_of(rule_file(condition), KNOWN)
    assert refused.value.message.startswith("Rule 2, condition 2: ")
    assert said in refused.value.message


@pytest.mark.parametrize(
    ("plain", "said"),
    [
        ([], "not a routing policy"),
        ({"rules": []}, "not a routing policy"),
        ({"hitl_policy": FORMAT + 1, "rules": []}, "newer version of the program (form 2, here 1)"),
        ({"hitl_policy": "1", "rules": []}, "is not a number"),
        ({"hitl_policy": 1, "otherwise": "review"}, "The policy: “rules” is a list"),
        ({"hitl_policy": 1, "rules": [], "otherwise": "burn"}, "Otherwise: There is no route named burn."),
        ({"hitl_policy": 1, "rules": [], "otherwise": "review", "daily_capacity": 0}, "Daily_capacity: A whole"),
        ({"hitl_policy": 1, "rules": [], "otherwise": "review", "audit_every": 1}, "Audit_every: A whole number"),
        ({"hitl_policy": 1, "rules": [], "otherwise": "review", "extra": 1}, "nothing named extra"),
        ({"hitl_policy": 1, "rules": [{"when": [], "then": "burn"}]}, "Rule 1: There is no route named burn."),
        ({"hitl_policy": 1, "rules": [{"when": {}, "then": "accept"}]}, "Rule 1: “when” is a list"),
        ({"hitl_policy": 1, "rules": [{"if": [], "then": "accept"}]}, "Rule 1: There is nothing named if."),
        ({"hitl_policy": 1, "rules": ["accept"]}, "Rule 1: A rule is a JSON object."),
        ({"hitl_policy": 1, "rules": [{"name": 7, "when": [], "then": "review"}]}, "Rule 1: The name is not a text."),
        ({"hitl_policy": 0, "rules": []}, "is not a number"),
        ({"hitl_policy": True, "rules": []}, "is not a number"),
        ({"hitl_policy": 1, "rules": [{}] * (MOST_RULES + 1)}, "at most"),
        ({"hitl_policy": 1, "rules": [], "otherwise": "review", "audit_every": True}, "Audit_every: A whole number"),
        ({"hitl_policy": 1, "rules": [], "otherwise": "review", "daily_capacity": 10**9 + 1}, "Daily_capacity: A"),
    ],
)
def test_what_is_no_policy_is_refused(plain: object, said: str) -> None:
    with pytest.raises(KnownError) as refused:
        policy_of(plain, KNOWN)
    assert said in refused.value.message


WORDS = st.sampled_from([*CONDITIONS, *(route.value for route in Route), "cat", "kind", "amount", "text", "", "x"])
KEYS = st.sampled_from(
    ["condition", "limit", "amount", "label", "labels", "column", "values", "words", "where", "name", "when", "then"]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=8,
)


@given(VALUES, st.lists(VALUES, max_size=3), VALUES, VALUES)
def test_no_file_does_more_than_be_refused(
    condition: object, rules: list[object], otherwise: object, n: object
) -> None:
    for plain in (
        condition,
        rule_file(condition),
        {"hitl_policy": 1, "rules": rules, "otherwise": otherwise, "daily_capacity": n, "audit_every": n},
    ):
        for known in (None, KNOWN):
            with suppress(KnownError):  # anything else would be a bug
                policy = policy_of(plain, known)
                assert policy_of(policy.plain(known), known) == policy


def test_conditions_on_classes_are_refused_where_findings_are_decided() -> None:
    several = Known(KNOWN.classes, KNOWN.columns, several=True)
    with pytest.raises(KnownError, match="one class per item"):
        policy_of(rule_file({"condition": "predicted_is", "labels": ["cat"]}), several)
    assert policy_of(rule_file({"condition": "finding_present", "label": "dog"}), several).rules[1].conditions[1] == (
        FindingPresent(3)
    )


def test_the_table_of_conditions_is_named_by_their_kinds() -> None:
    assert {name: made.kind for name, made in CONDITIONS.items()} == {name: name for name in CONDITIONS}


ACCEPT = Rule((ConfidenceAtLeast(0.9),), Route.ACCEPT)
REMOVE = Rule((ProbabilityAtLeast(7, 0.85),), Route.REMOVE)
LARGE = Rule((ColumnOver("amount", 100.0),), Route.REVIEW)


def test_the_limit_is_the_smallest_of_the_automatic_rules() -> None:
    assert limit(starting_policy(0.7)) == 0.7
    assert limit(RoutingPolicy((LARGE, ACCEPT, REMOVE))) == 0.85
    assert limit(RoutingPolicy((LARGE,))) == math.inf
    assert limit(RoutingPolicy((ACCEPT,), Route.ACCEPT)) == 0.0
    assert limit(RoutingPolicy((ACCEPT, Rule((ProbabilityAtLeast(7, 0.4),), Route.REMOVE)))) == 0.0


def test_moving_the_limit_leaves_larger_ones() -> None:
    moved = with_limit(RoutingPolicy((LARGE, ACCEPT, REMOVE)), 0.7)
    assert moved.rules[1] == ACCEPT
    assert moved.rules[2] == Rule((ProbabilityAtLeast(7, 0.7),), Route.REMOVE)
    with pytest.raises(KnownError, match="No automatic rule has a confidence limit"):
        with_limit(RoutingPolicy((LARGE,)), 0.5)


def test_the_digest_changes_with_what_decides_and_with_nothing_else() -> None:
    policy = RoutingPolicy((LARGE, ACCEPT), audit_every=20)
    digest = gate_digest(policy)
    same = [
        with_limit(policy, 0.95),
        replace(policy, daily_capacity=50, version=9),
        replace(policy, rules=(replace(LARGE, name="Large sums", route=Route.ESCALATE), ACCEPT)),
        replace(policy, rules=(*policy.rules, Rule((Keywords(("x",)),), Route.ESCALATE))),
        replace(policy, otherwise=Route.SECOND_READER),
    ]
    others = [
        replace(policy, rules=(ACCEPT, LARGE)),
        replace(policy, rules=(Rule((ColumnOver("amount", 99.0),), Route.REVIEW), ACCEPT)),
        replace(policy, rules=(LARGE, replace(ACCEPT, route=Route.REMOVE))),
        replace(policy, audit_every=None),
        replace(policy, rules=(*policy.rules, REMOVE)),
        replace(policy, otherwise=Route.ACCEPT),
    ]
    assert [gate_digest(one) == digest for one in same] == [True] * len(same)
    assert [gate_digest(one) == digest for one in others] == [False] * len(others)
    assert len({gate_digest(one) for one in others}) == len(others)


def test_in_the_project_a_class_is_a_number() -> None:
    for value, said in (("cat", "A class is a number here, not cat"), (True, "not true"), (1.5, "not 1.5")):
        with pytest.raises(KnownError) as refused:
            policy_of(rule_file({"condition": "predicted_is", "labels": [value]}))
        assert said in refused.value.message


def test_a_value_that_json_does_not_know_is_shown_all_the_same() -> None:
    with pytest.raises(KnownError, match=r"not \(1\+2j\)"):
        policy_of(rule_file({"condition": "column_empty", "column": 1 + 2j}))


def test_a_limit_moves_and_opens_beside_the_other_conditions_of_its_rule() -> None:
    rule = Rule((ColumnOver("amount", 5.0), ConfidenceAtLeast(0.9), ProbabilityAtLeast(7, 0.8)), Route.ACCEPT, "Large")
    moved = with_limit(RoutingPolicy((rule,)), 0.7).rules[0]
    assert moved.conditions[0] == ColumnOver("amount", 5.0)
    assert moved.limit == 0.7
    opened = gate_policy(RoutingPolicy((rule,))).rules[0]
    assert ColumnOver("amount", 5.0) in opened.conditions
    assert PredictedIs((7,)) in opened.conditions
    assert opened.limit == 0.0
    assert (opened.route, opened.name) == (Route.ACCEPT, "Large")


def test_every_rule_has_its_route_and_so_has_everything_else() -> None:
    policy = RoutingPolicy((LARGE, ACCEPT), Route.SECOND_READER)
    assert [policy.route_of(rule) for rule in range(3)] == [LARGE.route, Route.ACCEPT, Route.SECOND_READER]


def test_a_class_is_named_whether_or_not_it_is_still_offered() -> None:
    known = Known(((7, "cat"),), None, several=False, retired=((4, "emu"),))
    assert [known.name(label) for label in (7, 4, 5)] == ["cat", "emu", "#5"]
    assert known.label_id("cat") == 7
    with pytest.raises(KnownError, match="no class named emu"):
        known.label_id("emu")


def test_a_policy_may_have_as_many_rules_as_are_allowed() -> None:
    rules = [{"when": [], "then": "review"}] * MOST_RULES
    plain = {"hitl_policy": FORMAT, "rules": rules, "otherwise": "accept", "daily_capacity": 10**9, "audit_every": 2}
    policy = policy_of(plain)
    assert len(policy.rules) == MOST_RULES
    assert (policy.otherwise, policy.daily_capacity, policy.audit_every) == (Route.ACCEPT, 10**9, 2)
