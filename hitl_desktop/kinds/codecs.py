"""Decode one compressed frame of a DICOM file. Runs in a process that may be ended (`kinds.reading_process`).

The decoders are C and C++ libraries that were written for good files: a damaged one may make them run for ever or
end their process. What they print about damage is as good as an error: they go on after it, and half a picture is
not shown as a whole one.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, BinaryIO, Final, cast

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.errors import UnreadableItem
from hitl_desktop.domain.sentences import say

Values = npt.NDArray[Any]

JPEG_BASELINE: Final = "1.2.840.10008.1.2.4.50"
JPEG_EXTENDED: Final = "1.2.840.10008.1.2.4.51"
RLE: Final = "1.2.840.10008.1.2.5"

PLUGINS: Final[dict[str, str]] = {
    JPEG_BASELINE: "pillow",
    JPEG_EXTENDED: "pillow",  # 8 bits; 12 bits go to GDCM directly
    "1.2.840.10008.1.2.4.57": "gdcm",  # JPEG lossless
    "1.2.840.10008.1.2.4.70": "gdcm",  # JPEG lossless, first order
    "1.2.840.10008.1.2.4.80": "pyjpegls",  # JPEG-LS lossless
    "1.2.840.10008.1.2.4.81": "pyjpegls",  # JPEG-LS near lossless
    "1.2.840.10008.1.2.4.90": "pylibjpeg",  # JPEG 2000 lossless (OpenJPEG)
    "1.2.840.10008.1.2.4.91": "pylibjpeg",  # JPEG 2000
    "1.2.840.10008.1.2.4.201": "pylibjpeg",  # HTJ2K lossless
    "1.2.840.10008.1.2.4.202": "pylibjpeg",  # HTJ2K lossless, RPCL
    "1.2.840.10008.1.2.4.203": "pylibjpeg",  # HTJ2K
    RLE: "pydicom",
}
"""The compressed transfer syntaxes that can be decoded, and pydicom's name of the library that does it."""

HARMLESS: Final = (b"Unsupported JPEG data precision 12\n",)
"""What libraries print of good files: GDCM tries a decoder for 8 bits before that for 12."""

DAMAGED: Final = say("The file is damaged: the picture in it cannot be read.")
_COMPLAINT: Final = 64 * 1024
_START_OF_SCAN: Final = 0xDA
_WITHOUT_LENGTH: Final = frozenset({0x01, 0xD8, *range(0xD0, 0xD8)})


@dataclass(frozen=True, slots=True)
class CodedFrame:
    """One compressed frame and what the file says of it. `syntax` is a key of `PLUGINS`."""

    syntax: str
    data: bytes
    rows: int
    columns: int
    samples: int
    bits_allocated: int
    bits_stored: int
    signed: bool
    photometric: str


def decode(frame: CodedFrame) -> tuple[Values, str]:
    """The values (rows, columns) or (rows, columns, samples), and their photometric interpretation.

    Raises `UnreadableItem` when the data is damaged. The error stream of the whole process is listened to meanwhile.
    """
    with _overheard() as said:
        try:
            values, photometric = _decoded(frame)
        except MemoryError:
            raise
        # The libraries raise errors of many types; each concerns this frame only.
        except Exception as error:
            raise UnreadableItem(DAMAGED) from error
        said.seek(0)
        if is_complaint(said.read(_COMPLAINT)):
            raise UnreadableItem(DAMAGED)
    return values, photometric


def is_complaint(printed: bytes) -> bool:
    """Does what a library printed speak of damage?"""
    for line in HARMLESS:
        printed = printed.replace(line, b"")
    return bool(printed.strip())


@contextmanager
def _overheard() -> Iterator[BinaryIO]:
    """What is printed on the error stream meanwhile: the libraries speak of damage there only."""
    with _notes() as said:
        before = os.dup(2)
        os.dup2(said.fileno(), 2)
        try:
            yield said
        finally:
            os.dup2(before, 2)
            os.close(before)


def _notes() -> BinaryIO:
    """A file that has no name and, on Linux, no place on a disk either: that may be full, and is no place for words of
    a file.
    """
    in_memory = getattr(os, "memfd_create", None)
    if in_memory is not None:
        return os.fdopen(in_memory("said"), "w+b")
    return cast(BinaryIO, tempfile.TemporaryFile())


