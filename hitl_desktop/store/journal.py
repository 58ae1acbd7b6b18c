"""Files of JSON lines beside the database that are only appended to, each line made durable before the next step."""

import json
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

_TAIL = 65_536


class Journal:
    """Appends one JSON object a line; each has a `number`, and they rise."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def append(self, entries: Iterable[dict[str, Any]]) -> None:
        """Write and make durable. Raises OSError; what the lines say is already safe in the database."""
        data = "".join(json.dumps(entry, ensure_ascii=True) + "\n" for entry in entries).encode("ascii")
        is_new = not self.path.exists()
        with self.path.open("ab") as file:
            file.write(data)
            file.flush()
            _make_durable(file.fileno())
        if is_new:
            make_folder_durable(self.path.parent)

    def last(self) -> dict[str, Any] | None:
        """The last whole line; one that is torn is cut off. None for a new file, or where it is no line of ours.

        Raises OSError.
        """
        if not self.path.exists():
            return None
        with self.path.open("r+b") as file:
            tail = _last_two_lines(file)
            whole, _, torn = tail.rpartition(b"\n")
            if torn:
                file.truncate(file.seek(0, os.SEEK_END) - len(torn))
        return _entry(whole.rpartition(b"\n")[2])

    def last_number(self) -> int:
        """The number of the last whole line; 0 where there is none. Raises OSError."""
        last = self.last()
        return int(last["number"]) if last else 0

    def lines(self) -> Iterator[dict[str, Any]]:
        """Every line that can be read, in order. What is torn or damaged is left out. Raises OSError."""
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            for line in file:
                entry = _entry(line)
                if entry is not None:
                    yield entry


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
        if reach >= size or tail.count(b"\n") >= 2:
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
