"""A file is copied part by part, and may be stopped meanwhile."""

import os
from pathlib import Path

import pytest

from hitl_desktop.domain.errors import Cancelled
from hitl_desktop.workflow import copying
from hitl_desktop.workflow.copying import copy_file


def test_every_part_is_heard_and_all_of_it_arrives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copying, "_PART", 4)
    monkeypatch.setattr(copying, "_AT_ONCE_TO_DISK", 8)
    (tmp_path / "a").write_bytes(b"0123456789")
    steps: list[int] = []
    copy_file(tmp_path / "a", tmp_path / "b", lambda: steps.append(1))
    assert ((tmp_path / "b").read_bytes(), len(steps)) == (b"0123456789", 3)


def test_it_stops_when_it_is_told_to_and_writes_over_nothing(tmp_path: Path) -> None:
    def stop() -> None:
        raise Cancelled

    (tmp_path / "a").write_bytes(b"0123456789")
    with pytest.raises(Cancelled):
        copy_file(tmp_path / "a", tmp_path / "b", stop)
    with pytest.raises(FileExistsError):
        copy_file(tmp_path / "a", tmp_path / "b", lambda: None)


def test_a_link_is_followed_only_where_that_is_wanted(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"here")
    (tmp_path / "link").symlink_to(tmp_path / "a")
    copy_file(tmp_path / "link", tmp_path / "b", lambda: None)
    assert (tmp_path / "b").read_bytes() == b"here"
    with pytest.raises(OSError, match="symbolic links"):
        copy_file(tmp_path / "link", tmp_path / "c", lambda: None, follows_links=False)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="THERE ARE NO NAMED PIPES HERE")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="not an ordinary file"):
        copy_file(tmp_path / "pipe", tmp_path / "b", lambda: None)
