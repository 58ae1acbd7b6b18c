"""`decisions.jsonl`: a second, fsynced record of every decision, from which the log can be rebuilt."""

import json
import os
from collections.abc import Callable, Iterable
from dataclasses import fields
from pathlib import Path
from typing import Any, BinaryIO

from hitl_desktop.domain.decisions import Decision
from hitl_desktop.domain.evidence import to_plain

_TAIL = 65_536
_FIELDS = tuple(f.name for f in fields(Decision) if f.name != "item_index")


class Journal:
    """Appends one JSON object a line: the decision with the item's digest and the class's name."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def append(self, entries: Iterable[dict[str, Any]]) -> None:
        """Write and fsync. Raises OSError; the decision itself is already safe in the database."""
        data = "".join(json.dumps(entry, ensure_ascii=True) + "\n" for entry in entries).encode("ascii")
        with self._path.open("ab") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())

    def last_number(self) -> int:
        """The number of the last whole line; a torn one is cut off. 0 for a new file."""
        if not self._path.exists():
            return 0
        with self._path.open("r+b") as file:
            tail = _last_two_lines(file)
            whole, _, torn = tail.rpartition(b"\n")
            if torn:
                file.truncate(file.seek(0, os.SEEK_END) - len(torn))
        last = whole.rpartition(b"\n")[2]
        try:
            return int(json.loads(last)["number"]) if last else 0
        except (ValueError, KeyError, TypeError):
            return 0


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


def entry(decision: Decision, digest: str, label_name: Callable[[int | None], str | None]) -> dict[str, Any]:
    """The line for one decision: readable without the database."""
    line: dict[str, Any] = {name: getattr(decision, name) for name in _FIELDS}
    named: dict[str, Any] = {
        "item": digest,
        "label": label_name(decision.label_id),
        "predicted": label_name(decision.predicted_id),
    }
    for name in ("findings", "predicted_findings"):
        ids = line.pop(name)
        if ids is not None:
            named |= {f"{name}_ids": ids, name: [label_name(i) for i in ids]}
    line["evidence"] = to_plain(decision.evidence, label_name) if decision.evidence else None
    return {**line, **named}
