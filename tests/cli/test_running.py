"""Commands run what reads files of somebody else in a worker with limits, as the window does, and the rest here."""

from typing import Any, ClassVar

import pytest

from hitl_desktop.cli import running
from hitl_desktop.cli.running import run_here
from hitl_desktop.workflow.limits import UNTRUSTED
from hitl_desktop.workflow.tasks import TASKS


class Runner:
    """Notes what it is given to run, and that it was closed."""

    ran: ClassVar[list[str]]
    closed = 0

    def run(self, task: str, *_: object) -> str:
        self.ran.append(task)
        return f"ran {task}"

    def close(self) -> None:
        type(self).closed += 1


class Worker(Runner):
    """Stands for the process with limits."""

    ran: ClassVar[list[str]] = []


class Here(Runner):
    """Stands for this process."""

    ran: ClassVar[list[str]] = []


@pytest.fixture(autouse=True)
def runners(monkeypatch: pytest.MonkeyPatch) -> Any:
    Worker.ran, Here.ran, Worker.closed = [], [], 0
    monkeypatch.setattr(running, "WorkerProcess", Worker)
    monkeypatch.setattr(running, "InlineRunner", Here)


def test_foreign_files_are_read_under_limits_and_nothing_else_is() -> None:
    for task in TASKS:
        assert run_here(task, None, str) == f"ran {task}"
    assert set(Worker.ran) == UNTRUSTED
    assert set(Here.ran) == set(TASKS) - UNTRUSTED
    assert Worker.closed == len(UNTRUSTED)


def test_an_answer_of_another_sort_is_a_bug() -> None:
    with pytest.raises(TypeError, match="train gave back str, not int"):
        run_here("train", None, int)
