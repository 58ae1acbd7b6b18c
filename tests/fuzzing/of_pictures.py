"""Pictures and DICOM files."""

import contextlib
import io
from pathlib import Path
from typing import Final
from unittest.mock import patch

import numpy as np
from hypothesis import strategies as st
from PIL import Image

from hitl_desktop.domain.errors import KnownError, NotAPicture, UnreadableItem
from hitl_desktop.kinds import dicom_frames
from hitl_desktop.kinds.codecs import CodedFrame, Values, decode
from hitl_desktop.kinds.dicom_deidentify import Disguise, deidentify
from hitl_desktop.kinds.dicom_series import arrange, look_at_slice
from hitl_desktop.kinds.image import read_small
from hitl_desktop.kinds.reading_process import Readers
from hitl_desktop.kinds.stacks import PictureStack, default_view, first_frame, is_picture, open_stack, read_small_stack
from tests.fuzzing import mutations as odd
from tests.fuzzing.room import Inputs, Room, Seeds, Target, said


def _picture_seeds() -> list[bytes]:
    rng = np.random.default_rng(3)
    grey = Image.fromarray(rng.integers(0, 255, (12, 16), np.uint8), "L")
    colour = Image.fromarray(rng.integers(0, 255, (12, 16, 3), np.uint8), "RGB")
    deep = Image.fromarray(rng.integers(0, 60000, (12, 16)).astype(np.uint16))
    made = []
    for image, form, options in (
        (grey, "PNG", {}), (colour, "PNG", {}), (deep, "PNG", {}), (colour.convert("P"), "PNG", {}),
        (colour, "JPEG", {}), (colour, "JPEG", {"progressive": True}), (colour.convert("CMYK"), "JPEG", {}),
        (grey, "TIFF", {}), (deep, "TIFF", {"compression": "tiff_lzw"}),
        (colour, "TIFF", {"compression": "tiff_adobe_deflate"}), (grey.convert("1"), "TIFF", {"compression": "group4"}),
        (colour, "BMP", {}), (colour, "WEBP", {}), (colour, "WEBP", {"lossless": True}),
        (colour, "GIF", {"save_all": True, "append_images": [colour, grey]}),
    ):  # fmt: skip
        out = io.BytesIO()
        image.save(out, form, **options)
        made.append(out.getvalue())
    return made


def _pictures(_seeds: Seeds) -> Inputs:
    seeds = _picture_seeds()
    return st.tuples(
        st.sampled_from(["a.png", "a.jpg", "a.tif", "a.bin"]),
        st.one_of(odd.bytes_like(seeds), odd.bytes_like(seeds), st.sampled_from(seeds[:4]).flatmap(odd.png_like)),
    )


def _picture(given: tuple[str, bytes], room: Room, _seeds: Seeds) -> None:
    name, data = given
    is_picture(data[:256])
    path = room.put(name, data)
    stack = PictureStack(path)
    default_view(stack, first_frame(stack)[1])
    small = read_small(data, name, 32)
    assert small.ndim in (2, 3)
    assert 0 < small.size <= 4 * 32 * 32 * 3 * 4


def _decode_apart(frame: CodedFrame) -> tuple[Values, str]:
    """What the libraries do to their process is no finding: that they are in one of their own is why."""
    with Readers() as readers:
        return readers.call(decode, frame)


def _dicom_seeds(folder: Path) -> list[bytes]:
    from tests.dicom_files import write

    rng = np.random.default_rng(4)
    made = []
    for number, (values, options) in enumerate((
        (rng.integers(0, 4000, (8, 10), np.uint16), {"Modality": "CT"}),
        (rng.integers(-1000, 2000, (3, 8, 8), np.int16), {"RescaleSlope": 1, "RescaleIntercept": -1024}),
        (rng.integers(0, 255, (8, 8, 3), np.uint8), {}),
        (rng.integers(0, 255, (8, 8), np.uint8), {"rle": True}),
        (rng.integers(0, 4000, (8, 8), np.uint16), {"preamble": False, "WindowCenter": [4, 9], "WindowWidth": [8, 1]}),
    )):  # fmt: skip
        made.append(write(folder / f"{number}.dcm", values, **options).read_bytes())
    return made


