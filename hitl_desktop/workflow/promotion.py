"""Champion and challenger: whether a new version is put to use, and the reason in words."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from hitl_desktop.assurance.paired import OVERALL_RISK, Comparison, Pair, compare, compare_findings, tail
from hitl_desktop.domain.labels import Label, Task
from hitl_desktop.domain.sentences import Listed, Sentence, in_a_row, say, say_n
from hitl_desktop.language import mark
from hitl_desktop.workflow.check_scores import Answers
from hitl_desktop.workflow.measuring import MeasuringSample

_CLASSES_NAMED: Final = 2


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the comparison of a new version with the one in use says.

    `why` is one to three sentences, `reason` the same in words. `comparison` is None when there was nothing to compare;
    `worse_class` is the class that holds the new version back most, None when it is all of them together, or nothing.
    """

    is_promoted: bool
    why: Sentence
    comparison: Comparison | None = None
    worse_class: Label | None = None

    @property
    def reason(self) -> str:
        """Why, in words."""
        return str(self.why)

    def facts(self) -> dict[str, Any]:
        """The same as plain values, for the record."""
        found: dict[str, Any] = {"is_promoted": self.is_promoted, "reason": self.why.plain()}
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
    began_anew: bool = False,
) -> Judgement:
    """Compare a new version with the one in use on the checks. The rule itself is `assurance.paired.compare`.

    A new version is put to use unless the checks say that it is worse, all in all or on one class. So it is too when
    there is no version in use, when nothing can be compared, and when there are no checks: the reason then says so.

    `began_anew`: the new version was trained from scratch, and the one in use brought along what it had learned
    elsewhere. The new one then is no continuation that can be expected to be as good, and few checks could not hold it
    back: it is put to use only once the checks show that it is better (`Pair.is_shown_better`).
    """
    if began_anew and old_version is not None:
        return _judged_anew(sample, new, old, labels, old_version)
    if not len(sample):
        return Judgement(True, say("Nothing has measured it yet: there are no random checks."))
    if new is None:
        return Judgement(True, say("It was not scored on the checks yet."))
    if old is None or old_version is None:
        return Judgement(True, _not_compared(_right(sample, new), len(sample), old_version))
    compared = compare_findings if sample.task is Task.SEVERAL else compare
    comparison = compared(sample.truth, old.predicted, new.predicted, len(labels))
    if comparison.is_not_worse:
        return Judgement(True, _not_worse(comparison.overall, old_version), comparison)
    worse = comparison.worse_classes
    overall = _overall(comparison, old_version)
    if comparison.is_worse_overall or not worse:
        return Judgement(False, overall, comparison)
    why = in_a_row([overall, _classes(comparison, labels, old_version)])
    return Judgement(False, why, comparison, labels[worse[0]])


def _judged_anew(
    sample: MeasuringSample, new: Answers | None, old: Answers | None, labels: Sequence[Label], old_version: int
) -> Judgement:
    """Whether a version that was trained from scratch takes the place of one that had learned elsewhere."""
    held = say(
        "It was trained from scratch. v{old} had learned elsewhere and stays until random checks show that the new one "
        "is better.",
        old=str(old_version),
    )
    if not len(sample) or new is None or old is None:
        return Judgement(False, held)
    found = judge(sample, new, old, labels, old_version=old_version)
    if found.comparison is None or not found.is_promoted:
        return found
    if found.comparison.overall.is_shown_better:
        return replace(found, why=_overall(found.comparison, old_version))
    return replace(found, is_promoted=False, why=in_a_row([_not_worse(found.comparison.overall, old_version), held]))


def held_for_audit(judgement: Judgement, audited: int) -> Judgement:
    """The same comparison, while an audit of the version in use is under way: another one would make it void."""
    why = say("An audit of v{audited} is under way, which another version would end.", audited=str(audited))
    return replace(judgement, is_promoted=False, why=in_a_row([judgement.why, why]))


def held_for_certificate(judgement: Judgement, certified: int) -> Judgement:
    """The same comparison, while a certificate of the version in use holds: it took people's checks to get, and another
    version would end it without anybody having wanted that.
    """
    why = say("The certificate is one of v{certified} and would end with it.", certified=str(certified))
    return replace(judgement, is_promoted=False, why=in_a_row([judgement.why, why]))


def _right(sample: MeasuringSample, answers: Answers) -> int:
    return int(np.count_nonzero(answers.predicted == sample.truth))


def _not_compared(right: int, checks: int, old: int | None) -> Sentence:
    if old is None:
        return say_n(
            "It is the first model of this project, right on {right} of {n} random check.",
            "It is the first model of this project, right on {right} of {n} random checks.",
            checks,
            right=right,
        )
    return say_n(
        "It is right on {right} of {n} random check. v{old} was not scored on them, so it cannot be compared.",
        "It is right on {right} of {n} random checks. v{old} was not scored on them, so it cannot be compared.",
        checks,
        right=right,
        old=str(old),
    )


def _not_worse(overall: Pair, old: int) -> Sentence:
    return say_n(
        "It is right on {right} of {n} random check, v{old} on {before}.",
        "It is right on {right} of {n} random checks, v{old} on {before}.",
        overall.checks,
        right=overall.new_right,
        old=str(old),
        before=overall.old_right,
    )


def _overall(comparison: Comparison, old: int) -> Sentence:
    overall = comparison.overall
    # i18n: {gained} and {lost} are "once", "twice" or "3 times"
    if comparison.is_worse_overall:
        level = mark(
            "All in all it is worse: right where v{old} was wrong {gained}, wrong where v{old} was right {lost}."
        )
    elif tail(overall.gained, overall.gained + overall.lost) <= OVERALL_RISK:
        level = mark(
            "Overall it is better: right where v{old} was wrong {gained}, wrong where v{old} was right {lost}."
        )
    else:
        level = mark("Overall it is level: right where v{old} was wrong {gained}, wrong where v{old} was right {lost}.")
    return say(level, old=str(old), gained=_times(overall.gained), lost=_times(overall.lost))


def _classes(comparison: Comparison, labels: Sequence[Label], old: int) -> Sentence:
    """Where it is worse: "But it finds 43 of 58 Liability, v7 finds 47."."""
    worse = comparison.worse_classes
    # i18n: stands in "But {clauses}.", with others like it after a semicolon
    clauses = Listed(
        tuple(
            say(
                "it finds {right} of {checks} {name}, v{old} finds {before}",
                right=pair.new_right,
                checks=pair.checks,
                name=labels[c].name,
                old=str(old),
                before=pair.old_right,
            )
            for c, pair in ((c, comparison.classes[c]) for c in worse[:_CLASSES_NAMED])
        ),
        ";",
    )
    more = len(worse) - _CLASSES_NAMED
    if more > 0:
        return say_n(
            "But {clauses}, and it is worse on {n} more class.",
            "But {clauses}, and it is worse on {n} more classes.",
            more,
            clauses=clauses,
        )
    return say("But {clauses}.", clauses=clauses)


def _times(number: int) -> Sentence:
    # i18n: how often, inside "right where v7 was wrong {gained}"
    words = {1: say("once"), 2: say("twice")}
    return words.get(number, say_n("{n} time", "{n} times", number))
