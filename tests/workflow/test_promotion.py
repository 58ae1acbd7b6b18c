"""Whether a new version is put to use, and the words for it."""

import numpy as np

from hitl_desktop.assurance.strata import Strata
from hitl_desktop.domain.labels import Label
from hitl_desktop.workflow.check_scores import Answers
from hitl_desktop.workflow.measuring import MeasuringSample
from hitl_desktop.workflow.promotion import Judgement, judge

LABELS = [Label(i + 1, name, i) for i, name in enumerate(["Motor", "Home", "Liability", "Travel"])]


def sample_of(truth: np.ndarray) -> MeasuringSample:
    return MeasuringSample(
        np.arange(len(truth)), truth, Strata(np.zeros(len(truth), np.int64), np.array([5000, 0])), len(truth)
    )


def answers(predicted: np.ndarray) -> Answers:
    return Answers(predicted, np.ones(len(predicted)), np.zeros((len(predicted), len(LABELS))))


def judged(truth: np.ndarray, new: np.ndarray, old: np.ndarray) -> Judgement:
    return judge(sample_of(truth), answers(new), answers(old), LABELS, old_version=7)


def test_the_case_of_the_model_page() -> None:
    """500 checks, 9 gained and 11 lost; of 58 Liability the new one finds 43, the one in use 47."""
    truth = np.repeat([0, 1, 2, 3], [150, 150, 58, 142])
    old, new = truth.copy(), truth.copy()
    liability = np.flatnonzero(truth == 2)
    old[liability[47:]] = 0
    new[liability[43:]] = 0
    lost_elsewhere = [0, 1, 2, 150, 151, 360, 361]
    gained_elsewhere = [10, 11, 12, 160, 161, 162, 370, 371, 372]
    new[lost_elsewhere] = 2
    old[gained_elsewhere] = 2
    found = judged(truth, new, old)
    assert not found.is_promoted
    assert found.worse_class == LABELS[2]
    assert found.reason == (
        "Overall it is level: right where v7 was wrong 9 times, wrong where v7 was right 11 times. "
        "But it finds 43 of 58 Liability, v7 finds 47."
    )
    assert found.facts() == {
        "is_promoted": False,
        "reason": found.why.plain(),
        "checks": 500,
        "gained": 9,
        "lost": 11,
        "worse_classes": [2],
    }


def test_a_better_one_is_put_to_use_with_both_counts() -> None:
    truth = np.repeat([0, 1], 30)
    old = truth.copy()
    old[:8] = 3
    found = judged(truth, truth, old)
    assert found.is_promoted
    assert found.reason == "It is right on 60 of 60 random checks, v7 on 52."


def test_worse_all_in_all_needs_no_class_to_say_so() -> None:
    truth = np.arange(200) % 4
    new = truth.copy()
    new[:12] = (truth[:12] + 1) % 4
    found = judged(truth, new, truth)
    assert not found.is_promoted
    assert found.worse_class is None
    assert found.reason == (
        "All in all it is worse: right where v7 was wrong 0 times, wrong where v7 was right 12 times."
    )


def test_better_overall_does_not_make_up_for_a_class_that_is_lost() -> None:
    truth = np.repeat([0, 1], 60)
    old, new = truth.copy(), truth.copy()
    old[:40] = 3
    new[60:72] = 3
    found = judged(truth, new, old)
    assert not found.is_promoted
    assert found.reason.startswith("Overall it is better: right where v7 was wrong 40 times")
    assert found.reason.endswith("But it finds 48 of 60 Home, v7 finds 60.")


def test_more_than_two_lost_classes_are_counted() -> None:
    truth = np.repeat([0, 1, 2, 3], 40)
    old, new = truth.copy(), truth.copy()
    for c in (0, 1, 2):
        new[c * 40 : c * 40 + 8 - c] = 3
    old[120:150] = 0
    found = judged(truth, new, old)
    assert found.reason.endswith(
        "it finds 32 of 40 Motor, v7 finds 40; it finds 33 of 40 Home, v7 finds 40, and it is worse on 1 more class."
    )


def test_nothing_to_measure_with_is_said() -> None:
    none = np.empty(0, np.int64)
    found = judge(sample_of(none), answers(none), answers(none), LABELS, old_version=7)
    assert (found.is_promoted, found.reason) == (
        True,
        "Nothing has measured it yet: there are no random checks.",
    )


def test_the_first_model_and_one_without_a_rival_are_put_to_use() -> None:
    truth = np.array([0, 1, 1])
    first = judge(sample_of(truth), answers(np.array([0, 1, -1])), None, LABELS, old_version=None)
    assert first == Judgement(True, first.why)
    assert first.reason == "It is the first model of this project, right on 2 of 3 random checks."
    alone = judge(sample_of(truth[:1]), answers(truth[:1]), None, LABELS, old_version=7)
    assert alone.is_promoted
    assert alone.reason == ("It is right on 1 of 1 random check. v7 was not scored on them, so it cannot be compared.")


def test_a_version_that_was_not_scored_on_the_checks_says_so() -> None:
    truth = np.array([0, 1, 2])
    found = judge(sample_of(truth), None, answers(truth), LABELS, old_version=7)
    assert found.reason == "It was not scored on the checks yet."
    assert found.comparison is None


def anew(truth: np.ndarray, new: np.ndarray | None, old: np.ndarray | None) -> Judgement:
    told = [None if said is None else answers(said) for said in (new, old)]
    return judge(sample_of(truth), told[0], told[1], LABELS, old_version=1, began_anew=True)


STAYS = (
    "It was trained from scratch. v1 had learned elsewhere and stays until random checks show that the new one is "
    "better."
)


def test_from_scratch_it_takes_the_place_of_a_model_from_elsewhere_only_where_checks_show_that_it_is_better() -> None:
    truth = np.repeat([0, 1], 10)
    worse = truth.copy()
    worse[:4] = 3
    level = anew(truth[:2], truth[:2], truth[:2])
    assert (level.is_promoted, level.reason) == (False, f"It is right on 2 of 2 random checks, v1 on 2. {STAYS}")
    assert not anew(truth, truth, worse).is_promoted, "four gains can be luck"
    worse[4] = 3
    better = anew(truth, truth, worse)
    assert better.is_promoted
    assert better.reason == "Overall it is better: right where v1 was wrong 5 times, wrong where v1 was right 0 times."
    assert anew(truth, worse, truth).reason.startswith("All in all it is worse: ")


def test_from_scratch_it_is_held_back_while_nothing_can_compare_it() -> None:
    truth = np.array([0, 1, 1])
    for new, old in ((truth, None), (None, truth)):
        found = anew(truth, new, old)
        assert (found.is_promoted, found.reason, found.comparison) == (False, STAYS, None)
    assert anew(truth[:0], truth[:0], truth[:0]).reason == STAYS
    assert judge(sample_of(truth), answers(truth), None, LABELS, old_version=None, began_anew=True).is_promoted
