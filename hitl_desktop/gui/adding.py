"""Adding items to the open project: gathered in the worker, taken over here, scored and ranked beside the window."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from PySide6.QtGui import QDropEvent

from hitl_desktop.domain.changes import Changes
from hitl_desktop.domain.errors import KnownError
from hitl_desktop.gui.bridge import Bridge, Message
from hitl_desktop.language import tr
from hitl_desktop.workflow.jobs import Job, JobState

if TYPE_CHECKING:  # numpy and the store come with the first project, not with the first paint
    from hitl_desktop.domain.batch_comparison import BatchComparison
    from hitl_desktop.domain.batches import Batch
    from hitl_desktop.workflow.folder_watch import Ready
    from hitl_desktop.workflow.requests import Gathered

_AT_ONCE: Final = 200


def add_items(
    bridge: Bridge,
    sources: Sequence[Path],
    *,
    watched: "Ready | None" = None,
    ended: Callable[[], None] = lambda: None,
) -> Job:
    """Add what is new in `sources`, or where the project's data lies, and tell what came of it.

    What was `watched` for is told only when something came. `ended` is called in any case.
    """
    from hitl_desktop.workflow.adding import add_request
    from hitl_desktop.workflow.folder_watch import note_looked

    desk = bridge.desk
    request = add_request(desk.project, sources)

    def taken() -> None:
        if watched is not None:
            note_looked(desk.project, watched)
        ended()

    def done(job: Job) -> None:
        if bridge.is_open and bridge.desk is desk and job.state is JobState.DONE:
            _take(bridge, cast("Gathered", job.result), taken, is_quiet=watched is not None)
            return
        if bridge.is_open and bridge.desk is desk and isinstance(job.error, KnownError):
            bridge.tell(job.error)
        ended()

    return bridge.start("add", lambda p, c: bridge.worker.run("add", request, p, c), done)


def dropped_paths(event: QDropEvent) -> tuple[Path, ...]:
    """The folders and files that are dragged, those that are there."""
    paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
    return tuple(path for path in paths if path.exists())


def _take(bridge: Bridge, gathered: "Gathered", taken: Callable[[], None], *, is_quiet: bool) -> None:
    from hitl_desktop.workflow.adding import taking

    desk = bridge.desk
    batches: list[Batch] = []

    def follow(batch: "Batch") -> None:
        batches.append(batch)
        desk.session.replan()

    def ended(changes: Changes) -> None:
        batch = batches[0] if batches else None
        counts = gathered.counts
        if batch is not None and batch.items:
            tone = "warn" if counts.unreadable or counts.unknown_labels else "ok"
            bridge.notified.emit(
                Message(changes.told, tone, tr("Show them"), lambda: bridge.batch_wanted.emit(batch, False))
            )
        elif not is_quiet:
            bridge.notified.emit(Message(changes.told, "info"))
        bridge.catch_up()
        if batch is not None:
            compare(bridge, batch)
        taken()

    bridge.many.make(taking(desk.project, gathered, desk.session.reviewer, follow), ended, refused=taken)
    if gathered.items <= _AT_ONCE:
        bridge.many.finish()


def compare_what_was_not(bridge: Bridge) -> None:
    """Compare the batches of the project that was opened whose comparison never came to its end."""
    from hitl_desktop.workflow.compare_request import not_compared

    if bridge.may_work:
        for batch in not_compared(bridge.desk.project):
            compare(bridge, batch)


def compare(bridge: Bridge, batch: "Batch") -> None:
    """Compare a batch with what was there, once it is scored; a batch that is unlike it is told."""
    from hitl_desktop.workflow.compare_request import compare_request
    from hitl_desktop.workflow.drift import take_comparison

    desk = bridge.desk
    request = compare_request(desk.project, batch)
    if request is None:
        return

    def done(job: Job) -> None:
        if job.state is not JobState.DONE or not bridge.is_open or bridge.desk is not desk:
            return
        found = cast("BatchComparison", job.result)
        changes = bridge.perform(lambda: take_comparison(desk.project, batch.number, found))
        if changes is not None and changes.told:
            words = tr("Show the most shifted")
            bridge.notified.emit(Message(changes.told, "warn", words, lambda: bridge.batch_wanted.emit(batch, True)))

    bridge.start("compare", lambda p, c: bridge.worker.run("compare", request, p, c), done)
