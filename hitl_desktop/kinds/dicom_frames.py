"""The frames of a DICOM file as arrays of the values that are stored, one frame read at a time."""

import itertools
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Final

import numpy as np

from hitl_desktop.domain.errors import UnreadableItem
from hitl_desktop.domain.sentences import say
from hitl_desktop.kinds.codecs import PLUGINS, CodedFrame, Values, decode
from hitl_desktop.kinds.dicom_file import CUT, DAMAGED, NATIVE, DicomFile, PixelPlace, number_of, words_of

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

LIMIT_MEGAPIXELS: Final = 200
LIMIT_FRAMES: Final = 100_000
_BITS: Final = (1, 8, 16, 32, 64)
_SUBSAMPLED: Final = "YBR_FULL_422"
_ITEM: Final = (0xFFFE, 0xE000)
_DELIMITER: Final = (0xFFFE, 0xE0DD)
_END_OF_IMAGE: Final = (b"\xff\xd9", b"\xff\xd9\x00")
_UNDEFINED: Final = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Layout:
    """How the values of one frame lie in the file. `samples` is 1, or 3 for colour."""

    rows: int
    columns: int
    samples: int
    frames: int
    bits_allocated: int
    bits_stored: int
    high_bit: int
    signed: bool
    photometric: str
    planar: bool

    @property
    def frame_bits(self) -> int:
        """The size of a frame that is not compressed, in bits."""
        per_pixel = 2 if self.photometric == _SUBSAMPLED else self.samples
        return self.rows * self.columns * per_pixel * self.bits_allocated


Extent = tuple[tuple[int, int], ...]
"""Where a compressed frame lies: (offset, length) of each of its fragments."""


