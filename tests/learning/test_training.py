"""Training from scratch: what is chosen, on which evidence, and what it says of itself."""

import json
from collections.abc import Sequence

import numpy as np
import pytest
import scipy.sparse as sp

from hitl_desktop.domain.errors import Cancelled, KnownError
from hitl_desktop.domain.sentences import sentence_of
from hitl_desktop.learning import choosing, training
from hitl_desktop.learning.bundles import ModelBundle
from hitl_desktop.learning.calibration import NEEDED, Platt, Temperature
from hitl_desktop.learning.cards import bundled_models, in_words
from hitl_desktop.learning.estimators import ESTIMATORS
from hitl_desktop.learning.heads import KernelHead, LinearHead, RankingHead
from hitl_desktop.learning.representations import REPRESENTATIONS
from hitl_desktop.learning.starting import ADAPTED
from hitl_desktop.learning.training import (
    FeatureSource,
    TrainingOptions,
    View,
    calibrated,
    fit_representation,
    train_from,
    train_from_scratch,
)
from hitl_desktop.paths import resources

NAMES = {1: "cat", 2: "dog", 3: "bird"}
LOGISTIC = TrainingOptions("logistic_regression")


def dense_view(X: np.ndarray, extractor: str = "text-minilm-v1") -> View:
    source = FeatureSource("text", extractor, (("meaning", X.shape[1]),))
    name, representation = fit_representation(X, source, 0)
    return View(source, name, representation, representation.transform(X))


def sparse_view(X: sp.csr_matrix) -> View:
    source = FeatureSource("text", "text-ngrams-v1", (("words", X.shape[1]),))
    name, representation = fit_representation(X, source, 0)
    return View(source, name, representation, representation.transform(X))


