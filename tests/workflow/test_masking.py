"""Masks: drawn by hand, spread to pictures of the same size, looked at one by one, and painted into the copies."""

import csv
from contextlib import closing
from pathlib import Path

import numpy as np
import pydicom
import pytest
from PIL import Image

from hitl_desktop.domain.changes import NOTHING
from hitl_desktop.domain.errors import DiskTrouble, KnownError
from hitl_desktop.domain.mask_strokes import Stroke
from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.domain.reviewers import Sitting
from hitl_desktop.store.masks import Mask
from hitl_desktop.store.record import Recorder
from hitl_desktop.store.refusals import disk_full
from hitl_desktop.workflow.deidentifying import TABLE, Deidentified, DeidentifyRequest, deidentify_project
from hitl_desktop.workflow.masking import Masker, SameSizeRequest, find_same_size
from hitl_desktop.workflow.project import Project
from tests.conftest import MakeProject
from tests.dicom_files import write

BOX = (2, 3, 5, 4)


@pytest.fixture
def folder(tmp_path: Path, make_project: MakeProject) -> Path:
    """Three ordinary pictures, one of them of another size, one turned by EXIF, and one DICOM film."""
    rng = np.random.default_rng(3)
    data = tmp_path / "data"
    data.mkdir()
    for name, size in (("a", (16, 20)), ("b", (16, 20)), ("c", (8, 8))):
        Image.fromarray(rng.integers(100, 255, size, np.uint8)).save(data / f"{name}.png")
    turned = Image.fromarray(rng.integers(100, 255, (20, 16, 3), np.uint8))
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "Secret patient"
    turned.save(data / "d.jpg", exif=exif)
    write(data / "film.dcm", rng.integers(100, 255, (2, 16, 20), np.uint8))
    make_project(tmp_path / "P.hitl", data, labels=("x", "y"))
    return tmp_path / "P.hitl"


def _refuse(*_: object) -> None:
    raise disk_full()


def index_of(project: Project, name: str) -> int:
    return next(i.index for i in project.store.items.many(range(len(project.pool))) if i.path.endswith(name))


def test_masks_are_kept_looked_at_and_taken_back(folder: Path) -> None:
    with closing(Project.open(folder)) as project:
        masker = Masker(project)
        assert masker.set_mask(0, []) is NOTHING
        masker.look(0)
        masker.set_mask(0, [BOX])
        assert not masker.mask(0).looked, "another mask has to be looked at"
        masker.look(0)
        masker.spread(0, [1, 2])
        assert masker.counts().masked == 3
        assert masker.counts().looked == 1
        assert masker.next_unseen(0) == 1
        assert masker.next_unseen(4) == 1
        with pytest.MonkeyPatch.context() as full:
            full.setattr(Recorder, "follow", _refuse)
            with pytest.raises(DiskTrouble):
                masker.undo()
        assert masker.counts().masked == 3, "what was refused can be taken back still"
        masker.undo()
        assert masker.counts().masked == 1
        masker.undo()
        assert not masker.mask(0).looked
        masker.look(0)
    with closing(Project.open(folder)) as project:
        again = Masker(project)
        assert again.mask(0).boxes == (BOX,)
        assert again.mask(0).looked
        assert not again.can_undo
        for index in range(5):
            again.look(index)
        assert again.next_unseen(0) is None
        project.store.sit(Sitting("ada", "1", is_locked=True))
        with pytest.raises(KnownError, match="signed in"):
            again.set_mask(0, [])


def test_pictures_of_the_same_size_are_found_upright(folder: Path) -> None:
    with closing(Project.open(folder)) as project:
        first = index_of(project, "a.png")
        same = {index_of(project, name) for name in ("b.png", "d.jpg", "film.dcm")}
    found = find_same_size(SameSizeRequest(folder, first), no_progress, never_cancelled)
    assert set(found.tolist()) == same