_ELEMENTS: Final = (
    "Rows", "Columns", "BitsAllocated", "BitsStored", "HighBit", "PixelRepresentation", "SamplesPerPixel",
    "NumberOfFrames", "PhotometricInterpretation", "PlanarConfiguration", "WindowCenter", "WindowWidth", "RescaleSlope",
    "RescaleIntercept", "PixelSpacing", "ImageOrientationPatient", "ImagePositionPatient", "InstanceNumber",
    "SeriesInstanceUID", "SOPInstanceUID", "SOPClassUID", "SpecificCharacterSet", "PatientName", "StudyDate",
    "ImageType", "PixelPaddingValue", "SmallestImagePixelValue", "VOILUTFunction", "PixelData", "Modality",
)  # fmt: skip


_ODD_ELEMENTS: Final = (
    None, 0, 1, -1, 7, 16, 32, 64, 65535, "", "1", "-1", "1e400", "nan", [], ["1", "0"], b"", bytes(9), "MONOCHROME1",
    "RGB", "PALETTE COLOR", "YBR_FULL_422", [1, 0, 0, 0, 0, 0], 1e30, "..\\..", "x" * 90,
)  # fmt: skip


@st.composite
def _dicom_like(draw: st.DrawFn, seeds: list[bytes]) -> bytes:
    """A file with odd values in elements that matter, or one that is changed byte by byte."""
    import warnings

    import pydicom

    seed = draw(st.sampled_from(seeds))
    if draw(st.booleans()):
        return draw(odd.bytes_like([seed]))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = pydicom.dcmread(io.BytesIO(seed), force=True)
        for name in draw(st.lists(st.sampled_from(_ELEMENTS), min_size=1, max_size=3)):
            value = draw(st.sampled_from(_ODD_ELEMENTS))
            with contextlib.suppress(Exception):  # pydicom does not write everything
                if value is None:
                    delattr(found, name)
                else:
                    setattr(found, name, value)
        out = io.BytesIO()
        try:
            if "file_meta" in found.__dict__ and found.file_meta:
                found.save_as(out)
            else:
                found.save_as(out, implicit_vr=True, little_endian=True)
        except Exception:  # a value that cannot be written: the bytes are changed instead
            return draw(odd.bytes_like([seed]))
    return out.getvalue()


def _dicoms(seeds: Seeds) -> Inputs:
    made = _dicom_seeds(seeds.folder / "dicom")
    return st.lists(_dicom_like(made), min_size=1, max_size=2)


@patch.object(dicom_frames, "decode", _decode_apart)
def _dicom(given: list[bytes], room: Room, _seeds: Seeds) -> None:
    files = [room.put(f"{number}.dcm", data) for number, data in enumerate(given)]
    refused: KnownError | None = None
    slices = []
    for file in files:
        try:
            slices.append(look_at_slice(room.given, file.name))
            stack = open_stack((file,))
            default_view(stack, first_frame(stack)[1])
            said(*stack.description.notes)
            assert read_small_stack((file,), 32).size
        except NotAPicture as error:
            refused = UnreadableItem(error.sentence)
        except KnownError as error:
            refused = error
    for group in arrange(slices):
        with contextlib.suppress(KnownError):
            stack = open_stack([room.given / path for path in group.paths])
            first_frame(stack)
    copy = room.out / "copy.dcm"
    deidentify(files[0], copy, Disguise(b"key"))
    if refused is not None:
        copy.unlink()
        raise refused
    open_stack((copy,))


ROWS: Final[dict[str, Target]] = {
    "picture": Target(_pictures, _picture),
    "dicom": Target(_dicoms, _dicom),
}