class Frames:
    """The frames of a file, each read and decoded when it is asked for.

    Raises `UnreadableItem` on making when the file does not hold what it says it holds.
    """

    def __init__(self, file: DicomFile) -> None:
        if file.pixels is None or file.pixels.is_cut:
            raise UnreadableItem(CUT)
        self._file = file
        self._place = file.pixels
        self.layout = read_layout(file.head, self._place.kind)
        self._extents: tuple[Extent, ...] = ()
        if self._place.length is None:
            if file.syntax in NATIVE:
                raise UnreadableItem(DAMAGED)
            self._refuse_unknown()
            with file.content() as content:
                self._extents = _extents(file, content, self._place, self.layout.frames)
        elif file.syntax not in NATIVE and self._place.kind == "":
            self._refuse_unknown()
            raise UnreadableItem(DAMAGED)
        elif self.layout.frame_bits * self.layout.frames > self._place.length * 8:
            raise UnreadableItem(CUT)

    def __len__(self) -> int:
        return self.layout.frames

    def read(self, index: int) -> tuple[Values, str]:
        """The stored values of a frame, (rows, columns) or (rows, columns, 3), and their photometric interpretation.

        Integers come with their sign and without bits that are not theirs. Raises `UnreadableItem`.
        """
        values, photometric = self._coded(index) if self._extents else self._native(index)
        expected = (self.layout.rows, self.layout.columns)
        if values.shape[:2] != expected:
            raise UnreadableItem(say("The file is damaged: its picture has another size than it says."))
        return values, photometric

    def _refuse_unknown(self) -> None:
        if self._file.syntax not in PLUGINS:
            raise UnreadableItem(
                say(
                    "Its pictures are stored as {syntax}, which is not supported.",
                    syntax=syntax_name(self._file.syntax),
                )
            )

    def _coded(self, index: int) -> tuple[Values, str]:
        with self._file.content() as content:
            parts = []
            for offset, length in self._extents[index]:
                content.seek(offset)
                parts.append(content.read(length))
        form = self.layout
        return decode(
            CodedFrame(
                self._file.syntax,
                b"".join(parts),
                form.rows,
                form.columns,
                form.samples,
                form.bits_allocated,
                form.bits_stored,
                form.signed,
                form.photometric,
            )
        )

    def _native(self, index: int) -> tuple[Values, str]:
        form = self.layout
        first = form.frame_bits * index
        with self._file.content() as content:
            content.seek(self._place.start + first // 8)
            data = content.read((first % 8 + form.frame_bits + 7) // 8)
        if len(data) * 8 < form.frame_bits:
            raise UnreadableItem(CUT)
        if form.bits_allocated == 1:
            bits = np.unpackbits(np.frombuffer(data, np.uint8), bitorder="little")[first % 8 :]
            return bits[: form.rows * form.columns].reshape(form.rows, form.columns), form.photometric
        kind = self._place.kind or f"{'i' if form.signed else 'u'}{form.bits_allocated // 8}"
        flat = np.frombuffer(data, np.dtype(("<" if self._file.little else ">") + kind))
        flat = flat[: form.frame_bits // form.bits_allocated].astype(kind, copy=False)
        if form.samples == 1:
            values: Values = flat.reshape(form.rows, form.columns)
        elif form.photometric == _SUBSAMPLED:
            values = _spread(flat, form)
        elif form.planar:
            values = flat.reshape(form.samples, form.rows, form.columns).transpose(1, 2, 0)
        else:
            values = flat.reshape(form.rows, form.columns, form.samples)
        return (values if self._place.kind else _without_foreign_bits(values, form)), form.photometric


def read_layout(head: "Dataset", kind: str = "") -> Layout:
    """What the elements say of the pixels. Raises `UnreadableItem` for what cannot be shown."""
    rows, columns = (int(number_of(head, name, 0)) for name in ("Rows", "Columns"))
    if rows < 1 or columns < 1:
        raise UnreadableItem(say("The picture has no pixels."))
    if rows * columns > LIMIT_MEGAPIXELS * 1_000_000:
        raise UnreadableItem(
            say(
                "{width} × {height} pixels is over the limit of {limit} megapixels.",
                width=columns,
                height=rows,
                limit=LIMIT_MEGAPIXELS,
            )
        )
    frames = int(number_of(head, "NumberOfFrames", 1)) or 1
    if not 1 <= frames <= LIMIT_FRAMES:
        raise UnreadableItem(say("{n} frames is over the limit of {limit}.", n=frames, limit=LIMIT_FRAMES))
    allocated = {"f4": 32, "f8": 64}.get(kind) or int(number_of(head, "BitsAllocated", 0))
    stored = int(number_of(head, "BitsStored", allocated)) if not kind else allocated
    samples = int(number_of(head, "SamplesPerPixel", 1))
    if allocated not in _BITS or not 1 <= stored <= allocated or samples not in (1, 3):
        raise UnreadableItem(say("Its pixels are stored in a way that is not supported."))
    return Layout(
        rows,
        columns,
        samples,
        frames,
        allocated,
        stored,
        min(allocated - 1, int(number_of(head, "HighBit", stored - 1))),
        bool(number_of(head, "PixelRepresentation", 0)),
        words_of(head, "PhotometricInterpretation").upper() or ("MONOCHROME2" if samples == 1 else "RGB"),
        samples > 1 and bool(number_of(head, "PlanarConfiguration", 0)),
    )


def syntax_name(syntax: str) -> str:
    """The standard's name of a transfer syntax, or its number."""
    from pydicom.uid import UID

    name = UID(syntax).name
    return name if name and len(name) < 100 else syntax[:64]


def _without_foreign_bits(values: Values, form: Layout) -> Values:
    """Values of `bits_stored` bits up to `high_bit`, out of words that may hold other bits (old overlays)."""
    if form.bits_stored == form.bits_allocated:
        return values
    above = form.bits_allocated - 1 - form.high_bit
    return (values << above) >> (form.bits_allocated - form.bits_stored)


def _spread(flat: Values, form: Layout) -> Values:
    """Two pixels share their colour: Y1 Y2 B R → one triple each."""
    if form.columns % 2:
        raise UnreadableItem(say("Its pixels are stored in a way that is not supported."))
    pairs = flat.reshape(form.rows, form.columns // 2, 4)
    values = np.empty((form.rows, form.columns, 3), flat.dtype)
    values[:, 0::2, 0], values[:, 1::2, 0] = pairs[..., 0], pairs[..., 1]
    for channel in (1, 2):
        values[..., channel] = np.repeat(pairs[..., channel + 1], 2, axis=1)
    return values


def _extents(file: DicomFile, content: BinaryIO, place: PixelPlace, frames: int) -> tuple[Extent, ...]:
    """Where each compressed frame lies. Only the heads of the fragments are read."""
    offsets, fragments = _fragments(content, place)
    if frames == 1:
        return (tuple(fragments),)
    if len(fragments) == frames:
        return tuple((fragment,) for fragment in fragments)
    starts = _extended_offsets(file.head) or offsets
    if len(starts) != frames:
        starts = _starts_by_marker(content, fragments)
    if len(starts) != frames or len(fragments) < frames:
        raise UnreadableItem(say("The file is damaged: it does not hold as many frames as it says."))
    groups: list[list[tuple[int, int]]] = [[] for _ in starts]
    first = fragments[0][0] - 8
    frame = 0
    for at, length in fragments:
        while frame + 1 < len(starts) and at - 8 - first >= starts[frame + 1]:
            frame += 1
        groups[frame].append((at, length))
    if not all(groups):
        raise UnreadableItem(say("The file is damaged: it does not hold as many frames as it says."))
    return tuple(tuple(group) for group in groups)


def _fragments(content: BinaryIO, place: PixelPlace) -> tuple[list[int], list[tuple[int, int]]]:
    """The basic offset table, and (offset, length) of every fragment. A fragment that is cut off is an error."""
    content.seek(0, 2)
    size = content.tell()
    content.seek(place.start)
    table: list[int] | None = None
    ended = False
    fragments: list[tuple[int, int]] = []
    while len(head := content.read(8)) == 8:
        group, element, length = struct.unpack("<HHL", head)
        if (group, element) != _ITEM:
            ended = (group, element) == _DELIMITER
            break
        at = content.tell()
        if length == _UNDEFINED or at + length > size:
            raise UnreadableItem(CUT)
        if table is None:
            table = list(struct.unpack(f"<{length // 4}L", content.read(length // 4 * 4)))
        else:
            fragments.append((at, length))
        content.seek(at + length)
    if not fragments or not ended:
        raise UnreadableItem(CUT)
    return table or [], fragments


def _extended_offsets(head: "Dataset") -> list[int]:
    data = head.get("ExtendedOffsetTable", None)
    return list(struct.unpack(f"<{len(data) // 8}Q", data)) if isinstance(data, bytes) else []


def _starts_by_marker(content: BinaryIO, fragments: list[tuple[int, int]]) -> list[int]:
    """Where frames start, counted from the first fragment: after each that ends as a JPEG or JPEG 2000 does."""
    first = fragments[0][0] - 8
    starts = [0]
    for (at, length), (following, _) in itertools.pairwise(fragments):
        content.seek(at + max(0, length - 3))
        if content.read(min(3, length)).endswith(_END_OF_IMAGE):
            starts.append(following - 8 - first)
    return starts
