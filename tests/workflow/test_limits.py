"""Reading foreign files has limits of memory and of silence in the worker, and what passes them is told."""

from typing import Any

import numpy as np
import pytest

from hitl_desktop.workflow import limits, tasks, worker
from hitl_desktop.workflow.limits import UNTRUSTED, Silence, _address_space, limited, most_memory

_PIECE = 256 * 2**20
SAYS_WHAT_IT_TAKES = pytest.mark.skipif(
    _address_space() is None, reason="this system does not say what a process takes"
)


class Nobody:
    """The other end of a pipe, where nobody cancels."""

    def poll(self, _seconds: float) -> bool:
        return False

    def send(self, _words: object) -> None:
        return None


@pytest.fixture
def little(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "most_memory", lambda: _PIECE // 2)


@SAYS_WHAT_IT_TAKES
def test_what_asks_for_more_is_refused_and_the_next_task_has_all_again(little: None) -> None:
    with limited("receive"), pytest.raises(MemoryError):
        np.empty(_PIECE, np.uint8)
    with limited("train"):
        assert np.empty(_PIECE, np.uint8).nbytes == _PIECE
    assert np.empty(_PIECE, np.uint8).nbytes == _PIECE


@SAYS_WHAT_IT_TAKES
def test_the_worker_tells_it_as_no_bug(little: None) -> None:
    def bomb(*_: object) -> Any:
        return np.empty(_PIECE, np.uint8)

    sort, message, advice = worker._attempt(bomb, "receive", None, Nobody(), Nobody())  # type: ignore[arg-type]
    assert (sort, "not enough memory" in str(message), bool(str(advice))) == ("known", True, True)


def test_every_task_that_is_limited_is_one() -> None:
    assert set(tasks.TASKS) >= UNTRUSTED
    assert most_memory() >= 4 * 2**30


class Clock:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(limits, "time", made)
    return made


def waited(silence: Silence, clock: Clock, seconds: float) -> bool:
    """Look ten times a second for so long."""
    found = False
    for _ in range(round(seconds * 10)):
        clock.now += 0.1
        found = silence.is_too_long()
    return found


def test_a_task_that_is_not_heard_for_long_stands_still(clock: Clock) -> None:
    silence = Silence(30.0)
    assert not waited(silence, clock, 29.0)
    silence.heard()
    assert not waited(silence, clock, 29.0)
    assert waited(silence, clock, 2.0)


def test_a_machine_that_slept_counts_as_one_look(clock: Clock) -> None:
    silence = Silence(30.0)
    assert not waited(silence, clock, 20.0)
    clock.now += 9 * 3600.0
    assert not silence.is_too_long()
    clock.now -= 3600.0  # and a clock that goes backwards counts for nothing
    assert not silence.is_too_long()
    assert not waited(silence, clock, 8.0)
    assert waited(silence, clock, 3.0)


def test_a_task_of_our_own_may_be_silent_for_ever(clock: Clock) -> None:
    assert not waited(Silence(None), clock, 1000.0)


class Recorder(Nobody):
    """Keeps what was sent."""

    def __init__(self) -> None:
        self.sent: list[Any] = []

    def send(self, words: object) -> None:
        self.sent.append(words)


def test_who_asks_whether_to_stop_is_heard_but_not_all_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(worker.time, "monotonic", clock.monotonic)
    there = Recorder()

    def task(_task: str, _arguments: object, progress: Any, cancelled: Any) -> str:
        for _ in range(100):  # ten seconds
            clock.now += 0.1
            assert not cancelled()
        clock.now += 0.2
        progress(1, 3, "Reading")
        return "read"

    assert worker._attempt(task, "receive", None, Nobody(), there) == ("done", "read")  # type: ignore[arg-type]
    assert there.sent[-1] == ("progress", 1, 3, "Reading")
    assert 15 <= there.sent.count(("alive",)) <= 25
