"""Which DICOM files belong together: the single files of a series become one stack, in the order of space or time."""

import hashlib
import itertools
import statistics
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hitl_desktop.domain.errors import NotAPicture, UnreadableItem
from hitl_desktop.domain.sentences import Sentence, say, say_n
from hitl_desktop.kinds.dicom_description import orientation_of, position_of
from hitl_desktop.kinds.dicom_file import CUT, DAMAGED, DicomFile, number_of, open_dicom, words_of
from hitl_desktop.kinds.libraries import LIBRARIES

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

_CROSS_SECTIONS: Final = frozenset({"CT", "MR", "PT"})
"""Modalities whose series are stacked by number even where the place in the patient is not said."""
_UNEVEN: Final = 1.5
"""A gap of so many usual distances means that an image may be missing."""
_SAME_PLACE: Final = 1e-3

_OBJECTS: Final[dict[str, Sentence]] = {
    "SR": say("A structured report (DICOM SR), not a picture."),
    "ECG": say("An electrocardiogram (DICOM ECG), not a picture."),
    "HD": say("A hemodynamic recording (DICOM), not a picture."),
    "RTSTRUCT": say("Structures of a radiotherapy plan (DICOM RTSTRUCT), not a picture."),
    "RTPLAN": say("A radiotherapy plan (DICOM RTPLAN), not a picture."),
    "RTRECORD": say("A record of radiotherapy (DICOM RTRECORD), not a picture."),
    "PR": say("How other pictures are to be shown (DICOM PR), not a picture."),
    "KO": say("A selection of other objects (DICOM KO), not a picture."),
    "REG": say("How other pictures lie to each other (DICOM REG), not a picture."),
    "DOC": say("A document (DICOM), not a picture."),
    "AU": say("A recording of sound (DICOM), not a picture."),
}
_INDEX: Final = say("An index of DICOM files (DICOMDIR), not a picture.")


@dataclass(frozen=True, slots=True)
class Slice:
    """What decides where a file belongs. `path` is its name in the data set. Identifiers are hashed, so that nobody
    reads them.
    """

    path: str
    series: str
    instance: str
    patient: str
    shape: tuple[int, ...]
    frames: int
    modality: str
    is_localizer: bool
    orientation: tuple[float, ...] | None
    position: tuple[float, ...] | None
    number: float | None
    time: str

    @property
    def along(self) -> float | None:
        """How far along the normal of its plane it lies, in millimetres; None where the file does not say."""
        if self.orientation is None or self.position is None:
            return None
        (a, b, c), (d, e, f) = self.orientation[:3], self.orientation[3:]
        normal = (b * f - c * e, c * d - a * f, a * e - b * d)
        return sum(n * p for n, p in zip(normal, self.position, strict=True))


@dataclass(frozen=True, slots=True)
class Group:
    """Files that are one item, in their order, and what has to be said of them."""

    paths: tuple[str, ...]
    notes: tuple[Sentence, ...] = ()


def look_at_slice(root: Path, path: str) -> Slice:
    """Read what decides where the file belongs. Raises `NotAPicture` for objects without one, and `UnreadableItem`."""
    file = open_dicom(root / path)
    with LIBRARIES.quiet():
        if file.pixels is None:
            raise_without_pixels(file)
        return _slice(path, file.head)


def _slice(path: str, head: "Dataset") -> Slice:
    kind = [word.strip().upper() for word in words_of(head, "ImageType").replace("[", "").replace("]", "").split(",")]
    try:
        shape = tuple(int(number_of(head, name, 0)) for name in ("Rows", "Columns", "SamplesPerPixel", "BitsAllocated"))
        frames = int(number_of(head, "NumberOfFrames", 1) or 1)
        place = number_of(head, "InstanceNumber")
    except (OverflowError, ValueError) as error:
        raise UnreadableItem(DAMAGED) from error
    return Slice(
        path,
        _hashed(head, "SeriesInstanceUID"),
        _hashed(head, "SOPInstanceUID"),
        _hashed(head, "PatientID", "PatientName"),
        shape,
        frames,
        words_of(head, "Modality"),
        any("LOCALIZER" in word for word in kind),
        orientation_of(head),
        position_of(head),
        place,
        words_of(head, "AcquisitionTime") or words_of(head, "ContentTime"),
    )


