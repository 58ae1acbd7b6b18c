"""Read from the elements of a DICOM file how its picture is to be shown, and what must not be shown unasked."""

import math
import struct
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from hitl_desktop.domain.sentences import Sentence, say
from hitl_desktop.kinds.description import Description, Edges, Spacing
from hitl_desktop.kinds.dicom_file import number_of, words_of
from hitl_desktop.kinds.windows import FILES_OWN, FILES_TABLE, Preset, Shape, Window
from hitl_desktop.language import mark

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

_OBLIQUE: Final = 0.2
"""From this share of a direction on, its letter is named too."""
_AXES: Final = (("L", "R"), ("P", "A"), ("H", "F"))
_OPPOSITE: Final = {"L": "R", "R": "L", "P": "A", "A": "P", "H": "F", "F": "H"}
_MOST_VALUES: Final = 65536

_PRIVATE: Final = (
    ("PatientName", mark("Name")),
    ("PatientID", mark("Patient ID")),
    ("PatientBirthDate", mark("Born")),
    ("PatientSex", mark("Sex")),
    ("PatientAge", mark("Age")),
    ("StudyDate", mark("Study date")),
    ("AccessionNumber", mark("Accession number")),
    ("InstitutionName", mark("Institution")),
    ("ReferringPhysicianName", mark("Referred by")),
    ("StudyDescription", mark("Study")),
    ("SeriesDescription", mark("Series")),
)
"""What may say who the patient is. Descriptions are free text, in which names are found again and again."""

_BURNED_IN: Final = say("Text about the patient may be burned into the picture.")
_ODD_SLOPE: Final = say("The file’s scale of values makes no sense, so the stored values are shown.")
_NOT_SQUARE: Final = say("Its pixels are not square; lengths are measured right.")
_PROPORTION: Final = say("Its pixels are not square; they are shown in their proportion.")
_CENTIMETRES: Final = 3
"""The unit of an ultrasound region in which lengths are said."""
_SAME: Final = 0.01
"""Sizes of pixels that differ by a smaller share are the same."""


def describe(head: "Dataset", frame: int = 0, *, little: bool = True) -> Description:
    """What the file says of the picture in one of its frames. `little` says how its bytes are ordered."""
    modality = words_of(head, "Modality")[:16]
    spacing, at_detector = _spacing(head, frame)
    photometric = words_of(head, "PhotometricInterpretation").upper()
    notes: list[Sentence] = []
    if words_of(head, "BurnedInAnnotation").upper() == "YES":
        notes.append(_BURNED_IN)
    if scale_of(head, frame) is None:
        notes.append(_ODD_SLOPE)
    aspect = None if spacing is not None else _aspect(head)
    if spacing is not None and not _are_same(*spacing):
        notes.append(_NOT_SQUARE)
    elif aspect is not None and not _are_same(*aspect):
        notes.append(_PROPORTION)
    number = words_of(head, "SeriesNumber")
    return Description(
        is_dicom=True,
        modality=modality,
        series=number[:16],
        photometric=photometric,
        bits=int(_first(head, "BitsStored", 0) or _first(head, "BitsAllocated", 0)),
        spacing=spacing,
        at_detector=at_detector,
        aspect=aspect,
        per_second=_per_second(head),
        unit=_unit(head, modality, frame),
        inverted=photometric == "MONOCHROME1",
        edges=_edges(head, frame),
        presets=tuple(_own_windows(head, frame, little=little)),
        private=tuple((label, value) for name, label in _PRIVATE if (value := words_of(head, name)[:200])),
        notes=tuple(notes),
    )


def scale_of(head: "Dataset", frame: int) -> tuple[float, float] | None:
    """Slope and intercept of the stored values of a frame; None when the file's make no sense."""
    where = group_of(head, frame, "PixelValueTransformationSequence") or head
    slope, intercept = _first(where, "RescaleSlope", 1.0), _first(where, "RescaleIntercept", 0.0)
    if words_of(head, "Modality") == "RTDOSE":
        slope, intercept = _first(head, "DoseGridScaling", 1.0), 0.0
    if not math.isfinite(slope) or not math.isfinite(intercept) or slope == 0:
        return None
    return slope, intercept


