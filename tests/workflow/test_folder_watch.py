"""Watching a folder: a file is news once, and only when it is complete."""

import os
import shutil
from pathlib import Path

import pytest

from hitl_desktop.domain.protocols import never_cancelled, no_progress
from hitl_desktop.workflow.adding import add_request, take
from hitl_desktop.workflow.folder_watch import Watch, note_looked, set_watching, watches
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.requests import Gathered
from hitl_desktop.workflow.worker import InlineRunner
from tests.conftest import MakeImages, MakeProject, MakeTable


class Clock:
    """A clock that stands still until it is told."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def watched(make_images: MakeImages, make_project: MakeProject, tmp_path: Path) -> tuple[Path, Path]:
    """A closed project of 6 pictures, and its folder of data."""
    data = make_images(tmp_path / "data", each=2)
    make_project(tmp_path / "P.hitl", data)
    return tmp_path / "P.hitl", data


def names(watch: Watch, data: Path) -> list[str]:
    return sorted(file.relative_to(data).as_posix() for file in watch.look(quiet=3).files)


def test_a_new_file_is_given_once_it_has_been_the_same_for_a_while(watched: tuple[Path, Path]) -> None:
    folder, data = watched
    clock = Clock()
    watch = Watch(folder, clock)
    assert names(watch, data) == []
    whole = (data / "dots" / "dots_00.png").read_bytes()
    (data / "dots" / "new.png").write_bytes(whole[:50])
    assert names(watch, data) == []
    clock.now = 2
    (data / "dots" / "new.png").write_bytes(whole + b"x")
    assert names(watch, data) == []
    clock.now = 4
    assert names(watch, data) == [], "it has grown meanwhile"
    clock.now = 5
    assert names(watch, data) == ["dots/new.png"]
    assert names(watch, data) == [], "it is given once"
    clock.now = 9
    (data / "dots" / "new.png").write_bytes(whole + b"more")
    assert names(watch, data) == []
    clock.now = 12
    assert names(watch, data) == ["dots/new.png"], "it has changed"


def test_files_of_a_folder_wait_for_each_other(watched: tuple[Path, Path]) -> None:
    folder, data = watched
    clock = Clock()
    watch = Watch(folder, clock)
    shutil.copy(data / "dots" / "dots_00.png", data / "dots" / "a.png")
    (data / "series").mkdir()
    shutil.copy(data / "dots" / "dots_00.png", data / "series" / "1.png")
    names(watch, data)
    clock.now = 2
    shutil.copy(data / "dots" / "dots_00.png", data / "series" / "2.png")
    names(watch, data)
    clock.now = 3
    assert names(watch, data) == ["dots/a.png"]
    clock.now = 5
    assert names(watch, data) == ["series/1.png", "series/2.png"]


def test_what_is_no_news_is_not_looked_at(watched: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    folder, data = watched
    (data / "notes.txt").write_text("hello", "utf-8")
    (data / ".hidden.png").write_bytes(b"x")
    (data / "Other.hitl").mkdir()
    (data / "Other.hitl" / "x.png").write_bytes(b"x")
    asked: list[str] = []
    stat = Path.stat

    def counted(path: Path, **options: bool) -> os.stat_result:
        asked.append(path.name)
        return stat(path, **options)

    monkeypatch.setattr(Path, "stat", counted)
    clock = Clock()
    watch = Watch(folder, clock)
    watch.look(quiet=0)
    assert names(watch, data) == []
    assert "dots_00.png" not in asked, "of items nothing is asked"


def test_what_was_left_out_is_not_given_again(watched: tuple[Path, Path]) -> None:
    folder, data = watched
    (data / "dots" / "broken.png").write_bytes(b"no picture")
    project = Project.open(folder)
    found = InlineRunner().run("add", add_request(project, ()), no_progress, never_cancelled)
    assert isinstance(found, Gathered)
    assert found.counts.unreadable == 1
    take(project, found, "Ada")
    project.close()
    watch = Watch(folder, Clock())
    watch.look(quiet=0)
    assert watch.look(quiet=0).files == ()


def test_a_table_is_read_again_when_it_has_changed(
    make_table: MakeTable, make_project: MakeProject, tmp_path: Path
) -> None:
    table = make_table(tmp_path / "messages.csv")
    make_project(tmp_path / "P.hitl", table)
    clock = Clock()
    watch = Watch(tmp_path / "P.hitl", clock)
    assert watch.look(3).files == ()
    clock.now = 3
    ready = watch.look(3)
    assert ready.files == (table,), "rows may have come before it was watched"
    project = Project.open(tmp_path / "P.hitl")
    assert not watches(project)
    set_watching(project, watch=True)
    note_looked(project, ready)
    assert watches(project)
    project.close()
    assert Watch(tmp_path / "P.hitl", clock).look(0).files == (), "as it was read"
    with table.open("a", encoding="utf-8") as file:
        file.write("m99,something new,login\n")
    assert watch.look(3).files == ()
    clock.now = 6
    assert watch.look(3).files == (table,)


def test_a_folder_that_is_away_has_nothing_new(watched: tuple[Path, Path]) -> None:
    folder, data = watched
    data.rename(data.parent / "away")
    assert Watch(folder, Clock()).look(0).files == ()
