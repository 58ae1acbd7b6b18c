"""Processes of their own in which the files of somebody else are read, ended when one breaks a limit.

A file made to harm, or damaged by chance, may crash a library, keep it busy for ever, or ask for all memory there is.
That must cost one item, not the window or the import. What is called there is a function of ours (`kinds.reading`),
which gives back plain values; arrays come back as they are, without a copy on the way.
"""

import atexit
import logging
import os
import pickle
import threading
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self, TypeVar

from hitl_desktop.domain.errors import KnownError, NotAPicture, UnreadableItem
from hitl_desktop.domain.scrubbing import trace_of
from hitl_desktop.domain.sentences import say
from hitl_desktop.kinds.piped_process import PipedProcess, guard, may_compute, send_plain, widen

_Result = TypeVar("_Result")
_Job = TypeVar("_Job", bound=tuple[Any, ...])
Refusal = UnreadableItem | NotAPicture
_log = logging.getLogger(__name__)

CLOSING: Final = say("The program is closing.")
DAMAGED: Final = say("The file is damaged: it made the decoder stop.")
ENDED: Final = say("The system ended what read this picture, twice. Perhaps memory was short.")
_THREADS: Final = 4
"""A library may compute in several threads, each of which counts."""
_KEPT: Final = 2
"""So many idle processes wait for the next file; a start takes as long as reading a hundred pictures."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading may use: memory of the process in bytes, and seconds to start it and to read one item.

    The largest picture that is opened, 200 million pixels with transparency, takes 4.3 GiB and 10 s of a quiet
    processor. Large files get `per_megabyte` seconds more for each million bytes, as they may lie on a slow drive.
    """

    memory: int = 6 * 1024**3
    starting: float = 60.0
    item: float = 60.0
    per_megabyte: float = 0.5


