"""From which probability on a finding is said, as long as no random checks have set its probability right.

A finding that few items have is seldom given one half, and class weights push it the other way: until a probability is
calibrated, one half means nothing. Then the threshold is the one at which F1 of the finding is best in cross-validation
where that is clearly better than at one half. Once it is calibrated, one half stands: from there on the finding is more
likely there than not.

Sources: Lipton, Elkan and Naryanaswamy, "Optimal thresholding of classifiers to maximize F1 measure", ECML 2014; Fan
and Lin, "A study on threshold selection for multi-label classification", 2007 (one threshold per label by
cross-validation, and not where there is too little to choose from).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.findings import PRESENT, Flags
from hitl_desktop.domain.predictions import FloatArray
from hitl_desktop.domain.sentences import Figure, Listed, Sentence, in_a_row, say

OF_EACH_ANSWER: Final = 10
"""Decisions that have a finding, and that have it not, from which its threshold is chosen."""
LOWEST: Final = 0.05
"""A threshold lies between this and one less this."""
_FOLDS: Final = 5


@dataclass(frozen=True, slots=True)
class Threshold:
    """`at`: the model's own probability from which a finding is said. `f1` is that of decisions held out, by a
    threshold chosen without them; `f1_at_half` at one half.
    """

    at: float
    f1: float
    f1_at_half: float


def choose_thresholds(probabilities: FloatArray, flags: Flags, *, seed: int) -> list[Threshold | None]:
    """For every finding its threshold, or None: one half. Held-out probabilities and which are there, both (n, k)."""
    place = np.random.default_rng([seed, 0x74687265]).permutation(len(flags)) % _FOLDS
    return [_threshold(probabilities[:, k].astype(np.float64), flags[:, k], place) for k in range(flags.shape[1])]


def _threshold(
    p: npt.NDArray[np.float64], there: npt.NDArray[np.bool_], place: npt.NDArray[np.int64]
) -> Threshold | None:
    if min(int(there.sum()), int((~there).sum())) < OF_EACH_ANSWER:
        return None
    said = np.zeros(len(p), bool)
    for fold in range(_FOLDS):
        rest = place != fold
        said[~rest] = p[~rest] >= _best(p[rest], there[rest])
    at_half = p >= PRESENT
    f1, f1_at_half = _f1(said, there), _f1(at_half, there)
    if f1 - f1_at_half <= _standard_error(said, at_half, there):
        return None
    at = _best(p, there)
    return None if at == PRESENT else Threshold(round(at, 4), round(f1, 4), round(f1_at_half, 4))


def _best(p: npt.NDArray[np.float64], there: npt.NDArray[np.bool_]) -> float:
    """The threshold with the largest F1; of equals the one nearest to one half."""
    values = np.unique(p)
    between = (values[1:] + values[:-1]) / 2
    tried = np.append(between[(between >= LOWEST) & (between <= 1 - LOWEST)], PRESENT)
    order = np.argsort(-p, kind="stable")
    hits = np.append(0, np.cumsum(there[order]))
    said = np.searchsorted(np.sort(p), tried, side="left")
    called = len(p) - said
    f1 = 2 * hits[called] / np.maximum(called + there.sum(), 1)
    return float(tried[np.lexsort((np.abs(tried - PRESENT), -f1))[0]])


def _f1(said: npt.NDArray[np.bool_], there: npt.NDArray[np.bool_]) -> float:
    return float(2 * (said & there).sum() / max(1, int(said.sum() + there.sum())))


def _standard_error(one: npt.NDArray[np.bool_], other: npt.NDArray[np.bool_], there: npt.NDArray[np.bool_]) -> float:
    """Of the difference of two F1 on the same rows, by leaving out each row in turn (the jackknife)."""
    n = len(there)
    left = []
    for said in (one, other):
        both, all_of_them = (said & there).astype(np.int64), said.astype(np.int64) + there
        left.append(2 * (both.sum() - both) / np.maximum(all_of_them.sum() - all_of_them, 1))
    difference = left[0] - left[1]
    return float(np.sqrt((n - 1) / n * ((difference - difference.mean()) ** 2).sum()))


def shifts_of(thresholds: Sequence[Threshold | None]) -> FloatArray:
    """How far the log odds of every finding move down, so that its threshold comes to lie at one half. Shape (k,)."""
    return np.array([0.0 if t is None else np.log(t.at / (1 - t.at)) for t in thresholds], np.float32)


def as_facts(thresholds: Sequence[Threshold | None], names: Sequence[str]) -> dict[str, dict[str, float]]:
    """Those that are not one half, for the card."""
    return {
        name: {"at": t.at, "f1": t.f1, "f1_at_half": t.f1_at_half}
        for name, t in zip(names, thresholds, strict=True)
        if t is not None
    }


def in_words(facts: Mapping[str, Mapping[str, Any]], findings: int, decisions: int) -> Sentence:
    """From where on findings are said, and why, for the card."""
    if not facts:
        return say("Each finding is said from one half on.")
    each = tuple(
        say(
            "{finding} from {at} on (F1 {f1}, at one half {half})",
            finding=name,
            at=Figure(fact["at"], 2),
            f1=Figure(fact["f1"], 2),
            half=Figure(fact["f1_at_half"], 2),
        )
        for name, fact in facts.items()
    )
    said = say(
        "Not calibrated yet, so by best F1 in cross-validation on {decisions} decisions: {findings}. The confidence "
        "shown is moved so that this lies at one half.",
        decisions=decisions,
        findings=Listed(each, ";"),
    )
    if len(facts) == findings:
        return said
    return in_a_row([said, say("The other findings are said from one half on.")])
