"""Reads the record in several processes: a million events are too many for one to look through in ten seconds.

Each process has a connection of its own that only reads. Threads here hand out stretches, so that whoever is done with
one gets the next; the process that asked reads along unless it has a window to keep moving.
"""

import gc
import os
import threading
from collections.abc import Sequence
from contextlib import closing, suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

from hitl_desktop.domain.errors import Cancelled, KnownError
from hitl_desktop.domain.protocols import CancelCheck, Progress
from hitl_desktop.kinds.piped_process import PipedProcess, guard
from hitl_desktop.store.record_stretches import Stretch, StretchRead, number_of_stretches, read_stretch
from hitl_desktop.store.snapshot_database import needs_snapshot
from hitl_desktop.store.store import DATABASE, Store

ENOUGH: Final = 4
"""Stretches; fewer are read sooner than a process starts."""
_MOST: Final = 4
_MEMORY: Final = 4 << 30
_POLL_SECONDS: Final = 0.05


class RecordReaders:
    """Processes that read stretches of the record of the project in `folder`; `close` them."""

    def __init__(self, folder: Path, *, reads_along: bool = True) -> None:
        self._folder = folder
        self._reads_along = reads_along
        self._processes: list[PipedProcess] = []
        self._threads: list[threading.Thread] = []
        self._stretches: list[Stretch] = []
        self._next = 0
        self._reads: dict[int, StretchRead] = {}
        self._lock = threading.Lock()
        self._stopped = False

    @property
    def pids(self) -> list[int]:
        """The process ids, while they live."""
        return [process.pid for process in self._processes if process.pid is not None]

    def get_ready(self, events: int) -> None:
        """Start the processes, if so many events are worth it: they have much to import."""
        is_small = number_of_stretches(events) < ENOUGH
        if self._processes or is_small or needs_snapshot(self._folder / DATABASE):  # each would copy all of it
            return
        for _ in range(max(1, min(_MOST, os.cpu_count() or 1) - 1)):
            process = PipedProcess()
            process.start(_serve, self._folder)
            self._processes.append(process)

    def begin(self, stretches: Sequence[Stretch]) -> None:
        """Have the processes begin."""
        self._stretches = list(stretches)
        self.get_ready(stretches[-1].last if stretches else 0)
        for process in self._processes:
            thread = threading.Thread(target=self._feed, args=(process,), daemon=True)
            thread.start()
            self._threads.append(thread)

    def finish(self, store: Store, progress: Progress, cancelled: CancelCheck) -> Sequence[StretchRead] | None:
        """All that was read, in order, once it is; None where something in it does not fit. Raises Cancelled."""
        total = self._stretches[-1].last if self._stretches else 0
        try:
            while len(self._reads) < len(self._stretches):
                if cancelled():
                    raise Cancelled
                if self._stopped:
                    return None
                is_alone = not any(thread.is_alive() for thread in self._threads)
                place = self._take() if self._reads_along or is_alone else None
                if place is not None:
                    self._keep(place, read_stretch(store, self._stretches[place]))
                elif is_alone:  # one of them ended before it was done
                    return None
                else:
                    self._wait()
                progress(sum(read.stretch.last - read.stretch.first + 1 for read in self._reads.values()), total, "")
        finally:
            self.close()
        return [self._reads[place] for place in range(len(self._stretches))]

    def close(self) -> None:
        """End the processes; what they were reading is dropped."""
        self._stopped = True
        for process in self._processes:
            process.kill()
        for thread in self._threads:
            thread.join()
        for process in self._processes:
            process.end()
        self._processes, self._threads = [], []

    def _wait(self) -> None:
        for thread in self._threads:
            if thread.is_alive():
                thread.join(_POLL_SECONDS)
                return

    def _take(self) -> int | None:
        """The place of the next stretch that nobody reads."""
        with self._lock:
            if self._next >= len(self._stretches) or self._stopped:
                return None
            self._next += 1
            return self._next - 1

    def _keep(self, place: int, read: StretchRead | None) -> None:
        if read is None:
            self._stopped = True
        else:
            self._reads[place] = read

    def _feed(self, process: PipedProcess) -> None:
        with suppress(EOFError, OSError):
            while (place := self._take()) is not None:
                process.send(self._stretches[place])
                self._keep(place, process.receive())


def _serve(folder: Path, orders: Connection, answers: Connection) -> None:
    """The child's loop: one stretch after the other until the parent hangs up."""
    guard(_MEMORY)
    gc.disable()  # nothing here refers to itself
    with suppress(EOFError, OSError, KnownError), closing(Store.reader(folder)) as store:
        while True:
            answers.send(read_stretch(store, orders.recv()))
