"""What reading files of somebody else may take: a bomb among them is refused, and does not take the machine.

In the worker alone, which reads them. What a library cannot get it answers with MemoryError, and the readers refuse the
file for it. A large import takes as long as it takes; but one that stands still is ended (`Silence`).
"""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

UNTRUSTED: Final = frozenset(
    {
        *("look", "create_project", "add", "compare", "read_answers", "open_model", "add_backbone", "receive"),
        *("same_size", "deidentify"),
    }
)
"""The tasks that read files which somebody else may have made."""
_LEAST: Final = 4 * 2**30
"""Bytes beyond what is in use already: a table of a million records with all their columns takes about half of that."""

LONGEST_SILENCE: Final = 15 * 60.0
"""Seconds in which such a task may say nothing. It speaks after every picture and every model, and at least every
16 MiB of what may be larger (`tests/workflow/test_untrusted_tasks.py`), so that no drive is slow enough to be taken for
one that stands still.
"""
_LONGEST_LOOK: Final = 1.0
"""Seconds between two looks at most, as far as they count: the machine may have slept in between."""


def most_memory() -> int:
    """Bytes that such a task may take: half of the machine's memory, and at least 4 GiB."""
    try:
        return max(_LEAST, os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2)
    except (ValueError, OSError, AttributeError):
        return _LEAST


@contextmanager
def limited(task: str) -> Iterator[None]:
    """While a task runs. Nothing happens for what this program made itself, and where the system has no such limit."""
    taken = _address_space() if task in UNTRUSTED else None
    if taken is None or sys.platform == "win32":
        yield
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    limits = [taken + most_memory(), *(limit for limit in (soft, hard) if limit != resource.RLIM_INFINITY)]
    resource.setrlimit(resource.RLIMIT_AS, (min(limits), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _address_space() -> int | None:
    """Bytes that this process has addresses for now; None where the system does not say."""
    try:
        return int(Path("/proc/self/statm").read_text("ascii").split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError, AttributeError):
        return None


class Silence:
    """How long nothing was heard of a task, in seconds that were really waited through: those in which the machine
    slept, or this program stood still itself, do not count.

    `longest` of them are too long; None where a task may be silent for ever.
    """

    def __init__(self, longest: float | None) -> None:
        self._longest = longest
        self._waited = 0.0
        self._looked = time.monotonic()

    def heard(self) -> None:
        """The task has said something."""
        self._waited = 0.0
        self._looked = time.monotonic()

    def is_too_long(self) -> bool:
        """To be asked several times a second."""
        now = time.monotonic()
        self._waited += min(max(0.0, now - self._looked), _LONGEST_LOOK)
        self._looked = now
        return self._longest is not None and self._waited > self._longest
