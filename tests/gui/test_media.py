"""Decoding beside the window: results, errors, order, memory, and an end that leaves no thread."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from unittest.mock import Mock

import numpy as np
import pytest
import shiboken6
from PIL import Image
from PySide6.QtCore import QObject, QThread, QThreadPool
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.gui import media as media_module
from hitl_desktop.gui.decoded import Decoded, Shot, Shots
from hitl_desktop.gui.media import KEPT_PICTURES, Media
from hitl_desktop.kinds import content_digest
from hitl_desktop.kinds.reading_process import Readers
from tests.kinds.test_reading_process import hang

READ = "The file could not be read:"


@pytest.fixture
def media(qapp: QApplication) -> Iterator[Media]:
    media = Media()
    yield media
    media.close()
    shiboken6.delete(media)  # see tests/gui/viewers/conftest.py


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "picture.png"
    Image.fromarray(np.full((20, 30, 3), (90, 90, 91), np.uint8)).save(path)
    return path


def wait_for(qtbot: QtBot, media: Media, digest: str) -> Decoded:
    qtbot.waitUntil(lambda: media.decoded(digest) is not None)
    found = media.decoded(digest)
    assert found is not None
    return found


def shot_of(found: Decoded) -> Shot:
    assert found.shots is not None
    shot = found.shots.get(found.shots.wanted)
    assert shot is not None
    return shot


def test_a_picture_is_decoded_and_announced(media: Media, qtbot: QtBot, picture: Path) -> None:
    with qtbot.waitSignal(media.ready) as announced:
        media.request("d", picture, urgent=True)
    assert announced.args == ["d"]
    found = media.decoded("d")
    assert found is not None
    assert (found.size, found.error, found.is_grey, found.presets) == ((30, 20), None, False, ())
    assert shot_of(found).levels[0].shape == (20, 30, 3)


@pytest.mark.parametrize(("where", "is_grey"), [(None, True), ((0, 0), False), ((101, 77), False)])
def test_grey_that_is_saved_as_colour_has_a_window(
    media: Media, qtbot: QtBot, tmp_path: Path, where: tuple[int, int] | None, is_grey: bool
) -> None:
    pixels = np.tile(np.arange(120, dtype=np.uint8)[:, None, None], (1, 90, 3))
    if where is not None:
        pixels[where] += np.array([0, 0, 1], np.uint8)
    Image.fromarray(pixels).save(tmp_path / "ultrasound.png")
    media.request("d", tmp_path / "ultrasound.png")
    found = wait_for(qtbot, media, "d")
    assert found.is_grey is is_grey
    assert shot_of(found).levels[0].shape == ((120, 90) if is_grey else (120, 90, 3))
    assert [preset.name for preset in found.presets][:1] == (["As stored"] if is_grey else []), "as it is, at first"


def test_sixteen_bits_keep_their_values_and_fill_the_screens_range(media: Media, qtbot: QtBot, tmp_path: Path) -> None:
    stored = np.tile(np.linspace(1000, 2000, 50, dtype=np.uint16), (50, 1))
    Image.fromarray(stored).save(tmp_path / "deep.png")
    media.request("d", tmp_path / "deep.png")
    found = wait_for(qtbot, media, "d")
    assert np.array_equal(shot_of(found).levels[0], stored)
    assert [preset.name for preset in found.presets] == ["Robust 1–99 %", "Full range"]
    robust, full = (preset.window for preset in found.presets)
    assert 1000 <= robust.low < 1050 < 1950 < robust.high <= 2000
    assert (full.low, full.high) == (1000, 2000)


def test_large_pictures_have_smaller_levels(media: Media, qtbot: QtBot, tmp_path: Path) -> None:
    Image.fromarray(np.tile(np.array([[0, 200]], np.uint8), (2100, 1100))).save(tmp_path / "large.png")
    media.request("d", tmp_path / "large.png")
    found = wait_for(qtbot, media, "d")
    assert [level.shape for level in shot_of(found).levels] == [(2100, 2200), (1050, 1100), (525, 550)]
    assert set(np.unique(shot_of(found).levels[1])) == {100}


def test_another_picture_under_the_same_name_is_not_shown(media: Media, qtbot: QtBot, picture: Path) -> None:
    digest = content_digest(picture.read_bytes())
    Image.fromarray(np.zeros((20, 30, 3), np.uint8)).save(picture)
    media.request(digest, picture)
    found = wait_for(qtbot, media, digest)
    assert found.shots is None
    assert "changed since the import" in str(found.error)
    media.thumbnail(digest, picture)
    qtbot.waitUntil(lambda: media.has_thumbnail(digest))
    assert media.thumbnail(digest, picture) is None


@pytest.mark.parametrize("content", [b"", b"no picture", None])
def test_what_cannot_be_read_is_an_error_text(
    media: Media, qtbot: QtBot, tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "odd.png"
    if content is not None:
        path.write_bytes(content)
    media.request("d", path)
    found = wait_for(qtbot, media, "d")
    assert found.error
    assert found.shots is None


def test_an_unforeseen_failure_is_said_on_the_item(
    media: Media, qtbot: QtBot, picture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(files: tuple[Path, ...], readers: object) -> Decoded:
        raise ZeroDivisionError("odd")

    monkeypatch.setattr(media_module, "decode", fail)
    media.request("d", picture)
    assert "ZeroDivisionError" in (wait_for(qtbot, media, "d").error or "")


def test_what_says_nothing_of_the_file_is_said_once_and_tried_again(
    media: Media, qtbot: QtBot, picture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No process that reads could be started: neither the picture nor its thumbnail counts as unreadable for it."""
    trouble = KnownError("No process could be started.", "Close other programs.")
    with monkeypatch.context() as patched:
        patched.setattr(media._means.readers, "call", Mock(side_effect=trouble))
        media.request("d", picture)
        assert wait_for(qtbot, media, "d").error == "No process could be started. Close other programs."
        media.thumbnail("d", picture)
        qtbot.waitUntil(lambda: media.is_idle)
        assert not media.has_thumbnail("d")
    media.request("d", picture)
    qtbot.waitUntil(lambda: wait_for(qtbot, media, "d").error is None)
    with qtbot.waitSignal(media.thumbnail_ready):
        media.thumbnail("d", picture)
    assert media.unreadable == frozenset()


