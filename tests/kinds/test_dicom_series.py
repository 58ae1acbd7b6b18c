"""Which DICOM files become one item, and in what order."""

from pathlib import Path

import numpy as np
import pytest
from pydicom.uid import generate_uid

from hitl_desktop.kinds.contents import series_digest
from hitl_desktop.kinds.dicom_series import Group, arrange, look_at_slice, patients_note
from tests.dicom_files import write, write_series

SLICES = np.stack([np.full((8, 8), 100 * n, np.int16) for n in range(5)])
AXIAL = [1, 0, 0, 0, 1, 0]


def groups(root: Path) -> list[Group]:
    paths = sorted(p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file())
    return arrange(look_at_slice(root, path) for path in paths)


def test_a_series_is_ordered_by_its_place_in_the_patient(tmp_path: Path) -> None:
    write_series(tmp_path, SLICES, order=[3, 0, 4, 1, 2])
    assert groups(tmp_path) == [Group(("IM001", "IM003", "IM004", "IM000", "IM002"))]


def test_without_a_place_the_number_decides(tmp_path: Path) -> None:
    series = generate_uid()
    for name, number in (("a", 2), ("b", 10), ("c", 1)):
        write(tmp_path / name, SLICES[0], SeriesInstanceUID=series, Modality="MR", InstanceNumber=number)
    assert groups(tmp_path) == [Group(("c", "a", "b"))]


def test_places_that_come_again_are_ordered_by_number(tmp_path: Path) -> None:
    """As in a series over time: ten places, thirty times each."""
    series = generate_uid()
    for number in range(4):
        write(
            tmp_path / f"{number}",
            SLICES[0],
            SeriesInstanceUID=series,
            Modality="MR",
            InstanceNumber=4 - number,
            ImageOrientationPatient=AXIAL,
            ImagePositionPatient=[0, 0, number % 2],
        )
    assert groups(tmp_path) == [Group(("3", "2", "1", "0"))]


def test_what_does_not_belong_together_stays_apart(tmp_path: Path) -> None:
    series = generate_uid()
    for name in ("front", "side"):  # two views of a chest are two pictures, although they are one series
        write(tmp_path / name, SLICES[0], SeriesInstanceUID=series, Modality="DX", InstanceNumber=1)
    for place, name in enumerate(("film1", "film2")):
        write(tmp_path / name, SLICES, SeriesInstanceUID=series, Modality="CT", InstanceNumber=place)
    write(
        tmp_path / "scout",
        SLICES[0],
        SeriesInstanceUID=series,
        Modality="CT",
        InstanceNumber=7,
        ImageType=["ORIGINAL", "PRIMARY", "LOCALIZER"],
    )
    write_series(tmp_path / "one", SLICES, SeriesInstanceUID=series)
    write_series(tmp_path / "other", SLICES)
    found = groups(tmp_path)
    assert sorted(len(group.paths) for group in found) == [1, 1, 1, 1, 1, 5, 5]


def test_the_same_object_twice_is_not_stacked_upon_itself(tmp_path: Path) -> None:
    uid, series = generate_uid(), generate_uid()
    for name in "ab":
        write(tmp_path / name, SLICES[0], SOPInstanceUID=uid, SeriesInstanceUID=series, Modality="MR", InstanceNumber=1)
    assert groups(tmp_path) == [Group(("a",)), Group(("b",))]


def test_a_gap_is_said(tmp_path: Path) -> None:
    write_series(tmp_path, SLICES)
    (tmp_path / "IM002").unlink()
    (group,) = groups(tmp_path)
    assert [str(note) for note in group.notes] == ["Its images lie unevenly: some may be missing (1 gap)."]


def test_several_patients_are_counted_and_not_named(tmp_path: Path) -> None:
    for place, name in enumerate(("Ada", "Bob", "Bob")):
        write(tmp_path / f"{place}", SLICES[0], PatientName=name, PatientID=name)
    slices = [look_at_slice(tmp_path, path.name) for path in sorted(tmp_path.iterdir())]
    assert str(patients_note(slices)) == "The files belong to 2 patients."
    assert "Ada" not in repr(slices)
    assert patients_note(slices[:1]) is None


def test_a_uid_is_never_a_path(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="UI"):  # pydicom's own, about writing it
        write(tmp_path / "a", SLICES[0], SeriesInstanceUID="../../x")
    assert groups(tmp_path) == [Group(("a",))]


def test_a_series_is_known_by_its_files_whatever_their_order() -> None:
    assert series_digest(["a", "b"]) == series_digest(["b", "a"]) != series_digest(["a", "c"])
