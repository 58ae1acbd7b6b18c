"""Files that would run code when a library loads them: known by their content, whatever they are called.

The program opens none of them anyway: it reads numbers with readers of its own. Knowing them lets it say so, rather
than that the file is damaged.
"""

import bz2
import io
import lzma
import pickletools
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import Final

_LOOKED_AT: Final = 2**20
"""So much of a compressed file is unpacked to see what is in it."""
_DEEPEST: Final = 3
_ARRAY: Final = b"\x93NUMPY"
_TORCH_OLD: Final = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."
_HDF5: Final = b"\x89HDF\r\n\x1a\n"
_PROTOCOL: Final = b"\x80"
_VERSIONS: Final = tuple(bytes([version]) for version in range(2, 6))
_TEXT_BEGINS: Final = tuple(bytes([byte]) for byte in b"c(]}ldi")
_RUNS: Final = frozenset({"GLOBAL", "STACK_GLOBAL", "REDUCE", "INST", "OBJ", "NEWOBJ", "NEWOBJ_EX", "BUILD", "EXT1"})
_UNPACKED: Final[tuple[tuple[bytes, Callable[[bytes], bytes]], ...]] = (
    (b"x", lambda data: zlib.decompressobj().decompress(data, _LOOKED_AT)),
    (b"\x1f\x8b", lambda data: zlib.decompressobj(31).decompress(data, _LOOKED_AT)),
    (b"BZh", lambda data: bz2.BZ2Decompressor().decompress(data, _LOOKED_AT)),
    (b"\xfd7zXZ\0", lambda data: lzma.LZMADecompressor().decompress(data, _LOOKED_AT)),
    (b"]\0\0", lambda data: lzma.LZMADecompressor(lzma.FORMAT_ALONE).decompress(data, _LOOKED_AT)),
)
_DAMAGE: Final = (
    OSError, ValueError, EOFError, LookupError, RuntimeError, MemoryError, OverflowError, NotImplementedError,
    zlib.error, lzma.LZMAError, zipfile.BadZipFile,
)  # fmt: skip


def runs_code(data: bytes, depth: int = _DEEPEST) -> str:
    """What in these bytes would run code if it were loaded: "a pickle", "an array of objects" …; "" for nothing known.

    Archives are looked into member by member, and what is compressed is unpacked, each to a limit. Nothing is loaded.
    """
    if data.startswith(_TORCH_OLD):
        return "a PyTorch pickle"
    if data.startswith(_HDF5):
        return "an HDF5 file, which may hold layers with code"
    if data.startswith(_ARRAY):
        return "an array of Python objects" if _holds_objects(data) else ""
    if data.startswith(b"PK\x03\x04"):
        return next((f"{found} in {name}" for name, found in _in_members(data, depth)), "") if depth else ""
    if is_pickle(data):
        return "a pickle"
    for mark, unpack in _UNPACKED:
        if depth and data.startswith(mark):
            try:
                return runs_code(unpack(data), depth - 1)
            except _DAMAGE:
                return ""
    return ""


def is_pickle(data: bytes) -> bool:
    """True for bytes that read as a pickle which makes objects; they are read, not run.

    One of the old protocols, which are text, has to be read to its end to be told from other texts.
    """
    is_binary, makes = data[:1] == _PROTOCOL, False
    if data[1:2] not in _VERSIONS if is_binary else data[:1] not in _TEXT_BEGINS:
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of odd escapes in what are no pickles
            for operation, _, _ in pickletools.genops(io.BytesIO(data[:_LOOKED_AT])):
                makes = makes or operation.name in _RUNS
                if is_binary and makes:
                    return True
    except (*_DAMAGE, UnicodeDecodeError, TypeError, AttributeError):
        return False
    return makes


def _holds_objects(data: bytes) -> bool:
    header = data[:4096].partition(b"\n")[0]
    return b"|O'" in header or b"'O'" in header


def _in_members(data: bytes, depth: int) -> Iterator[tuple[str, str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for entry in archive.infolist()[:1000]:
                with archive.open(entry) as member:
                    found = runs_code(member.read(_LOOKED_AT), depth - 1)
                if found:
                    yield entry.filename[:80], found
    except _DAMAGE:
        return
