"""A child process that is given orders through pipes and may be ended at any time.

For libraries that a file made to harm, or damaged by chance, can crash or keep busy for ever.
"""

import math
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Final

from hitl_desktop.kinds.child_environment import without_secrets

_LEAVING_SECONDS: Final = 5.0
"""So long may a process take from closing its pipes to its end."""


_GOES_FIRST: Final = 500
"""Counts as if it held half of the machine's memory more than it does."""


class PipedProcess:
    """At most one process at a time: `start` it, `send` orders, `poll` and `receive` answers, `end` it.

    Talking to a process that has ended raises EOFError or OSError.
    """

    def __init__(self) -> None:
        self._process: BaseProcess | None = None
        self._to: Connection | None = None
        self._from: Connection | None = None

    @property
    def is_started(self) -> bool:
        """True from `start` to `end`, whatever became of the process meanwhile."""
        return self._process is not None

    @property
    def pid(self) -> int | None:
        """The process id, while there is one."""
        return self._process.pid if self._process is not None else None

    def start(self, serve: Callable[..., None], *args: object) -> None:
        """Run `serve(*args, orders, answers)` in a process of its own."""
        context = multiprocessing.get_context("spawn")
        # The worker is a daemon, which may not have children. This one ends with it all the same: `guard` sees to that.
        if multiprocessing.current_process().daemon:
            multiprocessing.current_process().daemon = False
        theirs_in, self._to = context.Pipe(duplex=False)
        self._from, theirs_out = context.Pipe(duplex=False)
        self._process = context.Process(target=serve, args=(*args, theirs_in, theirs_out), daemon=True)
        with without_secrets():
            self._process.start()
        theirs_in.close()
        theirs_out.close()

    def send(self, order: object) -> None:
        """Give an order."""
        assert self._to is not None  # noqa: S101 - started
        self._to.send(order)

    def poll(self, seconds: float) -> bool:
        """Wait at most so long; True when there is an answer, or the process has ended."""
        return self._answers.poll(seconds)

    def receive(self) -> Any:
        """The next answer; waits for it."""
        return self._answers.recv()

    def receive_plain(self, size: int) -> bytearray:
        """So many bytes, sent by `send_plain`; waits for them. Raises EOFError or OSError when they do not come."""
        found = bytearray(size)
        if sys.platform == "win32":
            self._answers.recv_bytes_into(found)
            return found
        view, at = memoryview(found), 0
        while at < size:
            count = os.readv(self._answers.fileno(), [view[at:]])
            if not count:
                raise EOFError
            at += count
        return found

    def was_ended_from_outside(self) -> bool:
        """Of a process whose pipe is closed: did somebody else kill it, as the system does where memory is short?

        False for one that crashed or left by itself, and where that is not to be known.
        """
        if self._process is None or sys.platform == "win32":
            return False
        self._process.join(_LEAVING_SECONDS)
        return self._process.exitcode == -signal.SIGKILL

    def kill(self) -> None:
        """Kill the process; whoever waits for its answer, in another thread, hears that at once."""
        process = self._process
        if process is not None and process.is_alive():
            process.kill()

    def end(self) -> None:
        """End the process and let go of its pipes. Twice does no harm."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process.close()
        for connection in (self._to, self._from):
            if connection is not None:
                connection.close()
        self._process = self._to = self._from = None

    @property
    def _answers(self) -> Connection:
        assert self._from is not None  # noqa: S101 - started
        return self._from


def guard(memory: int) -> None:
    """For the child, before anything else: no more address space than `memory` bytes, where the system can; Ctrl+C is
    for the parent to handle; it must not outlive a parent that was killed; and where memory gets short it goes first.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _be_killed_with_parent()
    _go_first()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if sys.platform != "win32":
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_AS)
        wanted = memory if most == resource.RLIM_INFINITY else min(memory, most)
        resource.setrlimit(resource.RLIMIT_AS, (wanted, wanted))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def may_compute(seconds: float) -> None:
    """For the child, before each order: so many seconds of the processor from now on, then the system ends it.

    A library that computes for ever may keep the interpreter to itself, and then nothing here hears that the parent
    has gone. Where the system has no such limit, nothing happens.
    """
    if sys.platform != "win32":
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_CPU)
        wanted = math.ceil(time.process_time() + seconds) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (wanted if most == resource.RLIM_INFINITY else min(wanted, most), most))


def send_plain(pipe: Connection, content: memoryview) -> None:
    """For the child: many bytes, without a copy on the way. `content` is contiguous, of single bytes."""
    if sys.platform == "win32":
        pipe.send_bytes(content)
        return
    at = 0
    while at < len(content):
        at += os.write(pipe.fileno(), content[at:])


def widen(pipe: Connection) -> None:
    """Let a pipe hold more, where the system can: a large picture goes through it in fewer steps."""
    if sys.platform == "linux":
        import fcntl

        with suppress(OSError):  # the system may allow less
            fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, 2**18)


def _be_killed_with_parent() -> None:
    """Have the kernel kill this process once its parent is gone, where it can: a library that never comes back to
    Python lets no thread of ours see to that.
    """
    parent = multiprocessing.parent_process()
    if sys.platform == "linux" and parent is not None:
        import fcntl

        # The parent holds the other end of this pipe open, writes no more to it, and its end is a signal here.
        with suppress(OSError):
            fcntl.fcntl(parent.sentinel, fcntl.F_SETOWN, os.getpid())
            fcntl.fcntl(parent.sentinel, fcntl.F_SETSIG, signal.SIGKILL)
            flags = fcntl.fcntl(parent.sentinel, fcntl.F_GETFL)
            fcntl.fcntl(parent.sentinel, fcntl.F_SETFL, flags | os.O_ASYNC)


def _go_first() -> None:
    """Where memory gets short Linux kills some process: rather this one than the window, with what a person does."""
    with suppress(OSError, ValueError):
        score = Path("/proc/self/oom_score_adj")
        score.write_text(str(max(int(score.read_text("ascii")), _GOES_FIRST)), "ascii")


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
