"""The bytes of a table file: opened within limits, known by their content, decoded with care."""

import codecs
import gzip
import io
import re
import stat
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, cast

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.protocols import Step, no_step
from hitl_desktop.domain.sentences import Sentence, say

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

UNPACKED_LIMIT = 512 * 1024**2
"""Bytes that a packed table may have unpacked."""
_UNPACKED_RATIO = 200
_UNPACKED_ALWAYS = 64 * 1024**2
HEAD_SIZE = 1024**2
"""Bytes that the guesses look at."""

_GZIP = b"\x1f\x8b"
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_FOREIGN: Final = (
    # i18n: each stands in the sentence "This is {what}, not a table of text."
    (re.compile(rb"PK\x03\x04.{0,2000}(\[Content_Types\]|xl/)", re.DOTALL), say("an Excel workbook or an Office file")),
    (re.compile(rb"PK\x03\x04"), say("a ZIP archive")),
    (re.compile(rb"\xd0\xcf\x11\xe0"), say("an old Excel workbook or an Office file")),
    (re.compile(rb"%PDF"), say("a PDF document")),
    (re.compile(rb"\{\\rtf"), say("a formatted document (RTF)")),
    (re.compile(rb"PAR1"), say("a Parquet file")),
    (re.compile(rb"SQLite format 3\0"), say("a database")),
    (re.compile(rb"\x89PNG|\xff\xd8\xff|GIF8"), say("a picture")),
    (re.compile(rb"(\xef\xbb\xbf)?\s*(<!doctype html|<html|<head)", re.IGNORECASE), say("a web page")),
)
_OFFICE = ("Excel", "Office")
_CHOOSE_A_TABLE: Final = say("Choose a table: CSV, TSV or JSON lines.")
_ESCAPED_BYTE = re.compile("[\udc80-\udcff]")


