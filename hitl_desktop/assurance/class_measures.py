"""Precision, recall and F1: of each class, and on average."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from hitl_desktop.assurance.estimates import Estimate, Score
from hitl_desktop.assurance.strata import Strata, estimate
from hitl_desktop.domain.findings import flags_of

Ids = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_RESAMPLES: Final = 1000


@dataclass(frozen=True, slots=True)
class ClassMeasures:
    """How a model does on one class, on `checks` checks of it. None where no check says anything."""

    checks: int
    precision: Estimate | None
    recall: Estimate | None
    f1: Score | None


def class_measures(truth: Ids, predicted: Ids, weights: Floats, classes: int) -> list[ClassMeasures]:
    """Measures of every class. All (n,): class columns, −1 where the model could not read; weights of the checks.

    Precision and recall are shares, with Wilson intervals. F1 is a function of one: with J the share of hits among the
    checks that are the class or are called so, F1 = 2J / (1 + J), so its interval is that of J put through the same.
    Source: Takahashi et al., "Confidence interval for micro-averaged F1 and macro-averaged F1 scores", 2022, for the
    problem; Sokolova and Lapalme, "A systematic analysis of performance measures", 2009, for the measures.
    """
    return [_of_one(truth == c, predicted == c, weights) for c in range(classes)]


def finding_measures(truth: Ids, predicted: Ids, weights: Floats, findings: int) -> list[ClassMeasures]:
    """The same of every finding, where `truth` and `predicted` (n,) are codes of sets of findings."""
    is_there, is_said = flags_of(truth, findings), flags_of(predicted, findings)
    return [_of_one(is_there[:, c], is_said[:, c], weights) for c in range(findings)]


def macro_f1(
    truth: Ids,
    predicted: Ids,
    strata: Strata,
    classes: int,
    rng: np.random.Generator,
    resamples: int = _RESAMPLES,
    *,
    several: bool = False,
) -> Score | None:
    """The mean F1 of the classes that occur among the checks or in what the model said. None without checks, and while
    only one of several classes occurs: a mean over that one would say 100 % of a model that knows no other.

    `several`: `truth` and `predicted` are codes of sets of findings, and the mean is over these.

    The interval is the 95 % percentile bootstrap: the checks of each stratum are drawn anew, `resamples` times. It is
    too narrow for a handful of checks, as every bootstrap. A class that a drawing happens to miss is left out of it.
    Source: Efron and Tibshirani, "An introduction to the bootstrap", 1993, chapters 8 and 13.
    """
    if not len(truth) or (not several and classes > 1 and len(np.union1d(truth, predicted)) < 2):
        return None
    weights = strata.weights()
    # Checks of one stratum with the same truth and answer are alike, so drawing their numbers draws the checks.
    kinds, kind_of = np.unique(np.column_stack([strata.membership, truth, predicted]), axis=0, return_inverse=True)
    amounts = np.bincount(kind_of.ravel())
    worth = np.zeros(len(kinds))
    worth[kind_of.ravel()] = weights
    drawn = np.empty((resamples, len(kinds)))
    for stratum in np.unique(strata.membership):
        own = np.flatnonzero(kinds[:, 0] == stratum)
        total = int(amounts[own].sum())
        drawn[:, own] = rng.multinomial(total, amounts[own] / total, size=resamples)
    columns_of = flags_of if several else _one_hot
    is_class, is_called = (columns_of(kinds[:, place], classes).astype(np.float64) for place in (1, 2))
    value = float(_macro(amounts[None, :] * worth, is_class, is_called)[0])
    low, high = np.quantile(_macro(drawn * worth, is_class, is_called), [0.025, 0.975])
    return Score(value, min(value, float(low)), max(value, float(high)))


def _of_one(is_class: npt.NDArray[np.bool_], is_called: npt.NDArray[np.bool_], weights: Floats) -> ClassMeasures:
    hit = is_class & is_called
    either = is_class | is_called
    joint = estimate(hit[either], weights[either])
    return ClassMeasures(
        checks=int(is_class.sum()),
        precision=estimate(hit[is_called], weights[is_called]),
        recall=estimate(hit[is_class], weights[is_class]),
        f1=None if joint is None else Score(_f1(joint.share), _f1(joint.low), _f1(joint.high)),
    )


def _f1(joint: float) -> float:
    return 2 * joint / (1 + joint)


def _one_hot(columns: Ids, classes: int) -> npt.NDArray[np.bool_]:
    return np.asarray(columns[:, None] == np.arange(classes), bool)


def _macro(amounts: Floats, is_class: Floats, is_called: Floats) -> Floats:
    """Mean F1 for each row of weighted amounts (samples, kinds) → (samples,); the others are (kinds, classes)."""
    hits = amounts @ (is_class * is_called)
    either = amounts @ (is_class + is_called)
    occurs = either > 0
    scores = np.divide(2 * hits, either, out=np.zeros_like(hits), where=occurs)
    return np.asarray(scores.sum(axis=1) / np.maximum(occurs.sum(axis=1), 1), np.float64)
