"""Copies of a whole project without its patients."""

import csv
import os
from pathlib import Path

import numpy as np
import pydicom
import pytest
from PIL import Image

from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.errors import Cancelled, KnownError
from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.kinds.dicom_deidentify import Disguise
from hitl_desktop.workflow.deidentifying import TABLE, DeidentifyRequest, _copy, deidentify_project
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.requests import LabelUse
from hitl_desktop.workflow.review import ReviewSession
from tests.conftest import MakeProject
from tests.dicom_files import PATIENT, PATIENT_ID, write, write_series


@pytest.fixture
def folder(tmp_path: Path, make_project: MakeProject) -> Path:
    rng = np.random.default_rng(5)
    data = tmp_path / "ward of Secret"
    for name in ("a", "b"):
        write_series(data / name / "CT", rng.integers(0, 900, (4, 16, 16)).astype(np.int16))
        write(data / name / "Secret film.dcm", rng.integers(0, 255, (3, 16, 16), np.uint8), BurnedInAnnotation="NO")
        Image.fromarray(rng.integers(0, 255, (16, 16), np.uint8)).save(data / name / "photo.png")
    make_project(tmp_path / "Clinic.hitl", data, labels_from="folders", use_labels=LabelUse.DECISIONS)
    return tmp_path / "Clinic.hitl"


def run(folder: Path, out: Path, **options: object) -> object:
    return deidentify_project(DeidentifyRequest(folder, out, **options), no_progress, never_cancelled)  # type: ignore[arg-type]


def test_every_dicom_file_is_copied_without_its_patient(folder: Path, tmp_path: Path) -> None:
    done = run(folder, tmp_path / "out")
    files = sorted((tmp_path / "out").glob("*.dcm"))
    assert (done.files, done.pictures, done.to_look_at, done.left_out) == (12, 2, 10, 0)  # type: ignore[attr-defined]
    assert len(files) == 10
    series = {pydicom.dcmread(file).SeriesInstanceUID for file in files}
    assert len(series) == 4
    for file in (tmp_path / "out").iterdir():
        raw = file.read_bytes()
        assert b"Secret" not in raw
        assert PATIENT.encode() not in raw
        assert PATIENT_ID.encode() not in raw
    with (tmp_path / "out" / TABLE).open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert sorted(row["file"] for row in rows) == sorted(
        f.name for f in (tmp_path / "out").iterdir() if f.name != TABLE
    )
    assert {row["label"] for row in rows} == {"a", "b"}


def test_stopped_or_in_the_way_of_something_nothing_is_written(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        deidentify_project(DeidentifyRequest(folder, tmp_path / "out"), no_progress, lambda: True)
    assert not (tmp_path / "out").exists()
    assert not list(tmp_path.glob(".*"))
    (tmp_path / "out").mkdir()
    with pytest.raises(KnownError, match="already exists"):
        run(folder, tmp_path / "out")
    with pytest.raises(KnownError, match="inside the project"):
        run(folder, folder / "out")


@pytest.mark.parametrize("name", ["photo.png", "Secret film.dcm"])
def test_a_copy_that_a_process_left_half_written_is_written_anew(folder: Path, tmp_path: Path, name: str) -> None:
    """One that ends while it writes, for want of memory, is followed by a second one; the others must not suffer."""
    source, target = tmp_path / "ward of Secret" / "a" / name, tmp_path / "copy"
    _copy(source, target, Disguise(b"x" * 32, False), (), source.suffix == ".dcm")
    whole = target.read_bytes()
    target.write_bytes(whole[: len(whole) // 2])
    _copy(source, target, Disguise(b"x" * 32, False), (), source.suffix == ".dcm")
    assert target.read_bytes() == whole


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_in_the_place_of_a_picture_costs_that_picture(folder: Path, tmp_path: Path) -> None:
    film = tmp_path / "ward of Secret" / "a" / "Secret film.dcm"
    film.unlink()
    os.mkfifo(film)
    done = run(folder, tmp_path / "out")
    assert (done.files, done.left_out) == (11, 1)  # type: ignore[attr-defined]


def test_a_project_of_texts_has_no_pictures(text_project_folder: Path, tmp_path: Path) -> None:
    with pytest.raises(KnownError, match="no pictures"):
        run(text_project_folder, tmp_path / "out")


def test_of_what_nobody_decided_the_list_says_nothing(image_project_folder: Path, tmp_path: Path) -> None:
    """Least of all "nothing found", which whoever gets the copies would read as a finding."""
    project = Project.open(image_project_folder)
    session = ReviewSession(project, "ann")
    assert session.item is not None
    name = session.item.path.split("/")[0]
    session.decide(Verdict.CORRECTED, project.label_named(name).id)
    project.close()
    run(image_project_folder, tmp_path / "out")
    with (tmp_path / "out" / TABLE).open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert sorted((row["state"], row["label"]) for row in rows) == [("decided", name), *[("todo", "")] * 59]
