"""What learning answers where there is nothing, one, or much more than it looks at."""

from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp

from hitl_desktop.domain.answers import Answer, Comparison, to_text
from hitl_desktop.domain.errors import Cancelled, KnownError
from hitl_desktop.domain.findings import codes_of
from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.features import EXTRACTORS
from hitl_desktop.learning import novelty as novelty_module
from hitl_desktop.learning import quick_head, thresholds
from hitl_desktop.learning.clustering import dense, k_means
from hitl_desktop.learning.cross_validation import HeldOut, findings_f1, no_worse
from hitl_desktop.learning.estimators import ESTIMATORS
from hitl_desktop.learning.explanations import Contrast, column_amounts
from hitl_desktop.learning.heads import LinearHead, RankingHead, SeveralHead, fit_head, fit_kernel_head
from hitl_desktop.learning.heads.several import constant_part
from hitl_desktop.learning.label_problems import suspect_findings
from hitl_desktop.learning.lessons import Lesson, weak_of
from hitl_desktop.learning.metrics import macro_f1
from hitl_desktop.learning.novelty import novelty
from hitl_desktop.learning.query_strategies import QUERY_STRATEGIES, Query
from hitl_desktop.learning.ranking import Plan
from hitl_desktop.learning.rankings import for_answers
from hitl_desktop.learning.representations import representation_for, scaled_blocks
from hitl_desktop.learning.representations.answers import STYLE, AnswerPlaces
from hitl_desktop.learning.representations.scaled_blocks import ScaledBlocks
from hitl_desktop.learning.several import for_findings
from hitl_desktop.learning.simulation import run_simulation

RNG = np.random.default_rng(0)
ROWS = RNG.normal(size=(60, 3)).astype(np.float32)


def test_nothing_has_no_clusters_and_nothing_is_asked_of_it() -> None:
    labels, centres = k_means(ROWS[:0], 3, np.random.default_rng(0))
    assert (len(labels), len(centres)) == (0, 0)
    assert dense(sp.csr_matrix(ROWS)).tolist() == ROWS.tolist(), "few columns are filled, not projected"
    query = Query(None, ROWS[:0], batch=5)
    assert len(QUERY_STRATEGIES["typiclust_start"].utilities(query, np.random.default_rng(0))) == 0
    with pytest.raises(ValueError, match="probabilities or an embedding"):
        _ = Query(None).candidates


def test_clusters_that_do_not_settle_end_all_the_same() -> None:
    labels, _ = k_means(RNG.normal(size=(3000, 2)).astype(np.float32), 60, np.random.default_rng(1))
    assert len(np.unique(labels)) == 60


def test_measures_of_nothing() -> None:
    none = np.empty(0, np.int64)
    assert np.isnan(macro_f1(none, none))
    assert findings_f1(np.zeros((4, 2), bool), np.zeros((4, 2), bool)) == 0.0
    one = HeldOut(np.array([0.5]), 1.0, 1.0)
    assert no_worse(one, replace(one, losses=np.array([0.1]))), "one difference has no spread to be judged by"


def test_nothing_can_be_learned_of_one_class() -> None:
    same = np.full(60, 3)
    with pytest.raises(KnownError, match="second class"):
        fit_head(ROWS, same, strength=1.0, seed=0)
    with pytest.raises(KnownError, match="second class"):
        fit_kernel_head(ROWS, same, gamma=1.0, ridge=0.1, seed=0)


@pytest.mark.parametrize("name", ["logistic_regression", "rbf_kernel"])
def test_a_training_part_of_one_class_says_that_class_of_what_is_held_out(name: str) -> None:
    labels = np.array([1] * 10 + [2] * 2)
    lesson = Lesson(ROWS[:12], labels, np.repeat([0, 1], [10, 2]))
    weak = weak_of(ROWS[20:23], np.array([1, 1, 1]), labels, 0.3)
    found = ESTIMATORS[name].cross_validated(
        replace(lesson, weak=weak), ESTIMATORS[name].grid[0], [np.array([10, 11]), np.arange(10)]
    )
    assert found.shape == (12, 2)
    assert (found[10:, 0] > 0.5).all(), "the rest was of class 1 alone"
    assert np.isfinite(found).all()


