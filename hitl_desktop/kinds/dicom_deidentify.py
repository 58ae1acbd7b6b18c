"""A DICOM file without its patient: by the Basic Profile of DICOM PS3.15, Annex E, and stricter than that.

The profile lists what has to go; this keeps a short list of what an image needs to be shown and measured, and nothing
else: no private element, no comment, no operator, no device. UIDs become others, the same for the same; dates go, or
are shifted by as many days for all of a patient. What is written into the pixels cannot be known: boxes can be painted
over, and `may_have_writing` says where somebody has to look.
"""

import hashlib
import hmac
import re
import uuid
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from hitl_desktop import __version__
from hitl_desktop.domain.errors import UnreadableItem
from hitl_desktop.domain.sentences import say
from hitl_desktop.kinds.dicom_file import DAMAGED, open_dicom
from hitl_desktop.kinds.libraries import LIBRARIES
from hitl_desktop.kinds.stacks import check_file

Box = tuple[int, int, int, int]
"""Left, top, width, height, in pixels."""

KEPT: Final = frozenset(
    """
    SamplesPerPixel PlanarConfiguration Rows Columns NumberOfFrames BitsAllocated BitsStored
    HighBit PixelRepresentation PixelPaddingValue PixelPaddingRangeLimit PixelSpacing ImagerPixelSpacing
    NominalScannedPixelSpacing PixelAspectRatio SliceThickness SpacingBetweenSlices ImageOrientationPatient
    ImagePositionPatient SliceLocation InstanceNumber SeriesNumber RescaleIntercept RescaleSlope
    WindowCenter WindowWidth
    RedPaletteColorLookupTableDescriptor GreenPaletteColorLookupTableDescriptor BluePaletteColorLookupTableDescriptor
    RedPaletteColorLookupTableData GreenPaletteColorLookupTableData BluePaletteColorLookupTableData
    LossyImageCompressionRatio FrameTime CineRate RecommendedDisplayFrameRate
    VOILUTSequence ModalityLUTSequence LUTDescriptor LUTData
    SharedFunctionalGroupsSequence PerFrameFunctionalGroupsSequence PixelMeasuresSequence PlanePositionSequence
    PlaneOrientationSequence FrameVOILUTSequence PixelValueTransformationSequence
    PixelData FloatPixelData DoubleFloatPixelData
    """.split()  # noqa: SIM905 - a list of lines is easier to read against the standard
)
"""Numbers, pixels, and the sequences that hold them. Words are kept below, where they are of a known list."""
_WORDS: Final[dict[str, re.Pattern[str]]] = {
    "PhotometricInterpretation": re.compile(r"[A-Z0-9_ ]{3,16}"),
    "Modality": re.compile(r"[A-Z]{2,6}"),
    "ImageType": re.compile(r"ORIGINAL|DERIVED|PRIMARY|SECONDARY|AXIAL|LOCALIZER|MIP|MPR|OTHER|VOLUME|NONE"),
    "ViewPosition": re.compile(r"AP|PA|LL|RL|RLD|LLD|RLO|LLO|CC|MLO|ML|LM"),
    "Laterality": re.compile(r"[LRB]"),
    "ImageLaterality": re.compile(r"[LRUB]"),
    "PresentationLUTShape": re.compile(r"IDENTITY|INVERSE"),
    "RescaleType": re.compile(r"HU|US|OD"),
    "VOILUTFunction": re.compile(r"LINEAR|LINEAR_EXACT|SIGMOID"),
    "LossyImageCompression": re.compile(r"0[01]"),
    "BurnedInAnnotation": re.compile(r"YES|NO"),
    "RecognizableVisualFeatures": re.compile(r"YES|NO"),
}
_UIDS: Final = ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "FrameOfReferenceUID")
_DATES: Final = ("StudyDate", "SeriesDate", "AcquisitionDate", "ContentDate")
_EMPTY: Final = ("PatientBirthDate", "PatientSex", "AccessionNumber", "StudyID", "ReferringPhysicianName", "StudyTime")
_STANDARD: Final = "1.2.840.10008."
_MOST_DAYS: Final = 3650
_EXPLICIT_LITTLE: Final = "1.2.840.10008.1.2.1"
_BASIC, _PIXELS, _MODIFIED_DATES = ("113100", "113101", "113107")
_MEANINGS: Final = {
    _BASIC: "Basic Application Confidentiality Profile",
    _PIXELS: "Clean Pixel Data Option",
    _MODIFIED_DATES: "Retain Longitudinal Temporal Information Modified Dates Option",
}  # PS3.16, CID 7050
UNSUPPORTED: Final = say("Its pixels are stored in a way that cannot be copied without a risk.")
_NATIVE: Final = frozenset({_EXPLICIT_LITTLE, "1.2.840.10008.1.2", "1.2.840.10008.1.2.1.99"})
_NUMBERS: Final = frozenset("AT DS FD FL IS OB OD OF OL OV OW SL SS SV UL US UV".split())  # noqa: SIM905


