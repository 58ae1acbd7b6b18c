"""The digest of rows: what the record keeps of them.

Rows are written as JSON in ASCII, an array of arrays in the order of their columns, with the byte 0x1E where JSON has
a comma. That byte is in no string of JSON, so the text can be cut into its rows again without reading it. A real number
is written by its shortest digits (`repr`), bytes as {"x": hex}.

The digest is SHA-256 over a mark, the name of the table and that text. Beside the digest of several rows stands a
CRC-32 of each: it proves nothing, and says which of them was changed.
"""

import hashlib
import json
import zlib
from collections.abc import Sequence
from typing import Any, Final

MARK: Final = b"hitl-rows-v1\0"
COMMA: Final = "\x1e"
_BETWEEN: Final = f"]{COMMA}["


def _bytes(value: bytes) -> dict[str, str]:
    """All that a row of SQLite holds and JSON does not."""
    return {"x": value.hex()}


_encode = json.JSONEncoder(ensure_ascii=True, check_circular=False, separators=(COMMA, ":"), default=_bytes).encode


def row_texts(rows: Sequence[Sequence[Any]]) -> list[str]:
    """Each row as it is hashed, without its brackets."""
    return _encode(rows)[2:-2].split(_BETWEEN) if rows else []


def digest(table: str, rows: Sequence[str]) -> str:
    """The digest, hex, of rows as `row_texts` has them."""
    return hashlib.sha256(MARK + f"{table}\0[[{_BETWEEN.join(rows)}]]".encode("ascii")).hexdigest()


def digest_of(table: str, rows: Sequence[Sequence[Any]]) -> str:
    """The same of rows as they were read: that is quicker where nobody needs their texts."""
    return hashlib.sha256(MARK + f"{table}\0{_encode(rows)}".encode("ascii")).hexdigest()


def marks(rows: Sequence[str]) -> str:
    """Eight hex digits for each row, one after the other."""
    return "".join(f"{zlib.crc32(row.encode('ascii')):08x}" for row in rows)


def changed(rows: Sequence[str], kept: str) -> list[int]:
    """The places of the rows that do not have the marks that were `kept`."""
    now = marks(rows)
    return [i for i in range(len(rows)) if now[8 * i : 8 * i + 8] != kept[8 * i : 8 * i + 8]]
