"""What is odd about a policy is told, and never wrongly."""

from dataclasses import replace

import pytest
from hypothesis import given

from hitl_desktop.domain.policy import Route, RoutingPolicy, Rule, starting_policy
from hitl_desktop.domain.policy_checks import NOTES, RuleCount, Sort, oddities
from hitl_desktop.domain.policy_conditions import (
    ColumnContains,
    ColumnEmpty,
    ColumnIs,
    ColumnIsNot,
    ColumnOver,
    ColumnUnder,
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
from hitl_desktop.domain.policy_match import match, matching
from tests.domain.policies import Record, arrays, policies, records


@given(policies(), records())
def test_what_is_said_never_to_match_never_does(policy: RoutingPolicy, items: list[Record]) -> None:
    told, facts = arrays(items, policy)
    routes = match(policy, told, facts)
    for odd in oddities(policy):
        if odd.sort is Sort.UNREACHABLE:
            assert not (routes.rule == odd.rule).any()
        if odd.sort is Sort.CONTRADICTION:
            fits = matching(policy.rules[odd.rule], told, facts) & ~routes.unclear
            assert not (fits & (routes.rule == odd.rule)).any()


def sorts(*rules: Rule, otherwise: Route = Route.REVIEW) -> list[tuple[int, Sort]]:
    return [(odd.rule, odd.sort) for odd in oddities(RoutingPolicy(rules, otherwise))]


def accept(*conditions: object) -> Rule:
    return Rule(conditions, Route.ACCEPT)  # type: ignore[arg-type]


def review(*conditions: object) -> Rule:
    return Rule(conditions, Route.REVIEW)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        (review(), review(ColumnEmpty("a"))),
        (review(ConfidenceAtLeast(0.5)), review(ConfidenceAtLeast(0.8))),
        (review(ConfidenceBelow(0.8)), review(ConfidenceBelow(0.5), ColumnEmpty("a"))),
        (accept(ConfidenceAtLeast(0.8)), review(ProbabilityAtLeast(7, 0.9))),
        (review(PredictedIs((7, 3))), review(PredictedIs((3,)))),
        (review(ColumnOver("a", 5)), review(ColumnOver("a", 6))),
        (review(Keywords(("injury", "LAWYER"), Where.ANYWHERE)), review(Keywords(("lawyer",), Where.TEXT))),
        (review(ColumnContains("a", ("re",))), review(ColumnIs("a", ("Red",)))),
        (review(ColumnIsNot("a", ("red",))), review(ColumnEmpty("a"))),
        (review(ColumnIs("a", ("Red", "blue"))), review(ColumnIs("a", ("red",)))),
        (review(ColumnIsNot("a", ("red",))), review(ColumnIsNot("a", ("RED", "blue")))),
        (review(ColumnContains("a", ("red", "blue"))), review(ColumnContains("a", ("Blue",)))),
        (review(Keywords(("a", "b"), Where.TEXT)), review(Keywords(("a",), Where.TEXT))),
        (review(FindingPossible(4, 0.5)), review(FindingPresent(4))),
        (review(FindingPossible(4, 0.2)), review(FindingPossible(4, 0.3))),
        (review(ColumnUnder("a", 6)), review(ColumnUnder("a", 5))),
        (review(ProbabilityBelow(7, 0.6)), review(ProbabilityBelow(7, 0.5))),
        (review(ExpectedLossAtLeast("a", 5)), review(ExpectedLossAtLeast("a", 6))),
        (accept(ConfidenceAtLeast(0.8)), accept(ConfidenceAtLeast(0.9), ColumnEmpty("a"))),
    ],
)
def test_a_rule_that_an_earlier_one_covers_is_unreachable(earlier: Rule, later: Rule) -> None:
    assert (1, Sort.UNREACHABLE) in sorts(earlier, later)
    assert (1, Sort.UNREACHABLE) not in sorts(later, earlier)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (PredictedIs((7, 3)), PredictedIs((3, 7))),
        (ColumnIs("a", ("Red", "blue")), ColumnIs("a", ("BLUE", "red"))),
        (ColumnIsNot("a", ("Red", "blue")), ColumnIsNot("a", ("BLUE", "red"))),
        (ColumnContains("a", ("Red", "blue")), ColumnContains("a", ("BLUE", "red"))),
        (Keywords(("Red", "blue"), Where.TEXT), Keywords(("BLUE", "red"), Where.TEXT)),
    ],
)
def test_two_rules_that_say_the_same_in_another_order_or_case_cover_each_other(one: object, other: object) -> None:
    assert (1, Sort.UNREACHABLE) in sorts(review(one), review(other))
    assert (1, Sort.UNREACHABLE) in sorts(review(other), review(one))


