"""A monitor stops the automatic when it should, and not before."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from hitl_desktop.assurance import monitors
from hitl_desktop.assurance.monitors import LEVEL, MonitorState


@given(st.integers(0, 3000), st.floats(0.001, 0.5), st.data())
def test_the_tail_is_that_of_the_binomial_distribution(of: int, rate: float, data: st.DataObject) -> None:
    count = data.draw(st.integers(0, of))
    expected = stats.binom.sf(count - 1, of, rate)
    assert monitors.at_least(count, of, rate) == pytest.approx(expected, rel=1e-6, abs=1e-12)


def test_large_counts_stay_exact() -> None:
    for count, of, rate in [(10_200, 1_000_000, 0.01), (9_000, 1_000_000, 0.01), (700, 50_000, 0.01)]:
        expected = stats.binom.sf(count - 1, of, rate)
        assert monitors.at_least(count, of, rate) == pytest.approx(expected, rel=1e-5, abs=1e-12)


@pytest.mark.parametrize(("count", "of", "rate"), [(1, 2, 0.0), (1, 2, 1.0), (3, 2, 0.5), (-1, 2, 0.5)])
def test_what_cannot_be_is_refused(count: int, of: int, rate: float) -> None:
    with pytest.raises(ValueError, match=f"{count} of {of}"):
        monitors.at_least(count, of, rate)


def test_watching_says_nothing_without_checks_and_stops_at_too_many_wrong() -> None:
    assert monitors.watch_error(0, 0, 0.02).state is MonitorState.NOT_YET
    assert monitors.watch_error(0, 40, 0.02).state is MonitorState.WITHIN
    assert monitors.watch_error(1, 40, 0.02).state is MonitorState.WITHIN
    out = monitors.watch_error(4, 40, 0.02)
    assert (out.state, out.value) == (MonitorState.OUT, 0.1)
    assert out.chance is not None
    assert out.chance == pytest.approx(float(stats.binom.sf(3, 40, 0.02)))


def test_one_look_at_a_rate_on_its_limit_stops_as_seldom_as_it_says() -> None:
    rng = np.random.default_rng(5)
    stopped = [monitors.watch_error(int(w), 200, 0.02).state is MonitorState.OUT for w in rng.binomial(200, 0.02, 2000)]
    assert np.mean(stopped) <= LEVEL + 1.64 * np.sqrt(LEVEL * (1 - LEVEL) / 2000)


def test_a_rate_far_above_its_limit_is_found() -> None:
    rng = np.random.default_rng(6)
    found = [monitors.watch_error(int(w), 100, 0.02).state is MonitorState.OUT for w in rng.binomial(100, 0.10, 500)]
    assert np.mean(found) > 0.9


def test_one_or_two_changed_decisions_stop_nothing() -> None:
    assert monitors.override_rate(2, 3, 0.02).state is MonitorState.WITHIN
    assert monitors.override_rate(3, 3, 0.02).state is MonitorState.OUT
    assert monitors.override_rate(3, 1000, 0.02).state is MonitorState.WITHIN
    assert monitors.override_rate(0, 0, 0.02).state is MonitorState.NOT_YET


def test_reviews_that_take_twice_as_long_are_a_spike() -> None:
    steady = [4.0, 5.0, 6.0] * 40
    assert monitors.review_time(steady).state is MonitorState.WITHIN
    spike = monitors.review_time([*steady, *[12.0] * 20])
    assert (spike.state, spike.value) == (MonitorState.OUT, pytest.approx(2.4))
    assert monitors.review_time([*steady, *[10.0] * 20]).state is MonitorState.WITHIN, "twice is the limit"
    assert monitors.review_time([*steady, *[50.0] * 9]).state is MonitorState.WITHIN, "a few slow ones are none"
    assert monitors.review_time([5.0] * 50).state is MonitorState.NOT_YET
    assert monitors.review_time([]).state is MonitorState.NOT_YET
    assert monitors.review_time([0.0] * 90).state is MonitorState.NOT_YET, "no time was measured"


@pytest.mark.parametrize(
    ("found", "state"), [(None, MonitorState.NOT_YET), (False, MonitorState.WITHIN), (True, MonitorState.OUT)]
)
def test_drift_is_a_flag(found: bool | None, state: MonitorState) -> None:
    assert monitors.drift(found).state is state
