"""What another program did with a project that somebody has open: packed it, copied it without names, backed it up.

It may not write to the record, which has one writer. So it leaves a line beside the database, and whoever has the
project open, or opens it next, puts that on record.
"""

import json
import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.record_events import Happening
from hitl_desktop.store.journal import make_folder_durable

if TYPE_CHECKING:
    from hitl_desktop.store.store import Store

_FILE: Final = "record-notes.jsonl"
_TAKING: Final = "record-notes.taking.jsonl"
_SORTS: Final = frozenset(
    {Happening.EXPORTED, Happening.REPORTED, Happening.COPIED, Happening.PACKED, Happening.BACKED_UP}
)
_FACTS: Final = frozenset({"format", "items", "version", "file", "files", "masked", "not_looked_at", "with_data"})
_LONGEST: Final = 2**20
"""Bytes that are read: a line takes some hundred."""
_LONGEST_TEXT: Final = 200
BESIDE: Final = "beside"
"""Stands in `via` of such an event; `told_at` is when it was left."""


def leave_note(folder: Path, do: Happening, facts: dict[str, Any]) -> None:
    """Leave a line for the one that writes the record. Raises OSError."""
    line = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "do": do.value, "facts": facts}
    with (folder / _FILE).open("ab") as file:
        file.write((json.dumps(line) + "\n").encode("ascii"))
        file.flush()
        os.fsync(file.fileno())
    make_folder_durable(folder)


def take_notes(store: "Store") -> None:
    """Put on record what was left, by the one that writes. What cannot be read or written waits for the next time."""
    taking = store.folder / _TAKING
    with suppress(OSError, KnownError):
        if not taking.exists() and (store.folder / _FILE).exists():
            (store.folder / _FILE).rename(taking)  # what is left from now on is for the next time
        if taking.exists():
            notes = list(_notes_in(taking))
            with store.transaction():
                for do, facts in notes:
                    store.note(do, **facts)
            taking.unlink()


def _notes_in(file: Path) -> Iterator[tuple[Happening, dict[str, Any]]]:
    """Lines of ours; anybody may have written there. Raises OSError."""
    if not stat.S_ISREG(file.lstat().st_mode):
        return
    with file.open("rb") as stream:
        lines = stream.read(_LONGEST).split(b"\n")
    for line in lines:
        with suppress(ValueError, LookupError, TypeError, AttributeError, RecursionError):
            said = json.loads(line)
            do = Happening(said["do"])
            facts = {name: _plain(value) for name, value in said["facts"].items() if name in _FACTS}
            if do in _SORTS:
                yield do, facts | {"told_at": str(said["at"])[:_LONGEST_TEXT], "via": BESIDE}


def _plain(value: Any) -> str | int | bool:
    """Raises ValueError for what no fact is."""
    if isinstance(value, str):
        return value[:_LONGEST_TEXT]
    if isinstance(value, int) and abs(value) < 2**53:
        return value
    raise ValueError(type(value).__name__)
