"""The forecast against learning curves that are known."""

import numpy as np
import pytest
from scipy.stats import norm

from hitl_desktop.assurance.learning_curve import LEAST_CHECKS, forecast

MORE = 50


def simulated(
    rng: np.random.Generator, *, level: float, drop: float, bend: float, step: int, versions: int, checks: int
) -> tuple[np.ndarray, np.ndarray, float]:
    """Decisions, what was right, and the true gain: accuracy level − drop·n^−bend, and 1 point of luck per training.

    Versions agree on most checks, as they do in life (correlation .8 of the underlying normal scores).
    """
    decisions = step * np.arange(1, versions + 1)
    true = level - drop * decisions.astype(float) ** -bend
    lucky = np.clip(true + rng.normal(0, 0.01, versions), 0.01, 0.99)
    scores = np.sqrt(0.8) * rng.normal(size=checks) + np.sqrt(0.2) * rng.normal(size=(versions, checks))
    gain = level - drop * (decisions[-1] + MORE) ** -bend - true[-1]
    return decisions, scores < norm.ppf(lucky)[:, None], gain


@pytest.mark.parametrize(
    ("level", "drop", "bend"), [(0.92, 1.2, 0.6), (0.95, 3.0, 1.0), (0.85, 0.9, 0.35), (0.9, 0.0, 1.0)]
)
@pytest.mark.parametrize(("step", "versions"), [(20, 4), (20, 8), (50, 6)])
def test_four_in_five_ranges_hold_the_gain(level: float, drop: float, bend: float, step: int, versions: int) -> None:
    rng = np.random.default_rng(0)
    held = []
    for _ in range(60):
        decisions, right, gain = simulated(
            rng, level=level, drop=drop, bend=bend, step=step, versions=versions, checks=120
        )
        found = forecast(decisions, right, np.full(120, 1 / 120), MORE, rng)
        assert found is not None
        held.append(found.low - 1e-3 <= gain <= found.high + 1e-3)
    assert np.mean(held) >= 0.8


def test_more_checks_and_versions_make_it_narrower_and_close_to_the_truth() -> None:
    rng = np.random.default_rng(1)
    widths, errors = [], []
    for versions, checks in ((4, 60), (10, 600)):
        found = [
            (forecast(decisions, right, np.full(checks, 1 / checks), MORE, rng), gain)
            for decisions, right, gain in (
                simulated(rng, level=0.92, drop=1.2, bend=0.6, step=20, versions=versions, checks=checks)
                for _ in range(30)
            )
        ]
        widths.append(np.mean([f.high - f.low for f, _ in found]))
        errors.append(np.mean([abs(f.gain - gain) for f, gain in found]))
    assert widths[1] < widths[0] / 2
    assert errors[1] < 0.005


def test_it_is_too_early_without_versions_checks_or_growth() -> None:
    rng = np.random.default_rng(2)
    right = rng.random((4, 100)) < 0.8
    even = np.full(100, 0.01)
    assert forecast(np.array([20, 40, 60, 80]), right, even, MORE, rng) is not None
    assert forecast(np.array([20, 40, 60]), right[:3], even, MORE, rng) is None
    assert forecast(np.array([20, 40, 60, 60]), right, even, MORE, rng) is None, "two versions of the same decisions"
    assert forecast(np.array([60, 70, 80, 90]), right, even, MORE, rng) is None, "not doubled since the first"
    few = LEAST_CHECKS - 1
    assert forecast(np.array([20, 40, 60, 80]), right[:, :few], np.full(few, 1 / few), MORE, rng) is None


def test_accuracy_that_falls_is_not_forecast_to_rise() -> None:
    right = np.arange(100) < np.array([95, 90, 85, 80])[:, None]
    found = forecast(np.array([20, 40, 60, 80]), right, np.full(100, 0.01), MORE, np.random.default_rng(3))
    assert found is not None
    assert found.gain == 0


def test_the_same_seed_gives_the_same_forecast() -> None:
    decisions, right, _ = simulated(
        np.random.default_rng(4), level=0.9, drop=1, bend=0.5, step=20, versions=6, checks=80
    )
    first, second = (forecast(decisions, right, np.full(80, 1 / 80), MORE, np.random.default_rng(5)) for _ in range(2))
    assert first == second
