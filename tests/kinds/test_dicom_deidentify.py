"""Copies without patients: nothing personal is left, images stay what they were, and what belongs together stays so."""

from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import generate_uid

from hitl_desktop.domain.errors import UnreadableItem
from hitl_desktop.kinds.dicom_deidentify import Disguise, deidentify
from hitl_desktop.kinds.dicom_file import open_dicom
from tests.dicom_files import write

KEY = b"k" * 32
CANARIES = [f"Zqword{number:02d}wander" for number in range(20)]


def full_of_names(path: Path, **changes: Any) -> Path:
    """A file with a name wherever one may stand: plain, private, in sequences, in the preamble, after the pixels."""
    sequence = Dataset()
    sequence.CodeMeaning, sequence.CodeValue = CANARIES[0], CANARIES[1]
    lut = Dataset()
    lut.LUTDescriptor, lut.LUTExplanation, lut.LUTData = [2, 0, 16], CANARIES[2], b"\0\0\xff\xff"
    values = changes.pop("values", np.arange(144, dtype=np.uint16).reshape(12, 12))
    elements = {
        "PatientName": f"{CANARIES[3]}^A", "PatientID": CANARIES[4], "PatientComments": CANARIES[5],
        "InstitutionName": CANARIES[6], "OperatorsName": CANARIES[7], "StudyDescription": CANARIES[8],
        "SeriesDescription": CANARIES[9], "ImageComments": CANARIES[10], "AccessionNumber": CANARIES[11][:16],
        "ProtocolName": CANARIES[12], "BodyPartExamined": CANARIES[13].upper()[:16], "DeviceSerialNumber": CANARIES[14],
        "ProcedureCodeSequence": Sequence([sequence]), "VOILUTSequence": Sequence([lut]), "StudyDate": "20240131",
        "PatientBirthDate": "19710512", "PixelSpacing": [0.5, 0.5], "WindowCenter": "40", "WindowWidth": "80",
        "FrameOfReferenceUID": generate_uid(), "ImageType": ["ORIGINAL", "PRIMARY", CANARIES[15].upper()],
        **changes,
    }  # fmt: skip
    write(path, values, **elements)
    data = pydicom.dcmread(path)
    block = data.private_block(0x0011, CANARIES[16], create=True)
    block.add_new(0x01, "LO", CANARIES[17])
    data.add_new(0x60000010, "US", 1)
    data.add_new(0x60004000, "LT", CANARIES[18])
    data.preamble = CANARIES[19].encode().ljust(128, b"\0")
    data.save_as(path)
    return path


def copied(source: Path, target: Path, **options: Any) -> Any:
    deidentify(source, target, Disguise(KEY, **options))
    raw = target.read_bytes()
    assert not [word for word in CANARIES if word.encode() in raw or word.upper()[:14].encode() in raw]
    assert raw[:128] == bytes(128)
    return pydicom.dcmread(target)


def test_nothing_of_the_patient_is_left_and_the_image_is_the_same(tmp_path: Path) -> None:
    source = full_of_names(tmp_path / "a.dcm")
    given, found = pydicom.dcmread(source), copied(source, tmp_path / "b.dcm")
    assert np.array_equal(given.pixel_array, found.pixel_array)
    assert found.PixelSpacing == [0.5, 0.5]
    assert found.WindowCenter == 40
    assert found.PatientIdentityRemoved == "YES"
    assert found.DeidentificationMethodCodeSequence[0].CodeValue == "113100"
    assert "HITL Desktop" in found.DeidentificationMethod
    assert (found.StudyDate, found.PatientBirthDate, found.AccessionNumber) == ("", "", "")
    assert found.LongitudinalTemporalInformationModified == "REMOVED"
    assert found.ImageType == ["ORIGINAL", "PRIMARY"]
    assert not any(element.tag.is_private for element in found.iterall())
    for word in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "FrameOfReferenceUID"):
        assert found[word].value.startswith("2.25.")
        assert found[word].value != given[word].value
    assert found.file_meta.MediaStorageSOPInstanceUID == found.SOPInstanceUID


def test_what_belongs_together_stays_together_and_another_key_gives_other_names(tmp_path: Path) -> None:
    study, series = generate_uid(), generate_uid()
    made = []
    for name, more in (("a", {}), ("b", {}), ("c", {"PatientID": "another"})):
        uids = {"StudyInstanceUID": study, "SeriesInstanceUID": series}
        made.append(copied(full_of_names(tmp_path / f"{name}.dcm", **uids, **more), tmp_path / f"{name}o.dcm"))
    first, second, other = made
    assert first.StudyInstanceUID == second.StudyInstanceUID
    assert first.SeriesInstanceUID == second.SeriesInstanceUID
    assert first.SOPInstanceUID != second.SOPInstanceUID
    assert first.PatientID == second.PatientID != other.PatientID
    deidentify(tmp_path / "a.dcm", tmp_path / "again.dcm", Disguise(b"x" * 32))
    again = pydicom.dcmread(tmp_path / "again.dcm")
    assert again.PatientID != first.PatientID
    assert again.StudyInstanceUID != first.StudyInstanceUID


