"""From where on a finding is said: by cross-validation while nothing calibrated it, one half from then on."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.special import expit

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.findings import codes_of, flags_of
from hitl_desktop.domain.sentences import sentence_of
from hitl_desktop.learning.bundles import ModelBundle, load_bundle, save_bundle
from hitl_desktop.learning.cross_validation import findings_f1
from hitl_desktop.learning.heads import SeveralHead
from hitl_desktop.learning.thresholds import OF_EACH_ANSWER, as_facts, choose_thresholds, in_words, shifts_of
from hitl_desktop.learning.training import (
    FeatureSource,
    TrainingOptions,
    View,
    calibrated,
    fit_representation,
    train_from_scratch,
)

SHARES = np.array([0.4, 0.15, 0.06])
FINDINGS = (4, 7, 9)
NAMES = {4: "mass", 7: "nodule", 9: "effusion"}
SOURCE = FeatureSource("image", "made-up-v1", (("block", 10),))


def made_up(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Feature rows (n, 10) and codes (n,) of a common, a rarer and a rare finding that overlap."""
    rng = np.random.default_rng(seed)
    flags = rng.random((n, 3)) < SHARES
    rows = flags @ np.random.default_rng(5).normal(size=(3, 10)) + rng.normal(size=(n, 10))
    return rows.astype(np.float32), codes_of(flags)


def trained(n: int, seed: int) -> ModelBundle:
    X, codes = made_up(n, seed)
    name, representation = fit_representation(X, SOURCE, 0)
    views = [View(SOURCE, name, representation, representation.transform(X))]
    return train_from_scratch(views, codes, NAMES, options=TrainingOptions(findings=FINDINGS), seed=seed, card={})


def at_half(bundle: ModelBundle) -> ModelBundle:
    assert isinstance(bundle.head, SeveralHead)
    return replace(bundle, head=replace(bundle.head, shifts=None))


def scored(n: int, seed: int, bias: float, spread: float = 2.0) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities (n, 1) that are `bias` too high in log odds, and whether the finding is there."""
    rng = np.random.default_rng(seed)
    odds = rng.normal(-1.5, spread, (n, 1))
    there = rng.random((n, 1)) < expit(odds)
    return expit(odds + bias).astype(np.float32), there


@pytest.mark.parametrize(("bias", "low", "high"), [(2.5, 0.6, 0.95), (-2.5, 0.05, 0.35)])
def test_a_probability_that_is_off_gets_a_threshold_of_its_own(bias: float, low: float, high: float) -> None:
    probabilities, there = scored(400, 0, bias)
    (found,) = choose_thresholds(probabilities, there, seed=0)
    assert found is not None
    assert low <= found.at <= high
    assert found.f1 > found.f1_at_half + 0.03
    fresh, truth = scored(4000, 1, bias)
    assert findings_f1(truth, fresh >= found.at) > findings_f1(truth, fresh >= 0.5) + 0.03


def test_one_half_stays_where_it_is_about_right_or_little_is_known() -> None:
    kept = [choose_thresholds(*scored(300, seed, 0.0, spread=8.0), seed=0)[0] is None for seed in range(20)]
    assert sum(kept) >= 16
    probabilities, there = scored(400, 0, 3.0)
    few = np.flatnonzero(there[:, 0])[: OF_EACH_ANSWER - 1]
    rows = np.union1d(few, np.flatnonzero(~there[:, 0]))
    assert choose_thresholds(probabilities[rows], there[rows], seed=0) == [None]


def test_on_findings_of_unlike_shares_thresholds_do_no_harm_and_mostly_good() -> None:
    gains = []
    for seed in range(5):
        bundle = trained(200, seed)
        X, codes = made_up(2000, 99)
        truth = flags_of(codes, 3)
        with_them, without = (findings_f1(truth, m.probabilities(X) >= 0.5) for m in (bundle, at_half(bundle)))
        gains.append(with_them - without)
    assert min(gains) > -0.03
    assert np.mean(gains) >= 0


def test_what_is_moved_is_said_on_the_card_and_kept_in_the_file(tmp_path: Path) -> None:
    bundle = next(b for b in (trained(200, seed) for seed in range(8)) if b.card["thresholds"])
    names = list(bundle.card["thresholds"])
    assert f"{names[0]} from 0." in str(sentence_of(bundle.card["said_from"]))
    assert "by best F1 in cross-validation on 200 decisions" in str(sentence_of(bundle.card["said_from"]))
    place = bundle.classes.index(names[0])
    at = bundle.card["thresholds"][names[0]]["at"]
    assert isinstance(bundle.head, SeveralHead)
    shifts = bundle.head.shifts
    assert shifts is not None
    assert expit(shifts[place]) == pytest.approx(at, abs=1e-4)
    X, _ = made_up(300, 3)
    raw, moved = at_half(bundle).probabilities(X)[:, place], bundle.probabilities(X)[:, place]
    assert ((raw >= at) == (moved >= 0.5)).mean() > 0.995
    save_bundle(bundle, tmp_path / "m")
    np.testing.assert_allclose(load_bundle(tmp_path / "m").probabilities(X), bundle.probabilities(X), atol=2e-3)


def test_shifts_that_do_not_belong_are_refused(tmp_path: Path) -> None:
    bundle = trained(56, 0)
    assert isinstance(bundle.head, SeveralHead)
    wrong = replace(bundle.head, shifts=np.zeros(2, np.float32))
    arrays = wrong.arrays()
    with pytest.raises(ValueError, match="shifts"):
        SeveralHead.from_arrays(arrays)
    save_bundle(replace(bundle, head=wrong), tmp_path / "m")
    with pytest.raises(KnownError, match="damaged"):
        load_bundle(tmp_path / "m")


def test_once_checks_have_set_a_finding_right_one_half_stands_for_it() -> None:
    bundle = next(b for b in (trained(200, seed) for seed in range(8)) if b.card["thresholds"])
    X, codes = made_up(400, 50)
    rows = bundle.embed(X)
    assert calibrated(bundle, rows[:50], codes[:50]).card["thresholds"] == bundle.card["thresholds"], "too few checks"
    done = calibrated(bundle, rows, codes)
    assert done.card["thresholds"] == {}
    assert str(sentence_of(done.card["said_from"])) == "Each finding is said from one half on."


def test_below_the_number_that_is_compared_each_is_said_from_one_half_on() -> None:
    bundle = trained(56, 0)
    assert bundle.card["thresholds"] == {}
    assert str(sentence_of(bundle.card["said_from"])) == str(in_words({}, 3, 0))
    assert shifts_of([None, None]).tolist() == [0, 0]
    assert as_facts([None], ["mass"]) == {}