@dataclass(frozen=True, slots=True)
class Disguise:
    """How the files of one export are made nameless. `key` is secret, and thrown away afterwards."""

    key: bytes
    shifts_dates: bool = False
    boxes: tuple[Box, ...] = ()
    was_looked_at: bool = False
    """A person looked at the picture with these boxes, and found no writing left."""

    def uid(self, uid: str) -> str:
        """Another UID, the same for the same one (PS3.5, B.2: derived from a UUID)."""
        return f"2.25.{int.from_bytes(self._digest('uid', uid)[:16], 'big')}"

    def patient(self, patient: str) -> str:
        """A name for a patient, so that their images stay together."""
        return f"P{self._digest('patient', patient).hex()[:12]}"

    def days(self, patient: str) -> int:
        """By how many days the dates of a patient go back, from 1 on."""
        return 1 + int.from_bytes(self._digest("days", patient)[:4], "big") % _MOST_DAYS

    def _digest(self, what: str, text: str) -> bytes:
        return hmac.new(self.key, f"{what}\0{text}".encode("utf-8", "surrogatepass"), hashlib.sha256).digest()


@dataclass(frozen=True, slots=True)
class Nameless:
    """A file that was made nameless; `may_have_writing`: nobody has said that its pixels are free of it."""

    may_have_writing: bool


def deidentify(source: Path, target: Path, disguise: Disguise) -> Nameless:
    """Write a nameless copy of a DICOM image to the new file `target`, and look whether it can be opened.

    Raises UnreadableItem for a file that is damaged, holds no picture, or whose pixels cannot be painted over.
    """
    file = open_dicom(source)
    if file.pixels is None:
        raise UnreadableItem(say("The file holds no picture."))
    with LIBRARIES.quiet():
        try:
            copied = _copy(source, target, disguise)
        except (UnreadableItem, OSError, MemoryError):
            raise
        # pydicom meets damaged elements with errors of many types.
        except Exception as error:
            target.unlink(missing_ok=True)  # written as far as the first value that cannot be
            raise UnreadableItem(DAMAGED) from error
    try:
        check_file(target)
    except UnreadableItem:  # pydicom reads some damaged files otherwise than we do
        target.unlink()
        raise
    return copied


def _copy(source: Path, target: Path, disguise: Disguise) -> Nameless:
    import pydicom
    from pydicom.dataset import Dataset, FileMetaDataset

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        given = pydicom.dcmread(source, force=True)
    syntax = str(given.file_meta.get("TransferSyntaxUID", "") or _syntax_without_meta(given))
    _make_plain(given, syntax)
    if disguise.boxes:
        _paint(given, disguise.boxes)
    found = _kept(given)
    _name_anew(found, given, disguise)
    _say_how(found, disguise)
    found.file_meta = FileMetaDataset()
    found.file_meta.TransferSyntaxUID = _EXPLICIT_LITTLE
    found.file_meta.MediaStorageSOPClassUID = found.SOPClassUID
    found.file_meta.MediaStorageSOPInstanceUID = found.SOPInstanceUID
    found.preamble = b"\0" * 128
    assert isinstance(found, Dataset)  # noqa: S101 - pydicom gives no types
    found.save_as(target, enforce_file_format=True, overwrite=False)
    return Nameless(
        str(given.get("BurnedInAnnotation", "")).upper() != "NO" and not disguise.boxes and not disguise.was_looked_at
    )


def _syntax_without_meta(given: Any) -> str:
    implicit, little = given.original_encoding
    if not little:
        return "1.2.840.10008.1.2.2"
    return "1.2.840.10008.1.2" if implicit else _EXPLICIT_LITTLE


def _kept(given: Any) -> Any:
    """What may stay of a data set, and of the sequences in it."""
    from pydicom.dataset import Dataset
    from pydicom.sequence import Sequence as Items

    found = Dataset()
    for element in given:
        word = element.keyword
        if element.tag.is_private or not word:
            continue
        if word in KEPT:
            if element.VR == "SQ":
                setattr(found, word, Items([_kept(item) for item in element.value]))
            elif element.VR in _NUMBERS and _is_number(element):
                found.add(element)
        elif word in _WORDS:
            values = element.value if element.VM > 1 else [element.value]
            kept = [str(value) for value in values if _WORDS[word].fullmatch(str(value))]
            if kept:
                setattr(found, word, kept if len(kept) > 1 else kept[0])
    return found


def _is_number(element: Any) -> bool:
    """False for a figure that is written as text and is none: names were found in such places."""
    if element.VR not in ("DS", "IS"):
        return True
    values = element.value if element.VM > 1 else [element.value]
    try:
        return all(value in (None, "") or float(value) is not None for value in values)
    except (ValueError, TypeError):
        return False


