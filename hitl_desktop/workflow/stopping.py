"""Can I stop? Advice from three things: what more decisions would bring, how many suggestions still change from one
training to the next, and how well accuracy is known. All of it from random checks; what was chosen says nothing here.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from hitl_desktop.assurance.estimates import Estimate
from hitl_desktop.assurance.learning_curve import LEAST_CHECKS, LEAST_VERSIONS, Forecast, forecast
from hitl_desktop.domain.labels import Task
from hitl_desktop.language import number, percent, tr, trn
from hitl_desktop.store.models import ModelVersion
from hitl_desktop.workflow.check_scores import Answers
from hitl_desktop.workflow.measuring import MeasuringSample

MORE: Final = 50
"""Decisions to look ahead."""
LITTLE_GAIN: Final = 0.01
LITTLE_CHANGE: Final = 0.02
"""Below both of these, more decisions hardly move the model."""
SOME_GAIN: Final = 0.02
SOME_CHANGE: Final = 0.05
_ROUNDING: Final = 1e-9
WELL_KNOWN: Final = 0.05
"""Accuracy is known well enough to stop on when its interval reaches no further down than this."""


@dataclass(frozen=True, slots=True)
class StopAdvice:
    """The answer to "Can I stop?": `answer` is a word or two ("Nearly"), `words` the sentences with figures."""

    answer: str
    words: str


@dataclass(frozen=True, slots=True)
class Stability:
    """Suggestions that `version` changed, of all it made, against the version that was in use when it was trained."""

    version: int
    against: int
    changed: int
    suggestions: int

    @property
    def share(self) -> float:
        """The share that changed, 0–1."""
        return self.changed / self.suggestions


def stability(models: Sequence[ModelVersion]) -> Stability | None:
    """How much the newest version changed; None when it had nothing to be compared with. `models` oldest first."""
    verdict = models[-1].verdict if models else {}
    if not verdict.get("suggestions"):
        return None
    return Stability(models[-1].version, verdict["against"], verdict["changed"], verdict["suggestions"])


def stop_advice(
    sample: MeasuringSample,
    measured: Sequence[tuple[ModelVersion, Answers]],
    change: Stability | None,
    seed: int,
    *,
    in_use: int,
    names: Sequence[str] = (),
) -> StopAdvice:
    """The advice. `measured` are the versions that were scored on the checks, oldest first, with their answers;
    `in_use` is the version in use, whose accuracy counts: the newest one may have been held back. `names` are those of
    the classes, by column; without them it is not asked whether one class alone would be right as often.

    "Yes, probably": more decisions likely bring less than `LITTLE_GAIN`, less than `LITTLE_CHANGE` of the suggestions
    changed, and accuracy is known to within `WELL_KNOWN` below. "Nearly": the looser limits. Else "Not yet", as where
    saying the most frequent class of every item would be as right: where one class is rare, accuracy is high and flat
    from the beginning, and tells nothing of it. "Too early to say" without a forecast, or when it is so wide that it
    says nothing.
    """
    if not len(sample) or not measured:
        missing = tr("There are no random checks yet. One item in {n} you are asked is one.", n=number(sample.every))
        return StopAdvice(tr("Too early to say"), missing)
    said = next((answers for model, answers in measured if model.version == in_use), None)
    last = None if said is None else sample.accuracy(said)
    if said is None or last is None:
        return StopAdvice(tr("Too early to say"), tr("The model in use was not scored on the checks yet."))
    ahead = _ahead(sample, measured, seed)
    if ahead is None:
        words = [_missing(sample, measured), sample.left_out_words, *_change_words(change)]
        return StopAdvice(tr("Too early to say"), " ".join(filter(None, words)))
    parts = [_gain_words(ahead), *_change_words(change)]
    if not _is_well_known(last):
        parts.append(
            trn(
                "On {n} random check, accuracy may be as low as {share}.",
                "On {n} random checks, accuracy may be as low as {share}.",
                len(sample),
                share=percent(last.low),
            )
        )
    if usual := _usual_words(sample, said, names):
        return StopAdvice(tr("Not yet"), " ".join((*parts, usual)))
    return StopAdvice(_answer(ahead, change, last), " ".join(parts))


def _ahead(sample: MeasuringSample, measured: Sequence[tuple[ModelVersion, Answers]], seed: int) -> Forecast | None:
    """The forecast from the versions that were trained here, in the order of what they learned from."""
    trained = sorted((row for row in measured if row[0].origin == "trained"), key=lambda row: row[0].trained_on)
    if not trained:
        return None
    decisions = np.array([model.trained_on for model, _ in trained], np.int64)
    right = np.array([answers.predicted == sample.truth for _, answers in trained])
    rng = np.random.default_rng([seed, 0x73746F70])
    found = forecast(decisions, right, sample.strata.weights(), MORE, rng)
    return None if found is None or found.high - found.low > 5 * SOME_GAIN else found


def _answer(ahead: Forecast, change: Stability | None, last: Estimate) -> str:
    moved = change.share if change else 1.0
    if ahead.high < LITTLE_GAIN and moved < LITTLE_CHANGE and _is_well_known(last):
        return tr("Yes, probably")
    if ahead.high < SOME_GAIN and moved < SOME_CHANGE:
        return tr("Nearly")
    return tr("Not yet")


def _usual_words(sample: MeasuringSample, said: Answers, names: Sequence[str]) -> str:
    """That the most frequent class, said of every item, would be right as often; empty where it would not."""
    if not names or sample.task is Task.SEVERAL:
        return ""
    weights = sample.strata.weights()
    amounts = np.bincount(sample.truth, weights, minlength=len(names))
    usual = int(np.argmax(amounts))
    if float(weights[said.predicted == sample.truth].sum()) > float(amounts[usual]) + _ROUNDING:
        return ""
    return trn(
        "Saying {name} of every item would be right on {right} of {n} check as well: nothing tells yet whether "
        "anything else is found.",
        "Saying {name} of every item would be right on {right} of {n} checks as well: nothing tells yet whether "
        "anything else is found.",
        len(sample),
        name=names[usual],
        right=number(int((sample.truth == usual).sum())),
    )


def _is_well_known(last: Estimate) -> bool:
    return last.share - last.low <= WELL_KNOWN


def _missing(sample: MeasuringSample, measured: Sequence[tuple[ModelVersion, Answers]]) -> str:
    if len(sample) < LEAST_CHECKS:
        return tr(
            "It takes {needed} random checks to tell; there are {there}.",
            needed=number(LEAST_CHECKS),
            there=number(len(sample)),
        )
    trained = {model.trained_on for model, _ in measured if model.origin == "trained"}
    if len(trained) < LEAST_VERSIONS:
        return tr(
            "It takes {needed} trained versions to tell; {there} can be compared.",
            needed=number(LEAST_VERSIONS),
            there=number(len(trained)),
        )
    return tr("The versions so far do not tell how much more decisions would bring.")


def _gain_words(ahead: Forecast) -> str:
    low, high = math.floor(ahead.low * 100), math.ceil(ahead.high * 100)
    if high == 0:
        return tr("Another {decisions} decisions would likely add nothing.", decisions=number(ahead.more))
    if low < high:
        return trn(
            "Another {decisions} decisions would likely add {low} to {n} point.",
            "Another {decisions} decisions would likely add {low} to {n} points.",
            high,
            decisions=number(ahead.more),
            low=number(low),
        )
    return trn(
        "Another {decisions} decisions would likely add {n} point.",
        "Another {decisions} decisions would likely add {n} points.",
        high,
        decisions=number(ahead.more),
    )


def _change_words(change: Stability | None) -> list[str]:
    if change is None:
        return []
    return [
        trn(
            "Between v{old} and v{new}, {changed} of {n} suggestion changed ({share}).",
            "Between v{old} and v{new}, {changed} of {n} suggestions changed ({share}).",
            change.suggestions,
            old=change.against,
            new=change.version,
            changed=number(change.changed),
            share=percent(change.share, 1),
        )
    ]
