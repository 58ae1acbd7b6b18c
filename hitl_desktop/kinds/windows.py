"""Windows: which values of a grey picture become black, which white, and what lies between.

The formulas of the linear, linear exact and sigmoid function are those of DICOM PS3.3, C.11.2.1.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, cast

import numpy as np
import numpy.typing as npt

from hitl_desktop.language import mark

Bytes = npt.NDArray[np.uint8]
Shape = Literal["linear", "exact", "sigmoid", "table"]

_SAMPLE: Final = 1_000_000
_GLANCE: Final = 16


@dataclass(frozen=True, slots=True, eq=False)
class Grey:
    """A grey frame: `values` (h, w) as stored, and what they mean: value = stored · `slope` + `intercept`.

    `padding` (low, high) are stored values that stand for "no picture here", both ends included.
    """

    values: npt.NDArray[Any]
    slope: float = 1.0
    intercept: float = 0.0
    padding: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """`centre` and `width` in the picture's own units. `table` (from value `first` on) is for the shape "table"."""

    centre: float
    width: float
    shape: Shape = "exact"
    first: float = 0.0
    table: tuple[int, ...] = ()

    @property
    def low(self) -> float:
        """The value up to which everything is black."""
        return self.centre - 0.5 - (self.width - 1) / 2 if self.shape == "linear" else self.centre - self.width / 2

    @property
    def high(self) -> float:
        """The value from which on everything is white."""
        return self.centre - 0.5 + (self.width - 1) / 2 if self.shape == "linear" else self.centre + self.width / 2

    @classmethod
    def between(cls, low: float, high: float) -> "Window":
        """From black at `low` to white at `high`."""
        return cls((low + high) / 2, max(high - low, 0.0))

    def moved(self, centre: float, width: float) -> "Window":
        """Another centre and width; a table becomes a straight line, as it cannot be stretched."""
        shape: Shape = "exact" if self.shape == "table" else self.shape
        return replace(self, centre=centre, width=width, shape=shape, table=())


def grey_of(colour: Bytes) -> Grey | None:
    """RGB pixels (h, w, 3) as grey, where the three channels are the same everywhere; None for what has a colour.

    Many grey pictures are saved so, those of ultrasound above all.
    """
    red = colour[..., 0]
    for step in (_GLANCE, 1):  # a coloured picture shows it at a glance
        part = colour[::step, ::step]
        if not all(np.array_equal(part[..., 0], part[..., channel]) for channel in (1, 2)):
            return None
    return Grey(np.ascontiguousarray(red))


AS_STORED: Final = Window(127.5, 255.0)
"""The window that leaves 8-bit values as they are."""


def to_bytes(values: npt.NDArray[Any], window: Window, slope: float = 1.0, intercept: float = 0.0) -> Bytes:
    """Grey levels 0–255 of stored values of any type; NaN is black. `slope` and `intercept` say what they mean.

    Values of 8 and 16 bits are looked up in a table of all of them where that is less work.
    """
    kind = values.dtype
    if kind == np.uint8 and window == AS_STORED and (slope, intercept) == (1, 0):
        return cast(Bytes, values)
    if kind.kind in "iu" and kind.itemsize <= 2 and values.size > 1 << (8 * kind.itemsize - 1):
        unsigned = values.view(f"u{kind.itemsize}")
        every = np.arange(1 << (8 * kind.itemsize), dtype=np.uint32).astype(unsigned.dtype).view(kind)
        return cast(Bytes, _levels(every.astype(np.float32), window, slope, intercept)[unsigned])
    return _levels(values.astype(np.float32), window, slope, intercept)


def _levels(values: npt.NDArray[np.float32], window: Window, slope: float, intercept: float) -> Bytes:
    """As `to_bytes`; `values` is the caller's own array and is overwritten."""
    if window.shape in ("linear", "exact"):
        low, high = window.low, window.high
        scale = 255.0 / max(high - low, 1e-30)
        # One multiplication and one addition for both steps. In double, so that large intercepts do no harm.
        factor, shift = slope * scale, (intercept - low) * scale
        if abs(factor) > 1e6 or not np.isfinite(factor):
            return np.where(values.astype(np.float64) * slope + intercept > (low + high) / 2, 255, 0).astype(np.uint8)
        values *= np.float32(factor)
        values += np.float32(shift + 0.5)
    else:
        meant = values.astype(np.float64) * slope + intercept
        values = (_sigmoid(meant, window) if window.shape == "sigmoid" else _looked_up(meant, window)) + np.float32(0.5)
    np.fmax(values, 0, out=values)  # NaN becomes 0
    return np.minimum(values, 255, out=values).astype(np.uint8)


