"""Decoded pictures as the window holds them: frames with their smaller levels, kept within a limit of memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtGui import QImage

from hitl_desktop.domain.errors import KnownError, UnreadableItem
from hitl_desktop.language import tr

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from hitl_desktop.gui.viewers.projection import Projection
    from hitl_desktop.kinds.description import Description
    from hitl_desktop.kinds.reading_process import Readers
    from hitl_desktop.kinds.stacks import Frame, Stack
    from hitl_desktop.kinds.windows import Preset

    Values = npt.NDArray[Any]

Source = Path | tuple[Path, ...]
"""Where an item lies: one file, or the files of a series in their order."""

KEPT_FRAMES_BYTES: Final = 512 * 1024**2
_SMALLEST_LEVEL: Final = 512


def files_of(source: Source) -> tuple[Path, ...]:
    """The files of a source."""
    return source if isinstance(source, tuple) else (source,)


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """One decoded frame. `levels[0]` holds the stored values, the others the same at a half, a quarter, … of the size.

    Each level is (h, w) grey or (h, w, 3) RGB uint8. A grey value means stored · `slope` + `intercept`.
    """

    levels: tuple[Values, ...]
    slope: float = 1.0
    intercept: float = 0.0

    @property
    def is_grey(self) -> bool:
        """True for one value per pixel."""
        return self.levels[0].ndim == 2

    @property
    def is_whole(self) -> bool:
        """True when grey values are whole numbers."""
        is_scaled = float(self.slope).is_integer() and float(self.intercept).is_integer()
        return self.levels[0].dtype.kind in "iub" and is_scaled

    @property
    def memory(self) -> int:
        """Bytes held."""
        return sum(level.nbytes for level in self.levels)

    def value_at(self, x: int, y: int) -> tuple[float, ...]:
        """What the pixel in column `x` and row `y` means: one number, or red, green and blue."""
        pixel = self.levels[0][y, x]
        if self.is_grey:
            return (float(pixel) * self.slope + self.intercept,)
        return tuple(float(channel) for channel in pixel)


@dataclass(frozen=True, slots=True, eq=False)
class Sampled:
    """What a pane shows of a frame at one projection: `values` in device pixels, their corner at `at` in the pane.

    Grey values are as stored, not yet through a window; RGB is uint8. `image` is the same as the screen will show it
    first, through `tone`, where that was made ahead.
    """

    projection: Projection
    at: tuple[int, int]
    values: Values
    tone: object = None
    image: QImage | None = None


class Shots:
    """The frames of one item: decoded one by one, the ones around the frame on screen kept. For several threads."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._lock = Lock()
        self._shots: dict[int, Shot] = {}
        self._errors: dict[int, str] = {}
        self._passing = set[int]()
        self._wanted = self.first

    def __len__(self) -> int:
        return len(self._stack)

    @property
    def first(self) -> int:
        """The frame that stands for all, and is shown first if it can be."""
        return self._stack.first

    @property
    def wanted(self) -> int:
        """The frame on screen, or the one to show first."""
        return self._wanted

    @property
    def memory(self) -> int:
        """Bytes held."""
        with self._lock:
            return sum(shot.memory for shot in self._shots.values())

    def get(self, index: int) -> Shot | None:
        """A frame if it is decoded, else None."""
        with self._lock:
            return self._shots.get(index)

    def error(self, index: int) -> str | None:
        """Why a frame cannot be shown; None when it can, or was not tried yet."""
        with self._lock:
            return self._errors.get(index)

    def want(self, index: int) -> None:
        """Say which frame is on screen: those around it come first and stay longest. One whose error says nothing of
        the file is tried again.
        """
        with self._lock:
            self._wanted = index
            if index in self._passing:
                self._passing.remove(index)
                del self._errors[index]

    def missing(self) -> int | None:
        """The frame to decode next: the nearest to the one on screen, as long as there is room; None when done."""
        with self._lock:
            each = max((shot.memory for shot in self._shots.values()), default=1)
            room = max(1, KEPT_FRAMES_BYTES // each)
            low, high = self._wanted, self._wanted + 1
            for _ in range(min(room, len(self._stack))):
                # Alternately after and before, until both ends are reached.
                if high < len(self._stack) and (low < 0 or high - self._wanted <= self._wanted - low):
                    index, high = high, high + 1
                else:
                    index, low = low, low - 1
                if index not in self._shots and index not in self._errors:
                    return index
        return None

    def load(self, index: int) -> None:
        """Decode a frame unless it is there. What is wrong with it is kept as its error."""
        if self.get(index) is not None or self.error(index) is not None:
            return
        try:
            self.keep(index, _shot(self._stack.frame(index)))
        except UnreadableItem as error:
            self.fail(index, error.message)
        except KnownError as error:
            self.fail(index, str(error))
            with self._lock:
                self._passing.add(index)
        except OSError as error:
            self.fail(index, tr("The file could not be read: {reason}.", reason=error))
        except MemoryError:
            self.fail(index, tr("There is not enough memory to open this picture."))

    def keep(self, index: int, shot: Shot) -> None:
        """Hold a decoded frame; those farthest from the screen go when there are too many."""
        with self._lock:
            self._shots[index] = shot
            held = sum(kept.memory for kept in self._shots.values())
            while held > KEPT_FRAMES_BYTES and len(self._shots) > 1:
                farthest = max(self._shots, key=lambda i: abs(i - self._wanted))
                held -= self._shots.pop(farthest).memory

    def fail(self, index: int, reason: str) -> None:
        """Note why a frame cannot be shown."""
        with self._lock:
            self._errors[index] = reason


@dataclass(frozen=True, slots=True, eq=False)
class Decoded:
    """A picture ready to paint, or the reason why there is none.

    `size` is (width, height) of its frames. `presets` are the windows for grey pictures, the one it is shown with
    first in front; empty for colour. With an `error` there are no frames; one that `is_passing` says nothing of the
    file, so it is tried again when the item is shown again. `sampled` is what the viewer's pane will show first, made
    beside the window; None where nobody asked for it.
    """

    shots: Shots | None = None
    description: Description | None = None
    presets: tuple[Preset, ...] = ()
    size: tuple[int, int] = (0, 0)
    error: str | None = None
    is_passing: bool = False
    sampled: Sampled | None = field(default=None)

    @property
    def is_grey(self) -> bool:
        """True for one value per pixel."""
        return bool(self.presets)

    @property
    def memory(self) -> int:
        """Bytes held."""
        ahead = self.sampled.values.nbytes if self.sampled is not None else 0
        if self.sampled is not None and self.sampled.image is not None:
            ahead += self.sampled.image.sizeInBytes()
        return ahead + (self.shots.memory if self.shots is not None else 0)


def decode(files: tuple[Path, ...], readers: Readers) -> Decoded:
    """Have an item opened and the frame decoded that stands for it, or the nearest to it that can be.

    numpy and Pillow are loaded here, not at the start.
    """
    readers.launch()  # it loads its own meanwhile
    from hitl_desktop.kinds.reading import open_picture
    from hitl_desktop.kinds.windows import Grey, grey_of, presets

    try:
        stack, index, frame = open_picture(files, readers)
        shots = Shots(stack)
        is_colour = not isinstance(frame, Grey)
        # Of several frames some may have colours, as in films of ultrasound: those stay as they are.
        if not isinstance(frame, Grey) and len(stack) == 1:
            frame = grey_of(frame) or frame
        shots.keep(index, _shot(frame))
        shots.want(index)
        offered: tuple[Preset, ...] = ()
        said = stack.description
        if isinstance(frame, Grey):
            plain = is_colour or (not said.is_dicom and frame.values.dtype.itemsize == 1)
            offered = presets(frame, said.presets, said.modality, plain=plain)
        return Decoded(shots, said, offered, stack.size)
    except UnreadableItem as error:
        return Decoded(error=error.message)
    except KnownError as error:
        return Decoded(error=str(error), is_passing=True)
    except MemoryError:
        return Decoded(error=tr("There is not enough memory to open this picture."))
    except OSError as error:
        return Decoded(error=tr("The file could not be read: {reason}.", reason=error))


def decode_small(files: tuple[Path, ...], side: int, readers: Readers) -> QImage | None:
    """A thumbnail, or a null image where the file cannot be read; None where that is not known."""
    from hitl_desktop.kinds.image import to_display
    from hitl_desktop.kinds.reading import small_picture

    try:
        return as_image(to_display(small_picture(files, side, readers)))
    except (UnreadableItem, OSError, MemoryError):
        return QImage()
    except KnownError:
        return None


def as_image(levels: npt.NDArray[np.uint8]) -> QImage:
    """A copy of 8-bit pixels, (h, w) grey or (h, w, 3) RGB, as Qt's image."""
    height, width = levels.shape[:2]
    is_grey = levels.ndim == 2
    kind = QImage.Format.Format_Grayscale8 if is_grey else QImage.Format.Format_RGB888
    buffer: Any = levels.data
    return QImage(buffer, width, height, width * (1 if is_grey else 3), kind).copy()


def _shot(frame: Frame) -> Shot:
    """The frame, then halved again and again by averaging 2 × 2 pixels, while it is larger than any window needs."""
    import numpy as np
    from PIL import Image

    from hitl_desktop.kinds.windows import Grey

    values = np.ascontiguousarray(frame.values if isinstance(frame, Grey) else frame)
    levels = [values]
    if min(values.shape[:2]) >= 2 * _SMALLEST_LEVEL:
        level = Image.fromarray(values if values.dtype == np.uint8 else values.astype(np.float32))
        while min(level.size) >= 2 * _SMALLEST_LEVEL:
            level = level.reduce(2)
            levels.append(np.asarray(level))
    return Shot(tuple(levels), frame.slope, frame.intercept) if isinstance(frame, Grey) else Shot(tuple(levels))