def labelled(n: int, seed: int = 0, classes: int = 2) -> tuple[np.ndarray, np.ndarray]:
    """Class ids 1…k (n,) and rows (n, 10) that tell them apart well but not perfectly."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(1, classes + 1, n)
    centres = np.random.default_rng(9).normal(size=(classes + 1, 10))
    return (centres[labels] + 0.9 * rng.normal(size=(n, 10))).astype(np.float32), labels


def noise_view(n: int) -> View:
    return sparse_view(sp.csr_matrix(np.random.default_rng(3).integers(0, 2, (n, 30)).astype(np.float32)))


def train(views: Sequence[View], labels: np.ndarray, **changes: object) -> ModelBundle:
    arguments: dict[str, object] = {"options": TrainingOptions(), "seed": 0, "card": {"title": "T"}}
    return train_from_scratch(views, labels, NAMES, **{**arguments, **changes})  # type: ignore[arg-type]


def test_features_that_say_more_are_chosen_and_the_card_says_why() -> None:
    X, labels = labelled(200)
    bundle = train([noise_view(200), dense_view(X)], labels, options=LOGISTIC)
    choice = bundle.card["choice"]
    assert bundle.extractor == choice["features"] == "text-minilm-v1"
    assert bundle.classes == ("cat", "dog")
    assert choice["decisions"] == 200
    assert choice["folds"] == 5
    assert str(sentence_of(choice["why"])).startswith(
        "Meaning alone did best in 5-fold cross-validation on 200 decisions: "
    )
    assert "(words alone ." in str(sentence_of(choice["why"]))
    assert len(choice["scores"]) in (2 + 2, 2 + 3), "both views, and more strengths of the better one"
    assert json.loads(json.dumps(choice)) == choice
    assert bundle.card["title"] == "T"


def test_the_usual_view_stays_when_another_is_no_better() -> None:
    X, labels = labelled(150)
    for first, second in (("text-minilm-v1", "text-other-v1"), ("text-other-v1", "text-minilm-v1")):
        views = [dense_view(X, first), dense_view(X, second)]
        assert train(views, labels, options=LOGISTIC).extractor == first


def test_the_choice_in_use_stays_unless_another_is_clearly_better() -> None:
    X, labels = labelled(150)
    one, other = dense_view(X, "text-one-v1"), dense_view(X, "text-two-v1")
    before = train([other], labels, options=LOGISTIC)
    assert train([one, other], labels, options=LOGISTIC, warm=before).extractor == "text-two-v1"
    weak = train([noise_view(150)], labels, options=LOGISTIC)
    assert train([one, noise_view(150)], labels, options=LOGISTIC, warm=weak).extractor == "text-one-v1"


def test_few_decisions_take_the_usual_choice_and_say_so() -> None:
    X, labels = labelled(choosing.ENOUGH - 1)
    choice = train([noise_view(len(labels)), dense_view(X)], labels).card["choice"]
    assert (choice["features"], choice["estimator"], choice["folds"]) == ("text-ngrams-v1", "logistic_regression", 0)
    assert choice["scores"] == []
    assert (
        str(sentence_of(choice["why"])) == "Words alone with logistic regression: the usual choice below 60 decisions."
    )


def test_a_curved_border_is_left_to_the_kernel_machine() -> None:
    rng = np.random.default_rng(0)
    angle = rng.uniform(0, 2 * np.pi, 300)
    X = np.stack([np.cos(angle), np.sin(angle), np.full(300, 0.1)], axis=1).astype(np.float32)
    labels = np.where(np.sin(2 * angle) > 0, 1, 2)
    bundle = train([dense_view(X)], labels)
    assert isinstance(bundle.head, KernelHead)
    assert str(sentence_of(bundle.card["choice"]["why"])).startswith("Kernel machine did best")
    flat = train([dense_view(X)], np.where(X[:, 0] > 0, 1, 2))
    assert isinstance(flat.head, LinearHead), "the usual one is kept where it does as well"


def test_what_the_user_asks_for_is_what_trains() -> None:
    X, labels = labelled(120)
    bundle = train([dense_view(X)], labels, options=TrainingOptions("mlp", "none"))
    assert bundle.head.kind == "mlp"
    assert bundle.card["choice"]["class_weight"] == "none"
    assert str(sentence_of(bundle.card["choice"]["why"])).startswith("Small neural network, as chosen, in 5-fold")
    views = [noise_view(120), dense_view(X)]
    assert train(views, labels, options=TrainingOptions("gradient_boosting")).extractor == "text-minilm-v1"
    with pytest.raises(KnownError, match="cannot learn from word counts"):
        train(views[:1], labels, options=TrainingOptions("gradient_boosting"))
    with pytest.raises(KnownError, match="no way to train named magic"):
        train(views, labels, options=TrainingOptions("magic"))
    with pytest.raises(KnownError, match="no class weights named magic"):
        train(views, labels, options=TrainingOptions("rbf_kernel", "magic"))


def test_groups_keep_copies_from_vouching_for_each_other() -> None:
    rng = np.random.default_rng(0)
    X = np.repeat(rng.normal(size=(60, 10)), 3, axis=0).astype(np.float32)
    labels = np.repeat(rng.integers(1, 3, 60), 3)
    options = TrainingOptions("rbf_kernel")
    alone = train([dense_view(X)], labels, options=options).card["choice"]
    grouped = train([dense_view(X)], labels, options=options, groups=np.arange(180) // 3).card["choice"]
    assert not alone["grouped"]
    assert grouped["grouped"]
    assert alone["scores"][0]["accuracy"] > 0.9
    assert grouped["scores"][0]["accuracy"] < 0.7


def test_the_same_seed_gives_the_same_model() -> None:
    X, labels = labelled(100)
    one, other = (train([noise_view(100), dense_view(X)], labels, seed=3) for _ in range(2))
    assert one.card == other.card
    assert np.array_equal(one.probabilities(X), other.probabilities(X))


def test_one_class_is_refused_by_its_name_and_no_decision_too() -> None:
    X, _ = labelled(4)
    with pytest.raises(KnownError, match="say dog"):
        train([dense_view(X)], np.full(4, 2))
    with pytest.raises(KnownError, match="no decisions"):
        train([dense_view(X[:0])], np.empty(0, np.int64))


def test_a_class_with_one_decision_is_learned_with_the_others() -> None:
    X, labels = labelled(100)
    labels[0] = 3
    bundle = train([dense_view(X)], labels)
    assert bundle.classes == ("cat", "dog", "bird")


def test_it_can_be_cancelled_between_fits() -> None:
    X, labels = labelled(100)
    asked = iter([False] * 3 + [True] * 100)
    with pytest.raises(Cancelled):
        train([dense_view(X)], labels, cancelled=lambda: next(asked))


def test_a_comparison_looks_at_a_bounded_number_of_decisions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choosing, "MOST_JUDGED", 80)
    X, labels = labelled(200)
    assert "on 80 decisions" in str(sentence_of(train([dense_view(X)], labels).card["choice"]["why"]))


def test_the_tables_speak_of_the_same_representations() -> None:
    tables = (training.FROM_SCRATCH, training.KERNELS, training.ADAPTING, training.CLASS_WEIGHT, training.USUAL)
    assert all(set(table) == set(REPRESENTATIONS) for table in tables)


def test_a_head_that_must_be_trained_as_a_whole_is_not_adapted() -> None:
    X, labels = labelled(80)
    kernel = train([dense_view(X)], labels, options=TrainingOptions("rbf_kernel"))
    adapted = train_from(kernel, kernel.embed(X[:3]), np.array([3, 3, 3]), NAMES, card={"n": 1})
    assert adapted.classes == ("cat", "dog", "bird")
    scores = kernel.replaced(RankingHead((1, 2, 3, 4), np.ones(2, np.float32), np.zeros(2, np.float32)), "abcd", {})
    with pytest.raises(KnownError, match="cannot be adapted"):
        train_from(scores, kernel.embed(X[:3]), labels[:3], NAMES, card={})
    with pytest.raises(KnownError, match="no decisions"):
        train_from(kernel, kernel.embed(X[:0]), labels[:0], NAMES, card={})


def test_audit_labels_calibrate_and_too_few_do_not() -> None:
    X, labels = labelled(80)
    bundle = train([dense_view(X)], labels)
    fresh, truth = labelled(300, seed=5)
    rows = bundle.embed(fresh)
    few = calibrated(bundle, rows[: NEEDED - 1], truth[: NEEDED - 1])
    assert few.calibration is None
    assert str(sentence_of(few.card["calibration"])) == f"Not yet: {NEEDED - 1} of {NEEDED} checks"
    enough = calibrated(bundle, rows, truth)
    assert isinstance(enough.calibration, Platt)
    assert str(sentence_of(enough.card["calibration"])).endswith("fitted on 300 checks")
    assert enough.probabilities(fresh).sum(axis=1) == pytest.approx(np.ones(300), abs=1e-5)
    strange = truth.copy()
    strange[:60] = 3
    doubtful = calibrated(bundle, rows, strange)
    assert isinstance(doubtful.calibration, Temperature)
    assert doubtful.probabilities(fresh).max(axis=1).mean() < enough.probabilities(fresh).max(axis=1).mean() - 0.1
    assert calibrated(bundle, rows[:0], truth[:0]).calibration is None


def test_adapting_keeps_the_calibration_until_a_class_comes_in() -> None:
    X, labels = labelled(200)
    bundle = calibrated(train([dense_view(X)], labels, options=LOGISTIC), dense_view(X).rows, labels)
    rows = bundle.embed(X[:3])
    assert train_from(bundle, rows, labels[:3], NAMES, card={}).calibration is bundle.calibration
    assert train_from(bundle, rows, np.array([3, 3, 3]), NAMES, card={}).calibration is None


def test_a_kept_calibration_is_what_the_card_speaks_of() -> None:
    X, labels = labelled(200)
    bundle = calibrated(train([dense_view(X)], labels, options=LOGISTIC), dense_view(X).rows, labels)
    assert bundle.card["calibration_checks"] == 200
    rows = bundle.embed(X[:5])
    kept = calibrated(train_from(bundle, rows, labels[:5], NAMES, card={}), rows, labels[:5])
    assert kept.calibration is bundle.calibration
    said = sentence_of(kept.card["calibration"]).english()
    assert said == "Kept from the model it began from. For its own it has 5 of 100 checks"


def test_every_estimator_has_its_words() -> None:
    assert set(choosing.ESTIMATOR_WORDS) == {*ESTIMATORS, ADAPTED}


def test_what_the_cards_in_the_box_say_can_be_said_in_any_language() -> None:
    cards = [facts["card"] for facts in bundled_models(resources()).values()]
    for card in cards:
        said = in_words(card)
        assert said["choice"]["why"].endswith(").")
        assert said["calibration"].endswith(", by cross-validation in training")
        for kept in (card["choice"]["why"], card["choice"]["name"], card["calibration"]):
            assert isinstance(kept, dict), "it has figures and names in it, so it is kept with them apart"
