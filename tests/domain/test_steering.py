"""What an expert may steer: plans that can be kept, and those that cannot."""

import pytest

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.steering import LONGEST, MOST_RULES, NO_PLAN, PhraseRule, SteeringPlan, plan_of


def plan(*rules: PhraseRule) -> SteeringPlan:
    return SteeringPlan({1: 2.0, 2: 1.0}, rules, {"estimator": "auto"})


def test_a_plan_can_be_kept() -> None:
    made = plan(PhraseRule("card", 1), PhraseRule("card", 2, is_on=False))
    again = plan_of(made.plain())
    assert again.plain() == made.plain()
    assert again.class_weights == {1: 2.0}, "the usual weight is not worth a word"
    assert plan_of(NO_PLAN.plain()) == NO_PLAN


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ((PhraseRule("  ", 1),), "needs a word"),
        ((PhraseRule("x" * 201, 1),), "needs a word"),
        ((PhraseRule("Card", 1), PhraseRule("card", 1)), "already"),
        (tuple(PhraseRule(str(n), 1) for n in range(MOST_RULES + 1)), "at most"),
    ],
)
def test_what_cannot_be_a_rule_is_refused(rules: tuple[PhraseRule, ...], words: str) -> None:
    with pytest.raises(KnownError, match=words):
        plan(*rules).checked()


def test_what_can_be_a_rule_is_let_through_up_to_every_limit() -> None:
    two = plan(PhraseRule("x" * LONGEST, 1), PhraseRule("Card", 1), PhraseRule("card", 2))
    assert two.checked() is two
    many = plan(*(PhraseRule(str(n), 1) for n in range(MOST_RULES)))
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
