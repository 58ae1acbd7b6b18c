"""Running a task of the table to its end, as the commands do."""

from contextlib import closing
from typing import TypeVar

from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.workflow.limits import UNTRUSTED
from hitl_desktop.workflow.worker import InlineRunner, WorkerProcess

T = TypeVar("T")


def run_here(task: str, request: object, result: type[T]) -> T:
    """What the task gives back for this request, an instance of `result`.

    What reads files of somebody else runs in a worker, under its limits, as in the window: it costs the two seconds of
    the processor that a worker needs to load what it works with. Raises KnownError as the task does, TypeError where
    the task gives back something else.
    """
    if task in UNTRUSTED:
        with closing(WorkerProcess()) as worker:
            found = worker.run(task, request, no_progress, never_cancelled)
    else:
        found = InlineRunner().run(task, request, no_progress, never_cancelled)
    if not isinstance(found, result):
        raise TypeError(f"{task} gave back {type(found).__name__}, not {result.__name__}")
    return found
