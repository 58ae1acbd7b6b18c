"""Arrays of numbers that lie beside the database: read without trusting the file to be what its name says."""

import io
import zipfile
import zlib
from pathlib import Path
from tokenize import TokenError
from typing import Any

import numpy as np
import numpy.typing as npt

from hitl_desktop.paths import open_plain

_MAGIC = b"\x93NUMPY"
_ARCHIVE = b"PK\x03\x04"
_DAMAGE = (
    OSError, ValueError, EOFError, LookupError, SyntaxError, TypeError, AttributeError, OverflowError, MemoryError,
    RuntimeError, TokenError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip
"""What numpy raises on files that are not what they say, its parser of headers among them."""


def as_bytes(array: npt.NDArray[Any]) -> bytes:
    """What an .npy file of the array holds."""
    stream = io.BytesIO()
    np.save(stream, array, allow_pickle=False)
    return stream.getvalue()


def load_numbers(path: Path, *, is_mapped: bool = False) -> npt.NDArray[Any] | None:
    """The array in an .npy file, memory-mapped if wanted; None when it is not there, not whole or not numbers.

    `np.load` would also open an archive or a pickle of that name: neither is looked at.
    """
    try:
        if not _begins_with(path, _MAGIC):
            return None
        found = np.load(path, mmap_mode="r" if is_mapped else None, allow_pickle=False)
    except _DAMAGE:
        return None
    return found if isinstance(found, np.ndarray) and not found.dtype.hasobject else None


def load_named_numbers(path: Path) -> dict[str, npt.NDArray[Any]] | None:
    """The arrays of an .npz file by their names; None when it is not there, not whole or holds anything else."""
    try:
        if not _begins_with(path, _ARCHIVE):
            return None
        # Opened here: numpy leaves the file open when it is no archive.
        with open_plain(path) as file, np.load(file, allow_pickle=False) as stored:
            found = {name: stored[name] for name in stored.files}
    except _DAMAGE:
        return None
    return found if all(isinstance(array, np.ndarray) for array in found.values()) else None


def _begins_with(path: Path, magic: bytes) -> bool:
    with open_plain(path) as file:
        return file.read(len(magic)) == magic
