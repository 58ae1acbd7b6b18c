"""Whether the database is still where it was opened.

Who has a file open goes on writing to it after it was deleted, or after its folder was moved away and another one took
its place: all of that succeeds, and nobody will ever find it.
"""

from pathlib import Path

from hitl_desktop.domain.errors import DiskTrouble
from hitl_desktop.domain.sentences import say


class StandingFile:
    """The file at `path` as it was opened."""

    def __init__(self, path: Path) -> None:
        """Raises OSError."""
        self._path = path
        self._number = path.stat().st_ino
        self._log = 0

    def check(self) -> None:
        """Raise DiskTrouble where another file, or none, is at its path: nothing must be called saved then.

        What the file system calls a file stays while it is open; where it calls all of them 0, one cannot tell.
        """
        try:
            number = self._path.stat().st_ino
        except (FileNotFoundError, NotADirectoryError):
            raise self._gone() from None
        except OSError:  # SQLite will say what it is
            return
        if number != self._number:
            raise self._gone()

    def has_log(self) -> bool:
        """False where somebody took away the log beside it, as programs that tidy up do: what is written goes to a file
        that nobody will find. It can be saved as long as the connection is open (`database.settle`), and its database
        is there; of one that is not, `check` tells.
        """
        number = _number(self._path.with_name(f"{self._path.name}-wal"))
        self._log = self._log or number
        return number == self._log or _number(self._path) != self._number

    def forget_log(self) -> None:
        """The database was opened anew, with a log of its own."""
        self._log = 0

    def _gone(self) -> DiskTrouble:
        return DiskTrouble(
            say(
                "The project {folder} was moved, renamed, deleted or replaced while it was open: this was not saved.",
                folder=self._path.parent.name,
            ),
            say("Put it back, then try again; or close it here, and open it where it lies now."),
        )


def _number(path: Path) -> int:
    """What the file system calls a file; 0 where there is none."""
    try:
        return path.stat().st_ino
    except OSError:
        return 0
