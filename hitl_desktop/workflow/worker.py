"""One spawned process for the work that would stall the window; a thread here supervises it.

With every task goes the code of the language in use, in which the worker says how far it is. Messages that come back:
("progress", done, total, what), ("alive",), ("done", result), ("known", message, remedy) as sentences to be said here,
("cancelled",), ("failed", scrubbed trace).

A worker that does not come to life is ended, and so is a task that reads foreign files when nothing was heard of it for
long (`limits.Silence`). It is heard when it says how far it is, and when it asks whether to stop: never by a clock of
its own, which would tick on beside a library that hangs.
"""

import logging
import multiprocessing
import time
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import cast

from hitl_desktop import language, paths
from hitl_desktop.domain.errors import Cancelled, KnownError
from hitl_desktop.domain.protocols import CancelCheck, Progress
from hitl_desktop.domain.scrubbing import trace_of
from hitl_desktop.domain.sentences import Sentence, say, say_n
from hitl_desktop.kinds.child_environment import without_secrets
from hitl_desktop.workflow.disk_errors import known_trouble
from hitl_desktop.workflow.half_done import put_away
from hitl_desktop.workflow.limits import LONGEST_SILENCE, UNTRUSTED, Silence, limited

_log = logging.getLogger(__name__)
_POLL_SECONDS = 0.05
_CANCEL = ("cancel", None)
_EXPECT = "expect"
_GRACE_SECONDS = 1.5
"""With what follows a cancelled task is gone within two seconds, whatever it does."""
_PROGRESS_SECONDS = 0.1
_ALIVE_SECONDS = 0.5
_STARTING_SECONDS = 180.0
"""Without memory an import may wait for ever for a lock that was never let go."""
_END_SECONDS = 10.0
"""How long a killed process is waited for: one that the system does not let go of must not hold the window's thread."""


class WorkerFailure(Exception):  # noqa: N818 - the worker's own trace is the message
    """A bug in the worker; the message is where it came from, without anything personal (`domain/scrubbing.py`)."""

    @property
    def scrubbed_trace(self) -> str:
        """What a report says of it."""
        return str(self)


class InlineRunner:
    """Runs tasks in this process: for the command line, scripts and tests."""

    def run(self, task: str, arguments: object, progress: Progress, cancelled: CancelCheck) -> object:
        """See `Runner.run`."""
        from hitl_desktop.workflow.tasks import run_task

        return run_task(task, arguments, progress, cancelled)


class WorkerProcess:
    """Runs tasks in one child process, which is started when first needed and replaced when it dies.

    `run` blocks, so it is called from a supervising thread, one task at a time. A cancelled task has `grace` seconds to
    end by itself before the process is. One that reads foreign files may be silent for `silence` seconds, the process
    for `starting` seconds before it takes its first task.
    """

    def __init__(
        self,
        grace: float = _GRACE_SECONDS,
        silence: float = LONGEST_SILENCE,
        starting: float = _STARTING_SECONDS,
    ) -> None:
        self._grace = grace
        self._silence = silence
        self._starting = starting
        self._context = multiprocessing.get_context("spawn")
        self._process: BaseProcess | None = None
        self._to: Connection | None = None
        self._from: Connection | None = None

    @property
    def pid(self) -> int | None:
        """The process id, while it lives: for tests that kill it."""
        return self._process.pid if self._process and self._process.is_alive() else None

    def start(self) -> None:
        """Start the process ahead of the first task: it takes a tenth of a second."""
        if self._process is None or not self._process.is_alive():
            self._discard()
            # Two one-way pipes: a two-way one would be a pair of sockets.
            theirs_in, self._to = self._context.Pipe(duplex=False)
            self._from, theirs_out = self._context.Pipe(duplex=False)
            self._process = self._context.Process(target=_serve, args=(theirs_in, theirs_out), daemon=True)
            with without_secrets():
                self._process.start()
            theirs_in.close()
            theirs_out.close()

    def expect(self, task: str) -> None:
        """Start the process, and have it load what `task` needs, as it will be wanted soon. From the thread of `run`,
        between tasks. Nothing is told: where that fails, the task itself says why.
        """
        self.start()
        assert self._to is not None  # noqa: S101 - set by start
        with suppress(OSError):
            self._to.send((_EXPECT, task))

    def run(self, task: str, arguments: object, progress: Progress, cancelled: CancelCheck) -> object:
        """See `Runner.run`. Raises WorkerFailure for a bug in the task."""
        self.start()
        assert self._to is not None  # noqa: S101 - set by start
        assert self._from is not None  # noqa: S101 - set by start
        silence = Silence(self._silence if task in UNTRUSTED else None)
        try:
            self._to.send((task, arguments, language.in_use().code))
            sort, content = self._supervise(self._to, self._from, progress, cancelled, silence)
        except (EOFError, OSError) as error:
            self._end_within(task, arguments)
            _log.error("The worker died during %s", task)
            raise KnownError(
                say("The work stopped unexpectedly. The model in use stays, your decisions are safe."),
                say("Try again."),
            ) from error
        except BaseException:
            self._end_within(task, arguments)  # the task goes on in there: its answer would be taken for the next one's
            raise
        return _outcome(sort, content)

    def close(self) -> None:
        """Stop the process; what it was doing is dropped."""
        self._discard()

    def _supervise(
        self, to: Connection, back: Connection, progress: Progress, cancelled: CancelCheck, silence: Silence
    ) -> tuple[str, list[object]]:
        """Wait for the worker's last word on the task. Raises KnownError where it stands still."""
        asked_at: float | None = None
        is_taken, starting = False, Silence(self._starting)
        while True:
            if asked_at is None and cancelled():
                to.send(_CANCEL)
                asked_at = time.monotonic()
            if asked_at is not None and time.monotonic() - asked_at > self._grace:
                raise Cancelled
            if back.poll(_POLL_SECONDS):
                sort, *content = back.recv()
                silence.heard()
                is_taken = True
                if sort == "progress":
                    progress(*content)
                elif sort != "alive":
                    return sort, content
            elif not is_taken and starting.is_too_long():
                _log.error("The worker did not come to life")
                raise KnownError(
                    say("What works beside the window could not be started. Your decisions are safe."),
                    say("Close other programs, then try again."),
                )
            elif is_taken and silence.is_too_long():
                _log.error("The worker stood still")
                raise _stood_still(self._silence)

    def _end_within(self, task: str, arguments: object) -> None:
        """End the process in the middle of a task, and put away what it could not."""
        pid = self._process.pid if self._process is not None else None
        self._discard()
        if pid is not None:
            put_away(task, arguments, pid)

    def _discard(self) -> None:
        if self._process is not None and self._process.pid is None:  # it never came to life
            self._process = None
        if self._process is not None:
            self._process.kill()
            self._process.join(_END_SECONDS)
            if self._process.exitcode is not None:
                self._process.close()
            self._process = None
        for connection in (self._to, self._from):
            if connection is not None:
                connection.close()
        self._to = self._from = None


