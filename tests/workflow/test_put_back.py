"""A project that somebody put back to an earlier state by hand: what is missing is told before anybody works on."""

import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from hitl_desktop import paths
from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.store.backups import make_backup
from hitl_desktop.store.restoring import restore
from hitl_desktop.store.store import DATABASE
from hitl_desktop.workflow.opening import go_on, open_to_work
from hitl_desktop.workflow.review import ReviewSession


def work(folder: Path, times: int) -> None:
    with closing(open_to_work(folder)) as project:
        session = ReviewSession(project, "ann")
        for _ in range(times):
            session.decide(Verdict.SKIPPED)


@pytest.fixture
def worked(text_project_folder: Path) -> Path:
    """Work of two days, with a copy of the first one beside it."""
    work(text_project_folder, 3)
    shutil.copytree(text_project_folder, text_project_folder.with_name("Monday"))
    work(text_project_folder, 2)
    return text_project_folder


def put_back(folder: Path, *names: str) -> None:
    for name in names:
        shutil.copyfile(folder.with_name("Monday") / name, folder / name)


def test_later_work_that_is_gone_is_told_and_may_be_gone_on_from(worked: Path) -> None:
    put_back(worked, DATABASE, "decisions.jsonl", "anchors.jsonl")
    with closing(open_to_work(worked)) as project:
        assert not project.store.is_writer
        assert "Later work is missing: event" in str(project.distrust)
    go_on(worked)
    work(worked, 1)
    with closing(open_to_work(worked)) as project:
        assert (project.store.is_writer, project.distrust) == (True, None)
        assert project.store.decisions.count() == 4


def test_what_the_second_record_brings_back_is_not_missing(worked: Path, allowed_log: Callable[[str], None]) -> None:
    put_back(worked, DATABASE)
    with closing(open_to_work(worked)) as project:
        assert (project.store.is_writer, project.store.replayed.decisions) == (True, 2)


def test_a_backup_that_the_program_put_back_and_a_copy_elsewhere_are_explained(worked: Path) -> None:
    with closing(open_to_work(worked.with_name("Monday"))) as copy:
        assert copy.store.is_writer
    backup = make_backup(worked)
    work(worked, 2)
    (worked / "decisions.jsonl").unlink()
    restore(worked, backup.file)
    with closing(open_to_work(worked)) as project:
        assert project.store.is_writer


def test_that_a_backup_was_restored_once_explains_nothing_of_what_came_later(worked: Path) -> None:
    restore(worked, make_backup(worked).file)
    work(worked, 1)
    shutil.rmtree(worked.with_name("Monday"))
    shutil.copytree(worked, worked.with_name("Monday"))
    work(worked, 2)
    put_back(worked, DATABASE, "decisions.jsonl", "anchors.jsonl")
    with closing(open_to_work(worked)) as project:
        assert "Later work is missing: event" in str(project.distrust)


def test_a_restoring_that_could_not_be_anchored_outside_is_explained(worked: Path) -> None:
    backup = make_backup(worked)
    work(worked, 2)
    (worked / "decisions.jsonl").unlink()
    before = {file: file.read_bytes() for file in (paths.user_data() / "records").glob("*.jsonl")}
    restore(worked, backup.file)
    for file, content in before.items():  # as on a full disk
        file.write_bytes(content)
    with closing(open_to_work(worked)) as project:
        assert project.store.is_writer
