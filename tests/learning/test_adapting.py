"""Networks and heads of several findings that were there before: a few decisions move them, and wipe nothing out."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import scipy.sparse as sp

from hitl_desktop.domain.findings import codes_of, flags_of
from hitl_desktop.learning.adapting import adapted, can_be_adapted
from hitl_desktop.learning.bundles import ModelBundle
from hitl_desktop.learning.heads import Head, LinearHead, MlpHead, RankingHead, SeveralHead
from hitl_desktop.learning.heads.several import constant_part
from hitl_desktop.learning.lessons import Lesson
from hitl_desktop.learning.starting import ADAPTED, adapt_or_begin, adapting, reason_to_adapt
from hitl_desktop.learning.training import TrainingOptions, calibrated, train_from, train_from_scratch
from tests.learning.test_several import FINDINGS, NAMES, made_up, view
from tests.learning.test_starting import compared
from tests.learning.test_training import dense_view, labelled, train

SQUARE = MlpHead(
    (3, 8),
    np.array([[1.0, -1.0, 0.0, 0.0], [0.0, 0.0, 1.0, -1.0]], np.float32),
    np.zeros(4, np.float32),
    np.array([[1.0, -1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, 1.0]], np.float32),
    np.zeros(2, np.float32),
    scale=8.0,
)
"""Says 3 where the first column is further from zero, 8 where the second is: no line between them."""
ROWS = np.random.default_rng(0).normal(size=(400, 2)).astype(np.float32)
TRUTH = np.where(np.abs(ROWS[:, 0]) > np.abs(ROWS[:, 1]), 3, 8)


def said_by(head: Head, rows: np.ndarray = ROWS) -> np.ndarray:
    return np.asarray(head.class_ids)[head.logits(rows).argmax(axis=1)]


def test_decisions_that_a_network_expects_change_next_to_nothing() -> None:
    sure = np.flatnonzero(np.abs(SQUARE.logits(ROWS)).min(axis=1) > 6)[:20]
    found = adapted(SQUARE, ROWS[sure], TRUTH[sure], strength=1.0)
    assert isinstance(found, MlpHead)
    np.testing.assert_allclose(found.logits(ROWS), SQUARE.logits(ROWS), atol=0.02)


def test_a_network_keeps_what_it_knows_while_it_learns_a_class_and_names_called_the_other_way_round() -> None:
    few = adapted(SQUARE, ROWS[:4], TRUTH[:4], strength=1.0)
    assert (said_by(few) == TRUTH).mean() > 0.95, "no line could be right on more than three quarters"
    exchanged = np.where(TRUTH == 3, 8, 3)
    found = adapted(SQUARE, ROWS[:60], exchanged[:60], strength=100.0)
    assert (said_by(found, ROWS[60:]) == exchanged[60:]).mean() > 0.9
    third = np.where(ROWS[:, 0] > 1, 5, TRUTH)
    grown = adapted(SQUARE, ROWS[:200], third[:200], strength=100.0)
    assert grown.class_ids == (3, 5, 8)
    alone = (TRUTH[200:] == third[200:]).mean()
    assert (said_by(grown, ROWS[200:]) == third[200:]).mean() > alone + 0.02


def test_a_strength_means_the_same_however_large_the_numbers_inside_a_network_are() -> None:
    loud = replace(SQUARE, hidden=SQUARE.hidden * 50, out=SQUARE.out / 50)
    np.testing.assert_allclose(loud.logits(ROWS), SQUARE.logits(ROWS), atol=1e-3)
    one, other = (adapted(head, ROWS[:30], 11 - TRUTH[:30], strength=3.0) for head in (SQUARE, loud))
    np.testing.assert_allclose(one.logits(ROWS), other.logits(ROWS), atol=0.05)
    silent = replace(SQUARE, hidden=SQUARE.hidden * 0)
    assert np.isfinite(adapted(silent, ROWS[:5], TRUTH[:5], strength=1.0).logits(ROWS)).all()


def test_weights_say_how_much_a_decision_moves_a_network() -> None:
    rows, labels = np.repeat(ROWS[:2], 2, axis=0), np.array([3, 8, 3, 8])
    for heavy, other in ((0, 1), (1, 0)):
        weights = np.array([5.0, 0.0, 5.0, 0.0] if heavy == 0 else [0.0, 5.0, 0.0, 5.0])
        moved = adapted(SQUARE, rows, labels, strength=1.0, weights=weights).logits(ROWS) - SQUARE.logits(ROWS)
        assert moved[:2, heavy].sum() > moved[:2, other].sum()


@cache
def findings_model() -> tuple[ModelBundle, np.ndarray]:
    X, codes = made_up(300)
    options = TrainingOptions("logistic_regression", findings=FINDINGS)
    bundle = train_from_scratch([view(X)], codes, NAMES, options=options, seed=0, card={})
    return bundle, bundle.embed(made_up(200, seed=7)[0])


def test_findings_are_adapted_each_by_itself_and_new_ones_are_added() -> None:
    bundle, rows = findings_model()
    _, codes = made_up(200, seed=7)
    start = SeveralHead((7, 9), bundle.head.parts[1:], np.array([0.0, 1.5], np.float32))
    found = adapted(start, rows[:40], codes[:40], strength=10.0, findings=FINDINGS)
    assert isinstance(found, SeveralHead)
    assert found.class_ids == FINDINGS
    assert found.shifts.tolist() == [0.0, 0.0, 1.5], "what is said later stays so, and beside its finding"
    there = flags_of(codes[40:], 3)
    right = ((found.probabilities(rows[40:]) > 0.5) == there).mean(axis=0)
    before = ((start.probabilities(rows[40:]) > 0.5) == there[:, 1:]).mean(axis=0)
    assert right[1] > before[0] - 0.03
    assert right[0] > 0.8, "learned from forty decisions alone"


@pytest.mark.parametrize("form", [np.asarray, sp.csr_matrix])
def test_a_finding_that_could_not_be_learned_elsewhere_is_learned_here(form: object) -> None:
    rows = np.abs(ROWS[:100])
    there = (rows[:, 0] > rows[:, 1]).astype(np.int64)
    start = SeveralHead((4,), (constant_part(0, 50),))
    found = adapted(start, form(rows), codes_of(there[:, None] > 0), strength=30.0, findings=(4,))
    assert ((found.probabilities(form(rows))[:, 0] > 0.5) == there).mean() > 0.9


def test_a_model_of_findings_is_adapted_at_once_and_compared_later() -> None:
    bundle, _ = findings_model()
    told = {"thresholds": {"nodule": 0.3}, "thresholds_from": 300, "said_from": "x"}
    start = replace(bundle, head=replace(bundle.head, shifts=np.array([0, -1, 0], np.float32)), card=told)
    X, codes = made_up(90, seed=3)
    own = replace(view(X), representation=start.representation, rows=start.embed(X))
    options = TrainingOptions("logistic_regression", findings=FINDINGS)
    few = train_from(start, own.rows[:20], codes[:20], NAMES, card={"title": "t"}, findings=FINDINGS)
    assert few.card == told | {"title": "t"}
    assert calibrated(few, own.rows[:0], codes[:0]).card["thresholds"] == told["thresholds"]
    assert "from 60 decisions" in str(reason_to_adapt(start, codes[:20], np.zeros(20, bool), FINDINGS))
    assert reason_to_adapt(start, codes, np.zeros(90, bool), FINDINGS) is None
    without = codes & 0b011
    assert "1 of 3 have fewer" in str(reason_to_adapt(start, without, np.zeros(90, bool), FINDINGS))
    known, card = np.zeros(90, bool), {"started_from": "v1"}
    found = adapt_or_begin(
        start, own, [view(X)], codes, NAMES, known=known, options=options, groups=None, seed=0, card=card
    )
    assert found.card["choice"]["estimator"] == ADAPTED
    assert found.card["started_from"] == "v1"
    assert found.card["choice"]["scores"][0]["estimator"] == ADAPTED
    fresh, truth = made_up(200, seed=5)
    assert ((found.probabilities(fresh) > 0.5) == flags_of(truth, 3)).mean() > 0.85


def test_what_is_held_out_of_findings_was_not_learned() -> None:
    bundle, rows = findings_model()
    codes = np.random.default_rng(2).integers(0, 8, 200)  # nothing to learn, much to remember
    candidate = adapting(bundle, "x", Lesson(rows, codes), FINDINGS)
    folds = np.array_split(np.arange(200), 4)
    found = candidate.estimator.cross_validated(candidate.lesson, {"strength": 1000.0}, folds)
    fitted = candidate.estimator.fit(candidate.lesson, {"strength": 1000.0}).probabilities(rows)
    truth = flags_of(codes, 3)
    assert ((found > 0.5) == truth).mean() < 0.56 < ((fitted > 0.5) == truth).mean()


def test_a_network_from_elsewhere_is_not_thrown_away_for_twenty_decisions() -> None:
    X, labels = labelled(160, 1)
    network = train([dense_view(X)], labels, options=TrainingOptions("mlp"))
    fresh, truth = labelled(400, 8)
    before = (said_by(network.head, network.embed(fresh)) == truth).mean()
    few = train_from(network, network.embed(fresh[:20]), truth[:20], {1: "cat", 2: "dog"}, card={})
    assert (said_by(few.head, few.embed(fresh[20:])) == truth[20:]).mean() > before - 0.03
    found = compared(network, fresh[:120], truth[:120])
    assert found.card["choice"]["scores"][0]["estimator"] == ADAPTED


def test_only_reward_models_are_trained_as_a_whole() -> None:
    ranking = RankingHead((1, 2, 3, 4), np.ones(2, np.float32), np.zeros(2, np.float32))
    linear = LinearHead((0, 1), np.zeros((2, 2), np.float32), np.zeros(2, np.float32))
    assert not can_be_adapted(ranking)
    assert all(can_be_adapted(head) for head in (SQUARE, linear, SeveralHead((4,), (linear,))))
