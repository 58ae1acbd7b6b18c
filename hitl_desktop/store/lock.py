"""One program at a time per project. The system lets go of the lock when a program dies: none is ever stale."""

import os
import sys
from pathlib import Path

from hitl_desktop.domain.errors import ProjectRefused
from hitl_desktop.domain.sentences import say


class ProjectLock:
    """An exclusive lock on `<project>/lock`, held from construction to `release`.

    Raises ProjectRefused when another program (or another window) holds it.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "lock"
        try:
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise ProjectRefused(
                say(
                    "The project folder {folder} cannot be written to: {why}.",
                    folder=folder.name,
                    why=str(error.strerror),
                ),
                say("Copy it to a place where you may write."),
            ) from error
        try:
            _lock(self._file)
        except OSError as error:
            os.close(self._file)
            raise ProjectRefused(
                say("{folder} is open in another window or program.", folder=folder.name),
                say("Close it there, then try again."),
            ) from error

    def release(self) -> None:
        """Let others in. Harmless when called twice."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


if sys.platform == "win32":
    import msvcrt

    def _lock(file: int) -> None:
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
