"""Compressed frames: what a library prints about damage counts, and none of it reaches the terminal."""

import errno
import os
import tempfile
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from unittest.mock import Mock

import numpy as np
import pydicom
import pytest
from pydicom.encaps import generate_frames

from hitl_desktop.domain.errors import UnreadableItem
from hitl_desktop.kinds.codecs import JPEG_EXTENDED, RLE, CodedFrame, decode, is_complaint
from hitl_desktop.kinds.libraries import LIBRARIES
from hitl_desktop.kinds.reading_process import Limits, Readers
from tests.dicom_files import write

RAMP = np.arange(256, dtype=np.uint8).reshape(16, 16)


@pytest.fixture(scope="module")
def frame(tmp_path_factory: pytest.TempPathFactory) -> CodedFrame:
    found = pydicom.dcmread(write(tmp_path_factory.mktemp("rle") / "a.dcm", RAMP, rle=True))
    data = next(generate_frames(found.PixelData, number_of_frames=1))
    return CodedFrame(RLE, data, 16, 16, 1, 8, 8, False, "MONOCHROME2")


def test_a_frame_is_decoded(frame: CodedFrame) -> None:
    values, photometric = decode(frame)
    np.testing.assert_array_equal(values, RAMP)
    assert photometric == "MONOCHROME2"


def test_damage_is_said_and_the_next_frame_is_fine(frame: CodedFrame, capfd: pytest.CaptureFixture[str]) -> None:
    with Readers() as readers:
        for data in (b"", b"\0" * 64, frame.data[:40], frame.data[:-30]):
            with pytest.raises(UnreadableItem, match="damaged"):
                readers.call(decode, replace(frame, data=data))
        with pytest.raises(UnreadableItem):
            readers.call(decode, replace(frame, syntax=JPEG_EXTENDED, bits_allocated=16, bits_stored=12))
        np.testing.assert_array_equal(readers.call(decode, frame)[0], RAMP)
    assert capfd.readouterr().err == ""


@pytest.mark.skipif(not hasattr(os, "memfd_create"), reason="FILES WITHOUT A PLACE ON A DISK ARE THERE ON LINUX ONLY")
def test_a_full_disk_is_not_told_as_a_file_that_cannot_be_read(
    frame: CodedFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "TemporaryFile", Mock(side_effect=OSError(errno.ENOSPC, "No space left on device")))
    np.testing.assert_array_equal(decode(frame)[0], RAMP)


def test_what_a_library_prints_of_a_good_file_is_no_complaint() -> None:
    assert not is_complaint(b"Unsupported JPEG data precision 12\n")
    assert is_complaint(b"Unsupported JPEG data precision 12\nCorrupt JPEG data: premature end of data segment\n")


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["JPEG-LL", "JPGExtended", "JPEG2000", "MR_small_jpeg_ls_lossless", "SC_rgb_jpeg", "HTJ2K_08_RGB"]
)
def test_damaged_files_cost_themselves_only(shared_data: Path, name: str) -> None:
    """Bytes turned by chance make some of the libraries crash or run for ever; each ends as values or as a reason."""
    with LIBRARIES.quiet():
        found = pydicom.dcmread(shared_data / "dicom" / "files" / f"{name}.dcm")
    data = next(generate_frames(found.PixelData, number_of_frames=1))
    good = CodedFrame(
        found.file_meta.TransferSyntaxUID,
        data,
        found.Rows,
        found.Columns,
        found.SamplesPerPixel,
        found.BitsAllocated,
        found.BitsStored,
        bool(found.PixelRepresentation),
        found.PhotometricInterpretation,
    )
    rng = np.random.default_rng(5)
    with Readers(Limits(item=2.0)) as readers:
        expected = readers.call(decode, good)[0]
        for _ in range(12):
            broken = bytearray(data)
            for place in rng.integers(0, min(len(data), 300), 6):
                broken[place] = rng.integers(256)
            with suppress(UnreadableItem):
                readers.call(decode, replace(good, data=bytes(broken)))
        np.testing.assert_array_equal(readers.call(decode, good)[0], expected)
