"""Open a DICOM file: its elements without the pixels, and where those lie. Nothing large is read.

The file is walked by our own reader for the first bytes and for the pixels, and by pydicom in between, so that a
length that lies is met before anything is allocated for it.
"""

import io
import os
import stat
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, cast

from hitl_desktop.domain.errors import UnreadableItem
from hitl_desktop.domain.sentences import say
from hitl_desktop.kinds.libraries import LIBRARIES

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

PREAMBLE: Final = 132
LIMIT_BYTES: Final = 2 * 1024**3
LIMIT_INFLATED: Final = 512 * 1024**2
CUT: Final = say("The file ends before the picture does. It is kept out, not shown half.")
DAMAGED: Final = say("The file is damaged: what it says of itself cannot be read.")

IMPLICIT_LITTLE: Final = "1.2.840.10008.1.2"
EXPLICIT_LITTLE: Final = "1.2.840.10008.1.2.1"
DEFLATED: Final = "1.2.840.10008.1.2.1.99"
EXPLICIT_BIG: Final = "1.2.840.10008.1.2.2"
NATIVE: Final = frozenset({IMPLICIT_LITTLE, EXPLICIT_LITTLE, DEFLATED, EXPLICIT_BIG})

_PIXELS: Final = {0x7FE00008: "f4", 0x7FE00009: "f8", 0x7FE00010: ""}
"""The elements that hold pixels, and the type of their values where the element says it."""
_LONG_VRS: Final = frozenset(
    {b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV"}
)
_VRS: Final = _LONG_VRS | frozenset(
    b"AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US".split()  # the standard's other representations
)
_UNDEFINED: Final = 0xFFFFFFFF
_FIRST: Final = frozenset({0x0000, 0x0001, 0x0005, 0x0008, 0x0012, 0x0013, 0x0014, 0x0016, 0x0018})
"""Elements of group 8 that a data set begins with."""
_BLOCK: Final = 8192
_TRANSFER_SYNTAX: Final = (0x0002, 0x0010)


@dataclass(frozen=True, slots=True)
class PixelPlace:
    """Where the value of the pixel element lies: from `start`, `length` bytes of the file (or of what was inflated).

    `length` is None for compressed frames, which run to a delimiter. `kind` is "f4" or "f8" for float elements.
    `is_cut` says that the file ends before the value does.
    """

    start: int
    length: int | None
    kind: str = ""
    is_cut: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class DicomFile:
    """A file that was opened: `head` holds its elements before the pixels, `pixels` says where those are.

    `pixels` is None for objects without any. `inflated` is the content of a deflated file, `size` that of the file.
    """

    path: Path
    syntax: str
    head: "Dataset"
    pixels: PixelPlace | None
    size: int
    little: bool
    inflated: bytes | None = None

    @contextmanager
    def content(self) -> Iterator[BinaryIO]:
        """What offsets refer to, opened for reading. Raises `UnreadableItem`."""
        if self.inflated is not None:
            yield io.BytesIO(self.inflated)
            return
        with _reading(self.path) as file:
            yield file


def is_dicom(start: bytes) -> bool:
    """Does a file that starts with these bytes (132 or more) look like DICOM, with or without a preamble?"""
    if start[128:132] == b"DICM":
        return True
    if len(start) < 16 or start[:4] in (b"\x89PNG", b"II*\0", b"MM\0*", b"RIFF", b"GIF8"):
        return False
    return _guess_syntax(start) is not None


def open_dicom(path: Path) -> DicomFile:
    """Open the file at `path` and read its elements up to the pixels.

    Raises `UnreadableItem` with a plain reason for anything missing, cut off, damaged, or no DICOM.
    """
    with _reading(path) as file:
        size = os.fstat(file.fileno()).st_size
        if size > LIMIT_BYTES:
            raise UnreadableItem(say("The file is over the limit of {limit} GiB.", limit=LIMIT_BYTES // 1024**3))
        try:
            with LIBRARIES.quiet():
                return _opened(path, file, size)
        except UnreadableItem:
            raise
        except MemoryError as error:
            raise UnreadableItem(say("There is not enough memory to open this picture.")) from error
        # pydicom meets damaged elements with errors of many types, a deep nest with a RecursionError.
        except Exception as error:
            raise UnreadableItem(DAMAGED) from error


@contextmanager
def _reading(path: Path) -> Iterator[BinaryIO]:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise UnreadableItem(say("This is not a regular file, so it was not opened."))
        with path.open("rb") as file:
            yield file
    except FileNotFoundError as error:
        raise UnreadableItem(say("The file is not there.")) from error
    except PermissionError as error:
        raise UnreadableItem(say("No permission to read this file.")) from error
    except (OSError, ValueError) as error:
        raise UnreadableItem(say("The file could not be read: {why}.", why=str(error))) from error


def _opened(path: Path, file: BinaryIO, size: int) -> DicomFile:
    if not size:
        raise UnreadableItem(say("The file is empty (0 bytes)."))
    start = file.read(PREAMBLE + 16)
    if not is_dicom(start):
        raise UnreadableItem(say("This is not a DICOM file."))
    file.seek(PREAMBLE if start[128:132] == b"DICM" else 0)
    syntax = _read_meta(file)
    if syntax is None:
        at = file.tell()
        syntax = _guess_syntax(file.read(16)) or IMPLICIT_LITTLE
        file.seek(at)
    inflated = _inflate(file.read()) if syntax == DEFLATED else None
    content, length = (io.BytesIO(inflated), len(inflated)) if inflated is not None else (file, size)
    little = syntax != EXPLICIT_BIG
    head = _read_head(content, length, implicit=syntax == IMPLICIT_LITTLE, little=little)
    if not len(head):
        raise UnreadableItem(CUT)
    pixels = _find_pixels(content, length, implicit=syntax == IMPLICIT_LITTLE, little=little)
    return DicomFile(path, syntax, head, pixels, size, little, inflated)


def _read_meta(file: BinaryIO) -> str | None:
    """Pass over the elements of group 2, which are always explicit and little-endian; return the transfer syntax."""
    syntax = None
    while True:
        at = file.tell()
        head = file.read(8)
        if len(head) < 8 or head[:2] != b"\x02\x00":
            file.seek(at)
            return syntax
        group, element, vr, length = struct.unpack("<HH2sH", head)
        if vr in _LONG_VRS:
            (length,) = struct.unpack("<L", file.read(4).ljust(4, b"\0"))
        value = file.read(min(length, 1024))
        file.seek(max(0, length - 1024), io.SEEK_CUR)
        if (group, element) == _TRANSFER_SYNTAX:
            syntax = value.rstrip(b"\0 ").decode("ascii", "replace")


def _guess_syntax(start: bytes) -> str | None:
    """The transfer syntax of a data set without a word about it, from its first element; None when it looks odd."""
    if len(start) < 8:
        return None
    group, element, vr, _ = struct.unpack("<HH2sH", start[:8])
    if group in (2, 8) and vr in _VRS and element < 0x2000:
        return EXPLICIT_LITTLE
    if group == 8 and element in _FIRST and 0 < struct.unpack("<L", start[4:8])[0] <= 64:
        return IMPLICIT_LITTLE
    if start[:2] == b"\0\x08" and vr in _VRS:
        return EXPLICIT_BIG
    return None


def _inflate(data: bytes) -> bytes:
    """The content of a deflated file, but never more than the limit: a small file can hold a very large one."""
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    inflated = inflater.decompress(data, LIMIT_INFLATED)
    if not inflater.eof:
        if len(inflated) >= LIMIT_INFLATED:
            raise UnreadableItem(say("The file grows over the limit of {limit} MB.", limit=LIMIT_INFLATED // 1024**2))
        raise UnreadableItem(CUT)
    return inflated


class _Honest(io.RawIOBase):
    """A file that is asked for more bytes than it has says so: an element that claims them is a lie or was cut."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file = file
        self._size = size

    def read(self, size: int | None = -1, /) -> bytes:
        wanted = -1 if size is None else size
        # pydicom looks for delimiters in blocks of 8 KiB, which may well go over the end.
        if wanted > _BLOCK and wanted > self._size - self._file.tell():
            raise UnreadableItem(CUT)
        return self._file.read(wanted)

    def seek(self, offset: int, whence: int = 0, /) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()


def _read_head(content: BinaryIO, length: int, *, implicit: bool, little: bool) -> "Dataset":
    from pydicom.filereader import read_dataset

    honest = cast(BinaryIO, _Honest(content, length))
    return read_dataset(honest, implicit, little, stop_when=lambda tag, _vr, _length: int(tag) in _PIXELS)


def _find_pixels(content: BinaryIO, size: int, *, implicit: bool, little: bool) -> PixelPlace | None:
    order = "<" if little else ">"
    head = content.read(12)
    if len(head) < 8:
        return None
    group, element = struct.unpack(order + "HH", head[:4])
    kind = _PIXELS.get(group << 16 | element)
    if kind is None:
        return None
    at, used = content.tell() - len(head), 8
    vr = head[4:6]
    if implicit or vr not in _VRS:
        (length,) = struct.unpack(order + "L", head[4:8])
    elif vr in _LONG_VRS:
        if len(head) < 12:
            raise UnreadableItem(CUT)
        (length,), used = struct.unpack(order + "L", head[8:12]), 12
    else:
        (length,) = struct.unpack(order + "H", head[6:8])
    start = at + used
    if length == _UNDEFINED:
        return PixelPlace(start, None, kind)
    return PixelPlace(start, length, kind, start + length > size)


def number_of(head: "Dataset", name: str, default: Any = None) -> Any:
    """The value of an element that should be a number (the first of several), or `default` where there is none.

    Raises `UnreadableItem` when it is something else.
    """
    try:
        value = head.get(name, None)
        if value is None or value == "":
            return default
        if not isinstance(value, str) and hasattr(value, "__len__"):
            value = value[0]
        return float(value)
    # A length that is none of numbers is an error of pydicom's own, which quotes the value.
    except Exception as error:
        raise UnreadableItem(say("The file is damaged: its {element} is not a number.", element=name)) from error


def words_of(head: "Dataset", name: str) -> str:
    """The value of an element as words; empty where there is none or it cannot be read."""
    try:
        value = head.get(name, "")
        return " ".join(str(value).replace("^", " ").split()) if value is not None else ""
    # A value in an unknown character set, or that breaks its own format, says nothing.
    except Exception:
        return ""
