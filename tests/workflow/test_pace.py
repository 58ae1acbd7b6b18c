"""How fast and how long, in words."""

from collections.abc import Callable

import pytest

from hitl_desktop.domain.errors import Cancelled
from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.workflow.pace import Pace, pace_in_words


@pytest.mark.parametrize(
    ("done", "left", "seconds", "words"),
    [
        (1280, 76_800, 2, ["640 per second", "about 2 minutes left"]),
        (6400, 640, 10, ["640 per second", "less than a minute left"]),
        (640, 64_000, 1.9, []),
        (0, 100, 60, []),
        (100, 0, 60, []),
        (10, 600, 10, ["60 per minute", "about 10 minutes left"]),
        (12_000, 50_000_000, 10, ["1,200 per second", "about 12 hours left"]),
        (100, 6500, 100, ["60 per minute", "about 2 hours left"]),
        (100, 3600, 100, ["60 per minute", "about 1 hour left"]),
        (100, 60, 100, ["60 per minute", "about 1 minute left"]),
    ],
)
def test_words(done: int, left: int, seconds: float, words: list[str]) -> None:
    assert pace_in_words(done, left, seconds) == words


def test_what_was_done_before_does_not_count_as_speed() -> None:
    told: list[tuple[int, int, str]] = []
    times = iter([100.0, 101.0, 110.0])
    pace = Pace("Reading texts", 5000, 6000, lambda *seen: told.append(seen), never_cancelled, lambda: next(times))
    pace.add(10)
    pace.add(90)
    assert told == [
        (5010, 6000, "Reading texts"),
        (5100, 6000, "Reading texts · 10 per second · about 2 minutes left"),
    ]


@pytest.mark.parametrize("act", [lambda pace: pace.check(), lambda pace: pace.add(1)])
def test_a_cancel_is_heard(act: Callable[[Pace], None]) -> None:
    with pytest.raises(Cancelled):
        act(Pace("Reading texts", 0, 10, no_progress, lambda: True))
