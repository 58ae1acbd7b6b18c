"""Champion and challenger: whether a new version is put to use, and the reason in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from hitl_desktop.assurance.paired import OVERALL_RISK, Comparison, Pair, compare, compare_findings, tail
from hitl_desktop.domain.labels import Label, Task
from hitl_desktop.workflow.check_scores import Answers
from hitl_desktop.workflow.measuring import MeasuringSample

_CLASSES_NAMED: Final = 2


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the comparison of a new version with the one in use says.

    `reason` is one to three sentences. `comparison` is None when there was nothing to compare; `worse_class` is the
    class that holds the new version back most, None when it is all of them together, or nothing.
    """

    is_promoted: bool
    reason: str
    comparison: Comparison | None = None
    worse_class: Label | None = None

    def facts(self) -> dict[str, Any]:
        """The same as plain values, for the record."""
        found: dict[str, Any] = {"is_promoted": self.is_promoted, "reason": self.reason}
        if self.comparison is not None:
            overall = self.comparison.overall
            found |= {"checks": overall.checks, "gained": overall.gained, "lost": overall.lost}
            found["worse_classes"] = list(self.comparison.worse_classes)
        return found


def judge(
    sample: MeasuringSample,
    new: Answers | None,
    old: Answers | None,
    labels: Sequence[Label],
    *,
    old_version: int | None,
) -> Judgement:
    """Compare a new version with the one in use on the checks. The rule itself is `assurance.paired.compare`.

    A new version is put to use unless the checks say that it is worse, all in all or on one class. So it is too when
    there is no version in use, when nothing can be compared, and when there are no checks: the reason then says so.
    """
    if not len(sample):
        return Judgement(True, "Nothing has measured it yet: there are no random checks.")
    if new is None:
        return Judgement(True, "It was not scored on the checks yet.")
    if old is None or old_version is None:
        right = f"right on {_right(sample, new):,} of {_checks(len(sample))}"
        if old_version is None:
            return Judgement(True, f"It is the first model of this project, {right}.")
        return Judgement(True, f"It is {right}. v{old_version} was not scored on them, so it cannot be compared.")
    compared = compare_findings if sample.task is Task.SEVERAL else compare
    comparison = compared(sample.truth, old.predicted, new.predicted, len(labels))
    if comparison.is_not_worse:
        return Judgement(True, _not_worse(comparison.overall, old_version), comparison)
    worse = comparison.worse_classes
    overall = _overall(comparison, old_version)
    if comparison.is_worse_overall or not worse:
        return Judgement(False, overall, comparison)
    reason = f"{overall} But {_classes(comparison, labels, old_version)}"
    return Judgement(False, reason, comparison, labels[worse[0]])


def _right(sample: MeasuringSample, answers: Answers) -> int:
    return int(np.count_nonzero(answers.predicted == sample.truth))


def _not_worse(overall: Pair, old: int) -> str:
    return f"It is right on {overall.new_right:,} of {_checks(overall.checks)}, v{old} on {overall.old_right:,}."


def _overall(comparison: Comparison, old: int) -> str:
    overall = comparison.overall
    if comparison.is_worse_overall:
        level = "All in all it is worse"
    elif tail(overall.gained, overall.gained + overall.lost) <= OVERALL_RISK:
        level = "Overall it is better"
    else:
        level = "Overall it is level"
    gained, lost = _times(overall.gained), _times(overall.lost)
    return f"{level}: right where v{old} was wrong {gained}, wrong where v{old} was right {lost}."


def _classes(comparison: Comparison, labels: Sequence[Label], old: int) -> str:
    """Where it is worse: "it finds 43 of 58 Liability, v7 finds 47."."""
    worse = comparison.worse_classes
    parts = [
        f"it finds {pair.new_right:,} of {pair.checks:,} {labels[c].name}, v{old} finds {pair.old_right:,}"
        for c, pair in ((c, comparison.classes[c]) for c in worse[:_CLASSES_NAMED])
    ]
    more = len(worse) - _CLASSES_NAMED
    rest = f", and it is worse on {more} more {'class' if more == 1 else 'classes'}" if more > 0 else ""
    return f"{'; '.join(parts)}{rest}."


def _checks(number: int) -> str:
    return f"{number:,} random {'check' if number == 1 else 'checks'}"


def _times(number: int) -> str:
    return {1: "once", 2: "twice"}.get(number, f"{number:,} times")
