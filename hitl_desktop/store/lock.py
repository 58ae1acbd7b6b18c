"""One program at a time per project. The system lets go of the lock when a program dies: none is ever stale."""

import errno
import json
import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from hitl_desktop.domain.errors import ProjectInUse, ProjectNotWritable
from hitl_desktop.domain.sentences import Sentence, say

_HELD: Final = frozenset({errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES, errno.EDEADLK})
_LONGEST: Final = 4096


class ProjectLock:
    """An exclusive lock on `<project>/lock`, held from construction to `release`.

    Who holds it (process, machine, since when) is written into the file, for whoever is refused. Raises ProjectInUse
    when another program (or another window) holds it, ProjectNotWritable where the folder takes no file or no lock.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "lock"
        try:
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise ProjectNotWritable(
                say(
                    "The project folder {folder} cannot be written to: {why}.",
                    folder=folder.name,
                    why=str(error.strerror),
                ),
                say("Copy it to a place where you may write."),
            ) from error
        try:
            lock_at_once(self._file)
        except OSError as error:
            holder = _holder(self._file)
            os.close(self._file)
            if error.errno in _HELD:
                raise ProjectInUse(
                    _in_use(folder.name, holder), say("Close it there, or open it here to read only.")
                ) from error
            raise ProjectNotWritable(
                say("The folder of {folder} does not let this program lock the project.", folder=folder.name),
                say("Copy it to a disk of this computer."),
            ) from error
        self._sign()

    def release(self) -> None:
        """Let others in. Harmless when called twice."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _sign(self) -> None:
        """Say who holds the lock. A disk that is full costs the name of the holder, never the lock."""
        text = json.dumps(
            {"process": os.getpid(), "machine": platform.node(), "since_utc": datetime.now(UTC).isoformat()[:16]}
        )
        try:
            os.ftruncate(self._file, 0)
            os.lseek(self._file, 0, os.SEEK_SET)
            os.write(self._file, text.encode("ascii"))
        except OSError:
            return


def is_held(folder: Path) -> bool:
    """Whether a program has the project open to write. Nothing is made or changed there, not even the lock file."""
    for flags in (os.O_RDWR, os.O_RDONLY):  # some systems lock no file that is only read
        try:
            file = os.open(folder / "lock", flags | getattr(os, "O_NONBLOCK", 0))
        except OSError:  # none that was ever open, or none of ours to write to
            continue
        try:
            lock_at_once(file)
        except OSError as error:
            return error.errno in _HELD
        finally:
            os.close(file)
        return False
    return False


def _holder(file: int) -> dict[str, Any]:
    try:
        os.lseek(file, 0, os.SEEK_SET)
        kept = json.loads(os.read(file, _LONGEST))
    except (OSError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}


def _in_use(name: str, holder: dict[str, Any]) -> Sentence:
    match holder:
        case {"process": int(process), "machine": str(machine), "since_utc": str(since)}:
            where = say("on this computer") if machine == platform.node() else say("on {name}", name=machine)
            return say(
                "{folder} is open in another window or program {where}: process {process}, since {since} UTC.",
                folder=name,
                where=where,
                process=str(process),
                since=since.replace("T", " "),
            )
    return say("{folder} is open in another window or program.", folder=name)


if sys.platform == "win32":  # pragma: no cover - another system
    import msvcrt

    _BEYOND: Final = 1 << 30
    """A byte far behind what is written: a locked one could not be read by whoever is refused."""

    def lock_at_once(file: int) -> None:
        """Lock an open file until it is closed or the process ends. Raises OSError where another one holds it."""
        os.lseek(file, _BEYOND, os.SEEK_SET)
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def lock_at_once(file: int) -> None:
        """Lock an open file until it is closed or the process ends. Raises OSError where another one holds it."""
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