def test_an_automatic_rule_covers_nothing_that_has_no_suggestion() -> None:
    assert (1, Sort.UNREACHABLE) not in sorts(accept(), review(ColumnEmpty("a")))


@pytest.mark.parametrize(
    "rule",
    [
        review(ConfidenceAtLeast(0.8), ConfidenceBelow(0.8)),
        review(ColumnOver("a", 5), ColumnUnder("a", 5)),
        review(PredictedIs((7,)), PredictedIs((3,))),
        review(ColumnIs("a", ("x",)), ColumnEmpty("a")),
        review(ProbabilityAtLeast(7, 0.6), ProbabilityAtLeast(3, 0.5)),
        review(ProbabilityAtLeast(7, 0.6), ConfidenceBelow(0.6)),
        review(ConfidenceBelow(0.6), ProbabilityAtLeast(7, 0.7)),
        review(ProbabilityAtLeast(7, 0.6), ProbabilityBelow(7, 0.6)),
        review(ProbabilityAtLeast(7, 0.51), PredictedIs((3, 5))),
        review(ColumnIs("a", ("x", "Y")), ColumnIs("a", ("z",))),
        review(ColumnIs("a", ("x",)), ColumnIsNot("a", ("X", "y"))),
        review(ColumnEmpty("a"), ColumnContains("a", ("x",))),
        review(ColumnEmpty("b"), ColumnOver("a", 6), ColumnUnder("a", 5)),
    ],
)
def test_conditions_that_exclude_each_other_are_told(rule: Rule) -> None:
    assert (0, Sort.CONTRADICTION) in sorts(rule)


@pytest.mark.parametrize(
    "rule",
    [
        review(ConfidenceAtLeast(0.79), ConfidenceBelow(0.8)),
        review(ColumnOver("a", 4.9), ColumnUnder("a", 5)),
        review(ColumnOver("a", 5), ColumnUnder("b", 5)),
        review(PredictedIs((7, 3)), PredictedIs((3,))),
        review(ColumnIs("a", ("x",)), ColumnEmpty("b")),
        review(ProbabilityAtLeast(7, 0.5), ProbabilityAtLeast(3, 0.5)),
        review(ProbabilityAtLeast(7, 0.6), ProbabilityAtLeast(7, 0.5)),
        review(ProbabilityAtLeast(7, 0.59), ConfidenceBelow(0.6)),
        review(ProbabilityAtLeast(7, 0.6), ProbabilityBelow(3, 0.6)),
        review(ProbabilityAtLeast(7, 0.5), PredictedIs((3,))),
        review(ProbabilityAtLeast(7, 0.6), PredictedIs((3, 7))),
        review(ColumnIs("a", ("x",)), ColumnIs("b", ("y",))),
        review(ColumnIs("a", ("x", "y")), ColumnIsNot("a", ("x",))),
    ],
)
def test_conditions_that_an_item_can_have_together_are_not(rule: Rule) -> None:
    assert sorts(rule) == []


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        (review(ConfidenceAtLeast(0.8)), review(ProbabilityAtLeast(7, 0.7))),
        (review(PredictedIs((7,))), review(PredictedIs((7, 3)))),
        (review(ColumnOver("a", 5)), review(ColumnOver("b", 6))),
        (review(ProbabilityAtLeast(3, 0.5)), review(ProbabilityAtLeast(7, 0.9))),
        (review(ColumnContains("a", ("y", "x"))), review(ColumnIs("a", ("Red",)))),
        (review(ColumnContains("a", ("re",))), review(ColumnIs("a", ("Red", "blue")))),
        (review(ColumnIsNot("b", ("red",))), review(ColumnEmpty("a"))),
        (review(FindingPossible(4, 0.6)), review(FindingPresent(4))),
        (review(FindingPossible(5, 0.5)), review(FindingPresent(4))),
        (review(Keywords(("a",), Where.TEXT)), review(Keywords(("a",), Where.ANYWHERE))),
        (review(ColumnEmpty("a")), review(ColumnEmpty("b"))),
        (review(ColumnEmpty("a"), ConfidenceBelow(0.5)), review(ColumnEmpty("a"))),
        (accept(ConfidenceAtLeast(0.0)), review(ExpectedLossAtLeast("a", 5))),
    ],
)
def test_a_rule_that_may_still_be_reached_is_not_told(earlier: Rule, later: Rule) -> None:
    assert (1, Sort.UNREACHABLE) not in sorts(earlier, later)