def _name_anew(found: Any, given: Any, disguise: Disguise) -> None:
    patient = "\0".join(str(given.get(word, "")) for word in ("PatientID", "PatientName", "IssuerOfPatientID"))
    found.PatientID = found.PatientName = disguise.patient(patient)
    sort = str(given.get("SOPClassUID", ""))
    found.SOPClassUID = sort if sort.startswith(_STANDARD) else f"{_STANDARD}5.1.4.1.1.7"
    for word in _UIDS:
        uid = str(given.get(word, "") or "")
        if uid or word != "FrameOfReferenceUID":
            setattr(found, word, disguise.uid(uid or uuid.uuid4().hex))
    for word in _EMPTY:
        setattr(found, word, "")
    found.StudyDate = ""
    if disguise.shifts_dates:
        for word in _DATES:
            shifted = _shifted(str(given.get(word, "") or ""), disguise.days(patient))
            if shifted:
                setattr(found, word, shifted)


def _shifted(date: str, days: int) -> str:
    try:
        return f"{datetime.strptime(date, '%Y%m%d') - timedelta(days=days):%Y%m%d}"
    except (ValueError, OverflowError):
        return ""


def _say_how(found: Any, disguise: Disguise) -> None:
    from pydicom.dataset import Dataset
    from pydicom.sequence import Sequence as Items

    codes = [_BASIC]
    if disguise.boxes:
        codes.append(_PIXELS)
    if disguise.shifts_dates:
        codes.append(_MODIFIED_DATES)
    rows = []
    for code in codes:
        row = Dataset()
        row.CodeValue, row.CodingSchemeDesignator, row.CodeMeaning = code, "DCM", _MEANINGS[code]
        rows.append(row)
    if disguise.was_looked_at:
        found.BurnedInAnnotation = "NO"
    found.PatientIdentityRemoved = "YES"
    found.DeidentificationMethod = f"HITL Desktop {__version__}: list of kept elements"
    found.DeidentificationMethodCodeSequence = Items(rows)
    found.LongitudinalTemporalInformationModified = "MODIFIED" if disguise.shifts_dates else "REMOVED"


def _make_plain(given: Any, syntax: str) -> None:
    """Have the pixels stored plainly, and nothing but pixels: the streams of JPEG and its kin have room for words."""
    import pydicom

    if pydicom.uid.UID(syntax).is_compressed and syntax not in _NATIVE:
        given.decompress(as_rgb=True, generate_instance_uid=False)
    elif syntax not in _NATIVE:
        raise UnreadableItem(UNSUPPORTED)
    if "PixelData" in given:
        bits = int(given.BitsAllocated) * int(given.SamplesPerPixel) * int(given.Rows) * int(given.Columns)
        if bits % 8 or str(given.PhotometricInterpretation) in ("YBR_FULL_422", "YBR_PARTIAL_420"):
            raise UnreadableItem(UNSUPPORTED)
        length = bits // 8 * int(given.get("NumberOfFrames", 1) or 1)
        if len(given.PixelData) < length:
            raise UnreadableItem(DAMAGED)
        _store(given, bytes(given.PixelData[:length]))


def _store(given: Any, data: bytes) -> None:
    given.PixelData = data + b"\0" * (len(data) % 2)
    given["PixelData"].VR = "OW" if given.BitsAllocated > 8 else "OB"


def _paint(given: Any, boxes: Sequence[Box]) -> None:
    """Paint boxes black in every frame."""
    if "PixelData" not in given or given.BitsAllocated not in (8, 16):
        raise UnreadableItem(UNSUPPORTED)
    colours, rows, columns = int(given.SamplesPerPixel), int(given.Rows), int(given.Columns)
    values = _values(given, colours, rows, columns)
    for left, top, width, height in boxes:
        values[:, top : top + height, left : left + width] = _black(given, colours)
    if colours > 1 and int(given.get("PlanarConfiguration", 0)):
        values = values.transpose(0, 3, 1, 2)
    _store(given, values.tobytes())
    given.BurnedInAnnotation = "NO"


def _values(given: Any, colours: int, rows: int, columns: int) -> Any:
    """The stored values, (frames, rows, columns) or with the colours last; to be written into."""
    import numpy as np

    kind = ("<i" if given.PixelRepresentation else "<u") + str(given.BitsAllocated // 8)
    flat = np.frombuffer(given.PixelData, kind)
    count = len(flat) // (rows * columns * colours)
    flat = flat[: count * rows * columns * colours]
    if not count:
        raise UnreadableItem(DAMAGED)
    if colours == 1:
        return flat.reshape(count, rows, columns).copy()
    if int(given.get("PlanarConfiguration", 0)):
        return flat.reshape(count, colours, rows, columns).transpose(0, 2, 3, 1).copy()
    return flat.reshape(count, rows, columns, colours).copy()


def _black(given: Any, colours: int) -> Any:
    sort = str(given.PhotometricInterpretation)
    if sort.startswith("YBR") and colours == 3:
        return (0, 128, 128)
    bits = int(given.BitsStored)
    lowest, highest = (-(1 << bits - 1), (1 << bits - 1) - 1) if given.PixelRepresentation else (0, (1 << bits) - 1)
    return highest if sort == "MONOCHROME1" else lowest
