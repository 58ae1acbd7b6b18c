"""The advice on stopping, on curves that are known."""

from collections.abc import Sequence

import numpy as np
import pytest

from hitl_desktop.assurance.strata import Strata
from hitl_desktop.store.models import ModelVersion
from hitl_desktop.workflow.check_scores import Answers
from hitl_desktop.workflow.measuring import MeasuringSample
from hitl_desktop.workflow.stopping import Stability, StopAdvice, stability, stop_advice


def advice(
    accuracies: Sequence[float],
    *,
    checks: int,
    step: int = 40,
    change: Stability | None = None,
    origin: str = "trained",
    in_use: int | None = None,
) -> StopAdvice:
    """Advice for versions of these accuracies; each is right on the first so many checks."""
    truth = np.ones(checks, np.int64)
    sample = MeasuringSample(np.arange(checks), truth, Strata(np.zeros(checks, np.int64), np.array([9000, 0])), checks)
    measured = []
    for number, accuracy in enumerate(accuracies, 1):
        predicted = (np.arange(checks) < round(accuracy * checks)).astype(np.int64)
        model = ModelVersion(number, origin, "", "", number * step, 0, trained_hash="h")
        measured.append((model, Answers(predicted, np.ones(checks), np.zeros((checks, 2)))))
    return stop_advice(sample, measured, change, seed=0, in_use=in_use or len(accuracies))


def test_a_flat_curve_with_settled_suggestions_may_stop() -> None:
    flat = [0.80, 0.90, 0.948, 0.95, 0.95, 0.95, 0.95, 0.95]
    found = advice(flat, checks=500, step=160, change=Stability(8, 7, 60, 12_400))
    assert found.answer == "Yes, probably"
    assert found.words == (
        "Another 50 decisions would likely add 0 to 1 point. "
        "Between v7 and v8, 60 of 12,400 suggestions changed (0.5 %)."
    )


def test_few_checks_stop_nobody_for_good_and_say_how_low_it_may_be() -> None:
    flat = [0.80, 0.90, 0.95, 0.95, 0.95, 0.95, 0.95, 0.95]
    found = advice(flat, checks=40, step=160, change=Stability(8, 7, 60, 12_400))
    assert found.answer == "Nearly"
    assert found.words.endswith("On 40 random checks, accuracy may be as low as 83 %.")


def test_the_accuracy_that_is_spoken_of_is_that_of_the_version_in_use() -> None:
    flat = [0.80, 0.90, 0.95, 0.95, 0.95, 0.95, 0.95, 0.5]
    change = Stability(8, 7, 60, 12_400)
    assert "as low as 35 %" in advice(flat, checks=40, step=160, change=change).words
    assert "as low as 83 %" in advice(flat, checks=40, step=160, change=change, in_use=7).words
    assert advice(flat, checks=40, in_use=9).words == "The model in use was not scored on the checks yet."


def test_a_rising_curve_goes_on() -> None:
    found = advice([0.50, 0.60, 0.67, 0.72, 0.76], checks=400, step=20, change=Stability(5, 4, 900, 10_000))
    assert found.answer == "Not yet"
    assert "would likely add" in found.words
    assert "(9.0 %)" in found.words


def test_suggestions_that_still_change_go_on_though_accuracy_is_flat() -> None:
    flat = [0.80, 0.90, 0.948, 0.95, 0.95, 0.95, 0.95, 0.95]
    assert advice(flat, checks=500, step=160, change=Stability(8, 7, 900, 10_000)).answer == "Not yet"
    assert advice(flat, checks=500, step=160, change=None).answer == "Not yet"


@pytest.mark.parametrize(
    ("accuracies", "checks", "why"),
    [
        ([0.8, 0.9], 0, "There are no random checks yet. One item in 10 you are asked is one."),
        ([0.5, 0.6, 0.7, 0.8], 12, "It takes 30 random checks to tell; there are 12."),
        ([0.8, 0.9], 200, "It takes 4 trained versions to tell; 2 can be compared."),
    ],
)
def test_too_early_says_what_is_missing(accuracies: list[float], checks: int, why: str) -> None:
    assert advice(accuracies, checks=checks) == StopAdvice("Too early to say", why)


def test_a_forecast_that_says_nothing_is_not_given() -> None:
    """Four versions on 30 checks that jump about: the range is wider than ten points."""
    found = advice([0.3, 0.8, 0.4, 0.8], checks=30, step=20)
    assert found == StopAdvice(
        "Too early to say", "The versions so far do not tell how much more decisions would bring."
    )


def test_a_model_from_the_box_is_no_point_of_the_curve() -> None:
    found = advice([0.8, 0.85, 0.9, 0.92], checks=200, origin="bundled")
    assert found.words == "It takes 4 trained versions to tell; 0 can be compared."


def test_stability_is_what_the_newest_version_noted() -> None:
    noted = ModelVersion(3, "trained", "", "", 0, 0, verdict={"against": 1, "changed": 4, "suggestions": 50})
    found = stability([ModelVersion(1, "trained", "", "", 0, 0), noted])
    assert found == Stability(3, 1, 4, 50)
    assert found.share == 0.08
    assert stability([ModelVersion(1, "trained", "", "", 0, 0)]) is None
    assert stability([]) is None


def test_as_right_as_the_most_frequent_class_alone_is_no_reason_to_stop() -> None:
    """One fraud in fifty checks that no version found: accuracy is high and flat, and says nothing of frauds."""
    truth = np.array([0, *[1] * 49])
    sample = MeasuringSample(np.arange(50), truth, Strata(np.zeros(50, np.int64), np.array([9000, 0])), 50)
    blind = Answers(np.ones(50, np.int64), np.ones(50), np.zeros((50, 2)))
    seeing = Answers(truth, np.ones(50), np.zeros((50, 2)))
    versions = [ModelVersion(number, "trained", "", "", number * 160, 0, trained_hash="h") for number in range(1, 9)]
    change, names = Stability(8, 7, 60, 12_400), ["fraud", "fine"]
    found = stop_advice(sample, [(model, blind) for model in versions], change, 0, in_use=8, names=names)
    assert found.answer == "Not yet"
    assert "Saying fine of every item would be right on 49 of 50 checks as well" in found.words
    found = stop_advice(sample, [(model, seeing) for model in versions], change, 0, in_use=8, names=names)
    assert found.answer == "Nearly"
    assert "of every item" not in found.words
