"""A project that is built under another name lies where it was asked for, also by what is known of it elsewhere."""

import shutil
from pathlib import Path

import pytest

from hitl_desktop.store import record_anchors
from hitl_desktop.store.journal import make_folder_durable
from hitl_desktop.store.store import Store
from hitl_desktop.workflow import put_in_place as module
from hitl_desktop.workflow.backing_up import rebuild
from hitl_desktop.workflow.put_in_place import put_in_place
from hitl_desktop.workflow.workplaces import check_here
from tests.store.conftest import fill

pytestmark = pytest.mark.strict


def test_its_name_reaches_the_disk_before_anything_is_decided_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built, folder = tmp_path / ".P.hitl.1.part", tmp_path / "P.hitl"
    with_items(built)
    folder.mkdir()
    seen: list[tuple[Path, bool]] = []

    def durable(of: Path) -> None:
        seen.append((of, folder.is_dir()))
        make_folder_durable(of)

    monkeypatch.setattr(module, "make_folder_durable", durable)
    put_in_place(built, folder)
    assert seen == [(tmp_path, True)]
    (tmp_path / "Full.hitl").mkdir()
    (tmp_path / "Full.hitl" / "letter").touch()
    with pytest.raises(OSError, match="not empty"):
        put_in_place(folder, tmp_path / "Full.hitl")
    assert folder.is_dir()


def test_where_folders_have_new_numbers_it_is_still_where_it_was_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a stick, or a shared drive, each time that it is there again."""
    put_in_place(with_items(tmp_path / ".P.hitl.1.part"), tmp_path / "P.hitl")
    rebuild(tmp_path / "P.hitl", tmp_path / "Anew.hitl")
    monkeypatch.setattr(record_anchors, "_folder_number", lambda _: 77)
    for name in ("P.hitl", "Anew.hitl"):
        check_here(tmp_path / name)


def test_an_anchor_that_cannot_be_read_hinders_nothing(tmp_path: Path, own_home: Path) -> None:
    built = with_items(tmp_path / ".P.hitl.1.part")
    shutil.rmtree(own_home / "data" / "records")
    put_in_place(built, tmp_path / "P.hitl")
    assert (tmp_path / "P.hitl").is_dir()


def with_items(folder: Path) -> Path:
    store = Store.create(folder)
    fill(store)
    store.close()
    return folder