class ReadingProcess:
    """One child process, started when first needed and replaced when it had to be ended. For one thread at a time, but
    for `kill`.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._process = PipedProcess()
        self._lock = threading.Lock()
        """Between starting, ending and killing: one that is killed as it starts is killed all the same."""
        self._is_ready = self._was_killed = False

    @property
    def pid(self) -> int | None:
        """The process id, while it lives."""
        return self._process.pid

    @property
    def was_killed(self) -> bool:
        """True once `kill` was called: nothing more can be asked of it."""
        return self._was_killed

    def launch(self) -> None:
        """Have the process start, without waiting for it. Raises OSError, and `UnreadableItem` once it was killed."""
        with self._lock:
            if self._was_killed:
                raise UnreadableItem(CLOSING)
            if not self._process.is_started:
                self._process.start(serve, self._limits)

    def start(self) -> None:
        """Start the process unless it is, and wait until it can be used. Raises KnownError where it cannot."""
        if self._is_ready:
            return
        try:
            try:
                self._get_ready()
            except (EOFError, OSError):  # it may have been launched long ago, and ended as it waited
                self.end()
                self._get_ready()
        except (EOFError, OSError, TimeoutError) as error:
            raise KnownError(
                say("What reads pictures could not be started."), say("Close other programs, then try again.")
            ) from error

    def call(self, function: Callable[..., _Result], arguments: Sequence[object], seconds: float) -> _Result:
        """What `function` returns there. Raises what it raises that is known, and `UnreadableItem` when it was ended.

        One that ended while it waited, or for want of memory, says nothing of the file, so a second one is asked: a
        `function` that writes may find what the first one left. Raises KnownError when there is no process to be had.
        """
        try:
            sort, content, buffers = self._answered(function, arguments, seconds)
        except BaseException as error:  # what it may still answer must not be taken for an answer to the next call
            self.end()
            if self._was_killed and isinstance(error, Exception):
                raise UnreadableItem(CLOSING) from None
            raise
        if sort == "raised":
            raise content
        if sort == "failed":
            name, trace = content
            _log.error("Reading a file failed:\n%s", trace)
            raise UnreadableItem(say("This picture could not be decoded ({error}).", error=name))
        result: _Result = pickle.loads(content, buffers=buffers)  # noqa: S301 - from our own process
        return result

    def kill(self) -> None:
        """End what it is doing, from another thread, for good; whoever waits for it hears that at once."""
        with self._lock:
            self._was_killed = True
            self._process.kill()

    def end(self) -> None:
        """End the process. Twice does no harm."""
        with self._lock:
            self._is_ready = False
            self._process.end()

    def _get_ready(self) -> None:
        self.launch()
        self._answer(self._limits.starting)
        self._is_ready = True

    def _answered(
        self, function: Callable[..., object], arguments: Sequence[object], seconds: float
    ) -> tuple[str, Any, list[bytearray]]:
        try:
            return self._ask(function, arguments, seconds)
        except (EOFError, OSError):
            self.end()
        try:
            return self._ask(function, arguments, seconds)
        except (EOFError, OSError) as error:
            raise UnreadableItem(ENDED if self._process.was_ended_from_outside() else DAMAGED) from error

    def _ask(
        self, function: Callable[..., object], arguments: Sequence[object], seconds: float
    ) -> tuple[str, Any, list[bytearray]]:
        self.start()
        self._process.send((function, arguments, seconds))
        try:
            sort, content, sizes = self._answer(seconds)
        except TimeoutError as error:
            raise UnreadableItem(say("The picture was not decoded in time, so it was given up.")) from error
        return sort, content, [self._process.receive_plain(size) for size in sizes]

    def _answer(self, seconds: float) -> Any:
        if not self._process.poll(seconds):
            raise TimeoutError
        return self._process.receive()


class _Idle:
    """The processes that nobody uses now."""

    def __init__(self, limits: Limits, kept: int) -> None:
        self._limits, self._kept = limits, kept
        self._lock = threading.Lock()
        self._waiting: list[ReadingProcess] = []

    def take(self) -> ReadingProcess:
        """The one used last, or a new one that is not started yet. None that wait were killed."""
        with self._lock:
            return self._waiting.pop() if self._waiting else ReadingProcess(self._limits)

    def put(self, process: ReadingProcess) -> None:
        """It can be used by another."""
        with self._lock:
            self._waiting.append(process)

    def launch(self) -> None:
        """Have one start, if there is none."""
        with self._lock:
            if not self._waiting:
                process = ReadingProcess(self._limits)
                process.launch()
                self._waiting.append(process)

    def trim(self) -> None:
        """End those that waited longest, all but as many as are kept."""
        with self._lock:
            count = max(0, len(self._waiting) - self._kept)
            ended, self._waiting = self._waiting[:count], self._waiting[count:]
        for process in ended:
            process.end()

    def end(self) -> None:
        """End them all."""
        with self._lock:
            ended, self._waiting = self._waiting, []
        for process in ended:
            process.end()

    def forget(self) -> None:
        """There are none: in a fork they belong to the parent."""
        self._lock = threading.Lock()
        self._waiting = []


_IDLE: Final = _Idle(Limits(), _KEPT)
"""Those shared by all `Readers` of this process."""
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_IDLE.forget)
# multiprocessing asks them to end, and waits for ever for one that is stopped and does not hear it.
atexit.register(_IDLE.end)


class Readers:
    """Calls functions in reading processes, as many at once as threads ask. To be closed.

    The processes are started as needed and shared with all others of this program's process; with `limits` of one's
    own they are not.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._idle = _IDLE if limits is None else _Idle(limits, 0)
        self._lock = threading.Lock()
        self._busy: set[ReadingProcess] = set()
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def call(self, function: Callable[..., _Result], *arguments: object, files: Sequence[Path] = ()) -> _Result:
        """What `function(*arguments)` returns, called in a reading process. `files` are what it reads.

        The function and what it takes and gives are pickled, so it is one of a module. Its KnownError, NotAPicture
        and OSError are raised here; `UnreadableItem` also when its time is over, when it ended the process, or when
        this was closed.
        """
        process = self._take()
        try:
            return process.call(function, arguments, self._seconds(files))
        finally:
            self._give_back(process)

    def each(
        self, function: Callable[..., _Result], jobs: Sequence[_Job], files: Callable[[_Job], Sequence[Path]]
    ) -> list[_Result | Refusal]:
        """What `function(*job)` returns for each job, or what it raises that says why that one is refused.

        All are asked for at once, and one at a time where one of them ended the process. `files` are what a job reads.
        """
        try:
            return self.call(_each, function, jobs, files=[path for job in jobs for path in files(job)])
        except UnreadableItem as error:
            if len(jobs) == 1:
                return [error]
        return [found for job in jobs for found in self.each(function, [job], files)]

    def launch(self) -> None:
        """Have a process start ahead of the first call, in some milliseconds: the rest it does by itself.

        What hinders it is met by that call.
        """
        with suppress(OSError):
            self._idle.launch()

    def close(self) -> None:
        """End what is being read, which then counts as unreadable. Twice does no harm."""
        with self._lock:
            self._closed = True
            for process in self._busy:
                process.kill()
        self._idle.trim()

    def _take(self) -> ReadingProcess:
        with self._lock:
            if self._closed:
                raise UnreadableItem(CLOSING)
            process = self._idle.take()
            self._busy.add(process)
            return process

    def _give_back(self, process: ReadingProcess) -> None:
        with self._lock:
            self._busy.discard(process)
        if process.was_killed:
            process.end()
        else:
            self._idle.put(process)
        if self._closed:
            self._idle.trim()

    def _seconds(self, files: Sequence[Path]) -> float:
        return self._limits.item + self._limits.per_megabyte * sum(_size(path) for path in files) / 1e6


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except (OSError, ValueError):
        return 0


def serve(limits: Limits, orders: Connection, answers: Connection) -> None:
    """Call functions until the other side hangs up."""
    guard(limits.memory)
    logging.disable()
    warnings.simplefilter("ignore")
    # What libraries print about a file may quote it, and nobody reads it; a command's output is no place for it.
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    widen(answers)
    import hitl_desktop.kinds.reading  # noqa: F401 - loads the libraries ahead of the first file

    answers.send(("ready", None, []))
    while True:
        try:
            function, arguments, seconds = orders.recv()
        except EOFError:
            return
        may_compute(_THREADS * seconds)
        sort, content, buffers = _attempt(function, arguments)
        answers.send((sort, content, [len(buffer) for buffer in buffers]))
        for buffer in buffers:
            send_plain(answers, buffer)


def _each(function: Callable[..., _Result], jobs: Sequence[_Job]) -> list[_Result | Refusal]:
    found: list[_Result | Refusal] = []
    for job in jobs:
        try:
            found.append(function(*job))
        except (UnreadableItem, NotAPicture) as error:
            found.append(error)
    return found


def _attempt(function: Callable[..., object], arguments: Sequence[object]) -> tuple[str, object, list[memoryview]]:
    buffers: list[pickle.PickleBuffer] = []
    try:
        result = function(*arguments)
        content = pickle.dumps(result, protocol=5, buffer_callback=buffers.append)
        return "done", content, [buffer.raw() for buffer in buffers]
    except (KnownError, NotAPicture, OSError) as error:
        return "raised", error, []
    except MemoryError:
        return "raised", UnreadableItem(say("There is not enough memory to open this picture.")), []
    # The libraries meet damage with errors of many types; each concerns this file only.
    except Exception as error:
        return "failed", (type(error).__name__, trace_of(error)), []
