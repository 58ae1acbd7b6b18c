"""Backups as a person meets them."""

import errno
import shutil
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hitl_desktop.domain.errors import DiskTrouble, KnownError
from hitl_desktop.store.backups import backups_in, check_backup
from hitl_desktop.store.replaying import Replayed
from hitl_desktop.store.restoring import Restored
from hitl_desktop.workflow import backing_up
from hitl_desktop.workflow.backing_up import (
    back_up,
    back_up_after_command,
    backup_is_due,
    first_backup,
    rebuild,
    told_of,
)
from hitl_desktop.workflow.project import Project


def test_a_new_project_has_a_backup_with_all_its_items(text_project: Project) -> None:
    (backup,) = backups_in(text_project.folder)
    assert check_backup(backup.file).items == len(text_project.pool)


def test_a_first_backup_that_is_not_possible_is_no_reason_to_fail(
    text_project_folder: Path, monkeypatch: pytest.MonkeyPatch, expected_log: object
) -> None:
    assert callable(expected_log)
    expected_log("WARNING .*No first backup: There is no room")

    def no_room(*_: object) -> None:
        raise DiskTrouble("There is no room.", "Free some.")

    monkeypatch.setattr(backing_up, "make_backup", no_room)
    first_backup(text_project_folder)


def test_one_is_due_half_an_hour_after_the_first_change(text_project: Project) -> None:
    store = text_project.store
    assert not backup_is_due(store)
    text_project.set_retrain_every(7)
    assert not backup_is_due(store)
    store.changed_at = time.monotonic() - 1801
    assert backup_is_due(store)
    assert back_up(text_project.folder).differing == 0


@pytest.mark.parametrize(("replayed", "words"), [(0, "kept beside"), (1, "1 decision made"), (2, "2 decisions made")])
def test_what_restoring_did_is_told(replayed: int, words: str) -> None:
    assert words in str(told_of(Restored(Path("b"), 5, Replayed(replayed), None)))


def test_a_backup_of_a_time_to_come_is_no_reason_to_make_none(text_project_folder: Path) -> None:
    """The clock was wrong when it was made: for years no command would have left a backup."""
    (first,) = backups_in(text_project_folder)
    back_up_after_command(text_project_folder)
    assert [backup.file for backup in backups_in(text_project_folder)] == [first.file]
    ahead = (datetime.now(UTC) + timedelta(days=3650)).strftime("%Y%m%dT%H%M%S%fZ")
    first.file.rename(first.file.with_name(f"backup-{ahead}-0.sqlite3"))
    back_up_after_command(text_project_folder)
    assert len(backups_in(text_project_folder)) == 2


def test_a_project_is_made_anew_whole_or_not_at_all(
    text_project_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "Anew.hitl"
    before = sorted(tmp_path.iterdir())

    def is_full(*_: object, **__: object) -> None:
        assert not out.exists(), "what is half made has another name"
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "copyfile", is_full)
        with pytest.raises(DiskTrouble, match="could not be made anew: No space left"):
            rebuild(text_project_folder, out)
    assert sorted(tmp_path.iterdir()) == before
    out.mkdir()
    assert rebuild(text_project_folder, out).base.name.startswith("backup-")
    assert [path.name for path in tmp_path.glob(".*")] == []
    with pytest.raises(KnownError, match="already exists and is not empty"):
        rebuild(text_project_folder, out)