def group_of(head: "Dataset", frame: int, name: str) -> "Dataset | None":
    """The functional group of that name of a frame of an enhanced object; None where there is none."""
    try:
        for groups in (head.get("PerFrameFunctionalGroupsSequence"), head.get("SharedFunctionalGroupsSequence")):
            place = frame if groups is not None and len(groups) > 1 else 0
            if groups and place < len(groups):
                found = groups[place].get(name)
                if found:
                    return found[0]  # type: ignore[no-any-return]
    # A sequence that cannot be read is as good as none: the picture is shown without it.
    except Exception:
        return None
    return None


def position_of(head: "Dataset", frame: int = 0) -> tuple[float, ...] | None:
    """Where the first pixel lies in the patient, in millimetres (x, y, z)."""
    where = group_of(head, frame, "PlanePositionSequence") or head
    return _numbers(where, "ImagePositionPatient", 3)


def orientation_of(head: "Dataset", frame: int = 0) -> tuple[float, ...] | None:
    """The directions of rows and columns in the patient, six numbers."""
    where = group_of(head, frame, "PlaneOrientationSequence") or head
    return _numbers(where, "ImageOrientationPatient", 6)


def _spacing(head: "Dataset", frame: int) -> tuple[Spacing | None, bool]:
    """The size of a pixel (across, down) in millimetres, and whether it holds at the detector (PS3.3, 10.7.1.3)."""
    where = group_of(head, frame, "PixelMeasuresSequence") or head
    for name, at_detector in (
        ("PixelSpacing", False),
        ("ImagerPixelSpacing", True),
        ("NominalScannedPixelSpacing", False),
    ):
        found = _numbers(where, name, 2)
        if found is not None and all(0 < length < 1e4 for length in found):
            # What nobody has set right for the patient repeats what was measured at the detector.
            is_repeated = not at_detector and found == _numbers(head, "ImagerPixelSpacing", 2)
            return (found[1], found[0]), at_detector or is_repeated
    return _spacing_of_regions(head), False


def _spacing_of_regions(head: "Dataset") -> Spacing | None:
    """What the regions of an ultrasound picture say, where all of them are measured in centimetres and agree.

    In a region whose axis is time or velocity a length in millimetres would be wrong, so one such is enough for none.
    """
    found: list[Spacing] = []
    try:
        for region in head.get("SequenceOfUltrasoundRegions") or ():
            units = (region.PhysicalUnitsXDirection, region.PhysicalUnitsYDirection)
            if units != (_CENTIMETRES, _CENTIMETRES):
                return None
            found.append((10 * abs(float(region.PhysicalDeltaX)), 10 * abs(float(region.PhysicalDeltaY))))
    # A region that does not say all this says nothing about lengths.
    except Exception:
        return None
    is_usable = bool(found) and all(0 < length < 1e4 for sizes in found for length in sizes)
    if not is_usable or not all(_are_same(*pair) for one in found for pair in zip(one, found[0], strict=True)):
        return None
    return found[0]


def _aspect(head: "Dataset") -> Spacing | None:
    """The proportion of a pixel (across, down) where only that is known."""
    found = _numbers(head, "PixelAspectRatio", 2)
    return (found[1], found[0]) if found is not None and min(found) > 0 else None


def _are_same(one: float, other: float) -> bool:
    return abs(one / other - 1) <= _SAME


def _per_second(head: "Dataset") -> float | None:
    """How many frames a second the file wants to be played with."""
    for name in ("RecommendedDisplayFrameRate", "CineRate"):
        if (rate := _first(head, name, 0.0)) > 0:
            return rate
    time = _first(head, "FrameTime", 0.0)
    return 1000 / time if time > 0 else None


def _edges(head: "Dataset", frame: int) -> Edges:
    directions = orientation_of(head, frame)
    if directions is not None:
        across, down = _letters(directions[:3]), _letters(directions[3:])
    else:
        try:
            across, down = (str(word).strip().upper()[:3] for word in head.get("PatientOrientation") or ("", ""))
        # Anything but two words says nothing.
        except Exception:
            return Edges()
        if not set(across + down) <= set(_OPPOSITE):
            return Edges()
    return Edges(_opposite(across), across, _opposite(down), down)


