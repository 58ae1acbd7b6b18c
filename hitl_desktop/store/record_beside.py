"""What lies beside the database and belongs to what is on record: the classes of the second record, the arrays of
models, lines that nobody can read.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from hitl_desktop.paths import open_plain
from hitl_desktop.store.journal import LONGEST_LINE, Journal
from hitl_desktop.store.record_extras import CARD
from hitl_desktop.store.second_record import CLASSES, SECOND_RECORD
from hitl_desktop.store.store import Store

_ARRAYS = "arrays.npz"
_HASH = "arrays_sha256"


def no_files(folder: Path) -> list[str]:
    """What has the name of a file of the second record and is none: a pipe there would be waited for without end."""
    found = [name for name in SECOND_RECORD if (folder / name).exists()]
    return [name for name in found if not (folder / name).is_file()]


def same_arrays(folder: Path, version: int) -> bool | None:
    """Whether the arrays of a model version are those that its card tells of; None where they are missing."""
    model = folder / "models" / f"v{version}"
    try:
        with open_plain(model / CARD) as file:
            told = json.loads(file.read(LONGEST_LINE).decode("utf-8"))
        if not isinstance(told, dict) or _HASH not in told:
            return True
        with open_plain(model / _ARRAYS) as file:
            return bool(hashlib.file_digest(file, "sha256").hexdigest() == told[_HASH])
    except OSError:
        return None
    except (ValueError, TypeError, RecursionError):  # a card that was recorded so
        return True


def other_operations(store: Store, *, is_in_use: bool) -> Iterator[int]:
    """The numbers of operations on classes that are other ones in `classes.jsonl`, or missing there, or after which the
    classes are others there; 0 stands for the classes that the project was made with. A file that is not there is made
    when the project is opened; while somebody works, one of the two may be ahead.
    """
    lines = list(Journal(store.folder / CLASSES).lines())
    if not lines:
        return
    said = {int(line["number"]): line for line in lines}
    begun, last_said = min(said), max(said)
    before = begun if said[begun].get("operation") is None else 0  # it begins with the classes there were
    done = {operation.number: _plain(asdict(operation)) for operation in store.classes.operations()}
    last = max(done, default=0)
    for number, operation in done.items():
        is_there = number in said or (is_in_use and number > last_said)
        if number > before and (not is_there or said.get(number, {}).get("operation", operation) != operation):
            yield number
    if not is_in_use:
        yield from (number for number in said if number > last)
    if last == last_said and said[last].get("classes") != [_plain(asdict(label)) for label in store.classes.all()]:
        yield last


def _plain(values: Any) -> Any:
    """As a line has it."""
    return json.loads(json.dumps(values))


def unreadable_lines(path: Path) -> int:
    """How many whole lines of a file of the second record are none of ours. Raises OSError."""
    with open_plain(path) as file:
        whole = sum(piece.count(b"\n") for piece in iter(lambda: file.read(2**20), b""))
    return max(0, whole - sum(1 for _ in Journal(path).lines()))
