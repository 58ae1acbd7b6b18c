"""What counts as time on an item, and what as work."""

import time

import pytest

from hitl_desktop.gui.views.review.active_time import IDLE_AFTER, ActiveTime


class Clock:
    """A clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def go_on(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(time, "monotonic", clock)
    return clock


@pytest.fixture
def watch(clock: Clock) -> ActiveTime:
    watch = ActiveTime()
    watch.restart()
    clock.go_on(5)
    return watch


def test_it_counts_on_and_begins_anew_with_another_item(watch: ActiveTime, clock: Clock) -> None:
    assert watch.seconds == watch.worked == 5
    watch.restart()
    clock.go_on(3)
    assert (watch.seconds, watch.worked) == (3, 8)


def test_it_stops_a_minute_after_the_last_touch(watch: ActiveTime, clock: Clock) -> None:
    clock.go_on(3600)
    assert watch.seconds == watch.worked == IDLE_AFTER
    watch.touch()
    clock.go_on(2)
    assert watch.seconds == watch.worked == IDLE_AFTER + 2


def test_it_stands_still_while_the_window_is_left(watch: ActiveTime, clock: Clock) -> None:
    watch.pause()
    clock.go_on(30)
    assert watch.seconds == watch.worked == 5
    watch.touch()
    clock.go_on(1)
    assert watch.seconds == watch.worked == 6


def test_other_pages_are_work_but_not_time_on_the_item(watch: ActiveTime, clock: Clock) -> None:
    watch.look_at_item(False)
    clock.go_on(20)
    watch.touch()
    clock.go_on(20)
    assert (watch.seconds, watch.worked) == (5, 45)
    watch.look_at_item(True)
    clock.go_on(2)
    assert (watch.seconds, watch.worked) == (7, 47)
