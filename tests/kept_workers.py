"""Worker processes that outlive the window of one test and serve the next one.

A worker takes two seconds of the processor to start, as it loads scikit-learn, and every window starts one as soon as
a project is open. What a test sees is the same: another process, to which everything is sent and which may be killed.
What ends, and when, is proved where a `WorkerProcess` is made directly (`workflow/test_worker.py`).
"""

import multiprocessing
import os
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnContext, SpawnProcess
from typing import Any, Final

from hitl_desktop.domain.protocols import CancelCheck, Progress
from hitl_desktop.kinds import reading_process
from hitl_desktop.workflow.worker import WorkerProcess

_GRACE_SECONDS: Final = 1.5
_HOME: Final = "HITL_DESKTOP_HOME"
_idle: list["_Kept"] = []


class _AtHome:
    """The orders a worker is given, each with the home folder of the test it comes from."""

    def __init__(self, orders: Connection) -> None:
        self._orders = orders

    def recv(self) -> object:
        home, order = self._orders.recv()
        os.environ[_HOME] = home
        return order

    def poll(self, timeout: float = 0.0) -> bool:
        return self._orders.poll(timeout)


class _FromHome:
    """The other end: sends the home folder of now with every order."""

    def __init__(self, to: Connection) -> None:
        self._to = to

    def send(self, order: object) -> None:
        self._to.send((os.environ[_HOME], order))

    def close(self) -> None:
        self._to.close()


def _serve_at_home(serve: Any, orders: Connection, answers: Connection) -> None:
    serve(_AtHome(orders), answers)


class _Context(SpawnContext):
    """Starts processes that know which home an order comes from."""

    def Process(self, target: Any, args: tuple[Any, ...], daemon: bool) -> SpawnProcess:  # type: ignore[override]  # noqa: N802
        return SpawnProcess(target=_serve_at_home, args=(target, *args), daemon=daemon)


class _Kept(WorkerProcess):
    def __init__(self) -> None:
        super().__init__(_GRACE_SECONDS)
        self._context = _Context()

    def start(self) -> None:
        super().start()
        if isinstance(self._to, Connection):
            self._to = _FromHome(self._to)  # type: ignore[assignment]

    def allow(self, grace: float) -> "_Kept":
        """Give cancelled tasks as long as the window that uses it now does."""
        self._grace = grace
        return self


class LentWorker:
    """Stands in for `WorkerProcess`: borrows a process with the first task, and gives it back instead of ending it."""

    def __init__(self, grace: float = _GRACE_SECONDS) -> None:
        self._grace = grace
        self._kept: _Kept | None = None

    @property
    def pid(self) -> int | None:
        """The process id, while one is borrowed and lives."""
        return self._kept.pid if self._kept else None

    def start(self) -> None:
        """Borrow one, or start one where none is idle."""
        if self._kept is None:
            self._kept = (_idle.pop() if _idle else _Kept()).allow(self._grace)
        self._kept.start()

    def expect(self, task: str) -> None:
        """See `WorkerProcess.expect`."""
        self.start()
        assert self._kept is not None
        self._kept.expect(task)

    def run(self, task: str, arguments: object, progress: Progress, cancelled: CancelCheck) -> object:
        """See `WorkerProcess.run`."""
        self.start()
        assert self._kept is not None
        return self._kept.run(task, arguments, progress, cancelled)

    def close(self) -> None:
        """Give it back; no task runs any more, as whoever closes a worker has ended its jobs."""
        if self._kept is not None and self._kept.pid is not None:
            _idle.append(self._kept)
        self._kept = None


def end_all() -> None:
    """End those that nobody uses."""
    while _idle:
        _idle.pop().close()


def children() -> list[multiprocessing.process.BaseProcess]:
    """The living processes of this one, without those that are kept for others: workers, and what reads pictures."""
    kept = {kept.pid for kept in _idle} | {reader.pid for reader in reading_process._IDLE._waiting}
    return [child for child in multiprocessing.active_children() if child.pid not in kept]
