"""Arrays of numbers that lie beside the database: read without trusting the file to be what its name says."""

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

_MAGIC = b"\x93NUMPY"
_DAMAGE = (OSError, ValueError, EOFError, SyntaxError, TypeError, OverflowError, MemoryError, zipfile.BadZipFile)


def load_numbers(path: Path, *, is_mapped: bool = False) -> npt.NDArray[Any] | None:
    """The array in an .npy file, memory-mapped if wanted; None when it is not there, not whole or not numbers.

    `np.load` would also open an archive or a pickle of that name: neither is looked at.
    """
    try:
        with path.open("rb") as file:
            if file.read(len(_MAGIC)) != _MAGIC:
                return None
        found = np.load(path, mmap_mode="r" if is_mapped else None, allow_pickle=False)
    except _DAMAGE:
        return None
    return found if isinstance(found, np.ndarray) and not found.dtype.hasobject else None
