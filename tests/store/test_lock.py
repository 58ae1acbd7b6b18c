"""Who is refused is told who holds the project, as far as that can be read."""

import errno
import json
import os
import platform
import stat
from pathlib import Path

import pytest

from hitl_desktop.domain.errors import ProjectInUse, ProjectNotWritable
from hitl_desktop.store import lock
from hitl_desktop.store.lock import ProjectLock, is_held


def refusal(folder: Path) -> str:
    with pytest.raises(ProjectInUse) as refused:
        ProjectLock(folder)
    return refused.value.message


def test_the_holder_is_named_until_it_lets_go(tmp_path: Path) -> None:
    held = ProjectLock(tmp_path)
    kept = json.loads((tmp_path / "lock").read_text("ascii"))
    assert (kept["process"], kept["machine"], len(kept["since_utc"])) == (os.getpid(), platform.node(), 16)
    since = kept["since_utc"].replace("T", " ")
    assert refusal(tmp_path) == (
        f"{tmp_path.name} is open in another window or program on this computer:"
        f" process {os.getpid()}, since {since} UTC."
    )
    held.release()
    held.release()
    again = ProjectLock(tmp_path)
    again.release()


def test_whether_it_is_held_is_seen_without_touching_anything(tmp_path: Path) -> None:
    assert not is_held(tmp_path)
    assert list(tmp_path.iterdir()) == []
    held = ProjectLock(tmp_path)
    assert is_held(tmp_path)
    held.release()
    before = (tmp_path / "lock").read_bytes()
    assert not is_held(tmp_path)
    assert (tmp_path / "lock").read_bytes() == before
    ProjectLock(tmp_path).release()


def test_it_lets_go_where_the_program_has_no_input_and_the_lock_is_its_first_file(tmp_path: Path) -> None:
    """Started from a menu, a program may have no file 0."""
    kept = os.dup(0)
    try:
        os.close(0)
        held = ProjectLock(tmp_path)
        assert os.fstat(0).st_ino == (tmp_path / "lock").stat().st_ino
        held.release()
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(0)
        held.release()
    finally:
        os.dup2(kept, 0)
        os.close(kept)
    ProjectLock(tmp_path).release()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"process": 7, "machine": "elsewhere", "since_utc": "2026-01-02T03:04"}', "program on elsewhere: process 7"),
        ('{"process": "7", "machine": "elsewhere", "since_utc": "2026"}', "window or program."),
        ("[1]", "window or program."),
        ("no json", "window or program."),
        ("", "window or program."),
        (b"\xff\xfe\xff", "window or program."),
    ],
)
def test_a_holder_that_cannot_be_read_is_not_named(tmp_path: Path, content: str | bytes, said: str) -> None:
    held = ProjectLock(tmp_path)
    (tmp_path / "lock").write_bytes(content if isinstance(content, bytes) else content.encode())
    assert said in refusal(tmp_path)
    held.release()


def test_a_shorter_name_leaves_nothing_of_a_longer_one(tmp_path: Path) -> None:
    (tmp_path / "lock").write_text("x" * 5000)
    ProjectLock(tmp_path).release()
    assert json.loads((tmp_path / "lock").read_text("ascii"))["process"] == os.getpid()


def test_a_folder_that_takes_no_file_and_a_disk_that_takes_no_lock_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ProjectNotWritable, match=r"nowhere cannot be written to: No such file") as refused:
        ProjectLock(tmp_path / "nowhere")
    assert refused.value.remedy == "Copy it to a place where you may write."

    def fails(_: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(lock, "lock_at_once", fails)
    with pytest.raises(ProjectNotWritable, match="does not let this program lock"):
        ProjectLock(tmp_path)


def test_a_full_disk_costs_the_name_and_not_the_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    held = ProjectLock(tmp_path)
    monkeypatch.undo()
    assert refusal(tmp_path).endswith("window or program.")
    held.release()


def test_the_lock_is_nobody_elses_to_read_and_nothing_stays_open(tmp_path: Path) -> None:
    before = len(list(Path("/dev/fd").iterdir()))
    held = ProjectLock(tmp_path)
    assert stat.S_IMODE((tmp_path / "lock").stat().st_mode) == 0o600
    refusal(tmp_path)
    held.release()
    assert len(list(Path("/dev/fd").iterdir())) == before