def test_dates_are_shifted_by_the_same_days_for_all_of_a_patient(tmp_path: Path) -> None:
    made = []
    for day in ("20240131", "20240229"):
        source = full_of_names(tmp_path / f"{day}.dcm", StudyDate=day, ContentDate=day)
        made.append(copied(source, tmp_path / f"{day}o.dcm", shifts_dates=True))
    early, late = made
    assert "" != early.StudyDate != "20240131"
    days = np.datetime64(f"{late.StudyDate[:4]}-{late.StudyDate[4:6]}-{late.StudyDate[6:]}") - np.datetime64(
        f"{early.StudyDate[:4]}-{early.StudyDate[4:6]}-{early.StudyDate[6:]}"
    )
    assert days == np.timedelta64(29, "D")
    assert early.ContentDate == early.StudyDate
    assert early.LongitudinalTemporalInformationModified == "MODIFIED"
    assert [row.CodeValue for row in early.DeidentificationMethodCodeSequence] == ["113100", "113107"]


@pytest.mark.parametrize(
    ("values", "more", "black"),
    [
        (np.full((10, 12), 900, np.uint16), {}, 0),
        (np.full((10, 12), 900, np.uint16), {"PhotometricInterpretation": "MONOCHROME1"}, 65535),
        (np.full((10, 12), 90, np.int16), {}, -32768),
        (np.full((3, 10, 12), 90, np.uint8), {}, 0),
        (np.full((10, 12, 3), 90, np.uint8), {}, 0),
    ],
)
def test_boxes_are_black_in_every_frame_and_the_rest_is_untouched(
    tmp_path: Path, values: np.ndarray, more: dict[str, Any], black: int
) -> None:
    source = full_of_names(tmp_path / "a.dcm", values=values, **more)
    found = copied(source, tmp_path / "b.dcm", boxes=((2, 1, 4, 3), (10, 8, 50, 50)))
    pixels = found.pixel_array if values.ndim == 3 else found.pixel_array[None]
    pixels = pixels if values.shape[-1] != 3 else pixels[None]
    expected = np.array(values if values.ndim == 3 and values.shape[-1] != 3 else values[None])
    expected[:, 1:4, 2:6] = black
    expected[:, 8:, 10:] = black
    assert np.array_equal(pixels.reshape(expected.shape), expected)
    assert found.BurnedInAnnotation == "NO"
    assert "113101" in [row.CodeValue for row in found.DeidentificationMethodCodeSequence]


def test_words_in_a_compressed_stream_do_not_come_along(tmp_path: Path) -> None:
    source = full_of_names(tmp_path / "a.dcm", values=np.arange(144, dtype=np.uint8).reshape(12, 12))
    data = pydicom.dcmread(source)
    before = data.pixel_array.copy()
    data.compress(pydicom.uid.RLELossless)
    data.save_as(source)
    found = copied(source, tmp_path / "b.dcm")
    assert not found.file_meta.TransferSyntaxUID.is_compressed
    assert np.array_equal(found.pixel_array, before)


def test_what_stands_behind_the_pixels_is_cut_off(tmp_path: Path) -> None:
    source = full_of_names(tmp_path / "a.dcm")
    data = pydicom.dcmread(source)
    data.PixelData += CANARIES[3].encode().ljust(64)
    data.save_as(source)
    assert len(copied(source, tmp_path / "b.dcm").PixelData) == 288


@pytest.mark.parametrize(("said", "may"), [("YES", True), ("NO", False), (None, True)])
def test_a_picture_that_nobody_looked_at_may_have_writing(tmp_path: Path, said: str | None, may: bool) -> None:
    more = {} if said is None else {"BurnedInAnnotation": said}
    source = full_of_names(tmp_path / "a.dcm", **more)
    assert deidentify(source, tmp_path / "b.dcm", Disguise(KEY)).may_have_writing is may
    assert not deidentify(source, tmp_path / "c.dcm", Disguise(KEY, boxes=((0, 0, 1, 1),))).may_have_writing


def test_a_name_that_claims_to_be_numbers_is_damage_and_no_error_of_the_program(tmp_path: Path) -> None:
    """What pydicom then raises is none of Python's own errors, and quotes the name."""
    file = write(tmp_path / "a.dcm", np.zeros((4, 4), np.uint8), PatientName="Zqword^Wanders")
    data = file.read_bytes()
    file.write_bytes(data.replace(b"\x10\x00\x10\x00PN", b"\x10\x00\x10\x00FD"))
    assert file.read_bytes() != data
    with pytest.raises(UnreadableItem, match="damaged"):
        deidentify(file, tmp_path / "copy.dcm", Disguise(KEY))
    assert not (tmp_path / "copy.dcm").exists()


def test_a_damaged_file_is_left_out(tmp_path: Path) -> None:
    source = full_of_names(tmp_path / "a.dcm")
    source.write_bytes(source.read_bytes()[:-40])
    with pytest.raises(UnreadableItem):
        deidentify(source, tmp_path / "b.dcm", Disguise(KEY))


def test_a_copy_that_cannot_be_opened_is_none(tmp_path: Path) -> None:
    """Found by fuzzing: pydicom reads the damaged head otherwise than we do."""
    whole = write(tmp_path / "a.dcm", np.zeros((8, 8, 3), np.uint8)).read_bytes()
    damaged = whole.replace(b"\x02\x00\x03\x00UI", b"\x02\x00\x03\xff\x7fI", 1)
    (tmp_path / "b.dcm").write_bytes(damaged)
    assert open_dicom(tmp_path / "b.dcm").pixels is not None
    with pytest.raises(UnreadableItem):
        deidentify(tmp_path / "b.dcm", tmp_path / "copy.dcm", Disguise(b"key"))
    assert not (tmp_path / "copy.dcm").exists()
