"""Training for several findings per item: every estimator, every head on disk, calibration of each finding."""

from pathlib import Path

import numpy as np
import pytest

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.findings import codes_of, flags_of, suggested_codes
from hitl_desktop.domain.sentences import sentence_of
from hitl_desktop.learning import choosing
from hitl_desktop.learning.bundles import load_bundle, save_bundle
from hitl_desktop.learning.calibration import NEEDED, cross_fitted_each, fit_each
from hitl_desktop.learning.cross_validation import judged_findings
from hitl_desktop.learning.estimators import ESTIMATORS
from hitl_desktop.learning.heads import SeveralHead
from hitl_desktop.learning.training import (
    FeatureSource,
    TrainingOptions,
    View,
    calibrated,
    fit_representation,
    train_from_scratch,
)

FINDINGS = (4, 7, 9)
NAMES = {4: "mass", 7: "nodule", 9: "effusion"}
SOURCE = FeatureSource("image", "made-up-v1", (("block", 6),))


def made_up(n: int, *, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Feature rows (n, 6) and codes (n,): each finding shows in two columns of its own."""
    rng = np.random.default_rng(seed)
    flags = rng.random((n, 3)) < 0.4
    X = rng.normal(0, 0.7, (n, 6)) + np.repeat(flags, 2, axis=1) * 2.0
    return X.astype(np.float32), codes_of(flags)


def view(X: np.ndarray) -> View:
    name, representation = fit_representation(X, SOURCE, 0)
    return View(SOURCE, name, representation, representation.transform(X))


@pytest.mark.parametrize("estimator", ["auto", *(name for name in ESTIMATORS if name != "bradley_terry")])
def test_every_estimator_learns_findings_and_its_model_is_read_back(estimator: str, tmp_path: Path) -> None:
    X, codes = made_up(56)  # below what candidates are compared from
    options = TrainingOptions(estimator, findings=FINDINGS)
    bundle = train_from_scratch([view(X)], codes, NAMES, options=options, seed=0, card={})
    assert isinstance(bundle.head, SeveralHead)
    assert bundle.classes == ("mass", "nodule", "effusion")
    fresh, truth = made_up(200, seed=1)
    probabilities = bundle.probabilities(fresh)
    assert probabilities.shape == (200, 3)
    assert ((probabilities >= 0) & (probabilities <= 1)).all()
    assert (flags_of(suggested_codes(probabilities), 3) == flags_of(truth, 3)).mean() > 0.8
    save_bundle(bundle, tmp_path / "model")
    again = load_bundle(tmp_path / "model")
    assert again.head.class_ids == FINDINGS
    np.testing.assert_allclose(again.probabilities(fresh), probabilities, atol=2e-3)
    assert bundle.card["choice"]["decisions"] == 56


def test_the_choice_is_judged_on_whole_items() -> None:
    X, codes = made_up(90)
    bundle = train_from_scratch([view(X)], codes, NAMES, options=TrainingOptions(findings=FINDINGS), seed=0, card={})
    assert "all findings right in" in str(sentence_of(bundle.card["choice"]["why"]))
    perfect, none = np.array([[1, 0], [0, 1]], np.float32), np.zeros((2, 2), np.float32)
    flags = np.array([[True, False], [False, True]])
    assert (judged_findings(perfect, flags).accuracy, judged_findings(perfect, flags).macro_f1) == (1.0, 1.0)
    assert (judged_findings(none, flags).accuracy, judged_findings(none, flags).macro_f1) == (0.0, 0.0)
    assert judged_findings(perfect, flags).log_loss < judged_findings(none, flags).log_loss


def test_a_finding_that_all_decisions_say_the_same_of_is_named_and_gets_its_share(tmp_path: Path) -> None:
    X, codes = made_up(20)
    never, always = codes & 0b001, (codes & 0b001) | 0b100
    bundle = train_from_scratch(
        [view(X)], np.where(np.arange(20) < 20, always, never), NAMES,
        options=TrainingOptions(findings=FINDINGS), seed=0, card={},
    )  # fmt: skip
    assert bundle.card["not_learned"] == ["nodule", "effusion"]
    save_bundle(bundle, tmp_path / "model")
    probabilities = load_bundle(tmp_path / "model").probabilities(X)
    np.testing.assert_allclose(probabilities[:, 1], 0.5 / 21, rtol=1e-4)
    np.testing.assert_allclose(probabilities[:, 2], 20.5 / 21, rtol=1e-4)


def test_decisions_that_all_say_the_same_cannot_train() -> None:
    X, _ = made_up(10)
    options = TrainingOptions(findings=FINDINGS)
    with pytest.raises(KnownError, match="say the same"):
        train_from_scratch([view(X)], np.full(10, 3), NAMES, options=options, seed=0, card={})


def test_a_head_whose_parts_do_not_belong_together_is_refused(tmp_path: Path) -> None:
    X, codes = made_up(40)
    bundle = train_from_scratch([view(X)], codes, NAMES, options=TrainingOptions(findings=FINDINGS), seed=0, card={})
    arrays = bundle.head.arrays()
    for broken in ({"kinds": np.array([99, 0, 0])}, {"kinds": np.array([-1, 0, 0])}, {"class_ids": np.array([4, 7])}):
        with pytest.raises((ValueError, LookupError)):
            SeveralHead.from_arrays({**arrays, **broken})


def test_checks_set_the_probability_of_each_finding_right(tmp_path: Path) -> None:
    X, codes = made_up(120)
    options = TrainingOptions("logistic_regression", findings=FINDINGS)
    bundle = train_from_scratch([view(X)], codes, NAMES, options=options, seed=0, card={})
    fresh, truth = made_up(2 * NEEDED, seed=3)
    rng = np.random.default_rng(0)
    flags = flags_of(truth, 3) ^ (rng.random((len(truth), 3)) < 0.25)  # a world in which the model is too sure
    flags[:, 2] = False
    rows = bundle.embed(fresh)
    few = calibrated(bundle, rows[:5], codes_of(flags[:5]))
    assert few.calibration is None
    assert str(sentence_of(few.card["calibration"])) == f"Not yet: 5 of {NEEDED} checks"
    many = calibrated(bundle, rows, codes_of(flags))
    before, after = (judged_findings(b.probabilities_of(rows), flags).log_loss for b in (bundle, many))
    assert after < before
    assert "2 of 3 findings" in str(sentence_of(many.card["calibration"])), "one finding is in none of the checks"
    save_bundle(many, tmp_path / "model")
    np.testing.assert_allclose(
        load_bundle(tmp_path / "model").probabilities_of(rows), many.probabilities_of(rows), atol=2e-3
    )


def test_a_check_is_judged_by_a_calibration_that_did_not_see_it() -> None:
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(2 * NEEDED, 2)).astype(np.float32)
    flags = rng.random((2 * NEEDED, 2)) < 0.5
    seen = fit_each(logits, flags)
    assert seen is not None
    fitted = cross_fitted_each(logits, flags, seed=0)
    assert fitted.shape == logits.shape
    assert not np.allclose(fitted, seen.apply(logits))
    few = cross_fitted_each(logits[:10], flags[:10], seed=0)
    np.testing.assert_allclose(few, 1 / (1 + np.exp(-logits[:10])), rtol=1e-5)


def curved(n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Findings that no straight border tells: each is there within a ring of two columns of its own."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 6))
    flags = np.stack([np.hypot(X[:, 2 * f], X[:, 2 * f + 1]) < 1.0 for f in range(3)], axis=1)
    return X.astype(np.float32), codes_of(flags)


def test_estimators_are_compared_for_findings_too() -> None:
    X, codes = curved(240)
    bundle = train_from_scratch([view(X)], codes, NAMES, options=TrainingOptions(findings=FINDINGS), seed=0, card={})
    choice = bundle.card["choice"]
    assert {score["estimator"] for score in choice["scores"]} == {"logistic_regression", "rbf_kernel"}
    assert choice["estimator"] == "rbf_kernel"
    straight, straight_codes = made_up(240)
    options = TrainingOptions(findings=FINDINGS)
    other = train_from_scratch([view(straight)], straight_codes, NAMES, options=options, seed=0, card={})
    assert len({score["estimator"] for score in other.card["choice"]["scores"]}) == 2


def test_with_many_findings_fewer_decisions_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choosing, "MOST_JUDGED", 180)
    monkeypatch.setattr(choosing, "FEWEST_JUDGED", 70)
    X, codes = made_up(120)
    bundle = train_from_scratch([view(X)], codes, NAMES, options=TrainingOptions(findings=FINDINGS), seed=0, card={})
    assert "on 70 decisions" in str(sentence_of(bundle.card["choice"]["why"]))