def test_copies_are_painted_and_say_who_nobody_looked_at(folder: Path, tmp_path: Path) -> None:
    with closing(Project.open(folder)) as project:
        masker, names = Masker(project), ("a.png", "b.png", "c.png", "d.jpg", "film.dcm")
        at = {name: index_of(project, name) for name in names}
        for name in ("a.png", "d.jpg", "film.dcm"):
            masker.set_mask(at[name], [BOX])
        masker.look(at["a.png"])
        masker.look(at["c.png"])
    done = deidentify_project(DeidentifyRequest(folder, tmp_path / "out"), no_progress, never_cancelled)
    assert done == Deidentified(5, 1, 0, 4, 3, 3)
    with (tmp_path / "out" / TABLE).open(encoding="utf-8-sig", newline="") as stream:
        by_item = {int(row["item"]) - 1: row for row in csv.DictReader(stream)}
    rows = {name: by_item[index] for name, index in at.items()}
    assert {name: (row["boxes"], row["looked_at"]) for name, row in rows.items()} == {
        "a.png": ("1", "yes"),
        "b.png": ("0", "no"),
        "c.png": ("0", "yes"),
        "d.jpg": ("1", "no"),
        "film.dcm": ("1", "no"),
    }
    left, top, width, height = BOX
    for name in ("a.png", "d.jpg"):
        file = tmp_path / "out" / rows[name]["file"]
        pixels = np.asarray(Image.open(file))
        assert pixels.shape[:2] == (16, 20)
        assert not pixels[top : top + height, left : left + width].any()
        assert pixels.min(initial=255, where=pixels > 0) > 40
        assert b"Secret" not in file.read_bytes()
    film = pydicom.dcmread(tmp_path / "out" / rows["film.dcm"]["file"])
    assert not film.pixel_array[:, top : top + height, left : left + width].any()
    assert {row.CodeValue for row in film.DeidentificationMethodCodeSequence} >= {"113101"}


def test_a_picture_that_was_replaced_is_not_copied_under_the_masks_of_the_one_before(
    folder: Path, tmp_path: Path
) -> None:
    with closing(Project.open(folder)) as project:
        masker, at = Masker(project), index_of(project, "a.png")
        masker.set_mask(at, [BOX])
        masker.look(at)
    Image.fromarray(np.full((16, 20), 77, np.uint8)).save(folder.parent / "data" / "a.png")
    done = deidentify_project(DeidentifyRequest(folder, tmp_path / "out"), no_progress, never_cancelled)
    assert (done.files, done.left_out) == (4, 1)
    with (tmp_path / "out" / TABLE).open(encoding="utf-8-sig", newline="") as stream:
        assert str(at + 1) not in {row["item"] for row in csv.DictReader(stream)}


def test_a_project_of_texts_has_no_masks(text_project: Project) -> None:
    with pytest.raises(KnownError, match="no pictures"):
        Masker(text_project)


def test_strokes_are_kept_and_painted_into_the_copies(folder: Path, tmp_path: Path) -> None:
    stroke = Stroke(2, ((4, 5), (12, 5), (12, 10)))
    with closing(Project.open(folder)) as project:
        masker, names = Masker(project), ("a.png", "film.dcm")
        at = {name: index_of(project, name) for name in names}
        for index in at.values():
            masker.set_mask(index, [BOX], [stroke])
        masker.look(at["a.png"])
        masker.spread(at["a.png"], [at["film.dcm"]])
        assert not masker.mask(at["film.dcm"]).looked
    with closing(Project.open(folder)) as project:
        assert Masker(project).mask(at["a.png"]) == Mask((BOX,), looked=True, strokes=(stroke,))
    deidentify_project(DeidentifyRequest(folder, tmp_path / "out"), no_progress, never_cancelled)
    with (tmp_path / "out" / TABLE).open(encoding="utf-8-sig", newline="") as stream:
        rows = {int(row["item"]) - 1: row for row in csv.DictReader(stream)}
    assert rows[at["a.png"]]["boxes"] == "2"
    pixels = np.asarray(Image.open(tmp_path / "out" / rows[at["a.png"]]["file"]))
    film = pydicom.dcmread(tmp_path / "out" / rows[at["film.dcm"]]["file"]).pixel_array
    for x, y in ((4, 5), (8, 5), (11, 4), (12, 8), (11, 9)):
        assert not pixels[y, x].any()
        assert not film[:, y, x].any()
    assert pixels[12, 5].any()