def test_only_what_the_items_show_is_a_note() -> None:
    policy = RoutingPolicy((review(ColumnOver("a", 1)),), Route.ACCEPT)
    unclear = oddities(policy, [RuleCount(4, 4, 4, 0, 1, 0), RuleCount(0, 0, 0, 0, 0, 0)])
    assert [(odd.sort, odd.is_note) for odd in unclear] == [(odd.sort, odd.sort in NOTES) for odd in unclear]
    assert "1 item has no number" in str(unclear[0].words)
    assert [odd.is_note for odd in oddities(policy)] == [False]


def test_an_automatic_route_without_a_limit_is_told() -> None:
    assert sorts(accept(ColumnEmpty("a"))) == [(0, Sort.NO_LIMIT)]
    assert sorts(otherwise=Route.REMOVE) == [(0, Sort.NO_LIMIT)]
    assert sorts(review(ConfidenceBelow(0.9)), otherwise=Route.ACCEPT) == [], "what is unsure is kept back before"
    assert oddities(starting_policy(0.9)) == ()


def test_what_the_items_show_is_told_in_words() -> None:
    policy = RoutingPolicy((review(ColumnOver("a", 1)), review(ColumnEmpty("b")), accept(ConfidenceAtLeast(0.9))))
    none = RuleCount(0, 0, 0, 0, 0, 0)
    counts = [
        RuleCount(4, 4, 4, 0, 3, 0),
        replace(none, fitting=2, elsewhere=0),
        RuleCount(9, 9, 12, 1, 0, 0),
        RuleCount(1, 1, 1, 0, 0, 0),
    ]
    told = [(odd.sort, str(odd.words)) for odd in oddities(policy, counts)]
    assert told == [
        (Sort.UNCLEAR, "3 items have no number where rule 1 asks for one. They go to review."),
        (Sort.SHADOWED, "Rule 2 decides nothing here: earlier rules take the 2 items that fit it."),
        (Sort.OVERLAP, "1 item that fits rule 3 goes another way by an earlier rule."),
    ]
    assert [odd.sort for odd in oddities(policy, [none] * 4)] == [Sort.NO_ITEM] * 3


def test_a_rule_on_one_value_is_covered_by_one_that_excludes_another() -> None:
    excludes = review(ColumnIsNot("a", ("Red", "blue")))
    assert sorts(excludes, review(ColumnIs("a", ("green",)))) == [(1, Sort.UNREACHABLE)]
    assert sorts(excludes, review(ColumnIs("a", ("red",)))) == []
    assert sorts(excludes, review(ColumnIs("b", ("green",)))) == []