def raise_without_pixels(file: DicomFile) -> None:
    """Say why a file without pixels is none of ours: `NotAPicture`, or `UnreadableItem` where they were cut off."""
    from pydicom.uid import UID

    head = file.head
    if "DirectoryRecordSequence" in head:
        raise NotAPicture(_INDEX)
    sort = UID(words_of(head, "SOPClassUID"))
    name = sort.name if sort.is_valid else ""
    if "Rows" in head or name.endswith("Image Storage") or not name:
        raise UnreadableItem(CUT)
    modality = words_of(head, "Modality").upper()
    other = say("A DICOM object without a picture ({name}).", name=name[:80])
    raise NotAPicture(_OBJECTS.get(modality, other))


def arrange(slices: Iterable[Slice]) -> list[Group]:
    """The items that the files make, each with its files in order; items in the order of their first file.

    Files are stacked when they are single frames of one series, of one size and direction, and lie in space or, for
    CT, MR and PET, are numbered. Two files that hold the same object are not: they would show one picture twice.
    """
    together: dict[tuple[object, ...], list[Slice]] = defaultdict(list)
    order: list[tuple[object, ...]] = []
    for one in slices:
        key = _key(one)
        if key not in together:
            order.append(key)
        together[key].append(one)
    groups: list[Group] = []
    for key in order:
        members = together[key]
        if len(members) > 1 and len({one.instance for one in members}) == len(members):
            groups.append(_stack(members))
        else:
            groups += [Group((one.path,)) for one in members]
    return groups


def patients_note(slices: Sequence[Slice]) -> Sentence | None:
    """A sentence when the files belong to several patients: nobody notices that from the pictures."""
    count = len({one.patient for one in slices if one.patient})
    if count < 2:
        return None
    return say_n("The files belong to {n} patient.", "The files belong to {n} patients.", count)


def _key(one: Slice) -> tuple[object, ...]:
    can_stack = (
        one.series
        and one.instance
        and one.frames == 1
        and not one.is_localizer
        and (one.along is not None or (one.modality in _CROSS_SECTIONS and one.number is not None))
    )
    if not can_stack:
        return (one.path,)
    direction = tuple(round(share, 3) + 0.0 for share in one.orientation) if one.orientation is not None else ()
    return one.series, one.shape, direction


def _stack(members: list[Slice]) -> Group:
    places = [one.along for one in members]
    if None not in places and len({round(place / _SAME_PLACE) for place in places if place is not None}) == len(
        members
    ):
        ordered = sorted(members, key=lambda one: one.along or 0.0)
        return Group(tuple(one.path for one in ordered), _gaps(ordered))
    numbers = {one.number for one in members}
    if None not in numbers and len(numbers) == len(members):
        return Group(tuple(one.path for one in sorted(members, key=lambda one: one.number or 0.0)))
    ordered = sorted(members, key=lambda one: (one.time, one.along or 0.0, one.number or 0.0, one.path))
    return Group(tuple(one.path for one in ordered))


def _gaps(ordered: Sequence[Slice]) -> tuple[Sentence, ...]:
    distances = [(b.along or 0.0) - (a.along or 0.0) for a, b in itertools.pairwise(ordered)]
    usual = statistics.median(distances)
    wide = sum(distance > usual * _UNEVEN for distance in distances)
    if not wide or usual <= 0:
        return ()
    return (
        say_n(
            "Its images lie unevenly: some may be missing ({n} gap).",
            "Its images lie unevenly: some may be missing ({n} gaps).",
            wide,
        ),
    )


def _hashed(head: "Dataset", *names: str) -> str:
    """One hash of what some elements hold, empty where they hold nothing: to compare, not to read."""
    held = "\n".join(words_of(head, name) for name in names)
    return hashlib.sha256(held.encode("utf-8", "replace")).hexdigest() if held.strip() else ""
