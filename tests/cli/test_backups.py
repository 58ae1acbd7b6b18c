"""Backups on the command line."""

import json
from pathlib import Path

import pytest

from hitl_desktop.cli.hooks import Hooks
from hitl_desktop.cli.main import run as command
from hitl_desktop.store.backups import backups_in
from hitl_desktop.store.store import DATABASE

HOOKS = Hooks(
    open_window=lambda _project: 0,
    open_sample=lambda _sample: 0,
    screenshots=lambda _project, _out: [],
    check_window=lambda: None,
    write_report=lambda _project, _out: [],
)


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> object:
    capsys.readouterr()
    code = command([*arguments, "--json"], HOOKS)
    assert code == 0, capsys.readouterr().err
    return json.loads(capsys.readouterr().out)


def test_a_backup_is_made_listed_and_put_back(text_project_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = str(text_project_folder)
    made = run(capsys, "backup", project)
    assert isinstance(made, dict)
    assert Path(made["file"]).is_file()
    listed = run(capsys, "restore", project, "--list")
    assert isinstance(listed, list)
    assert listed[0]["file"] == made["file"]
    queue = run(capsys, "queue", project)
    assert isinstance(queue, list)
    run(capsys, "decide", project, queue[0]["id"], "--skip", "--reviewer", "ann")
    (text_project_folder / DATABASE).write_bytes(b"")
    done = run(capsys, "restore", project, "--from", Path(made["file"]).name)
    assert isinstance(done, dict)
    assert (done["decisions"], done["replayed"], done["unplaced"]) == (1, 1, 0)
    assert Path(str(done["kept"]), DATABASE).read_bytes() == b""
    status = run(capsys, "status", project)
    assert isinstance(status, dict)
    assert status["skipped"] == 1


def test_a_command_that_changes_something_leaves_a_backup_at_most_every_half_hour(
    text_project_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for backup in backups_in(text_project_folder):
        backup.file.unlink()
    run(capsys, "status", str(text_project_folder))
    assert backups_in(text_project_folder) == []
    queue = run(capsys, "queue", str(text_project_folder))
    assert isinstance(queue, list)
    for entry in queue[:2]:
        run(capsys, "decide", str(text_project_folder), entry["id"], "--skip", "--reviewer", "ann")
    assert [backup.decisions for backup in backups_in(text_project_folder)] == [1]


def test_a_backup_that_is_not_there_is_told(text_project_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(["restore", str(text_project_folder), "--from", "nothing.sqlite3"], HOOKS) != 0
    assert "no backup" in capsys.readouterr().err
