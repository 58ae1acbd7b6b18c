"""Conditions in words, each as a person would say it."""

import pytest

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
from hitl_desktop.domain.policy_words import condition_words, rule_words, when_words

KNOWN = Known(((7, "cat"), (3, "dog"), (5, "owl")), None, several=False, retired=((4, "emu"),))


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (ConfidenceAtLeast(0.9), "Confidence at least 0.90"),
        (ConfidenceAtLeast(0.975), "Confidence at least 0.975"),
        (ConfidenceAtLeast(0.12345), "Confidence at least 0.1235"),
        (ConfidenceBelow(1.0), "Confidence below 1"),
        (ConfidenceBelow(0.0), "Confidence below 0"),
        (ProbabilityAtLeast(7, 0.8), "Probability of cat at least 0.80"),
        (ProbabilityBelow(4, 0.25), "Probability of emu below 0.25"),
        (ProbabilityBelow(99, 0.25), "Probability of #99 below 0.25"),
        (PredictedIs((3,)), "Suggested as dog"),
        (PredictedIs((7, 3)), "Suggested as cat or dog"),
        (PredictedIs((7, 3, 5)), "Suggested as cat, dog or owl"),
        (FindingPresent(5), "owl is suggested"),
        (FindingPossible(5, 0.2), "owl is possible, at least 0.20"),
        (UnlikeDecided(), "Unlike anything decided"),
        (ExpectedLossAtLeast("amount", 250.5), "Expected loss on amount at least 250.5"),
        (ColumnIs("kind", ("red", "blue")), "kind is red or blue"),
        (ColumnIsNot("kind", ("red",)), "kind is not red"),
        (ColumnContains("kind", ("re",)), "kind contains “re”"),
        (ColumnOver("amount", 10.0), "amount over 10"),
        (ColumnUnder("amount", -2.5), "amount under -2.5"),
        (ColumnEmpty("kind"), "kind is empty"),
        (Keywords(("injury", "lawyer"), Where.TEXT), "Text has “injury” or “lawyer”"),
        (Keywords(("injury",), Where.ANYWHERE), "Text or a column has “injury”"),
    ],
)
def test_a_condition_is_said(condition: Condition, words: str) -> None:
    assert condition_words(condition, KNOWN).english().replace("−", "-") == words


def test_a_rule_is_called_by_its_name_or_by_what_it_asks() -> None:
    asks = (ColumnEmpty("kind"), ConfidenceBelow(0.5), PredictedIs((7,)))
    rule = Rule(asks, Route.REVIEW)
    assert rule_words(rule, KNOWN).english() == "kind is empty and Confidence below 0.50 and Suggested as cat"
    assert rule_words(Rule(asks, Route.REVIEW, "No kind"), KNOWN).english() == "No kind"
    assert when_words(Rule(asks[:1], Route.REVIEW, "No kind"), KNOWN).english() == "kind is empty"
    assert when_words(Rule((), Route.REVIEW), KNOWN).english() == "Every item"


def test_what_is_no_condition_has_no_words() -> None:
    with pytest.raises(KeyError):
        condition_words(Condition(), KNOWN)
