"""What an expert may steer: plans that can be kept, and those that cannot."""

import json

import pytest

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.policy_conditions import ColumnIs, ColumnOver, ConfidenceBelow, Keywords
from hitl_desktop.domain.steering import LONGEST, MOST_CONDITIONS, MOST_RULES, NO_PLAN, ClassRule, SteeringPlan, plan_of

LARGE = (ColumnOver("amount", 500.0), ColumnIs("country", ("PT", "ES")))


def plan(*rules: ClassRule) -> SteeringPlan:
    return SteeringPlan({1: 2.0, 2: 1.0}, rules, {"estimator": "auto"})


def test_a_plan_can_be_kept() -> None:
    made = plan(ClassRule.of_phrase("card", 1), ClassRule.of_phrase("card", 2, is_on=False))
    again = plan_of(made.plain())
    assert again.plain() == made.plain()
    assert made.plain()["rules"][0] == ["card", 1, True], "a phrase alone is written as it always was"
    assert again.class_weights == {1: 2.0}, "the usual weight is not worth a word"
    assert plan_of(NO_PLAN.plain()) == NO_PLAN


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ((ClassRule.of_phrase("  ", 1),), "needs a word"),
        ((ClassRule.of_phrase("x" * 201, 1),), "needs a word"),
        ((ClassRule((), 1),), "needs a word"),
        ((ClassRule((ColumnIs("country", ("  ",)),), 1),), "needs a word"),
        ((ClassRule((ConfidenceBelow(0.5),), 1),), "not what a model says"),
        ((ClassRule(tuple(ColumnOver("a", float(n)) for n in range(MOST_CONDITIONS + 1)), 1),), "conditions at most"),
        ((ClassRule(LARGE, 1), ClassRule(LARGE[::-1], 1)), "such a rule already"),
        ((ClassRule.of_phrase("Card", 1), ClassRule.of_phrase("card", 1)), "already"),
        (tuple(ClassRule.of_phrase(str(n), 1) for n in range(MOST_RULES + 1)), "at most"),
    ],
)
def test_what_cannot_be_a_rule_is_refused(rules: tuple[ClassRule, ...], words: str) -> None:
    with pytest.raises(KnownError, match=words):
        plan(*rules).checked()


def test_rules_with_conditions_are_kept_beside_phrases() -> None:
    made = plan(ClassRule(LARGE, 1), ClassRule((Keywords(("card", "visa")), *LARGE), 2, is_on=False))
    again = plan_of(json.loads(json.dumps(made.plain())))
    assert again.rules == made.rules
    assert [rule.phrase for rule in (*made.rules, ClassRule.of_phrase("card", 1))] == [None, None, "card"]
    assert plan(ClassRule(LARGE, 1), ClassRule(LARGE, 2)).checked(), "rules for two classes may ask the same"


def test_a_damaged_rule_is_no_plan() -> None:
    with pytest.raises(ValueError, match="needs the field amount"):
        plan_of({"class_weights": {}, "rules": [[[{"condition": "column_over"}], 1, True]], "choices": {}})


def test_what_can_be_a_rule_is_let_through_up_to_every_limit() -> None:
    two = plan(ClassRule.of_phrase("x" * LONGEST, 1), ClassRule.of_phrase("Card", 1), ClassRule.of_phrase("card", 2))
    assert two.checked() is two
    many = plan(*(ClassRule.of_phrase(str(n), 1) for n in range(MOST_RULES)))
    assert many.checked() is many


@pytest.mark.parametrize(
    "plain",
    [
        None,
        {},
        {"class_weights": {"one": 2}, "rules": [], "choices": {}},
        {"class_weights": {}, "rules": [["card"]], "choices": {}},
        {"class_weights": {}, "rules": 7, "choices": {}},
    ],
)
def test_what_is_no_plan_is_refused(plain: object) -> None:
    with pytest.raises((ValueError, TypeError, LookupError)):
        plan_of(plain)