def _sigmoid(meant: npt.NDArray[np.float64], window: Window) -> npt.NDArray[np.float32]:
    exponent = np.clip(-4 * (meant - window.centre) / max(window.width, 1e-30), -80, 80)
    return (255 / (1 + np.exp(exponent))).astype(np.float32)


def _looked_up(meant: npt.NDArray[np.float64], window: Window) -> npt.NDArray[np.float32]:
    table = np.asarray(window.table, np.float32)
    top = max(float(table.max()), 1.0)
    places = np.clip(np.nan_to_num(meant) - window.first, 0, len(table) - 1).astype(np.int64)
    return cast(npt.NDArray[np.float32], table[places] * np.float32(255 / top))


def robust(frame: Grey) -> Window:
    """From the 1st to the 99th percentile of what is neither padding nor NaN; about a million pixels are looked at."""
    found = _sampled(frame)
    if not found.size:
        return Window.between(0, 1)
    low, high = (float(p) for p in np.percentile(found, (1, 99)))
    return _ordered(low, high, frame)


def full_range(frame: Grey) -> Window:
    """From the smallest to the largest value, leaving out padding, NaN and infinities."""
    found = _kept(frame, frame.values.reshape(-1))
    if not found.size:
        return Window.between(0, 1)
    return _ordered(float(found.min()), float(found.max()), frame)


def _ordered(low: float, high: float, frame: Grey) -> Window:
    low, high = sorted((low * frame.slope + frame.intercept, high * frame.slope + frame.intercept))
    step = abs(frame.slope) if frame.values.dtype.kind in "iub" else max(abs(high), 1e-6) * 1e-6
    return Window.between(low, max(high, low + step))


def _sampled(frame: Grey) -> npt.NDArray[Any]:
    flat = frame.values.reshape(-1)
    return _kept(frame, flat[:: max(1, flat.size // _SAMPLE)])


def _kept(frame: Grey, flat: npt.NDArray[Any]) -> npt.NDArray[Any]:
    if flat.dtype.kind == "f":
        flat = flat[np.isfinite(flat)]
    if frame.padding is not None:
        low, high = frame.padding
        kept = flat[(flat < low) | (flat > high)]
        return kept if kept.size else flat
    return flat


@dataclass(frozen=True, slots=True)
class Preset:
    """A window with a name. `own` says that the name is the file's own, so that it is not translated."""

    name: str
    window: Window
    own: bool = False


FILES_OWN: Final = mark("File’s own")
FILES_TABLE: Final = mark("File’s own table")
ROBUST: Final = mark("Robust 1–99 %")
FULL_RANGE: Final = mark("Full range")

CT_PRESETS: Final[tuple[Preset, ...]] = (
    Preset(mark("Brain"), Window(40, 80, "linear")),
    Preset(mark("Lung"), Window(-600, 1500, "linear")),
    Preset(mark("Bone"), Window(480, 2500, "linear")),
    Preset(mark("Abdomen"), Window(50, 400, "linear")),
    Preset(mark("Mediastinum"), Window(40, 350, "linear")),
    Preset(mark("Liver"), Window(90, 150, "linear")),
)
"""Centre and width in Hounsfield units, as radiology viewers have them."""


def presets(frame: Grey, own: Sequence[Preset] = (), modality: str = "", *, plain: bool = False) -> tuple[Preset, ...]:
    """The windows offered for a picture, the one it is first shown with in front.

    `own` come from the file. `plain` is for pictures of 8 bits, which are made for the screen: they come as they are.
    """
    first = [Preset(mark("As stored"), AS_STORED)] if plain else []
    measured = CT_PRESETS if modality == "CT" else ()
    return (*own, *first, Preset(ROBUST, robust(frame)), *measured, Preset(FULL_RANGE, full_range(frame)))
