"""Where a task builds what it makes, and what is removed when its process is gone."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from hitl_desktop.workflow.half_done import part_of, put_away


@dataclass(frozen=True)
class Request:
    """Stands for requests that name what they make."""

    folder: Path
    out: Path


def test_only_what_that_process_was_building_is_removed(tmp_path: Path) -> None:
    request = Request(tmp_path / "P[1].hitl", tmp_path / "out.zip")
    mine, other = part_of(request.folder, 41), part_of(request.folder, 42)
    for folder in (mine, other, request.folder):
        (folder / "models").mkdir(parents=True)
    put_away("create_project", request, 41)
    assert sorted(tmp_path.iterdir()) == sorted([other, request.folder])
    put_away("train", request, 42)
    assert other.is_dir()


def test_a_link_is_removed_and_what_it_leads_to_stays(tmp_path: Path) -> None:
    request = Request(tmp_path / "P.hitl", tmp_path / "out.zip")
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "file").write_text("here")
    part_of(request.out, 41).symlink_to(tmp_path / "kept")
    put_away("pack", request, 41)
    assert (tmp_path / "kept" / "file").read_text() == "here"
    assert not part_of(request.out, 41).is_symlink()


def test_what_cannot_be_removed_stays_and_is_no_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    request = Request(tmp_path / "P.hitl", tmp_path / "out.zip")
    part = part_of(request.out, 41)
    part.write_bytes(b"half")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "unlink", refuse)
    put_away("pack", request, 41)
    assert part.read_bytes() == b"half"
