"""The seams: what an extension must offer. One literal table per seam names the ones there are."""

from collections.abc import Callable
from typing import Protocol

Progress = Callable[[int, int, str], None]
"""Called with (done, total, what) now and then; total 0 means not known yet."""

CancelCheck = Callable[[], bool]
"""True once the user has asked to stop."""


def no_progress(done: int, total: int, what: str) -> None:
    """Ignore progress: for tests and scripts."""


def never_cancelled() -> bool:
    """Go on to the end: for tests and scripts."""
    return False


class Runner(Protocol):
    """Runs one task of the task table, in this process or in the worker process."""

    def run(self, task: str, arguments: object, progress: Progress, cancelled: CancelCheck) -> object:
        """Run `task` to its end and return its result.

        Raises `Cancelled` when the user stopped it, `KnownError` when it failed for a known reason
        or the worker died.
        """