def _letters(direction: Sequence[float]) -> str:
    by_share = sorted(zip(direction, _AXES, strict=True), key=lambda part: -abs(part[0]))
    return "".join(letters[share < 0] for share, letters in by_share if abs(share) > _OBLIQUE)


def _opposite(letters: str) -> str:
    return "".join(_OPPOSITE[letter] for letter in letters)


def _unit(head: "Dataset", modality: str, frame: int) -> str:
    where = group_of(head, frame, "PixelValueTransformationSequence") or head
    said = words_of(where, "RescaleType") or words_of(head, "Units") or words_of(head, "DoseUnits")
    if modality == "CT" and said.upper() in ("", "US", "HU"):
        return "HU"
    return "" if said.upper() in ("US", "NONE") else {"GY": "Gy", "BQML": "Bq/ml"}.get(said.upper(), said[:12])


def _own_windows(head: "Dataset", frame: int, *, little: bool) -> list[Preset]:
    where = group_of(head, frame, "FrameVOILUTSequence") or head
    found: list[Preset] = []
    centres, widths = _numbers(where, "WindowCenter"), _numbers(where, "WindowWidth")
    function = words_of(where, "VOILUTFunction").upper()
    shape: Shape = "sigmoid" if function == "SIGMOID" else "exact" if function == "LINEAR_EXACT" else "linear"
    names = _words(where, "WindowCenterWidthExplanation")
    for place, (centre, width) in enumerate(zip(centres or (), widths or (), strict=False)):
        if math.isfinite(centre) and math.isfinite(width) and width > 0:
            said = names[place] if place < len(names) else ""
            # Below a width of one the rounding formula has no sense: such values are not whole.
            found.append(_named(said, Window(centre, width, "exact" if shape == "linear" and width < 1 else shape)))
    return [*found, *_own_tables(where, little=little)]


def _named(said: str, window: Window) -> Preset:
    return Preset(said[:40], window, own=True) if said else Preset(FILES_OWN, window)


def _own_tables(where: "Dataset", *, little: bool) -> list[Preset]:
    """VOI look-up tables as windows; ones that make no sense are left out."""
    found = []
    try:
        for item in where.get("VOILUTSequence") or ():
            count, first, bits = (int(v) for v in item.LUTDescriptor)
            count = count or _MOST_VALUES
            data = item.LUTData
            if isinstance(data, bytes):
                data = struct.unpack(("<" if little else ">") + f"{len(data) // 2}H", data[: len(data) // 2 * 2])
            table = tuple(int(v) for v in data)
            if 1 < count <= len(table) <= _MOST_VALUES and 8 <= bits <= 16:
                first = first - _MOST_VALUES if first > _MOST_VALUES // 2 and bits == 16 else first
                window = Window(first + count / 2, float(count), "table", float(first), table[:count])
                said = words_of(item, "LUTExplanation")
                found.append(Preset(said[:40], window, own=True) if said else Preset(FILES_TABLE, window))
    # A table that cannot be read is left out; the others and the plain windows remain.
    except Exception:
        return found
    return found


def _numbers(head: "Dataset", name: str, count: int | None = None) -> tuple[float, ...] | None:
    try:
        value: Any = head.get(name)
        if value is None or value == "":
            return None
        values = tuple(float(v) for v in ([value] if isinstance(value, str | int | float) else value))
    # A value that breaks its own format says nothing.
    except Exception:
        return None
    usable = all(math.isfinite(v) for v in values) and (count is None or len(values) == count)
    return values if values and usable else None


def _words(head: "Dataset", name: str) -> list[str]:
    value = head.get(name)
    if value is None or value == "":
        return []
    return [str(v).strip() for v in ([value] if isinstance(value, str) else value)]


def _first(head: "Dataset", name: str, default: float) -> float:
    try:
        return float(number_of(head, name, default))
    # Where a number is only decoration, one that cannot be read counts as missing.
    except Exception:
        return default
