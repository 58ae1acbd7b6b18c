"""Reading foreign files has a limit of memory in the worker, and what asks for more is told."""

from typing import Any

import numpy as np
import pytest

from hitl_desktop.workflow import limits, tasks, worker
from hitl_desktop.workflow.limits import UNTRUSTED, _address_space, limited, most_memory

pytestmark = pytest.mark.skipif(_address_space() is None, reason="this system does not say what a process takes")
_PIECE = 256 * 2**20


class Nobody:
    """The other end of a pipe, where nobody cancels."""

    def poll(self, _seconds: float) -> bool:
        return False

    def send(self, _words: object) -> None:
        return None


@pytest.fixture
def little(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "most_memory", lambda: _PIECE // 2)


def test_what_asks_for_more_is_refused_and_the_next_task_has_all_again(little: None) -> None:
    with limited("receive"), pytest.raises(MemoryError):
        np.empty(_PIECE, np.uint8)
    with limited("train"):
        assert np.empty(_PIECE, np.uint8).nbytes == _PIECE
    assert np.empty(_PIECE, np.uint8).nbytes == _PIECE


def test_the_worker_tells_it_as_no_bug(little: None) -> None:
    def bomb(*_: object) -> Any:
        return np.empty(_PIECE, np.uint8)

    sort, message, advice = worker._attempt(bomb, "receive", None, Nobody(), Nobody())  # type: ignore[arg-type]
    assert (sort, "not enough memory" in str(message), bool(str(advice))) == ("known", True, True)


def test_every_task_that_is_limited_is_one() -> None:
    assert set(tasks.TASKS) >= UNTRUSTED
    assert most_memory() >= 4 * 2**30
