"""How far the reviewers of a project go along with the model: what can be told of it, and what cannot.

Only first answers count: one per item and reviewer, taken back or not, as what comes later knows the suggestion, and
taking back is more likely where it differed. Random checks are left out, for chance never drew whether they are seen.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from hitl_desktop.assurance.estimates import Estimate
from hitl_desktop.assurance.following import Difference, difference, followed, share
from hitl_desktop.domain.decisions import Exposure
from hitl_desktop.domain.labels import Task
from hitl_desktop.store.first_answers import FirstAnswer
from hitl_desktop.workflow.check_scores import Answers
from hitl_desktop.workflow.measuring import MeasuringSample, answers_of, measuring_sample
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.snapshot import Snapshot
from hitl_desktop.workflow.suggesting import suggesting_of


@dataclass(frozen=True, slots=True)
class Arm:
    """First answers with the suggestion in view, or without: `same` as the suggestion; all, and where the labels kept
    as hidden truth say that it was right or wrong. None where there is no answer of that sort.
    """

    same: Estimate | None
    same_when_right: Estimate | None
    same_when_wrong: Estimate | None


@dataclass(frozen=True, slots=True)
class Mixed:
    """What seeing the suggestion changes, where chance drew who sees it; None where it cannot be told.

    `more_same` is how much more often the answer is the suggestion; `when_right` and `when_wrong` the same where hidden
    truth says so. `went_along` is the share followed of what would have been answered otherwise.
    """

    share: float
    more_same: Difference | None
    when_right: Difference | None
    when_wrong: Difference | None
    went_along: Estimate | None


@dataclass(frozen=True, slots=True)
class Changed:
    """Own answers that differed from the suggestion, and how many were changed to it once it was revealed.

    `when_right` and `when_wrong` are those of them where hidden truth says that the suggestion was that.
    """

    all: Estimate | None
    when_right: Estimate | None
    when_wrong: Estimate | None


@dataclass(frozen=True, slots=True)
class Following:
    """`in_view` and `hidden` are made of the answers that chance drew, if there are any on both sides; else of all.

    `with_truth`: of how many of these answers hidden truth knows whether the suggestion was right. `reviewers` is how
    many people gave them.
    """

    in_view: Arm
    hidden: Arm
    mixed: Mixed | None
    changed: Changed
    with_truth: int
    reviewers: int


@dataclass(frozen=True, slots=True)
class LedChecks:
    """How often the model was right on random checks that were answered with a suggestion in view, and on others."""

    in_view: Estimate | None
    hidden: Estimate | None


def following(project: Project, blind_share: float) -> Following:
    """What the log tells until now. `blind_share` is that of the mix in force: only answers drawn with it compare."""
    truth = _truth(project)
    answers = [(a, _is_right(a, truth)) for a in _in_todays_classes(project, project.store.answers.first())]
    drawn = [(a, right) for a, right in answers if a.hiding is not None and abs(a.hiding - blind_share) < 1e-9]
    drawn = [(a, right) for a, right in drawn if 0 < (a.hiding or 0) < 1]
    is_mixed = len({a.exposure is Exposure.HIDDEN for a, _ in drawn}) == 2
    used = drawn if is_mixed else answers
    seen = _arm((a, right) for a, right in used if a.exposure is not Exposure.HIDDEN)
    unseen = _arm((a, right) for a, right in used if a.exposure is Exposure.HIDDEN)
    return Following(
        seen,
        unseen,
        _mixed(seen, unseen, blind_share) if is_mixed else None,
        _changed(project, truth),
        sum(right is not None for _, right in used),
        len({answer.reviewer for answer, _ in used}),
    )


def led_checks(project: Project, sample: MeasuringSample, answers: Answers) -> LedChecks:
    """How a version does on checks that were answered with a suggestion in view, and on the others."""
    led = set(project.store.decisions.decided_in_view())
    is_right = (answers.predicted == sample.truth).tolist()
    seen = [right for row, right in zip(sample.rows.tolist(), is_right, strict=True) if row in led]
    unseen = [right for row, right in zip(sample.rows.tolist(), is_right, strict=True) if row not in led]
    return LedChecks(share(sum(seen), len(seen)), share(sum(unseen), len(unseen)))


def following_of(project: Project, snapshot: Snapshot) -> tuple[Following, LedChecks | None]:
    """Both for the model page, the checks by what the model in use says of them."""
    found = following(project, suggesting_of(project.store).share)
    sample = measuring_sample(project, snapshot)
    answers = answers_of(project, project.model, sample) if project.model is not None and len(sample) else None
    return found, led_checks(project, sample, answers) if answers else None


def _truth(project: Project) -> dict[int, object]:
    """The hidden truth of every item that has one: a class id, or a set of them."""
    items = project.store.items
    if project.task is Task.SEVERAL:
        return {index: _now(project, findings) for index, findings in items.truth_findings()}
    return {index: _now(project, label) for index, label in enumerate(items.truth_ids().tolist()) if label >= 0}


def _in_todays_classes(project: Project, answers: Iterable[FirstAnswer]) -> list[FirstAnswer]:
    """Classes that were merged since count as one."""
    return [
        replace(
            answer,
            said=_now(project, answer.said),
            suggested=_now(project, answer.suggested),
            final=_now(project, answer.final),
        )
        for answer in answers
    ]


def _now(project: Project, answer: object) -> object:
    if isinstance(answer, int):
        return project.label_now(answer)
    if isinstance(answer, tuple):
        return frozenset(project.label_now(label_id) for label_id in answer)
    return answer


def _is_right(answer: FirstAnswer, truth: dict[int, object]) -> bool | None:
    known = truth.get(answer.item_index)
    return None if known is None else known == answer.suggested


def _arm(answers: Iterable[tuple[FirstAnswer, bool | None]]) -> Arm:
    counted = [(answer.said == answer.suggested, right) for answer, right in answers]
    return Arm(
        _share(same for same, _ in counted),
        _share(same for same, right in counted if right),
        _share(same for same, right in counted if right is False),
    )


def _mixed(seen: Arm, unseen: Arm, blind_share: float) -> Mixed:
    return Mixed(
        blind_share,
        _difference(seen.same, unseen.same),
        _difference(seen.same_when_right, unseen.same_when_right),
        _difference(seen.same_when_wrong, unseen.same_when_wrong),
        followed(_others(seen.same), _others(unseen.same)) if seen.same and unseen.same else None,
    )


def _changed(project: Project, truth: dict[int, object]) -> Changed:
    found = [
        (a.final == a.suggested, _is_right(a, truth))
        for a in _in_todays_classes(project, project.store.answers.revealed())
    ]
    return Changed(
        _share(changed for changed, _ in found),
        _share(changed for changed, right in found if right),
        _share(changed for changed, right in found if right is False),
    )


def _share(hits: Iterable[bool]) -> Estimate | None:
    counted = list(hits)
    return share(sum(counted), len(counted))


def _difference(one: Estimate | None, other: Estimate | None) -> Difference | None:
    return difference(one, other) if one and other else None


def _others(estimate: Estimate) -> Estimate:
    """The share of all that are not it, with its interval."""
    return Estimate(estimate.of - estimate.right, estimate.of, 1 - estimate.share, 1 - estimate.high, 1 - estimate.low)
