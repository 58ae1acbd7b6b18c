"""Files of JSON lines beside the database that are only appended to, each line made durable before the next step."""

import errno
import json
import logging
import os
import stat
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

_log = logging.getLogger(__name__)
_TAIL = 65_536
LONGEST_LINE = 64 * 2**20
"""Bytes; a decision with all its marks takes a few thousandths of that."""
_COUNTED_WHOLE = 64 * 2**20
"""Bytes: a few hundredths of a second."""


class Journal:
    """Appends one JSON object a line; each has a `number`, and they rise."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._left: tuple[int, int] | None = None

    @property
    def is_as_left(self) -> bool:
        """False where the file is not what the last `append` made of it: somebody took it away, or changed it."""
        return self._left is None or self._left == self._now()

    def _is_there(self) -> bool:
        """Raises OSError for what is no file: a pipe would be waited for without end."""
        try:
            mode = self.path.stat().st_mode
        except FileNotFoundError:
            return False
        if not stat.S_ISREG(mode):
            raise IsADirectoryError(errno.EISDIR, "no file", self.path.name)
        return True

    def _now(self) -> tuple[int, int] | None:
        try:
            found = self.path.stat()
        except FileNotFoundError:
            return None
        return found.st_ino, found.st_size

    def append(self, entries: Iterable[dict[str, Any]]) -> None:
        """Write and make durable. Raises OSError; what the lines say is already safe in the database."""
        data = "".join(json.dumps(entry, ensure_ascii=True) + "\n" for entry in entries).encode("ascii")
        is_new = not self._is_there()
        with self.path.open("ab") as file:
            file.write(data)
            file.flush()
            _make_durable(file.fileno())
        if is_new:
            make_folder_durable(self.path.parent)
        self._left = self._now()

    def set_aside(self) -> None:
        """Keep the file under another name, where there is one: it is made anew. Raises OSError."""
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
        if self._is_there():
            self.path.rename(self.path.with_name(f"{self.path.stem}-set-aside-{stamp}.jsonl"))
        self._left = None
        _log.warning("%s did not fit the database: it was set aside and is made anew", self.path.name)

    def lacks(self, rows: int) -> bool:
        """True where the file has fewer lines than so many; False as well where it is too long to count them."""
        if not self.path.exists() or self.path.stat().st_size > _COUNTED_WHOLE:
            return False
        with self.path.open("rb") as file:
            return sum(piece.count(b"\n") for piece in iter(lambda: file.read(2**20), b"")) < rows

    def last(self) -> dict[str, Any] | None:
        """The last whole line; one that is torn is cut off. None for a new file, or where it is no line of ours.

        Raises OSError.
        """
        if not self._is_there():
            return None
        with self.path.open("r+b") as file:
            tail = _last_two_lines(file)
            whole, _, torn = tail.rpartition(b"\n")
            if torn:
                file.truncate(file.seek(0, os.SEEK_END) - len(torn))
        self._left = self._now()
        return _entry(whole.rpartition(b"\n")[2])

    def last_number(self) -> int:
        """The number of the last whole line; 0 where there is none. Raises OSError."""
        last = self.last()
        return int(last["number"]) if last else 0

    def lines(self) -> Iterator[dict[str, Any]]:
        """Every line that can be read, in order. What is torn or damaged is left out. Raises OSError."""
        if not self._is_there():
            return
        with self.path.open("rb") as file:
            for line in whole_lines(file):
                entry = _entry(line)
                if entry is not None:
                    yield entry


def whole_lines(file: BinaryIO) -> Iterator[bytes]:
    """The lines of a file, without those that are longer than any of ours: one could be larger than the memory."""
    is_within = False
    for piece in iter(partial(file.readline, LONGEST_LINE), b""):
        if not is_within and (piece.endswith(b"\n") or len(piece) < LONGEST_LINE):
            yield piece
        is_within = not piece.endswith(b"\n")


def _entry(line: bytes) -> dict[str, Any] | None:
    """The line, if it is one of ours: an object with a whole number."""
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return None
    number = entry.get("number") if isinstance(entry, dict) else None
    return entry if type(number) is int and number >= 0 else None


def _last_two_lines(file: BinaryIO) -> bytes:
    """The end of the file, long enough to hold the last whole line and what was torn after it."""
    size = file.seek(0, os.SEEK_END)
    reach = _TAIL
    while True:
        file.seek(max(0, size - reach))
        tail = file.read()
        if reach >= min(size, LONGEST_LINE) or tail.count(b"\n") >= 2:
            return tail
        reach *= 2


if sys.platform == "darwin":  # pragma: no cover - another system
    import fcntl

    def _make_durable(file: int) -> None:
        fcntl.fcntl(file, fcntl.F_FULLFSYNC)
else:

    def _make_durable(file: int) -> None:
        os.fsync(file)


def make_file_durable(path: Path) -> None:
    """Have a file that was just written reach the disk. Raises OSError."""
    with path.open("r+b") as file:
        _make_durable(file.fileno())


def make_folder_durable(folder: Path) -> None:
    """Have new and renamed entries of a folder reach the disk. Where a folder cannot be opened, the system does it."""
    if sys.platform == "win32":  # pragma: no cover - another system
        return
    entry = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(entry)
    finally:
        os.close(entry)
