"""What an event about a row says beside its digest: of a model the hash of its card, which holds that of its arrays.

What lies beside those (what a version says of the items that measure, and which items it knew before) changes later,
and is on record each time: figures and comparisons of versions rest on it.
"""

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from hitl_desktop.domain.record_events import Happening
from hitl_desktop.paths import open_plain

if TYPE_CHECKING:
    from hitl_desktop.store.store import Store

CARD: Final = "card.json"
BESIDE: Final = ("checks.npy", "known.npy")
"""Files of a model version that change after it was trained, with every check and every batch that comes."""


def extras(folder: Path, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> dict[str, Any]:
    """For the event about one row; empty for tables of which nothing lies in files."""
    if table != "model":
        return {}
    (row,) = rows
    version = int(row[columns.index("version")])
    beside = {name: digest for name in BESIDE if (digest := file_hash(folder, version, name))}
    return {"card": file_hash(folder, version, CARD)} | ({"beside": beside} if beside else {})


def file_hash(folder: Path, version: int, name: str) -> str:
    """SHA-256, hex, of a file of a model version; empty where there is none."""
    try:
        with open_plain(folder / "models" / f"v{version}" / name) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def note_beside(store: "Store") -> None:
    """Put on record what lies beside the models now: where the database is of another moment than they are."""
    for model in store.models.all():
        for name in BESIDE:
            if digest := file_hash(store.folder, model.version, name):
                store.note(Happening.BESIDE, version=model.version, file=name, sha=digest)


def put_beside(store: "Store", version: int, name: str, content: bytes) -> None:
    """Write a file of `BESIDE` anew, on record. The event comes first: whoever is stopped in between has the file that
    was there before, which the record knows as well. Raises DiskTrouble, OSError.
    """
    if name not in BESIDE:
        raise ValueError(name)
    path = store.folder / "models" / f"v{version}" / name
    store.note(Happening.BESIDE, version=version, file=name, sha=hashlib.sha256(content).hexdigest())
    part = path.with_name(f".{name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