@pytest.mark.parametrize("trouble", [KnownError("No process.", "Wait."), OSError(5, "Input/output error")])
def test_a_frame_that_could_not_be_had_says_why(trouble: Exception) -> None:
    stack = Mock(first=0, frame=Mock(side_effect=trouble), __len__=lambda _: 3)
    shots = Shots(stack)
    shots.load(1)
    assert shots.error(1) == ("No process. Wait." if isinstance(trouble, KnownError) else f"{READ} {trouble}.")
    shots.want(1)
    assert (shots.error(1) is None) is isinstance(trouble, KnownError), "what says nothing of the file is tried again"


def test_only_the_last_pictures_are_kept(media: Media, qtbot: QtBot, picture: Path) -> None:
    for number in range(KEPT_PICTURES + 2):
        media.request(str(number), picture)
        wait_for(qtbot, media, str(number))
    kept = [number for number in range(KEPT_PICTURES + 2) if media.decoded(str(number)) is not None]
    assert kept == list(range(2, KEPT_PICTURES + 2))


def test_urgent_ones_go_first_and_old_prefetches_are_dropped(
    media: Media, qtbot: QtBot, picture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []
    choose = media._next

    def recorded() -> object:
        job = choose()
        if job is not None:
            begun.append(job.digest)
        return job

    monkeypatch.setattr(media, "_next", recorded)
    ready: list[str] = []
    media.ready.connect(ready.append)
    media.prefetch([(f"old{number}", picture) for number in range(4)])
    media.prefetch([(f"new{number}", picture) for number in range(4)])
    media.request("now", picture, urgent=True)
    qtbot.waitUntil(lambda: {"now", "new3"} <= set(ready))
    # The first old one had begun already; the others were dropped. Which ends first is up to the machine.
    assert begun == ["old0", "now", "new0", "new1", "new2", "new3"]


def test_thumbnails_in_view_come_from_the_top_before_those_scrolled_past(
    media: Media, qtbot: QtBot, picture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []
    go_on = Event()
    choose, small = media._next, media_module.decode_small

    def recorded() -> object:
        job = choose()
        if job is not None:
            begun.append(job.digest)
        return job

    def held(*arguments: object) -> object:
        go_on.wait(10)
        return small(*arguments)

    monkeypatch.setattr(media, "_next", recorded)
    monkeypatch.setattr(media_module, "decode_small", held)
    ready: list[str] = []
    media.thumbnail_ready.connect(ready.append)
    for number in range(6):
        assert media.thumbnail(f"old {number}", picture) is None
    QTest.qWait(1)  # these were painted; what follows is painted later
    for digest in ("new 0", "new 1", "new 2", "old 5"):
        media.thumbnail(digest, picture)
    go_on.set()
    qtbot.waitUntil(lambda: len(ready) == 9)
    assert begun == ["old 0", "old 1", "new 0", "new 1", "new 2", "old 5", "old 2", "old 3", "old 4"]
    pixmap = media.thumbnail("new 2", picture)
    assert pixmap is not None
    assert (pixmap.width(), pixmap.height()) == (30, 20)


def test_an_unreadable_thumbnail_is_tried_once(media: Media, qtbot: QtBot, tmp_path: Path) -> None:
    with qtbot.waitSignal(media.thumbnail_ready):
        media.thumbnail("d", tmp_path / "missing.png")
    with qtbot.assertNotEmitted(media.thumbnail_ready, wait=30):
        assert media.thumbnail("d", tmp_path / "missing.png") is None


def test_what_was_forgotten_does_not_come_back(media: Media, qtbot: QtBot, picture: Path) -> None:
    media.request("old", picture)
    media.forget()
    media.request("new", picture)
    wait_for(qtbot, media, "new")
    assert media.decoded("old") is None


def test_closing_leaves_no_thread(qapp: QApplication, picture: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, may_end = Event(), Event()
    decode = media_module.decode

    def held(files: tuple[Path, ...], readers: Readers) -> Decoded:
        begun.set()
        assert may_end.wait(10)
        return decode(files, readers)

    # However fast the machine is, one decoding is under way when the end comes.
    monkeypatch.setattr(media_module, "decode", held)
    media = Media()
    pool = media.findChild(QThreadPool)
    assert isinstance(pool, QThreadPool)
    media.prefetch([(str(number), picture) for number in range(20)])
    media.request("now", picture)
    assert begun.wait(10)
    assert pool.activeThreadCount() > 0
    may_end.set()
    media.close()
    assert pool.activeThreadCount() == 0
    assert media.findChildren(QThread) == []
    media.request("later", picture)
    assert pool.activeThreadCount() == 0
    media.close()


def test_a_large_file_on_a_slow_drive_does_not_hold_up_whoever_closes(
    media: Media, qtbot: QtBot, picture: Path
) -> None:
    with picture.open("wb") as file:
        file.truncate(64 * 1024**3)
    media.request(content_digest(b"x"), picture)
    QTest.qWait(100)
    begun = time.monotonic()
    media.pause()
    assert time.monotonic() - begun < 5
    picture.write_bytes(b"x")
    media.request(content_digest(b"x"), picture)
    assert "not a picture" in (wait_for(qtbot, media, content_digest(b"x")).error or "")


@pytest.mark.parametrize("end", ["pause", "close", "delete"])
def test_a_file_that_never_comes_to_an_end_holds_up_nobody(
    qapp: QApplication, qtbot: QtBot, picture: Path, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    """A project or the window is closed, or a page with pictures of its own goes, as for another language."""
    parent, started = QObject(), picture.with_name("started")
    media = Media(parent)
    monkeypatch.setattr(media_module, "decode", lambda _, readers: readers.call(hang, started))
    media.request("d", picture)
    qtbot.waitUntil(started.exists, timeout=30_000)
    begun = time.monotonic()
    with qtbot.captureExceptions() as raised:
        {"pause": media.pause, "close": media.close, "delete": lambda: shiboken6.delete(parent)}[end]()
        assert time.monotonic() - begun < 5
        QTest.qWait(50)
    assert raised == []
    if end == "pause":
        monkeypatch.undo()
        media.request("d", picture)
        assert wait_for(qtbot, media, "d").error is None
        media.close()


def test_the_window_starts_without_loading_numpy_or_pillow() -> None:
    check = (
        "import sys, hitl_desktop.gui.media, hitl_desktop.gui.viewers; "
        "sys.exit(bool({'numpy', 'PIL'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0
