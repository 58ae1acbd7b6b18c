"""Running a task of the table in this process, to its end, as the commands do."""

from typing import TypeVar

from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.workflow.worker import InlineRunner

T = TypeVar("T")


def run_here(task: str, request: object, result: type[T]) -> T:
    """What the task gives back for this request, an instance of `result`. Raises KnownError as the task does, TypeError
    where the task gives back something else.
    """
    found = InlineRunner().run(task, request, no_progress, never_cancelled)
    if not isinstance(found, result):
        raise TypeError(f"{task} gave back {type(found).__name__}, not {result.__name__}")
    return found
