"""Arrays of numbers in an `.npz` file: written the same way every time, read without trusting its own words."""

import ast
import hashlib
import io
import os
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

DAMAGE: Final = (
    OSError, EOFError, ValueError, LookupError, TypeError, AttributeError, RuntimeError, MemoryError,
    OverflowError, ArithmeticError, SyntaxError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip
"""What numpy, zipfile and json raise on files that are not what they say."""

MOST_BYTES: Final = 512 * 1024 * 1024
"""Largest arrays of one model, unpacked."""
_MOST_ARRAYS = 1000
_NUMBERS = "biuf"
_MAGIC = b"\x93NUMPY\x01\x00"


def write_arrays(path: Path, arrays: Mapping[str, npt.NDArray[Any]]) -> str:
    """Write an .npz without time stamps, so that the same arrays give the same bytes; returns its SHA-256 in hex."""
    with path.open("wb") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in sorted(arrays):
                info = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
                info.compress_type = zipfile.ZIP_DEFLATED
                with archive.open(info, "w", force_zip64=True) as entry:
                    np.lib.format.write_array(entry, _plain(arrays[name]), version=(1, 0), allow_pickle=False)
        file.flush()
        os.fsync(file.fileno())
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read_arrays(data: bytes) -> dict[str, npt.NDArray[Any]]:
    """The arrays in the bytes of an .npz file.

    Raises one of `DAMAGE` for anything but arrays of numbers, for a header that claims more than there is, and for
    contents that would unpack to more than `MOST_BYTES`. Nothing is unpickled.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = archive.infolist()
        names = [entry.filename for entry in entries]
        if len(entries) > _MOST_ARRAYS or len(set(names)) != len(names):
            raise ValueError("too many arrays, or one name twice")
        if sum(entry.file_size for entry in entries) > MOST_BYTES:
            raise ValueError("the arrays are too large")
        return {name.removesuffix(".npy"): _array(archive.read(name)) for name in names}


def _plain(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<"), copy=False)


def _array(data: bytes) -> npt.NDArray[Any]:
    """One array from the bytes of an .npy file of version 1, whose header must agree with its length."""
    if data[: len(_MAGIC)] != _MAGIC:
        raise ValueError("not an array")
    start = len(_MAGIC) + 2 + int.from_bytes(data[len(_MAGIC) : len(_MAGIC) + 2], "little")
    header = ast.literal_eval(data[len(_MAGIC) + 2 : start].decode("latin1").strip())
    dtype, shape = np.dtype(header["descr"]), tuple(int(n) for n in header["shape"])
    if dtype.kind not in _NUMBERS or header["fortran_order"] or any(n < 0 for n in shape):
        raise ValueError("not an array of numbers")
    count = int(np.prod(shape, dtype=object)) if shape else 1
    if count * dtype.itemsize != len(data) - start:
        raise ValueError("the array is not as large as it says")
    return np.frombuffer(data, dtype, count, start).reshape(shape)