def test_rules_that_speak_of_classes_nobody_decided_teach_nothing() -> None:
    labels = np.array([1, 2])
    assert weak_of(None, None, labels, 0.3) is None
    assert weak_of(ROWS[:2], np.array([8, 9]), labels, 0.3) is None
    weak = weak_of(ROWS[:3], np.array([1, 9, 2]), labels, 0.3)
    assert weak is not None
    assert weak.labels.tolist() == [1, 2]
    lesson = Lesson(ROWS[:2], labels, weights=np.array([1.0, 3.0]), weak=weak)
    assert lesson.beside() == {"weighed": 1, "weak_labels": 2, "weak_share": 0.3}


def test_many_decided_items_are_drawn_from_before_new_kinds_are_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(novelty_module, "_MOST", 120)
    rows = np.vstack([RNG.normal(size=(400, 3)), [[50.0, 50, 50]]]).astype(np.float32)
    found = novelty(rows, np.arange(300), np.random.default_rng(0))
    assert found is not None
    assert found[400] == found.min()
    assert novelty(rows, np.arange(10), np.random.default_rng(0)) is None


def test_a_step_that_does_not_settle_is_taken_as_far_as_it_came(monkeypatch: pytest.MonkeyPatch) -> None:
    before, target = np.zeros((60, 2), np.float32), np.eye(2, dtype=np.float32)[(ROWS[:, 0] > 0).astype(int)]
    whole = quick_head.fit_step(ROWS, before, target, several=False)
    monkeypatch.setattr(quick_head, "_STEPS", 2)
    short = quick_head.fit_step(ROWS, before, target, several=False)
    assert np.abs(whole).max() > np.abs(short).max() > 0
    monkeypatch.setattr(quick_head, "_UNSHARED", 10)
    parts = quick_head.fit_step(ROWS, before, target, several=False)
    np.testing.assert_allclose(parts, short, atol=1e-5)


def test_what_keeps_watch_has_every_tenth_place_and_what_is_left_of_it_comes_last() -> None:
    plan = Plan(np.arange(30), np.zeros(30, np.uint8)).with_watch(np.array([29, 4, 17, 8, 21]), 0)
    assert sorted(plan.order.tolist()) == list(range(30)), "every item once"
    watched = [place for place, item in enumerate(plan.order) if item in (29, 4, 17, 8, 21)]
    assert [int(plan.order[place]) for place in watched] == [29, 4, 17, 8, 21]
    assert np.diff(watched[:2]).tolist() == [10]
    assert watched[-1] == 29


def test_a_finding_with_too_few_of_a_kind_is_not_suspected() -> None:
    flags = np.zeros((50, 2), bool)
    flags[:25, 0] = True
    flags[0, 1] = True
    chance = np.where(flags, 0.95, 0.05).astype(np.float32)
    chance[0, 1] = 0.01
    chance[30, 0] = 0.99
    found = suspect_findings(chance, flags)
    assert 30 in found.rows
    assert 0 not in found.rows


def test_training_of_findings_can_be_cancelled_between_them() -> None:
    codes = codes_of(np.random.default_rng(1).random((60, 2)) < 0.5)
    both = for_findings(ESTIMATORS["logistic_regression"], (4, 7))
    asked = iter([False, True])
    with pytest.raises(Cancelled):
        both.fit(Lesson(ROWS, codes, cancelled=lambda: next(asked)), {"C": 1.0})
    same = both.cross_validated(Lesson(ROWS, codes & 1), {"C": 1.0}, np.array_split(np.arange(60), 3))
    assert (same[:, 1] == 0).all(), "a finding that was never there"


