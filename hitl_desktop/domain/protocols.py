"""The seams: what an extension must offer. One literal table per seam names the ones there are."""

from collections.abc import Callable
from typing import Protocol

from hitl_desktop.domain.errors import Cancelled

Progress = Callable[[int, int, str], None]
"""Called with (done, total, what) now and then; total 0 means not known yet."""

CancelCheck = Callable[[], bool]
"""True once the user has asked to stop. Asking is also how long work shows that it has not come to a standstill: a task
that reads files of somebody else asks after every picture, and at least every 16 MiB of what may be larger.
"""

Step = Callable[[], None]
"""Called after each piece of work, by what does not know how far the whole is. May raise `Cancelled`."""


def no_progress(done: int, total: int, what: str) -> None:
    """Ignore progress: for tests and scripts."""


def never_cancelled() -> bool:
    """Go on to the end: for tests and scripts."""
    return False


def no_step() -> None:
    """Go on: for tests and scripts."""


def stop_if(cancelled: CancelCheck) -> Step:
    """The step that asks whether to stop, and raises `Cancelled` then."""

    def step() -> None:
        if cancelled():
            raise Cancelled

    return step


class Runner(Protocol):
    """Runs one task of the task table, in this process or in the worker process."""

    def run(self, task: str, arguments: object, progress: Progress, cancelled: CancelCheck) -> object:
        """Run `task` to its end and return its result.

        Raises `Cancelled` when the user stopped it, `KnownError` when it failed for a known reason
        or the worker died.
        """
