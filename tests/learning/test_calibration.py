"""Calibration: it repairs what is wrong, keeps the order, and is measured without looking at its own labels."""

import numpy as np
import pytest

from hitl_desktop.learning.calibration import (
    CALIBRATIONS,
    ISOTONIC_FROM,
    NEEDED,
    Isotonic,
    Platt,
    Temperature,
    cross_fitted,
    fit_calibration,
)
from hitl_desktop.learning.heads import softmax_rows
from hitl_desktop.learning.scaling import best_scale


def drawn(n: int, k: int, factor: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Logits (n, k) that are `factor` times too sure, and columns drawn from the true probabilities."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(size=(n, k)) * 1.5
    p = softmax_rows(logits.astype(np.float32))
    return (logits * factor).astype(np.float32), (p.cumsum(axis=1) > rng.random((n, 1))).argmax(axis=1)


def log_loss(p: np.ndarray, columns: np.ndarray) -> float:
    return float(-np.log(np.maximum(p[np.arange(len(columns)), columns], 1e-9)).mean())


def gap(p: np.ndarray, columns: np.ndarray) -> float:
    """How much surer the model is than it is right, over all items."""
    return float(p.max(axis=1).mean() - (p.argmax(axis=1) == columns).mean())


@pytest.mark.parametrize(
    ("n", "k", "kind"),
    [
        (NEEDED, 2, Platt),
        (NEEDED, 5, Temperature),
        (ISOTONIC_FROM - 1, 5, Temperature),
        (ISOTONIC_FROM, 2, Isotonic),
        (ISOTONIC_FROM, 5, Isotonic),
    ],
)
@pytest.mark.parametrize("factor", [3.0, 0.4])
def test_a_model_that_is_too_sure_or_too_unsure_is_set_right(n: int, k: int, kind: type, factor: float) -> None:
    logits, columns = drawn(n, k, factor)
    fresh, truth = drawn(4000, k, factor, seed=1)
    fitted = fit_calibration(logits, columns)
    assert type(fitted) is kind
    before, after = softmax_rows(fresh), fitted.apply(fresh)
    assert abs(gap(before, truth)) > 0.08
    assert abs(gap(after, truth)) < 0.06
    assert log_loss(after, truth) < log_loss(before, truth)
    assert after.sum(axis=1) == pytest.approx(np.ones(4000), abs=1e-5)


def test_below_the_stated_number_nothing_is_fitted() -> None:
    logits, columns = drawn(NEEDED - 1, 3, 3.0)
    assert fit_calibration(logits, columns) is None


def test_the_temperature_that_was_there_is_found() -> None:
    logits, columns = drawn(900, 4, 2.5)
    fitted = fit_calibration(logits, columns)
    assert isinstance(fitted, Temperature)
    assert fitted.temperature == pytest.approx(2.5, rel=0.12)
    assert "less sure" in str(fitted.in_words())
    assert "surer" in str(Temperature(0.5).in_words())


def test_a_lean_towards_one_class_is_taken_back() -> None:
    logits, columns = drawn(900, 2, 1.0)
    leaning = logits + np.array([2.0, 0.0], np.float32)
    fitted = fit_calibration(leaning, columns)
    assert isinstance(fitted, Platt)
    assert fitted.intercept == pytest.approx(2.0, abs=0.4)
    assert (fitted.apply(leaning).argmax(axis=1) == columns).mean() > (leaning.argmax(axis=1) == columns).mean()


@pytest.mark.parametrize("k", [2, 5])
def test_a_steady_hand_keeps_the_first_choice(k: int) -> None:
    logits, columns = drawn(ISOTONIC_FROM, k, 3.0)
    isotonic = fit_calibration(logits, columns)
    assert isinstance(isotonic, Isotonic)
    wild = drawn(2000, k, 9.0, seed=4)[0]
    for fitted in (isotonic, Temperature(40.0), Isotonic(np.array([0.0, 1.0]), np.array([0.0, 0.1]))):
        assert np.array_equal(fitted.apply(wild).argmax(axis=1), wild.argmax(axis=1))


def test_more_confidence_never_comes_out_as_less() -> None:
    logits, columns = drawn(ISOTONIC_FROM, 2, 3.0)
    isotonic = fit_calibration(logits, columns)
    assert isotonic is not None
    ladder = np.stack([np.zeros(200), np.linspace(0.01, 12, 200)], axis=1).astype(np.float32)
    assert (np.diff(isotonic.apply(ladder)[:, 1]) >= -1e-6).all()


def test_labels_that_are_all_right_do_not_make_it_certain() -> None:
    rng = np.random.default_rng(0)
    columns = rng.integers(0, 3, NEEDED)
    logits = (np.eye(3)[columns] * 2 + rng.normal(0, 0.1, (NEEDED, 3))).astype(np.float32)
    fitted = fit_calibration(logits, columns)
    assert fitted is not None
    assert 0.9 < fitted.apply(logits).max() < 1.0
    many = fit_calibration(np.tile(logits, (11, 1)), np.tile(columns, 11))
    assert isinstance(many, Isotonic)
    assert many.apply(logits).max() < 1.0


def test_a_class_that_the_model_does_not_know_counts_as_wrong() -> None:
    logits, columns = drawn(900, 3, 1.0)
    strange = np.where(np.arange(900) % 4 == 0, -1, columns)
    sure, unsure = fit_calibration(logits, columns), fit_calibration(logits, strange)
    assert isinstance(sure, Temperature)
    assert isinstance(unsure, Temperature)
    assert unsure.temperature > sure.temperature * 1.3
    many = np.concatenate([strange, strange])
    assert isinstance(fit_calibration(np.vstack([logits, logits]), many), Isotonic)


def test_measured_on_its_own_labels_it_does_not_flatter_itself() -> None:
    """Isotonic regression learns noise by heart; cross-fitting shows what it does on labels it has not seen."""
    logits, columns = drawn(ISOTONIC_FROM + 250, 2, 1.0)
    fitted = fit_calibration(logits, columns)
    assert fitted is not None
    crossed = cross_fitted(logits, columns, seed=0)
    assert crossed.shape == logits.shape
    fresh, truth = drawn(20000, 2, 1.0, seed=6)
    honest = log_loss(fitted.apply(fresh), truth)
    assert log_loss(fitted.apply(logits), columns) < log_loss(crossed, columns)
    assert abs(log_loss(crossed, columns) - honest) < 0.03
    assert np.array_equal(cross_fitted(logits, columns, seed=0), crossed)


@pytest.mark.parametrize(
    ("n", "k", "kind"), [(NEEDED, 3, Temperature), (NEEDED, 2, Platt), (ISOTONIC_FROM, 3, Isotonic)]
)
def test_every_fold_fits_the_kind_that_all_labels_together_call_for(
    n: int, k: int, kind: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fold's labels alone are too few for it, but it is the map in use that is to be measured."""
    logits, columns = drawn(n, k, 3.0)
    assert type(fit_calibration(logits, columns)) is kind
    mapped: list[int] = []
    apply = kind.apply
    monkeypatch.setattr(kind, "apply", lambda self, part: mapped.append(len(part)) or apply(self, part))
    raw, crossed = softmax_rows(logits), cross_fitted(logits, columns, seed=0)
    assert (len(mapped), sum(mapped)) == (5, n)
    assert abs(gap(crossed, columns)) < abs(gap(raw, columns)) - 0.05


def test_too_few_labels_to_fit_leave_the_model_as_it_is() -> None:
    logits, columns = drawn(NEEDED - 1, 3, 2.0)
    assert np.array_equal(cross_fitted(logits, columns, seed=0), softmax_rows(logits))


@pytest.mark.parametrize(
    ("kind", "arrays"),
    [
        ("temperature", {"temperature": np.array([0.0])}),
        ("temperature", {"temperature": np.array([np.nan])}),
        ("temperature", {"temperature": np.array([-2.0])}),
        ("platt", {"line": np.array([-1.0, 0.0])}),
        ("platt", {"line": np.array([1.0, np.inf])}),
        ("platt", {"line": np.array([1.0])}),
        ("isotonic", {"confidences": np.array([0.9, 0.2]), "shares": np.array([0.1, 0.2])}),
        ("isotonic", {"confidences": np.array([0.2, 0.9]), "shares": np.array([0.5, 0.2])}),
        ("isotonic", {"confidences": np.array([0.2, 0.9]), "shares": np.array([0.5, 1.2])}),
        ("isotonic", {"confidences": np.array([]), "shares": np.array([])}),
    ],
)
def test_numbers_that_make_no_sense_are_refused(kind: str, arrays: dict[str, np.ndarray]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the loader turns any of them into one refusal
        CALIBRATIONS[kind].from_arrays(arrays)


@pytest.mark.parametrize("n", [NEEDED, ISOTONIC_FROM])
@pytest.mark.parametrize("k", [2, 4])
def test_it_comes_back_from_its_arrays(n: int, k: int) -> None:
    logits, columns = drawn(n, k, 2.0)
    fitted = fit_calibration(logits, columns)
    assert fitted is not None
    again = CALIBRATIONS[fitted.kind].from_arrays(fitted.arrays())
    assert np.array_equal(again.apply(logits), fitted.apply(logits))
    assert fitted.in_words()


def test_no_rows_leave_the_scale_where_it_is() -> None:
    assert best_scale(np.zeros((0, 3)), np.zeros(0, np.int64), around=4.0) == 4.0