def test_columns_of_trees_and_reward_models_are_told_from_others() -> None:
    ranking = RankingHead((1, 2, 3, 4), np.ones(3, np.float32), np.zeros(2, np.float32))
    with pytest.raises(TypeError, match="nobody can take apart"):
        column_amounts(ranking, None, ROWS[:1], Contrast(0, 1))
    part = LinearHead((0, 1), np.array([[0, 1], [0, 2], [0, 0]], np.float32), np.zeros(2, np.float32))
    head = SeveralHead((4, 5), (part, constant_part(1, 4)))
    found = column_amounts(head, None, ROWS[:1], Contrast(0))
    assert found.start + found.amounts.sum() == pytest.approx(found.score, abs=1e-5)
    assert found.is_exact


def test_thresholds_of_all_findings_need_no_word_on_the_others() -> None:
    facts = thresholds.as_facts([thresholds.Threshold(0.3, 0.8, 0.6)] * 2, ["a", "b"])
    assert "The other findings" not in str(thresholds.in_words(facts, 2, 90))
    assert "The other findings are said from one half on." in str(thresholds.in_words(facts, 3, 90))


def test_answers_of_one_word_have_no_topics_and_many_are_drawn_from() -> None:
    texts = [to_text(Comparison("p", (Answer("yes"), Answer("yes")))) for _ in range(6)]
    extractor = EXTRACTORS["answers-words"]
    X = extractor.extract(texts)
    assert representation_for(X, extractor.blocks) == "answers"
    for rows in (X, X[:0]):
        made = AnswerPlaces.fit(rows, extractor.blocks, np.random.default_rng(0))
        assert made.transform(X).shape == (6, 2 * (1 + STYLE + made.arrays()["topics"].shape[1]) + 1)
        assert np.isfinite(made.transform(X)).all()


def test_a_reward_model_learns_nothing_from_parts_that_all_say_one_answer() -> None:
    estimator = for_answers(ESTIMATORS["bradley_terry"], (1, 2, 3, 4))
    rows = np.hstack([np.ones((8, 1)), ROWS[:8], np.ones((8, 1)), ROWS[8:16], np.full((8, 1), 2)]).astype(np.float32)
    labels = np.array([1, 1, 1, 1, 2, 2, 1, 2])
    folds = [np.array([4, 5, 7]), np.array([0, 1, 2, 3, 6])]
    found = estimator.cross_validated(Lesson(rows, labels), {"C": 1.0}, folds)
    assert found.tolist() == [[0.5, 0.5]] * 8, "each rest says one class, which tells nothing"


def test_more_rows_than_a_map_is_fitted_on_are_drawn_from(monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = (("a", 2), ("b", 1))
    whole = ScaledBlocks.fit(ROWS, blocks, np.random.default_rng(0))
    monkeypatch.setattr(scaled_blocks, "_FIT_ROWS", 20)
    made = ScaledBlocks.fit(ROWS, blocks, np.random.default_rng(0))
    assert made.digest() != whole.digest()
    assert made.transform(ROWS).shape == whole.transform(ROWS).shape
    with pytest.raises(ValueError, match="do not fit the blocks"):
        ScaledBlocks.from_arrays({**made.arrays(), "mean": np.zeros(9)}, blocks)


def test_findings_are_replayed_with_the_doubt_of_the_most_doubtful_one() -> None:
    rng = np.random.default_rng(0)
    flags = rng.random((160, 2)) < 0.5
    X = (np.repeat(flags, 2, axis=1) * 2 + rng.normal(0, 0.5, (160, 4))).astype(np.float32)
    found = run_simulation(
        X,
        codes_of(flags),
        (("a", 4),),
        strategies=("margin",),
        seeds=1,
        batch=20,
        budget=60,
        findings=2,
        progress=no_progress,
        cancelled=never_cancelled,
    )
    assert found.full_accuracy[0] > 0.8
    assert found.strategies["margin"].accuracy[-1][0] > 0.7
