"""The commands `add` and `watch`, and what `status` says of batches."""

import errno
import shutil
from pathlib import Path

import pytest
from PIL import Image

from hitl_desktop.cli import adding, ranking
from tests.cli.test_contract import Console, console
from tests.conftest import MakeImages, MakeTable

__all__ = ["console"]


@pytest.fixture
def pictures(console: Console, make_images: MakeImages, tmp_path: Path) -> tuple[Path, Path]:
    """A project of 12 pictures and its folder."""
    data = make_images(tmp_path / "data", each=4)
    folder = tmp_path / "P.hitl"
    console.json("new", folder, "--data", data, "--model", "none")
    return folder, data


def test_add_tells_what_came(console: Console, pictures: tuple[Path, Path], make_images: MakeImages) -> None:
    folder, data = pictures
    assert console.json("status", folder)["batches"] == []
    make_images(data / "later", each=2, seed=3)
    shutil.copy(data / "dots" / "dots_00.png", data / "copy.png")
    answer = console.json("add", folder, "--reviewer", "Ada")
    assert (answer["number"], answer["items"], answer["by"], answer["source"]) == (1, 6, "Ada", "data")
    assert answer["duplicates"] == [{"file": "copy.png", "same_as": "dots/dots_00.png"}]
    status = console.json("status", folder)
    assert status["items"] == 18
    assert [batch["items"] for batch in status["batches"]] == [6]
    assert len(console.json("queue", folder, "--limit", 100)) == 18
    again = console.json("add", folder)
    assert (again["number"], again["items"], again["known"]) == (None, 0, 18)
    _, words, _ = console.run("status", folder)
    assert "Batch 1: 6 items from data" in words


def test_status_says_how_a_batch_compared(
    console: Console, pictures: tuple[Path, Path], make_images: MakeImages
) -> None:
    folder, data = pictures
    assert console.json("add", folder, make_images(data / "few", each=1, seed=3))["compared"] is None
    strange = make_images(data / "strange", each=8, seed=4)
    for path in strange.rglob("*.png"):
        Image.open(path).point(lambda grey: 255 - grey).save(path)
    compared = console.json("add", folder, strange)["compared"]
    assert compared["differs"]
    assert compared["words"].startswith("Batch 2 is unlike the items before it: a classifier tells them apart")
    assert len(compared["most_shifted"]) == 20
    assert console.json("status", folder)["batches"][1]["compared"] == compared
    _, words, _ = console.run("status", folder)
    assert compared["words"] in words


def test_add_refuses_what_is_not_there(console: Console, pictures: tuple[Path, Path], make_table: MakeTable) -> None:
    folder, data = pictures
    assert "cannot be opened" in console.refused("add", folder, data / "nothing.png")
    assert "not a picture" in console.refused("add", folder, make_table(data.parent / "rows.csv"))
    assert console.json("status", folder)["items"] == 12


def test_watch_once_adds_what_lies_there(
    console: Console, pictures: tuple[Path, Path], make_images: MakeImages, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, data = pictures
    make_images(data / "later", each=1, seed=3)
    monkeypatch.setattr(adding, "QUIET_SECONDS", 0.05)
    answer = console.json("watch", folder, "--once", "--every", "1")
    assert [batch["items"] for batch in answer["batches"]] == [3]
    assert console.json("watch", folder, "--once", "--every", "1") == {"batches": []}
    assert "at least one second" in console.refused("watch", folder, "--every", "0")


def test_a_project_that_was_made_is_told_as_made_although_the_disk_is_full_by_then(
    tmp_path: Path, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    table, project = tmp_path / "t.csv", tmp_path / "P.hitl"
    table.write_text("text,label\n" + "".join(f"text {n},{'ab'[n % 2]}\n" for n in range(20)), "utf-8")

    def is_full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(ranking, "rank", is_full)
        code, out, err = console.run("new", project, "--data", table, "--labels-from", "label")
    assert code == 0
    assert out.startswith("20 of 20 are ready")
    assert err.startswith("The order of asking is not worked out yet. The disk is full")
    assert console.json("status", project)["items"] == 20