def _decoded(frame: CodedFrame) -> tuple[Values, str]:
    if frame.syntax == JPEG_EXTENDED and frame.bits_allocated > 8:
        return _twelve_bits(frame), frame.photometric
    if frame.syntax == RLE and frame.bits_allocated == 1:
        return _packed_bits(frame), frame.photometric
    return _by_pydicom(frame)


def _by_pydicom(frame: CodedFrame) -> tuple[Values, str]:
    from pydicom.encaps import encapsulate
    from pydicom.pixels.decoders.base import get_decoder

    # Keywords of one call, some of which are literals of pydicom's own types.
    described: dict[str, Any] = {
        "rows": frame.rows,
        "columns": frame.columns,
        "samples_per_pixel": frame.samples,
        "bits_allocated": frame.bits_allocated,
        "bits_stored": frame.bits_stored,
        "number_of_frames": 1,
        "photometric_interpretation": frame.photometric,
        "pixel_representation": int(frame.signed),
        "pixel_keyword": "PixelData",
        "planar_configuration": 0,
    }
    values, properties = get_decoder(frame.syntax).as_array(
        encapsulate([frame.data]), index=0, raw=True, decoding_plugin=PLUGINS[frame.syntax], **described
    )
    return values, str(properties["photometric_interpretation"])


def _twelve_bits(frame: CodedFrame) -> Values:
    """JPEG Extended with 12 bits, which pydicom keeps from GDCM although it can."""
    import gdcm

    _refuse_odd_scan(frame.data)
    fragment = gdcm.Fragment()
    fragment.SetByteStringValue(frame.data)
    fragments = gdcm.SequenceOfFragments.New()
    fragments.AddFragment(fragment)
    element = gdcm.DataElement(gdcm.Tag(0x7FE0, 0x0010))
    element.SetValue(fragments.__ref__())
    image = gdcm.Image()
    image.SetNumberOfDimensions(2)
    image.SetDimensions((frame.columns, frame.rows, 1))
    image.SetDataElement(element)
    photometric = gdcm.PhotometricInterpretation.GetPIType(frame.photometric)
    image.SetPhotometricInterpretation(gdcm.PhotometricInterpretation(photometric))
    image.SetTransferSyntax(gdcm.TransferSyntax(gdcm.TransferSyntax.GetTSType(frame.syntax)))
    bits = frame.bits_stored
    image.SetPixelFormat(gdcm.PixelFormat(frame.samples, frame.bits_allocated, bits, bits - 1, int(frame.signed)))
    text = image.GetBuffer()
    if text is None:
        raise ValueError("no pixels")
    shape = (frame.rows, frame.columns) if frame.samples == 1 else (frame.rows, frame.columns, frame.samples)
    # GDCM hands bytes over as text.
    return np.frombuffer(text.encode("utf-8", "surrogateescape"), np.int16 if frame.signed else np.uint16).reshape(
        shape
    )


def _packed_bits(frame: CodedFrame) -> Values:
    """A run-length coded mask of single bits, eight to a byte: pydicom decodes the bytes."""
    pixels = frame.rows * frame.columns
    packed = replace(frame, rows=1, columns=(pixels + 7) // 8, bits_allocated=8, bits_stored=8, signed=False)
    values, _ = _by_pydicom(packed)
    return np.unpackbits(values.reshape(-1), bitorder="little")[:pixels].reshape(frame.rows, frame.columns)


def _refuse_odd_scan(data: bytes) -> None:
    """Refuse a sequential JPEG whose scan claims parts of a progressive one: decoders read such a file differently."""
    at = 2
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            at += 1
            continue
        marker = data[at + 1]
        if marker in _WITHOUT_LENGTH or marker == 0xFF:
            at += 1 if marker == 0xFF else 2
            continue
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        if marker == _START_OF_SCAN:
            if data[at + length - 1 : at + length + 2] != b"\x00\x3f\x00":
                raise ValueError("the scan of this JPEG is not that of a sequential one")
            return
        at += 2 + length
    raise ValueError("no scan")
