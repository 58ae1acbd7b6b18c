"""Every picture as a stack of frames: an ordinary one has one; a DICOM file, a series, or a TIFF may have many."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, Protocol, cast

import numpy as np
import numpy.typing as npt

from hitl_desktop.domain.errors import UnreadableItem
from hitl_desktop.domain.sentences import say
from hitl_desktop.kinds.description import Description
from hitl_desktop.kinds.dicom_description import describe, scale_of
from hitl_desktop.kinds.dicom_file import DicomFile, is_dicom, open_dicom
from hitl_desktop.kinds.dicom_frames import Frames
from hitl_desktop.kinds.image import Pixels, format_of, read_bytes, read_page, read_picture, read_small, shrunk
from hitl_desktop.kinds.libraries import LIBRARIES
from hitl_desktop.kinds.windows import Bytes, Grey, presets, to_bytes

Colour = npt.NDArray[np.uint8]
Frame = Grey | Colour
_START: Final = 160
_TRIES: Final = 5


class Stack(Protocol):
    """One or more frames of one size. `first` is the one that stands for all and is shown first: the middle one, of
    pages the first. `size` is (width, height).
    """

    description: Description
    size: tuple[int, int]
    first: int

    def __len__(self) -> int:
        """How many frames there are."""
        ...

    def frame(self, index: int) -> Frame:
        """Decode a frame: grey, or (h, w, 3) uint8 RGB. Raises `UnreadableItem`; the others may be fine."""
        ...


def open_stack(files: Sequence[Path]) -> Stack:
    """Open the file, or the files of a series in their order. Raises `UnreadableItem`.

    Several files are taken for a DICOM series; one that cannot be opened is a frame that cannot be read.
    """
    if len(files) > 1:
        return SeriesStack(files)
    if is_dicom(_start_of(files[0])):
        return DicomStack(open_dicom(files[0]))
    return PictureStack(files[0])


def is_picture(start: bytes) -> bool:
    """Does a file that starts with these bytes (160 or more) hold a picture that can be opened, whatever its name?"""
    return format_of(start) is not None or is_dicom(start)


def first_frame(stack: Stack) -> tuple[int, Frame]:
    """The frame that stands for the stack, with its index, or the nearest of a few that can be decoded.

    Raises `UnreadableItem` with what is wrong with the one that should.
    """
    first_error: UnreadableItem | None = None
    for index in sorted(range(len(stack)), key=lambda i: abs(i - stack.first))[:_TRIES]:
        try:
            return index, stack.frame(index)
        except UnreadableItem as error:
            first_error = first_error or error
    assert first_error is not None  # noqa: S101 - a stack has a frame
    raise first_error


def check_file(path: Path) -> None:
    """Look whether a file of a series holds what it says it holds, without decoding. Raises `UnreadableItem`."""
    DicomStack(open_dicom(path))


def read_small_stack(files: Sequence[Path], side: int) -> Pixels:
    """A small picture of the frame that stands for the stack, as it is first shown: for thumbnails and features.

    (h, w) uint8 or uint16 grey, or (h, w, 3) uint8 RGB, as from `image.read_small`; what DICOM files hold comes
    through their first window, as 8 bits. Raises `UnreadableItem`.
    """
    if len(files) == 1 and not is_dicom(_start_of(files[0])):
        return read_small(read_bytes(files[0]), files[0].name, side)
    stack = open_stack(files)
    _, frame = first_frame(stack)
    return shrunk(default_view(stack, frame), side)


def default_view(stack: Stack, frame: Frame) -> Bytes:
    """A frame in 8 bits as it is first shown: through the first window, low values bright where the file says so."""
    if not isinstance(frame, Grey):
        return frame
    said = stack.description
    window = presets(frame, said.presets, said.modality)[0].window
    shown = to_bytes(frame.values, window, frame.slope, frame.intercept)
    return 255 - shown if said.inverted else shown


class PictureStack:
    """An ordinary picture: one frame, or the pages of a TIFF that are like its first one."""

    first = 0

    def __init__(self, path: Path) -> None:
        picture = read_picture(path)
        self._path, self._pages = path, picture.pages
        self.size = picture.original_size
        self.description = Description(bits=picture.bits, notes=picture.notes)
        self._frame = _plain(picture.pixels)

    def __len__(self) -> int:
        return len(self._pages)

    def frame(self, index: int) -> Frame:
        """See `Stack.frame`."""
        if index == 0:
            return self._frame
        pixels = read_page(self._path, self._pages[index])
        if pixels.shape[1::-1] != self.size:
            raise UnreadableItem(say("This page is turned otherwise than the first one."))
        return _plain(pixels)


def _plain(pixels: npt.NDArray[Any]) -> Frame:
    return Grey(pixels) if pixels.ndim == 2 else cast(Colour, pixels)


class DicomStack:
    """The frames of one DICOM file."""

    def __init__(self, file: DicomFile) -> None:
        self._file = file
        with LIBRARIES.quiet():
            self._frames = Frames(file)
            self.size = (self._frames.layout.columns, self._frames.layout.rows)
            self.first = (len(self._frames) - 1) // 2
            self.description = describe(file.head, self.first, little=file.little)

    def __len__(self) -> int:
        return len(self._frames)

    def frame(self, index: int) -> Frame:
        """See `Stack.frame`."""
        values, photometric = self._frames.read(index)
        with LIBRARIES.quiet():
            return to_frame(self._file, values, photometric, index)


class SeriesStack:
    """The files of a series, one frame each. A file that is missing or damaged is a frame that cannot be read."""

    def __init__(self, files: Sequence[Path]) -> None:
        self._files = tuple(files)
        self.first = (len(files) - 1) // 2
        nearest = sorted(range(len(files)), key=lambda i: abs(i - self.first))
        first_error: UnreadableItem | None = None
        for index in nearest:
            try:
                opened = DicomStack(open_dicom(files[index]))
                break
            except UnreadableItem as error:
                first_error = first_error or error
        else:
            assert first_error is not None  # noqa: S101 - there is at least one file
            raise first_error
        self.size = opened.size
        self.description = opened.description

    def __len__(self) -> int:
        return len(self._files)

    def frame(self, index: int) -> Frame:
        """See `Stack.frame`."""
        stack = DicomStack(open_dicom(self._files[index]))
        if stack.size != self.size:
            raise UnreadableItem(say("This image of the series has another size than the others."))
        return stack.frame(0)


def to_frame(file: DicomFile, values: npt.NDArray[Any], photometric: str, index: int) -> Frame:
    """What is shown of stored values: grey with its scale, or RGB in 8 bits. Raises `UnreadableItem`."""
    try:
        if values.ndim == 3:
            return _rgb(values, photometric, file)
        if photometric == "PALETTE COLOR":
            from pydicom.pixels.processing import apply_color_lut

            coloured = apply_color_lut(values, file.head)
            return _eight_bits(coloured[..., :3], 8 * coloured.dtype.itemsize)
        return _grey(file, values, index)
    except UnreadableItem:
        raise
    # Look-up tables and colours come from the file, and pydicom meets broken ones with errors of many types.
    except Exception as error:
        raise UnreadableItem(say("The file is damaged: its colours or values cannot be worked out.")) from error


def _grey(file: DicomFile, values: npt.NDArray[Any], index: int) -> Grey:
    head = file.head
    if head.get("ModalityLUTSequence"):
        from pydicom.pixels.processing import apply_modality_lut

        return Grey(np.asarray(apply_modality_lut(values, head)))
    slope, intercept = scale_of(head, index) or (1.0, 0.0)
    return Grey(values, slope, intercept, _padding(file))


def _padding(file: DicomFile) -> tuple[float, float] | None:
    try:
        value = file.head.get("PixelPaddingValue")
        if value is None:
            return None
        limit = file.head.get("PixelPaddingRangeLimit", value)
        low, high = sorted((float(value), float(limit)))
        return low, high
    # A padding value that cannot be read only makes the robust window a little less robust.
    except Exception:
        return None


def _rgb(values: npt.NDArray[Any], photometric: str, file: DicomFile) -> Colour:
    if photometric.startswith("YBR"):
        from pydicom.pixels.processing import convert_color_space

        values = convert_color_space(_eight_bits(values, _stored_bits(file)), photometric, "RGB")
    return np.ascontiguousarray(_eight_bits(values, _stored_bits(file)))


def _stored_bits(file: DicomFile) -> int:
    try:
        return int(file.head.get("BitsStored", 8))
    except (TypeError, ValueError):
        return 8


def _eight_bits(values: npt.NDArray[Any], bits: int) -> Colour:
    if values.dtype == np.uint8:
        return values
    if values.dtype.kind == "f":
        scaled: Colour = (np.clip(np.nan_to_num(values), 0, 1) * 255).astype(np.uint8)
        return scaled
    shifted: Colour = (values >> max(0, bits - 8)).astype(np.uint8)
    return shifted


def _start_of(path: Path) -> bytes:
    """The first bytes of a file; none when it cannot be read: whoever opens it then says why."""
    try:
        if not path.is_file():
            return b""
        with path.open("rb") as file:
            return file.read(_START)
    except OSError:
        return b""
