"""What an event about a row says beside its digest: of a model the hash of its card, which holds that of its arrays."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

CARD: Final = "card.json"


def extras(folder: Path, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> dict[str, Any]:
    """For the event about one row; empty for tables of which nothing lies in files."""
    if table != "model":
        return {}
    (row,) = rows
    return {"card": card_hash(folder, int(row[columns.index("version")]))}


def card_hash(folder: Path, version: int) -> str:
    """SHA-256, hex, of the card of a model version; empty where there is none."""
    try:
        return hashlib.sha256((folder / "models" / f"v{version}" / CARD).read_bytes()).hexdigest()
    except OSError:
        return ""
