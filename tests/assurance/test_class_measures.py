"""Precision, recall and F1, and whether their intervals hold what they say."""

import numpy as np
import pytest
from sklearn.metrics import f1_score, precision_recall_fscore_support

from hitl_desktop.assurance.class_measures import class_measures, macro_f1
from hitl_desktop.assurance.intervals import wilson
from hitl_desktop.assurance.strata import Strata


def one_part(n: int) -> Strata:
    return Strata(np.zeros(n, np.int64), np.array([10_000, 0]))


def drawn(rng: np.random.Generator, n: int, right: float = 0.8) -> tuple[np.ndarray, np.ndarray]:
    """Three classes of shares .6, .3 and .1; a wrong answer is any class but the true one."""
    truth = rng.choice(3, n, p=[0.6, 0.3, 0.1])
    wrong = (truth + rng.integers(1, 3, n)) % 3
    return truth, np.where(rng.random(n) < right, truth, wrong)


def test_they_agree_with_scikit_learn() -> None:
    truth, said = drawn(np.random.default_rng(0), 400)
    precision, recall, f1, support = precision_recall_fscore_support(truth, said)
    found = class_measures(truth, said, one_part(400).weights(), 3)
    assert [m.checks for m in found] == support.tolist()
    for measures, p, r, f in zip(found, precision, recall, f1, strict=True):
        assert (measures.precision.share, measures.recall.share, measures.f1.value) == pytest.approx((p, r, f))
        assert measures.f1.low < measures.f1.value < measures.f1.high
    macro = macro_f1(truth, said, one_part(400), 3, np.random.default_rng(1))
    assert macro.value == pytest.approx(f1_score(truth, said, average="macro"))


def test_a_share_has_wilsons_interval() -> None:
    truth = np.array([0] * 20 + [1] * 30)
    said = np.array([0] * 15 + [1] * 35)
    recall = class_measures(truth, said, one_part(50).weights(), 2)[0].recall
    assert (recall.right, recall.of) == (15, 20)
    assert (recall.low, recall.high) == pytest.approx(wilson(15, 20))


def test_what_no_check_speaks_of_is_none() -> None:
    found = class_measures(np.array([0, 0]), np.array([0, -1]), one_part(2).weights(), 3)
    assert (found[0].recall.right, found[0].recall.of) == (1, 2)
    assert (found[1].precision, found[1].recall, found[1].f1) == (None, None, None)
    assert macro_f1(np.empty(0, np.int64), np.empty(0, np.int64), one_part(0), 3, np.random.default_rng(0)) is None


def test_of_one_class_alone_there_is_no_mean() -> None:
    """Thirteen checks, all of the frequent class and all right, say nothing of the rare one that nobody met yet."""
    ones = np.ones(13, np.int64)
    assert macro_f1(ones, ones, one_part(13), 2, np.random.default_rng(0)) is None
    assert macro_f1(ones, np.array([0] + [1] * 12), one_part(13), 2, np.random.default_rng(0)).value < 0.5


def test_a_class_that_is_never_found_counts_as_zero_in_the_mean() -> None:
    truth, said = np.array([0, 0, 1]), np.array([0, 0, 0])
    macro = macro_f1(truth, said, one_part(3), 5, np.random.default_rng(0))
    assert macro.value == pytest.approx((0.8 + 0) / 2), "three classes of five occur nowhere"


def test_strata_weigh_in_as_repeated_checks_would() -> None:
    truth, said = np.array([0, 1, 1, 0]), np.array([0, 0, 1, 1])
    weighted = Strata(np.array([0, 0, 1, 1]), np.array([300, 100]))
    repeated = f1_score(truth.repeat([3, 3, 1, 1]), said.repeat([3, 3, 1, 1]), average="macro")
    assert macro_f1(truth, said, weighted, 2, np.random.default_rng(0)).value == pytest.approx(repeated)


def test_the_same_seed_gives_the_same_interval() -> None:
    truth, said = drawn(np.random.default_rng(4), 100)
    first, second = (macro_f1(truth, said, one_part(100), 3, np.random.default_rng(9)) for _ in range(2))
    assert first == second


def test_the_intervals_of_f1_hold_the_truth_about_as_often_as_they_say() -> None:
    """The truth is what 200,000 checks say."""
    rng = np.random.default_rng(6)
    truth, said = drawn(rng, 200_000)
    per_class = f1_score(truth, said, average=None)
    of_one, of_all = [], []
    for _ in range(250):
        truth, said = drawn(rng, 200)
        found = class_measures(truth, said, one_part(200).weights(), 3)[1].f1
        of_one.append(found.low <= per_class[1] <= found.high)
        macro = macro_f1(truth, said, one_part(200), 3, rng, resamples=300)
        of_all.append(macro.low <= per_class.mean() <= macro.high)
    assert np.mean(of_one) > 0.92
    assert np.mean(of_all) > 0.90