class LimitedReader(io.RawIOBase):
    """Bytes of a file, unpacked if need be; counts them and stops at a limit.

    `step` is called with every piece, of `HEAD_SIZE` bytes at most. Raises `KnownError` when there are more than
    `limit` bytes, or the packed data are damaged, and whatever `step` raises.
    """

    def __init__(self, source: BinaryIO, limit: int | None, step: Step = no_step) -> None:
        super().__init__()
        self._source = source
        self._limit = limit
        self._step = step
        self.consumed = 0

    @property
    def packed(self) -> bool:
        """True when the bytes were unpacked."""
        return self._limit is not None

    def readable(self) -> bool:
        """Always true."""
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        """Fill `buffer` with the next bytes."""
        self._step()
        view = memoryview(buffer).cast("B")[:HEAD_SIZE]
        try:
            data = self._source.read(len(view))
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise KnownError(
                say("The packed file is cut off or damaged."), say("Fetch it again, or unpack it first.")
            ) from error
        except OSError as error:
            raise KnownError(
                say("The file cannot be read: {why}.", why=(error.strerror or type(error).__name__).lower())
            ) from error
        self.consumed += len(data)
        if self._limit is not None and self.consumed > self._limit:
            raise KnownError(
                say("The packed file grows to more than {size} MiB.", size=self._limit // 1024**2),
                say("Unpack it first if you trust it."),
            )
        view[: len(data)] = data
        return len(data)

    def close(self) -> None:
        """Close the file too."""
        self._source.close()
        super().close()


@contextmanager
def opened(path: Path, step: Step = no_step) -> Iterator[LimitedReader]:
    """The bytes of `path`, unpacked if it is gzip (by content, not by name); `step` is called with every piece.

    Raises `KnownError` when there is no such file, it is not a regular file, or it may not be read.
    """
    size = _size_of_regular(path)
    try:
        file = path.open("rb")
    except OSError as error:
        raise KnownError(
            say("“{name}” cannot be opened: no permission.", name=path.name), say("Choose another file.")
        ) from error
    with file:
        packed = file.read(2) == _GZIP
        file.seek(0)
        if packed:
            limit = min(UNPACKED_LIMIT, max(_UNPACKED_ALWAYS, size * _UNPACKED_RATIO))
            reader = LimitedReader(cast(BinaryIO, gzip.GzipFile(fileobj=file)), limit, step)
        else:
            reader = LimitedReader(file, None, step)
        with reader:
            yield reader


def _size_of_regular(path: Path) -> int:
    try:
        status = path.stat()
    except OSError as error:
        raise KnownError(
            say("The file “{name}” is not there or cannot be reached.", name=path.name), say("Choose another file.")
        ) from error
    if stat.S_ISDIR(status.st_mode):
        raise KnownError(say("“{name}” is a folder, not a table.", name=path.name), say("Choose a file."))
    if not stat.S_ISREG(status.st_mode):
        raise KnownError(say("“{name}” is not an ordinary file.", name=path.name), say("Choose another file."))
    return status.st_size


@dataclass(frozen=True, slots=True)
class Head:
    """The first `HEAD_SIZE` bytes of a file; `size` counts all its bytes, unpacked."""

    data: bytes
    size: int

    @property
    def complete(self) -> bool:
        """True when `data` is the whole file."""
        return len(self.data) == self.size


def read_head(path: Path, step: Step = no_step) -> Head:
    """Read the start of `path`. A packed file is read to its end, because only there it shows whether it is whole."""
    with opened(path, step) as reader:
        buffered = io.BufferedReader(reader)
        data = buffered.read(HEAD_SIZE)
        if reader.packed:
            while buffered.read(HEAD_SIZE):
                pass
            return Head(data, reader.consumed)
        return Head(data, max(len(data), path.stat().st_size))


def refuse_foreign(head: Head) -> None:
    """Raise `KnownError` when the file is empty or is known not to be a table."""
    bare = head.data
    for mark, _ in _BOMS:
        bare = bare.removeprefix(mark)
    if head.complete and not bare.strip():
        raise KnownError(say("The file is empty."), say("Choose another file."))
    for pattern, what in _FOREIGN:
        if pattern.match(head.data):
            is_office = any(word in what.message for word in _OFFICE)
            raise KnownError(
                say("This is {what}, not a table of text.", what=what),
                say("Open it there and save it as CSV.") if is_office else _CHOOSE_A_TABLE,
            )


@dataclass(frozen=True, slots=True)
class EncodingGuess:
    """The name of a codec, and a sentence for the user where the choice is a guess or a conversion."""

    name: str
    note: Sentence | None = None


def guess_encoding(head: Head) -> EncodingGuess:
    """How the text is encoded: by its mark, as UTF-8, by the pattern of UTF-16, by its scripts, else Windows-1252.

    Raises `KnownError` when the bytes are no text.
    """
    for mark, name in _BOMS:
        if head.data.startswith(mark):
            return EncodingGuess(
                name,
                None
                if name == "utf-8-sig"
                else say("The file is {encoding}; it was converted.", encoding=name.upper()),
            )
    wide = _utf16_by_pattern(head.data[:8192])
    if wide:
        return EncodingGuess(
            wide, say("The file looks like {encoding} without a mark; it was converted.", encoding=wide.upper())
        )
    if _decodes(head, "utf-8") is not None:
        return EncodingGuess("utf-8")
    _refuse_binary(head.data)
    return _legacy(head)


def _utf16_by_pattern(data: bytes) -> str:
    """UTF-16 of Latin text has a zero in nearly every second byte."""
    if len(data) < 4:
        return ""
    even = data[0::2].count(0) / len(data[0::2])
    odd = data[1::2].count(0) / len(data[1::2])
    if odd > 0.3 and even < 0.05:
        return "utf-16-le"
    if even > 0.3 and odd < 0.05:
        return "utf-16-be"
    return ""


def _decodes(head: Head, encoding: str) -> str | None:
    """The head as text, or None where it is not `encoding`. A character cut at the end of the head is no fault."""
    try:
        return codecs.getincrementaldecoder(encoding)().decode(head.data, final=head.complete)
    except UnicodeDecodeError:
        return None


def _refuse_binary(data: bytes) -> None:
    control = sum(data.count(code) for code in range(32) if code not in b"\t\n\r\f\x1b")
    if 0 in data and control / len(data) > 0.02:
        raise KnownError(say("This is a binary file, not a table of text."), _CHOOSE_A_TABLE)


def _legacy(head: Head) -> EncodingGuess:
    """An encoding for bytes that are not UTF-8 throughout."""
    japanese = _decodes(head, "cp932")
    if japanese is not None and _share(japanese, 0x3040, 0x30FF) > 0.1:
        return EncodingGuess("cp932", _read_as("Shift-JIS"))
    if _high_bytes_in_pairs(head.data) > 0.9:
        chinese = _decodes(head, "gb18030")
        if chinese is not None and _share(chinese, 0x3000, 0x9FFF) + _share(chinese, 0xFF00, 0xFF60) > 0.8:
            return EncodingGuess("gb18030", _read_as("GB18030"))
    decoded = head.data.decode("utf-8", "surrogateescape")
    broken = len(_ESCAPED_BYTE.findall(decoded))
    sound = sum(character > "\x7f" for character in decoded) - broken
    # Sound UTF-8 sequences hardly arise by chance: then the file is UTF-8 with damage, which is repaired row by row.
    if sound * 4 >= broken:
        return EncodingGuess("utf-8")
    return EncodingGuess("cp1252", _read_as("Windows-1252"))


def _read_as(encoding: str) -> Sentence:
    return say("The file is not UTF-8; it was read as {encoding}. Check that the letters are right.", encoding=encoding)


def _share(text: str, first: int, last: int) -> float:
    """The share of the non-ASCII characters that lie between two code points."""
    beyond = [character for character in text if character > "\x7f"]
    return sum(first <= ord(character) <= last for character in beyond) / max(1, len(beyond))


def _high_bytes_in_pairs(data: bytes) -> float:
    """The share of bytes above 127 that stand next to another one: high in Chinese, low in Western text."""
    runs = re.findall(rb"[\x80-\xff]+", data)
    return sum(len(run) for run in runs if len(run) > 1) / max(1, sum(map(len, runs)))


def text_of(reader: LimitedReader, encoding: str) -> io.TextIOWrapper:
    """`reader` as text with its line ends kept. Bytes that do not fit become lone surrogates, see `repaired`."""
    errors = "replace" if encoding.startswith(("utf-16", "utf-32")) else "surrogateescape"
    return io.TextIOWrapper(io.BufferedReader(reader, HEAD_SIZE), encoding=encoding, errors=errors, newline="")


def repaired(text: str) -> str:
    """`text` with bytes that did not fit the encoding read as Windows-1252, the usual origin of such bytes."""
    return text if text.isascii() else _ESCAPED_BYTE.sub(_as_windows, text)


def _as_windows(match: re.Match[str]) -> str:
    return bytes([ord(match[0]) - 0xDC00]).decode("cp1252", "replace")