def _stood_still(seconds: float) -> KnownError:
    return KnownError(
        say_n(
            "The work was stopped: nothing was heard of it for {n} minute. None of it is kept; all else is unchanged.",
            "The work was stopped: nothing was heard of it for {n} minutes. None of it is kept; all else is unchanged.",
            max(1, round(seconds / 60)),
        ),
        say(
            "Its drive may no longer answer, or a file may be damaged or made to harm. Check the drive and try again. "
            "If it stops again, leave out the files that you do not know."
        ),
    )


def _outcome(sort: str, content: list[object]) -> object:
    if sort == "done":
        return content[0]
    if sort == "known":
        raise KnownError(cast(Sentence, content[0]), cast(Sentence, content[1]))
    if sort == "cancelled":
        raise Cancelled
    raise WorkerFailure(str(content[0]))


def _serve(orders: Connection, answers: Connection) -> None:
    """The child's loop: one task after another until the parent hangs up."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the parent's to handle
    from hitl_desktop.workflow.tasks import load, run_task

    while True:
        try:
            order = orders.recv()
        except (EOFError, OSError):
            return
        if order[0] == _EXPECT:
            with suppress(Exception):
                load(order[1])
        elif order != _CANCEL:  # a cancel that came too late for its task
            task, arguments, code = order
            if code != language.in_use().code:
                language.use(code, paths.resources() / "locale")
            try:
                answers.send(("alive",))
                answers.send(_attempt(run_task, task, arguments, orders, answers))
            except OSError:  # who asked is gone; the task heard of it, and has put away what it began
                return


def _attempt(
    run_task: object, task: str, arguments: object, orders: Connection, answers: Connection
) -> tuple[object, ...]:
    from hitl_desktop.workflow.tasks import load

    last = 0.0
    stopped = False

    def progress(done: int, total: int, what: str) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= _PROGRESS_SECONDS or done == total:
            last = now
            answers.send(("progress", done, total, what))

    def cancelled() -> bool:
        nonlocal stopped, last
        now = time.monotonic()
        if now - last >= _ALIVE_SECONDS:
            last = now
            answers.send(("alive",))
        if not stopped and orders.poll(0):
            stopped = orders.recv() == _CANCEL
        return stopped

    try:
        load(task)  # our own libraries do not count for what reading a file may take
        with limited(task):
            return ("done", run_task(task, arguments, progress, cancelled))  # type: ignore[operator]
    except Cancelled:
        return ("cancelled",)
    except Exception as error:
        if (known := known_trouble(error)) is not None:
            return ("known", known.sentence, known.advice)
        return ("failed", f"in the worker:\n{trace_of(error)}")
