"""The viewer of images: the right pixels at the right places, at once, and nothing of the image before."""

from collections.abc import Callable
from pathlib import Path
from unittest.mock import Mock

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QKeyEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.gui.decoded import Decoded
from hitl_desktop.gui.media import Media
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.viewers import VIEWERS, ItemView
from hitl_desktop.gui.viewers.error_page import ErrorPage
from hitl_desktop.gui.viewers.image_canvas import Overlays
from hitl_desktop.gui.viewers.image_viewer import ImageViewer
from hitl_desktop.gui.viewers.rendering import Tone
from hitl_desktop.kinds import KINDS

Load = Callable[[str, Path], Decoded]
RED, GREEN, BLUE, WHITE, BLACK = "#ff0000", "#00ff00", "#0000ff", "#ffffff", "#000000"


@pytest.fixture
def viewer(theme: Theme, media: Media, qtbot: QtBot) -> ImageViewer:
    viewer = ImageViewer(theme, media)
    qtbot.addWidget(viewer)
    viewer.resize(400, 300)
    viewer.show()
    viewer.canvas.set_overlays(Overlays.NONE)
    return viewer


def corners(path: Path, size: tuple[int, int] = (64, 48), orientation: int = 1) -> Path:
    """A picture of four flat quarters: red, green / blue, white."""
    width, height = size
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[: height // 2, : width // 2] = (255, 0, 0)
    pixels[: height // 2, width // 2 :] = (0, 255, 0)
    pixels[height // 2 :, : width // 2] = (0, 0, 255)
    pixels[height // 2 :, width // 2 :] = (255, 255, 255)
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(pixels).save(path, exif=exif)
    return path


def colour(image: QImage, x: float, y: float) -> str:
    return QColor(image.pixel(int(x), int(y))).name()


def seen(viewer: ImageViewer) -> QImage:
    return viewer.grab().toImage()


def place(viewer: ImageViewer, x: float, y: float) -> tuple[float, float]:
    """Where a place in the picture lies on the screen."""
    view = viewer.canvas.projection
    assert view is not None
    return view.origin[0] + x * view.scale, view.origin[1] + y * view.scale


def key(code: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> QKeyEvent:
    return QKeyEvent(QEvent.Type.KeyPress, code, modifiers)


def turn_wheel(viewer: ImageViewer, x: float, y: float, notches: int) -> None:
    at = QPointF(x, y)
    QApplication.sendEvent(
        viewer.canvas,
        QWheelEvent(
            at,
            QPointF(viewer.canvas.mapToGlobal(at.toPoint())),
            QPoint(),
            QPoint(0, 120 * notches),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        ),
    )


def test_every_kind_has_a_viewer() -> None:
    assert set(VIEWERS) == set(KINDS)


def test_a_picture_is_shown_upright(viewer: ImageViewer, load: Load, tmp_path: Path) -> None:
    path = corners(tmp_path / "turned.jpg", orientation=6)
    load("d", path)
    viewer.show_item(ItemView("d", path.name, path))
    view = viewer.canvas.projection
    assert view is not None
    assert view.picture == (48, 64)
    image = seen(viewer)
    shown = [colour(image, *place(viewer, x, y)) for x, y in ((12, 16), (36, 16), (12, 48), (36, 48))]
    # Stored red green / blue white; turned a quarter clockwise: blue red / white green.
    for found, expected in zip(shown, (BLUE, RED, WHITE, GREEN), strict=True):
        assert all(
            abs(a - b) < 24
            for a, b in zip(QColor(found).getRgb()[:3], QColor(expected).getRgb()[:3], strict=True)  # type: ignore[index]
        )


def test_sixteen_bits_are_shown_through_the_robust_window(viewer: ImageViewer, load: Load, tmp_path: Path) -> None:
    path = tmp_path / "deep.png"
    Image.fromarray(np.tile(np.linspace(100, 300, 64, dtype=np.uint16), (64, 1))).save(path)
    load("d", path)
    viewer.show_item(ItemView("d", path.name, path))
    image = seen(viewer)
    left, right = (QColor(colour(image, *place(viewer, x, 32))).value() for x in (2, 62))
    assert left < 16
    assert right > 240
    assert [line.text for line in viewer.canvas.corners.bottom_left] == ["W 200 · L 200", "Robust 1–99 %", " "]


def test_fit_stays_when_the_pane_changes(viewer: ImageViewer, load: Load, tmp_path: Path) -> None:
    path = corners(tmp_path / "a.png")
    load("d", path)
    viewer.show_item(ItemView("d", path.name, path))
    for width, height in ((600, 500), (300, 250)):
        viewer.resize(width, height)
        view = viewer.canvas.projection
        assert view is not None
        assert view.fits
        assert view.pane == (width, height)
        assert view.scale == pytest.approx(min((width - 16) / 64, (height - 16) / 48))


def test_the_wheel_keeps_the_point_under_the_cursor(viewer: ImageViewer, load: Load, tmp_path: Path) -> None:
    path = corners(tmp_path / "a.png")
    load("d", path)
    viewer.show_item(ItemView("d", path.name, path))
    x, y = place(viewer, 31, 23)
    turn_wheel(viewer, x, y, 3)
    assert place(viewer, 31, 23) == pytest.approx((x, y), abs=1e-6)
    image = seen(viewer)
    assert colour(image, *place(viewer, 31, 23)) == RED
    assert colour(image, *place(viewer, 33, 25)) == WHITE


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_one_to_one_is_one_device_pixel_per_picture_pixel(
    viewer: ImageViewer, load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ratio: float
) -> None:
    monkeypatch.setattr(viewer.canvas, "devicePixelRatioF", lambda: ratio)
    pixels = np.zeros((100, 100, 3), np.uint8)
    pixels[::2, ::2] = 255
    Image.fromarray(pixels).save(tmp_path / "checks.png")
    load("d", tmp_path / "checks.png")
    viewer.show_item(ItemView("d", "checks.png", tmp_path / "checks.png"))
    assert viewer.handle_key(key(Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier))
    viewer.canvas.repaint()
    view, frame = viewer.canvas.projection, viewer.canvas.frame
    assert view is not None
    assert frame is not None
    assert (frame.width(), frame.height()) == (400 * ratio, 300 * ratio)
    image = frame.toImage()
    left, top = round(view.origin[0]), round(view.origin[1])
    found = [[colour(image, left + x, top + y) == WHITE for x in range(100)] for y in range(100)]
    assert found == (pixels[:, :, 0] == 255).tolist()


def test_zoomed_far_in_each_pixel_is_a_square(viewer: ImageViewer, load: Load, tmp_path: Path) -> None:
    path = corners(tmp_path / "tiny.png", (4, 4))
    load("d", path)
    viewer.show_item(ItemView("d", path.name, path))
    viewer.canvas.zoom_to(32)
    image = seen(viewer)
    colours = {colour(image, x, y) for x in range(0, 400, 3) for y in range(0, 300, 3)}
    assert colours == {RED, GREEN, BLUE, WHITE, BLACK}


def test_dragging_moves_the_picture(viewer: ImageViewer, load: Load, tmp_path: Path) -> None:
    path = corners(tmp_path / "a.png", (600, 600))
    load("d", path)
    viewer.show_item(ItemView("d", path.name, path))
    viewer.canvas.zoom_to(1.0)
    x, y = place(viewer, 300, 300)
    QTest.mousePress(viewer.canvas, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    QTest.mouseMove(viewer.canvas, QPoint(130, 80))
    QTest.mouseRelease(viewer.canvas, Qt.MouseButton.LeftButton, pos=QPoint(130, 80))
    assert place(viewer, 300, 300) == pytest.approx((x + 30, y - 20))


def test_a_double_click_goes_to_one_to_one_and_back(viewer: ImageViewer, load: Load, tmp_path: Path) -> None:
    path = corners(tmp_path / "a.png", (600, 600))
    load("d", path)
    viewer.show_item(ItemView("d", path.name, path))
    QTest.mouseDClick(viewer.canvas, Qt.MouseButton.LeftButton)
    assert viewer.canvas.corners.bottom_right[0].text == "Zoom 100 %"
    QTest.mouseDClick(viewer.canvas, Qt.MouseButton.LeftButton)
    assert viewer.canvas.projection is not None
    assert viewer.canvas.projection.fits


def test_keys(viewer: ImageViewer, load: Load, tmp_path: Path) -> None:
    path = corners(tmp_path / "a.png")
    viewer.show_item(ItemView("d", path.name, path))
    assert not viewer.handle_key(key(Qt.Key.Key_Plus))
    load("d", path)
    view = viewer.canvas.projection
    assert view is not None
    before = view.scale
    assert viewer.handle_key(key(Qt.Key.Key_Plus))
    assert viewer.canvas.projection.scale > before  # type: ignore[union-attr]
    assert viewer.handle_key(key(Qt.Key.Key_Home))
    assert viewer.canvas.projection == view
    assert viewer.handle_key(key(Qt.Key.Key_O))
    assert viewer.canvas.overlays is Overlays.FULL
    assert not viewer.handle_key(key(Qt.Key.Key_Space))


def test_a_prefetched_picture_is_painted_at_once(viewer: ImageViewer, load: Load, tmp_path: Path) -> None:
    path = corners(tmp_path / "a.png")
    load("d", path)
    viewer.show_item(ItemView("d", path.name, path))
    assert colour(seen(viewer), *place(viewer, 16, 12)) == RED
    assert viewer.accessibleName() == "Image a, 64 by 48"


def test_the_image_before_is_gone_while_the_next_is_decoded(
    viewer: ImageViewer, load: Load, qtbot: QtBot, tmp_path: Path
) -> None:
    first, second = corners(tmp_path / "a.png"), corners(tmp_path / "b.png")
    load("a", first)
    viewer.show_item(ItemView("a", first.name, first))
    viewer.show_item(ItemView("b", second.name, second))
    image = seen(viewer)
    assert {colour(image, x, y) for x in range(0, 400, 7) for y in range(0, 300, 7)} == {BLACK}
    qtbot.waitUntil(lambda: viewer.canvas.projection is not None)
    assert viewer.accessibleName() == "Image b, 64 by 48"


def test_loading_is_said_when_decoding_takes_long(
    viewer: ImageViewer, media: Media, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(media, "request", Mock())
    viewer.show_item(ItemView("d", "slow.png", tmp_path / "slow.png"))
    assert viewer.canvas.message == ""
    qtbot.waitUntil(lambda: viewer.canvas.message == "Loading…")


def test_a_broken_file_says_why_and_a_good_one_follows(
    viewer: ImageViewer, load: Load, qtbot: QtBot, tmp_path: Path
) -> None:
    broken, good = tmp_path / "broken.png", corners(tmp_path / "good.png")
    broken.write_bytes(good.read_bytes()[:60])
    reason = load("bad", broken).error
    with qtbot.waitSignal(viewer.state_changed):
        viewer.show_item(ItemView("bad", broken.name, broken))
    page = viewer.findChild(ErrorPage)
    assert isinstance(page, ErrorPage)
    assert viewer.has_error
    assert page.isVisible()
    assert (page.title, page.reason) == ("broken.png", reason)
    load("good", good)
    viewer.show_item(ItemView("good", good.name, good))
    assert not viewer.has_error
    assert colour(seen(viewer), *place(viewer, 16, 12)) == RED


def test_what_says_nothing_of_the_file_is_tried_again_when_the_item_is_shown_again(
    viewer: ImageViewer, media: Media, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = ItemView("d", "picture.png", corners(tmp_path / "picture.png"))
    with monkeypatch.context() as patched:
        patched.setattr(media._means.readers, "call", Mock(side_effect=KnownError("No process.", "Wait.")))
        viewer.show_item(view)
        qtbot.waitUntil(lambda: viewer.has_error)
        assert viewer.findChild(ErrorPage).reason == "No process. Wait."
    viewer.show_item(view)
    qtbot.waitUntil(lambda: viewer.canvas.shot is not None)
    assert not viewer.has_error


def test_the_ground_can_be_chosen(viewer: ImageViewer) -> None:
    grounds = []
    for choice in ("theme", "black", "grey", "white"):
        viewer.set_canvas(choice)
        grounds.append(colour(seen(viewer), 5, 5))
    assert grounds == [BLACK, BLACK, "#5a5a5a", WHITE]


def test_nothing_coloured_lies_around_the_picture(viewer: ImageViewer, load: Load, tmp_path: Path) -> None:
    path = tmp_path / "grey.png"
    Image.fromarray(np.full((64, 64), 120, np.uint8)).save(path)
    load("d", path)
    viewer.show_item(ItemView("d", path.name, path))
    viewer.canvas.set_overlays(Overlays.FULL)
    image = seen(viewer)
    # Text is slightly blue by design: grey within a few steps.
    saturation = max(
        max(c.red(), c.green(), c.blue()) - min(c.red(), c.green(), c.blue())
        for c in (QColor(image.pixel(x, y)) for x in range(400) for y in range(300))
    )
    assert saturation <= 16


def test_what_was_sampled_beside_the_window_is_painted_to_the_pixel_as_without(
    viewer: ImageViewer, load: Load, tmp_path: Path
) -> None:
    path = tmp_path / "noise.png"
    Image.fromarray(np.random.default_rng(3).integers(0, 256, (90, 120, 3), np.uint8)).save(path)
    viewer.media.finish_with(viewer.canvas.ahead())
    ahead = load("ahead", path)
    viewer.media.finish_with(None)
    plain = load("plain", path)
    painted = []
    for picture in (ahead, plain):
        viewer.canvas.show_picture(picture, Tone())
        painted.append(seen(viewer))
    assert ahead.sampled is not None
    assert ahead.sampled.projection == viewer.canvas.projection
    assert plain.sampled is None
    assert painted[0] == painted[1]
