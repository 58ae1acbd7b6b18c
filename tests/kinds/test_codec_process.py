"""Decoding in a process of its own: what damage, time and a dead decoder cost is one item."""

import contextlib
import os
import signal
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.encaps import generate_frames

from hitl_desktop.domain.errors import UnreadableItem
from hitl_desktop.kinds.codec_process import CodecPool, CodecProcess, Limits
from hitl_desktop.kinds.codecs import JPEG_EXTENDED, RLE, CodedFrame, is_complaint
from hitl_desktop.kinds.libraries import LIBRARIES
from tests.dicom_files import write

RAMP = np.arange(256, dtype=np.uint8).reshape(16, 16)


@pytest.fixture(scope="module")
def frame(tmp_path_factory: pytest.TempPathFactory) -> CodedFrame:
    found = pydicom.dcmread(write(tmp_path_factory.mktemp("rle") / "a.dcm", RAMP, rle=True))
    data = next(generate_frames(found.PixelData, number_of_frames=1))
    return CodedFrame(RLE, data, 16, 16, 1, 8, 8, False, "MONOCHROME2")


@pytest.fixture
def process() -> Iterator[CodecProcess]:
    process = CodecProcess()
    yield process
    process.close()


def test_a_frame_is_decoded(process: CodecProcess, frame: CodedFrame) -> None:
    values, photometric = process.decode(frame)
    np.testing.assert_array_equal(values, RAMP)
    assert photometric == "MONOCHROME2"


def test_damage_is_said_and_the_next_frame_is_fine(process: CodecProcess, frame: CodedFrame) -> None:
    for data in (b"", b"\0" * 64, frame.data[:40], frame.data[:-30]):
        with pytest.raises(UnreadableItem, match="damaged"):
            process.decode(replace(frame, data=data))
    with pytest.raises(UnreadableItem):
        process.decode(replace(frame, syntax=JPEG_EXTENDED, bits_allocated=16, bits_stored=12))
    np.testing.assert_array_equal(process.decode(frame)[0], RAMP)


def test_a_decoder_that_dies_is_replaced(process: CodecProcess, frame: CodedFrame) -> None:
    process.decode(frame)
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    with pytest.raises(UnreadableItem, match="made the decoder stop"):
        process.decode(frame)
    np.testing.assert_array_equal(process.decode(frame)[0], RAMP)


def test_one_that_takes_too_long_is_given_up(frame: CodedFrame) -> None:
    process = CodecProcess(Limits(frame=0.0, per_megapixel=0.0))
    try:
        with pytest.raises(UnreadableItem, match="in time"):
            process.decode(frame)
        assert process.pid is None
    finally:
        process.close()


def test_closing_ends_what_is_being_decoded(frame: CodedFrame) -> None:
    process = CodecProcess()
    process.decode(frame)
    process.close()
    process.close()
    assert process.pid is None
    with pytest.raises(UnreadableItem):
        process.decode(frame)


def test_threads_share_a_pool(frame: CodedFrame) -> None:
    pool, found = CodecPool(2), []

    def work() -> None:
        found.append(np.array_equal(pool.decode(frame)[0], RAMP))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    pool.close()
    assert found == [True] * 4


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
    process, rng = CodecProcess(Limits(frame=2.0, per_megapixel=0.0)), np.random.default_rng(5)
    try:
        expected = process.decode(good)[0]
        for _ in range(12):
            broken = bytearray(data)
            for place in rng.integers(0, min(len(data), 300), 6):
                broken[place] = rng.integers(256)
            with contextlib.suppress(UnreadableItem):
                process.decode(replace(good, data=bytes(broken)))
        np.testing.assert_array_equal(process.decode(good)[0], expected)
    finally:
        process.close()
