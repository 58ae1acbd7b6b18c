"""E2, S15: a project that cannot be written to is read, and stays as it is to the byte."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from hitl_desktop.domain.decisions import Verdict
from hitl_desktop.domain.errors import KnownError, ProjectInUse, ProjectNotWritable
from hitl_desktop.store.lock import ProjectLock
from hitl_desktop.store.snapshot_database import SnapshotDatabase
from hitl_desktop.workflow.project import Project
from hitl_desktop.workflow.review import ReviewSession

ROOT = Path(__file__).resolve().parents[2]


def prints(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_project_open_elsewhere_is_refused_by_name_of_its_holder_and_can_be_read(text_project_folder: Path) -> None:
    first = Project.open(text_project_folder)
    with pytest.raises(ProjectInUse) as refusal:
        Project.open(text_project_folder)
    assert f"process {os.getpid()}" in str(refusal.value)
    assert "on this computer" in str(refusal.value)
    reading = Project.reader(text_project_folder)
    session = ReviewSession(reading, "ann")
    before = session.current
    assert session.item is not None
    session.step(1)
    assert session.current != before
    for change in (
        lambda: session.decide(Verdict.SKIPPED),
        lambda: reading.set_threshold(0.5),
        lambda: session.keep_draft("a note"),
        lambda: reading.store.set_fact("x", 1),
    ):
        with pytest.raises(KnownError, match="read only"):
            change()
    reading.close()
    assert first.store.decisions.count() == 0
    first.close()


def test_the_lock_of_a_program_that_was_killed_is_free_at_once(text_project_folder: Path) -> None:
    code = (
        "import sys, os\nfrom pathlib import Path\nfrom hitl_desktop.store.lock import ProjectLock\n"
        "lock = ProjectLock(Path(sys.argv[1]))\nprint('held', flush=True)\nsys.stdin.read()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code, str(text_project_folder)],
        cwd=ROOT, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(ProjectInUse, match=f"process {holder.pid}"):
        ProjectLock(text_project_folder)
    holder.kill()
    holder.communicate()
    ProjectLock(text_project_folder).release()


@pytest.mark.parametrize("left", [b"", b"not json", b"[]", b'{"process": "x"}', b"\xff" * 9000])
def test_whatever_lies_in_the_lock_file_it_is_refused_plainly(text_project_folder: Path, left: bytes) -> None:
    lock = ProjectLock(text_project_folder)
    (text_project_folder / "lock").write_bytes(left)
    with pytest.raises(ProjectInUse, match="open in another window or program"):
        ProjectLock(text_project_folder)
    lock.release()


def test_the_lock_says_who_holds_it_and_nothing_of_the_person(text_project_folder: Path) -> None:
    lock = ProjectLock(text_project_folder)
    assert set(json.loads((text_project_folder / "lock").read_text())) == {"process", "machine", "since_utc"}
    lock.release()


def test_a_folder_without_locks_is_told_as_such(text_project_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(_file: int) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr("hitl_desktop.store.lock.lock_at_once", none)
    with pytest.raises(ProjectNotWritable, match="lock the project"):
        Project.open(text_project_folder)


def test_a_database_where_nothing_can_be_written_is_read_from_memory(
    text_project_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = prints(text_project_folder)
    monkeypatch.setattr("hitl_desktop.store.snapshot_database.os.access", lambda *_: False)
    reading = Project.reader(text_project_folder)
    assert isinstance(reading.store._database, SnapshotDatabase)
    assert len(reading.pool) == 40
    assert reading.store.items.text(0)
    reading.close()
    assert prints(text_project_folder) == before


READ_ONLY = """
import sys
from pathlib import Path
from hitl_desktop.workflow.settings import SettingsFile
from hitl_desktop.workflow.workspace import Workspace
workspace = Workspace(SettingsFile(Path(sys.argv[2])))
desk = workspace.open(Path(sys.argv[1]))
assert not desk.project.store.is_writer
print(len(desk.project.pool), desk.session.item is not None)
workspace.close()
"""


def test_a_medium_that_is_mounted_read_only_is_opened_to_read(text_project_folder: Path, tmp_path: Path) -> None:
    """A mount of our own in a namespace of its own: it is gone with the process."""
    if subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False).returncode:
        pytest.skip("NO MOUNT NAMESPACE: this machine lets the test mount nothing, so it proves nothing here")
    before = prints(text_project_folder)
    (tmp_path / "code.py").write_text(READ_ONLY)
    place = tmp_path / "medium"
    place.mkdir()
    script = (
        'mount --bind "$1" "$2" && mount -o remount,ro,bind "$2" && exec "$3" "$4" "$2" "$5"'  # as of a locked card
    )
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", script, "-", text_project_folder, place, sys.executable, tmp_path / "code.py",
         tmp_path / "config"],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["40", "True"]
    assert prints(text_project_folder) == before
