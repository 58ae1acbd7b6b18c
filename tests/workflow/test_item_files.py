"""Where the files of items are looked for: below the data, and never where a project of somebody else says."""

import shutil
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.workflow.adding import add_request, take
from hitl_desktop.workflow.item_files import below, paths_of
from hitl_desktop.workflow.packing import Packed, PackRequest, pack
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.receiving import ReceiveRequest, receive
from hitl_desktop.workflow.worker import InlineRunner


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("a/b.png", "a/b.png"),
        ("a\\b.png", "a\\b.png"),
        ("/home/ann/b.png", "elsewhere/home/ann/b.png"),
        ("C:\\ann\\b.png", "elsewhere/C/ann/b.png"),
        ("\\\\host\\share\\b.png", "elsewhere/host/share/b.png"),
        ("/../../etc/./passwd", "elsewhere/etc/passwd"),
    ],
)
def test_a_whole_path_is_called_something_below_the_data(path: str, named: str) -> None:
    assert below(path) == named
    assert below(named) == named


@pytest.fixture
def grown(image_project_folder: Path, tmp_path: Path) -> Path:
    """A project with three pictures that were added from another folder."""
    more = tmp_path / "more"
    more.mkdir()
    for number in range(3):
        picture = np.random.default_rng(number).integers(0, 255, (24, 24), np.uint8)
        Image.fromarray(picture).save(more / f"new {number}.png")
    with closing(Project.open(image_project_folder)) as project:
        request = add_request(project, [more])
        take(project, InlineRunner().run("add", request, no_progress, never_cancelled), "ann")  # type: ignore[arg-type]
    return image_project_folder


@pytest.mark.parametrize("with_data", [True, False])
def test_pictures_added_from_elsewhere_travel_and_are_never_looked_for_where_they_lay(
    grown: Path, tmp_path: Path, *, with_data: bool
) -> None:
    packed = pack(PackRequest(grown, tmp_path / "p.zip", with_data), no_progress, never_cancelled)
    assert isinstance(packed, Packed)
    assert packed.missing == 0
    taken = receive(ReceiveRequest(tmp_path / "p.zip", tmp_path / "Taken.hitl"), no_progress, never_cancelled)
    with closing(Project.open(taken.folder)) as project:
        last = project.store.items.get(len(project.pool) - 1)
        assert Path(last.path).is_file(), "the record still says where it lay"
        (name,) = paths_of(project.store, last)
        assert name == below(last.path)
        assert (project.data_root / name).is_file() is with_data
        assert (project.data_root / name).is_relative_to(project.data_root)
        if with_data:
            assert project.item_source(last) == project.data_root / name
            again = pack(PackRequest(taken.folder, tmp_path / "again.zip", True), no_progress, never_cancelled)
            assert (again.missing, again.files) == (0, packed.files)
    shutil.rmtree(tmp_path / "more")


def test_what_is_added_after_that_lies_where_it_lies(grown: Path, tmp_path: Path) -> None:
    pack(PackRequest(grown, tmp_path / "p.zip", True), no_progress, never_cancelled)
    taken = receive(ReceiveRequest(tmp_path / "p.zip", tmp_path / "Taken.hitl"), no_progress, never_cancelled)
    own = tmp_path / "own"
    own.mkdir()
    Image.fromarray(np.random.default_rng(9).integers(0, 255, (24, 24), np.uint8)).save(own / "mine.png")
    with closing(Project.open(taken.folder)) as project:
        request = add_request(project, [own])
        take(project, InlineRunner().run("add", request, no_progress, never_cancelled), "bob")  # type: ignore[arg-type]
        assert project.item_source(project.store.items.get(len(project.pool) - 1)) == own / "mine.png"
