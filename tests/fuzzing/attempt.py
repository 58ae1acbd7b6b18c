"""One input, read: what must not happen, whatever it is."""

import shutil
import signal
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.fuzzing.room import Room, Seeds, Target

MOST_SECONDS = 20.0
_MEMORY = Path("/dev/shm")  # noqa: S108 - where the system has a file system in memory: nothing waits for a disk


class TooSlowError(AssertionError):
    """An input held its reader up."""


def attempt(target: Target, given: Any, seeds: Seeds) -> bool:
    """Read one input. Returns False where it was refused as it should be.

    Raises whatever else the reader raised, TooSlowError, or AssertionError where it wrote outside of its folder, or
    left something behind of what it refused.
    """
    place = _MEMORY if _MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="fuzz-", dir=place) as name:
        room = Room(Path(name))
        room.given.mkdir()
        room.out.mkdir()
        with _in_time(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                target.read(given, room, seeds)
                taken = True
            except target.refusals as error:
                str(error)
                taken = False
        assert {path.name for path in room.folder.iterdir()} == {"given", "out"}, "written outside of its folder"
        if not taken:
            assert not list(room.out.glob("*")), "something is left of what was refused"
        shutil.rmtree(room.out)
    return taken


@contextmanager
def _in_time() -> Iterator[None]:
    """Interrupt what takes too long, where the system has such a clock."""
    if not hasattr(signal, "SIGALRM"):
        yield
        return

    def ring(*_: object) -> None:
        raise TooSlowError(f"more than {MOST_SECONDS:.0f} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, MOST_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
