"""Bad input: what has moved, broken, is in use, damaged or empty is said plainly; nothing is overwritten."""

import hashlib
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from hitl_desktop.gui.views.new_project.page import NewProjectPage
from tests.conftest import MakeImages, MakeProject
from tests.journeys.conftest import Driver, flush, true_key

Key = Qt.Key


@pytest.fixture
def pictures(make_images: MakeImages, tmp_path: Path) -> Path:
    return make_images(tmp_path / "pictures", each=8)


@pytest.fixture
def folder(make_project: MakeProject, pictures: Path, tmp_path: Path) -> Path:
    """A project of 24 pictures that this test may move and break."""
    make_project(tmp_path / "Mine.hitl", pictures)
    return tmp_path / "Mine.hitl"


def fingerprint(folder: Path) -> dict[str, str]:
    """Every file of a folder with the hash of its bytes; SQLite's lock files are not part of it."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith(("-shm", "-wal", ".lock"))
    }


def test_pictures_that_moved_are_found_again_and_every_decision_is_there(
    drive: Callable[[], Driver], folder: Path, pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver = drive().open(folder)
    for _ in range(3):
        driver.press(true_key(driver))
    said = driver.check_ledger()
    driver.close()
    pictures.rename(tmp_path / "elsewhere")

    driver = drive().open(folder)
    assert driver.notices() == ["The pictures of this project have moved. 3 decisions are safe."]
    assert driver.check_ledger() == said
    viewer = driver.window.review.viewer
    assert viewer.has_error
    assert not driver.window.review.panel.confirm_button.isEnabled()
    driver.press(Key.Key_1, Key.Key_2)
    assert driver.check_ledger() == said

    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_a, **_k: str(tmp_path))
    driver.window.commands.find_folder()
    assert any("not in" in text for text in driver.notices())
    assert not driver.project.data_is_there
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_a, **_k: str(tmp_path / "elsewhere"))
    driver.window.commands.find_folder()
    driver.settle()
    assert not viewer.has_error
    assert driver.notices() == ["The images were found in elsewhere."]
    driver.press(true_key(driver))
    assert driver.check_ledger()["decided"] == 4


@pytest.mark.parametrize("harm", ["deleted", "overwritten"])
def test_a_picture_that_broke_after_the_import_can_be_set_aside_and_nothing_else(
    drive: Callable[[], Driver], folder: Path, pictures: Path, harm: str
) -> None:
    driver = drive().open(folder)
    item = driver.session.item
    driver.close()
    file = pictures / item.path
    if harm == "deleted":
        file.unlink()
    else:
        file.write_bytes(b"\x89PNG\r\n\x1a\n and nothing more")

    driver = drive().open(folder)
    review = driver.window.review
    assert driver.session.item.digest == item.digest
    assert review.viewer.has_error
    assert not any(review.panel.class_button(label.id).isEnabled() for label in driver.project.labels)
    driver.press(Key.Key_1, Key.Key_2, Key.Key_3, Key.Key_Space, Key.Key_G)
    assert driver.check_ledger()["decisions"] == 0
    assert driver.session.item.digest == item.digest
    driver.press(Key.Key_S)
    assert driver.check_ledger()["skipped"] == 1
    assert not review.viewer.has_error
    assert all(review.panel.class_button(label.id).isEnabled() for label in driver.project.labels)
    driver.press(true_key(driver))
    assert driver.check_ledger()["decided"] == 1


def test_a_second_window_on_the_same_project_is_refused_and_the_first_goes_on(
    drive: Callable[[], Driver], folder: Path
) -> None:
    first = drive().open(folder)
    second = drive()
    assert not second.window.bridge.open_project(folder)
    assert len(second.notices()) == 1
    assert "open in another window" in second.notices()[0]
    assert not second.window.bridge.is_open
    second.close()
    first.window.activateWindow()
    first.until(lambda: first.focus is not first.window)
    first.press(true_key(first))
    assert first.check_ledger()["decided"] == 1


def _damage(database: Path) -> None:
    database.write_bytes(b"this was a database once" * 500)


def _make_newer(database: Path) -> None:
    with sqlite3.connect(database) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()


@pytest.mark.parametrize(
    ("harm", "said"), [(_damage, "damaged"), (_make_newer, "newer version"), (Path.unlink, "no project")]
)
def test_a_database_that_cannot_be_used_is_refused_and_stays_as_it_is(
    drive: Callable[[], Driver], folder: Path, harm: Callable[[Path], None], said: str
) -> None:
    harm(folder / "project.sqlite3")
    before = fingerprint(folder)
    driver = drive()
    assert not driver.window.bridge.open_project(folder)
    assert len(driver.notices()) == 1
    assert said in driver.notices()[0].casefold()
    assert fingerprint(folder) == before


def test_a_refused_project_leaves_the_open_one_open_with_its_training(
    drive: Callable[[], Driver], folder: Path, text_project_folder: Path
) -> None:
    _damage(folder / "project.sqlite3")
    driver = drive().open(text_project_folder)
    for _ in range(8):
        driver.press(true_key(driver))
    driver.ctrl(Key.Key_T)
    assert not driver.window.bridge.open_project(folder)
    assert driver.project.folder == text_project_folder
    driver.trained()
    assert driver.project.model is not None


def begin(driver: Driver, path: Path) -> NewProjectPage:
    driver.window.commands.begin(path)
    flush()  # the wizard before is gone now
    page = driver.window.findChild(NewProjectPage)
    assert page is not None
    driver.until(lambda: page.notice.isVisible() or page.footer.next_button.isEnabled())
    return page


def test_folders_without_pictures_and_tables_without_texts_are_said_plainly(
    drive: Callable[[], Driver], tmp_path: Path
) -> None:
    driver = drive()
    empty, others = tmp_path / "empty", tmp_path / "others"
    empty.mkdir()
    others.mkdir()
    (others / "notes.txt").write_text("no picture")
    numbers = tmp_path / "numbers.csv"
    numbers.write_text("".join(f"{i},{i * 2}\n" for i in range(40)), "utf-8")
    for path in (empty, others):
        page = begin(driver, path)
        assert not page.footer.next_button.isEnabled()
        assert page.notice.text.startswith("This folder")
    page = begin(driver, numbers)
    driver.press(Key.Key_Return)
    driver.press(Key.Key_Return)
    assert page.step < 2
    driver.press(Key.Key_Escape)
    assert not list(tmp_path.glob("*.hitl"))


def test_a_broken_picture_among_good_ones_is_left_out_with_its_reason(
    drive: Callable[[], Driver], pictures: Path, tmp_path: Path
) -> None:
    (pictures / "dots" / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    shutil.copy(pictures / "dots" / "dots_00.png", pictures / "lines" / "again.png")
    driver = drive()
    page = begin(driver, pictures)
    driver.press(Key.Key_Return)
    driver.press(Key.Key_Return)
    driver.until(lambda: page.footer.next_button.isEnabled() and page.step == 2)
    driver.press(Key.Key_Return)
    driver.settle()
    assert driver.check_ledger()["items"] == 24
    notes = driver.project.store.items.notes()
    assert {Path(note.file).name for note in notes} == {"broken.png", "again.png"}
    assert all(note.reason for note in notes if hasattr(note, "reason"))
