"""Medical pictures on the screen: the right grey at the right place, windows, stacks, measures, and no names."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from hitl_desktop.gui.decoded import Decoded, Source
from hitl_desktop.gui.media import Media
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.viewers import ItemView
from hitl_desktop.gui.viewers.image_canvas import Overlays
from hitl_desktop.gui.viewers.image_viewer import ImageViewer
from hitl_desktop.gui.viewers.measures import length_words
from tests.dicom_files import PATIENT_ID, write, write_series

Key = Qt.Key
Shown = Callable[..., ImageViewer]
QUARTERS = np.array([[0, 1000], [2000, 3000]], np.int16).repeat(20, 0).repeat(20, 1)
NONE, CTRL, SHIFT = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
)


@pytest.fixture
def viewer(theme: Theme, media: Media, qtbot: QtBot) -> ImageViewer:
    viewer = ImageViewer(theme, media)
    qtbot.addWidget(viewer)
    viewer.resize(500, 400)
    viewer.show()
    viewer.canvas.set_overlays(Overlays.NONE)
    return viewer


@pytest.fixture
def show(viewer: ImageViewer, media: Media, qtbot: QtBot) -> Shown:
    """`show(source, name)`: the item on screen, all of its frames decoded."""

    def shown(source: Source, name: str = "a.dcm") -> ImageViewer:
        viewer.show_item(ItemView(f"digest of {name}", name, source))
        qtbot.waitUntil(lambda: viewer.picture is not None or viewer.has_error, timeout=30_000)
        qtbot.waitUntil(lambda: media.is_idle, timeout=30_000)
        return viewer

    return shown


def press(viewer: ImageViewer, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE, *, repeats: bool = False) -> bool:
    return viewer.handle_key(QKeyEvent(QEvent.Type.KeyPress, key.value, modifiers, "", repeats))


def level(viewer: ImageViewer, x: float, y: float) -> int:
    """The brightness at a place of the picture, as it is on the screen."""
    view = viewer.canvas.view
    assert view is not None
    colour = QColor(viewer.grab().toImage().pixel(view.to_widget((x, y)).toPoint()))
    assert colour.red() == colour.green() == colour.blue()
    return colour.red()


def levels(viewer: ImageViewer) -> list[int]:
    """The brightness of the four quarters of `QUARTERS`."""
    return [level(viewer, x, y) for y in (10, 30) for x in (10, 30)]


def lines(viewer: ImageViewer) -> str:
    corners = viewer.canvas.corners
    return "\n".join(
        line.text
        for corner in (corners.top_left, corners.top_right, corners.bottom_left, corners.bottom_right)
        for line in corner
    )


def turn_wheel(viewer: ImageViewer, notches: int, modifiers: Qt.KeyboardModifier = NONE) -> None:
    at = QPointF(200, 200)
    event = QWheelEvent(
        at,
        QPointF(viewer.canvas.mapToGlobal(at.toPoint())),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        modifiers,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(viewer.canvas, event)


def drag(viewer: ImageViewer, right: int, down: int) -> None:
    button, start = Qt.MouseButton.RightButton, QPoint(200, 200)
    QTest.mousePress(viewer.canvas, button, pos=start)
    QTest.mouseMove(viewer.canvas, start + QPoint(right // 2, down // 2))
    QTest.mouseMove(viewer.canvas, start + QPoint(right, down))
    QTest.mouseRelease(viewer.canvas, button, pos=start + QPoint(right, down))


def test_values_go_through_the_window_of_the_file(show: Shown, tmp_path: Path) -> None:
    path = write(tmp_path / "a.dcm", QUARTERS, WindowCenter="1000.5", WindowWidth="2001")
    assert levels(show(path)) == [0, 128, 255, 255]


def test_the_scale_of_the_file_comes_before_the_window(show: Shown, tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.dcm",
        QUARTERS,
        RescaleSlope="2",
        RescaleIntercept="-1000",
        WindowCenter="1000.5",
        WindowWidth="2001",
    )
    assert levels(show(path)) == [0, 128, 255, 255]  # −1000, 1000, 3000, 5000


def test_low_values_of_monochrome1_are_bright(show: Shown, tmp_path: Path) -> None:
    elements: dict[str, Any] = {"WindowCenter": "1500.5", "WindowWidth": "3001"}
    plain = levels(show(write(tmp_path / "a.dcm", QUARTERS, **elements)))
    path = write(tmp_path / "b.dcm", QUARTERS, PhotometricInterpretation="MONOCHROME1", **elements)
    viewer = show(path, "b.dcm")
    assert levels(viewer) == [255 - value for value in plain]
    assert "inverted" in lines(viewer)
    press(viewer, Key.Key_I)
    assert levels(viewer) == plain


def test_16_bits_of_an_ordinary_picture_have_a_window_too(show: Shown, tmp_path: Path) -> None:
    path = tmp_path / "deep.png"
    Image.fromarray((QUARTERS + 1000).astype(np.uint16)).save(path)
    viewer = show(path, "deep.png")
    assert levels(viewer) == [0, 85, 170, 255]
    assert [preset.name for preset in viewer.window_control.presets] == ["Robust 1–99 %", "Full range"]
    drag(viewer, 0, 300)  # one width down raises the level by one width
    assert levels(viewer) == [0, 0, 0, 0]


@pytest.mark.parametrize("kind", ["u1", "i4", "f4"])
def test_every_grey_type_can_be_windowed(show: Shown, tmp_path: Path, kind: str) -> None:
    viewer = show(write(tmp_path / "a.dcm", (QUARTERS // 20).astype(kind)))
    assert levels(viewer) == [0, 85, 170, 255]
    drag(viewer, 300, 0)  # twice as wide around the same middle
    assert levels(viewer) == pytest.approx([64, 106, 149, 191], abs=1)


def test_8_bits_of_an_ordinary_picture_come_as_they_are(show: Shown, tmp_path: Path) -> None:
    path = tmp_path / "plain.png"
    Image.fromarray((QUARTERS // 20).astype(np.uint8)).save(path)
    viewer = show(path, "plain.png")
    assert levels(viewer) == [0, 50, 100, 150]
    press(viewer, Key.Key_V)
    assert levels(viewer) == [0, 85, 170, 255]
    press(viewer, Key.Key_0)
    assert levels(viewer) == [0, 50, 100, 150]


def test_dragging_is_told_in_the_corner_and_ends_with_the_button(show: Shown, tmp_path: Path) -> None:
    viewer = show(write(tmp_path / "a.dcm", QUARTERS, WindowCenter="1500", WindowWidth="3000"))
    assert "W 3,000 · L 1,500\nFile’s own" in lines(viewer)
    drag(viewer, 150, -100)
    assert "W 4,500 · L 500\nSet by hand" in lines(viewer)
    QTest.mouseMove(viewer.canvas, QPoint(20, 20))
    assert "W 4,500 · L 500" in lines(viewer)


def test_presets_of_ct_and_keys(show: Shown, tmp_path: Path) -> None:
    path = write(tmp_path / "a.dcm", QUARTERS, Modality="CT", WindowCenter="50", WindowWidth="350")
    viewer = show(path)
    assert [preset.name for preset in viewer.window_control.presets] == [
        "File’s own",
        "Robust 1–99 %",
        "Brain",
        "Lung",
        "Bone",
        "Abdomen",
        "Mediastinum",
        "Liver",
        "Full range",
    ]
    assert not press(viewer, Key.Key_4)
    viewer.digits_choose_presets = True
    assert press(viewer, Key.Key_4)
    assert "W 1,500 · L -600\nLung" in lines(viewer)
    show(write(tmp_path / "b.dcm", QUARTERS, Modality="CT", WindowCenter="50", WindowWidth="350"), "b.dcm")
    assert "Lung" in lines(viewer)  # the next picture is seen the same way
    press(viewer, Key.Key_0)
    assert "W 350 · L 50\nFile’s own" in lines(viewer)


def test_colour_has_no_window(show: Shown, tmp_path: Path) -> None:
    viewer = show(write(tmp_path / "a.dcm", np.full((8, 8, 3), (90, 90, 60), np.uint8)))
    assert "next_preset" not in [tool.id for tool in viewer.tool_actions()]
    assert not press(viewer, Key.Key_I)
    drag(viewer, 50, 50)
    view = viewer.canvas.view
    assert view is not None
    assert QColor(viewer.grab().toImage().pixel(view.to_widget((4, 4)).toPoint())) == QColor(90, 90, 60)


def test_flips_and_turns_move_pixels_and_letters_together(show: Shown, tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.dcm",
        QUARTERS,
        WindowCenter="1500.5",
        WindowWidth="3001",
        ImageOrientationPatient=[1, 0, 0, 0, 1, 0],
    )
    viewer = show(path)
    upright = levels(viewer)
    view = viewer.canvas.view
    assert view is not None
    middle = (view.projection.pane[0] / 2, view.projection.pane[1] / 2)

    def seen() -> tuple[list[int], str]:
        """The quarters as they lie on the screen, and the letters left, right, top, bottom."""
        image, letters = viewer.grab().toImage(), viewer.canvas.letters
        places = [(middle[0] + x, middle[1] + y) for y in (-90, 90) for x in (-90, 90)]
        greys = [QColor(image.pixel(int(x), int(y))).red() for x, y in places]
        return greys, letters.left + letters.right + letters.top + letters.bottom

    a, b, c, d = upright
    assert seen() == ([a, b, c, d], "RLAP")
    press(viewer, Key.Key_H)
    assert seen() == ([b, a, d, c], "LRAP")
    press(viewer, Key.Key_H)
    press(viewer, Key.Key_T)
    assert seen() == ([c, a, d, b], "PARL")
    press(viewer, Key.Key_H, SHIFT)
    assert seen() == ([d, b, c, a], "PALR")
    press(viewer, Key.Key_Home)
    assert seen() == ([a, b, c, d], "RLAP")
    press(viewer, Key.Key_T, SHIFT)
    assert seen() == ([b, d, a, c], "APLR")


def test_patient_text_is_hidden_and_revealed_for_one_item(show: Shown, tmp_path: Path) -> None:
    path = write(tmp_path / "a.dcm", QUARTERS)
    viewer = show(path)
    assert "Secret" not in lines(viewer)
    assert PATIENT_ID not in lines(viewer)
    assert "Secret" not in viewer.accessibleName()
    assert "Patient text hidden" in lines(viewer)
    (chip,) = [tool for tool in viewer.tool_actions() if tool.id == "private"]
    assert (chip.text, chip.checked) == ("Patient text hidden", False)
    chip.callback()
    assert "Name: Secret Person" in lines(viewer)
    show(write(tmp_path / "b.dcm", QUARTERS), "b.dcm")
    assert "Secret" not in lines(viewer)


def test_it_is_said_that_this_is_no_medical_device(show: Shown, tmp_path: Path) -> None:
    assert "Not a medical device" in lines(show(write(tmp_path / "a.dcm", QUARTERS)))


@pytest.mark.parametrize("as_series", [True, False])
def test_a_stack_is_scrolled_by_wheel_keys_and_slider(show: Shown, tmp_path: Path, as_series: bool) -> None:
    frames = np.stack([np.full((16, 16), 100 * n, np.uint16) for n in range(25)])
    source: Source
    if as_series:
        write_series(tmp_path / "s", frames.astype(np.int16), WindowCenter="1200.5", WindowWidth="2401")
        source = tuple(sorted((tmp_path / "s").iterdir()))
    else:
        source = write(tmp_path / "a.dcm", frames, WindowCenter="1200.5", WindowWidth="2401")
    viewer = show(source)

    def on(frame: int) -> bool:
        return viewer.frame == frame and abs(level(viewer, 8, 8) - 100 * frame * 255 / 2400) <= 1

    assert viewer.frames == 25
    assert on(12)  # the middle one stands for all
    assert "25 frames" in viewer.accessibleName()
    turn_wheel(viewer, -1)
    assert on(13)
    turn_wheel(viewer, 3)
    assert on(10)
    press(viewer, Key.Key_Down, repeats=True)
    assert on(11)
    press(viewer, Key.Key_PageUp)
    press(viewer, Key.Key_PageUp)
    assert on(0)
    viewer.slider.setValue(24)
    assert on(24)
    assert "Frame 25 of 25" in lines(viewer)
    projection = viewer.canvas.projection
    assert projection is not None
    turn_wheel(viewer, 2, CTRL)
    assert viewer.frame == 24
    assert viewer.canvas.projection is not None
    assert viewer.canvas.projection.scale > projection.scale


def test_pages_of_a_tiff_are_a_stack_that_begins_with_the_first(show: Shown, tmp_path: Path) -> None:
    pages = [Image.fromarray(np.full((16, 16), 50 * n, np.uint8)) for n in range(5)]
    pages[0].save(tmp_path / "cells.tif", save_all=True, append_images=pages[1:])
    viewer = show(tmp_path / "cells.tif", "cells.tif")
    assert (viewer.frames, viewer.frame, level(viewer, 8, 8)) == (5, 0, 0)
    turn_wheel(viewer, -3)
    assert (viewer.frame, level(viewer, 8, 8)) == (3, 150)
    press(viewer, Key.Key_Down)
    assert level(viewer, 8, 8) == 200
    assert "Frame 5 of 5" in lines(viewer)


def test_a_damaged_page_is_told_and_the_others_are_shown(show: Shown, tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (3, 40, 40), np.uint8)
    pages = [Image.fromarray(values) for values in noise]
    pages[0].save(tmp_path / "a.tif", save_all=True, append_images=pages[1:], compression="tiff_lzw")
    data = bytearray((tmp_path / "a.tif").read_bytes())
    with Image.open(tmp_path / "a.tif") as opened:
        opened.seek(1)
        (start,), (length,) = opened.tag_v2[273], opened.tag_v2[279]  # type: ignore[attr-defined]
    data[start : start + length] = bytes(length)
    (tmp_path / "a.tif").write_bytes(data)
    viewer = show(tmp_path / "a.tif", "a.tif")
    assert not viewer.canvas.message
    turn_wheel(viewer, -1)
    assert viewer.canvas.message == "Page 2 of the file is damaged and cannot be read."
    turn_wheel(viewer, -1)
    assert (viewer.frame, viewer.canvas.message) == (2, "")


def test_what_was_painted_in_passing_is_painted_sharply_at_rest(show: Shown, qtbot: QtBot, tmp_path: Path) -> None:
    noise = np.random.default_rng(2).integers(0, 255, (3, 40, 40), np.uint8)
    viewer = show(write(tmp_path / "a.dcm", noise))
    turn_wheel(viewer, -1)
    quick = viewer.grab().toImage()
    qtbot.waitUntil(lambda: viewer.grab().toImage() != quick)
    rested = viewer.grab().toImage()
    viewer.show_frame(2)
    assert viewer.grab().toImage() == rested


def test_frames_play_and_stop_with_the_item(show: Shown, qtbot: QtBot, tmp_path: Path) -> None:
    viewer = show(write(tmp_path / "a.dcm", np.zeros((5, 8, 8), np.uint8)))
    press(viewer, Key.Key_J)
    seen: set[int] = set()

    def saw_all() -> bool:
        seen.add(viewer.frame)
        return len(seen) == 5

    qtbot.waitUntil(saw_all, timeout=20_000)
    press(viewer, Key.Key_J)
    assert not viewer.cine.plays
    press(viewer, Key.Key_J)
    viewer.clear()
    assert not viewer.cine.plays


def test_a_broken_frame_says_why_and_the_others_are_fine(show: Shown, tmp_path: Path) -> None:
    write_series(tmp_path, np.stack([np.full((16, 16), 100 * n, np.int16) for n in range(6)]))
    files = tuple(sorted(tmp_path.iterdir()))
    files[4].write_bytes(files[4].read_bytes()[:-60])
    viewer = show(files, "series")
    viewer.show_frame(4)
    assert viewer.canvas.message == "The file ends before the picture does. It is kept out, not shown half."
    assert {QColor(viewer.grab().toImage().pixel(x, 40)).name() for x in range(0, 500, 5)} == {"#000000"}
    viewer.show_frame(5)
    assert viewer.canvas.message == ""
    assert viewer.canvas.shot is not None


def test_lengths_are_in_millimetres_where_the_file_knows_them(show: Shown, tmp_path: Path) -> None:
    viewer = show(write(tmp_path / "a.dcm", QUARTERS, PixelSpacing=[0.5, 2.0]))
    press(viewer, Key.Key_L)
    view = viewer.canvas.view
    assert view is not None
    start, end = view.to_widget((5, 5)).toPoint(), view.to_widget((20, 5)).toPoint()
    QTest.mousePress(viewer.canvas, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(viewer.canvas, end)
    QTest.mouseRelease(viewer.canvas, Qt.MouseButton.LeftButton, pos=end)
    (words,) = viewer.length.words(view)
    assert words.endswith(" mm")
    assert float(words.split()[0]) == pytest.approx(30, abs=0.5)
    press(viewer, Key.Key_Delete)
    assert viewer.length.words(view) == []
    press(viewer, Key.Key_Escape)
    assert viewer.canvas.tool is None


@pytest.mark.parametrize("turns", [0, 1])
def test_pixels_that_are_not_square_are_shown_in_their_shape(show: Shown, tmp_path: Path, turns: int) -> None:
    values = np.zeros((40, 80), np.int16)
    values[:, 40:] = 3000
    path = write(tmp_path / "a.dcm", values, PixelSpacing=[2.0, 1.0], WindowCenter=1500, WindowWidth=3000)
    viewer = show(path)
    for _ in range(turns):
        viewer.canvas.turn(1)
    projection = viewer.canvas.projection
    assert projection is not None
    assert projection.shown == (80.0, 80.0), "80 mm wide and 80 mm high"
    grabbed = viewer.canvas.grab().toImage()
    for place, grey in (((20.0, 20.0), 0), ((60.0, 5.0), 255), ((60.0, 35.0), 255), ((38.0, 38.0), 0)):
        x, y = projection.to_pane(place)
        assert QColor(grabbed.pixel(round(x), round(y))).red() == pytest.approx(grey, abs=3)
    left, top = projection.to_pane((0.0, 0.0))
    right, bottom = projection.to_pane((80.0, 40.0))
    assert abs(right - left) == pytest.approx(abs(bottom - top))
    assert length_words((0.0, 0.0), (0.0, 40.0), (1.0, 2.0)) == length_words((0.0, 0.0), (80.0, 0.0), (1.0, 2.0))


def test_without_a_spacing_lengths_are_in_pixels_and_a_detector_is_named() -> None:
    assert length_words((0, 0), (3, 4), None) == "5.0 pixels"
    assert length_words((0, 0), (3, 4), (1.0, 2.0)) == "8.5 mm"
    assert length_words((0, 0), (3, 4), (0.1, 0.1), at_detector=True) == "0.5 mm at the detector"


def test_the_value_under_the_mouse_has_its_unit(show: Shown, tmp_path: Path) -> None:
    path = write(tmp_path / "a.dcm", QUARTERS, Modality="CT", RescaleSlope="1", RescaleIntercept="-1024")
    viewer = show(path)
    view = viewer.canvas.view
    assert view is not None
    QTest.mouseMove(viewer.canvas, view.to_widget((30.5, 10.5)).toPoint())
    assert "x 30 · y 10 · -24 HU" in lines(viewer)
    press(viewer, Key.Key_P)
    QTest.mouseClick(viewer.canvas, Qt.MouseButton.LeftButton, pos=view.to_widget((10.5, 30.5)).toPoint())
    assert viewer.probe.words == ["976 HU"]


ALT = Qt.KeyboardModifier.AltModifier


def test_what_the_mouse_does_keys_do_as_well(show: Shown, tmp_path: Path) -> None:
    path = write(tmp_path / "a.dcm", QUARTERS, PixelSpacing=[2.0, 2.0], WindowCenter=1500, WindowWidth=3000)
    viewer = show(path)
    window = viewer.window_control
    assert press(viewer, Key.Key_Right, ALT)
    assert window.window is not None
    assert (window.window.width, window.window.centre) == (3300, 1500)
    assert press(viewer, Key.Key_Left, ALT)
    assert press(viewer, Key.Key_Up, ALT, repeats=True)
    assert window.window.centre > 1500
    assert press(viewer, Key.Key_Down, ALT)
    assert press(viewer, Key.Key_Down, ALT)
    assert window.window.centre < 1500
    viewer.canvas.zoom_to(40.0)
    place = viewer.canvas.middle
    assert press(viewer, Key.Key_Right, CTRL)
    assert press(viewer, Key.Key_Down, CTRL)
    assert viewer.canvas.middle[0] > place[0]
    assert viewer.canvas.middle[1] > place[1]
    press(viewer, Key.Key_L)
    assert not press(viewer, Key.Key_Right, SHIFT), "there is nothing to move yet"
    press(viewer, Key.Key_L)
    view = viewer.canvas.view
    assert view is not None
    (before,) = viewer.length.words(view)
    for _ in range(3):
        assert press(viewer, Key.Key_Right, SHIFT, repeats=True)
    (after,) = viewer.length.words(view)
    assert float(after.split()[0]) == pytest.approx(float(before.split()[0]) + 6.0), "three pixels of two millimetres"
    press(viewer, Key.Key_Backspace)
    assert viewer.length.words(view) == []
    viewer.canvas.fit()
    press(viewer, Key.Key_P)
    press(viewer, Key.Key_P)
    assert viewer.probe.words == ["3,000"]
    press(viewer, Key.Key_Left, SHIFT)
    assert viewer.probe.words == ["2,000"]
    assert not viewer.reveals
    press(viewer, Key.Key_O, SHIFT)
    assert viewer.reveals


def test_another_viewer_goes_on_where_one_was_left(
    show: Shown, viewer: ImageViewer, theme: Theme, media: Media, qtbot: QtBot, tmp_path: Path
) -> None:
    frames = np.stack([QUARTERS + 10 * number for number in range(4)])
    before = show(write(tmp_path / "a.dcm", frames, WindowCenter=1500, WindowWidth=3000))
    before.show_frame(3)
    before.next_preset()
    before.invert()
    before.canvas.flip()
    before.canvas.zoom_to(12.0)
    press(before, Key.Key_L)
    press(before, Key.Key_L)
    press(before, Key.Key_O, SHIFT)
    item = before.item
    assert item is not None
    media.forget()
    after = ImageViewer(theme, media)
    qtbot.addWidget(after)
    after.resize(500, 400)
    after.show()
    after.show_item(item)
    after.go_on_from(before)
    qtbot.waitUntil(lambda: after.picture is not None)
    assert (after.frame, after.window_control.inverted) == (3, True)
    assert after.window_control.words() == before.window_control.words()
    view, other = after.canvas.view, before.canvas.view
    assert view is not None
    assert other is not None
    assert (view.projection.scale, view.projection.flipped) == (12.0, True)
    assert after.length.words(view) == before.length.words(other)
    assert not after.reveals, "text about the patient is asked for again"
    after.show_item(ItemView("another", "b.dcm", tmp_path / "a.dcm"))
    qtbot.waitUntil(lambda: after.picture is not None)
    assert not after.window_control.inverted, "the next item comes as it is"


def test_the_lens_shows_the_place_under_the_mouse_larger_while_its_key_is_held(show: Shown, tmp_path: Path) -> None:
    pixels = np.zeros((300, 300), np.uint8)
    pixels[148:152, 148:152] = 255
    viewer = show(write(tmp_path / "a.dcm", pixels, WindowCenter="128", WindowWidth="256"))
    view = viewer.canvas.view
    assert view is not None
    at = view.to_widget((150, 150)).toPoint()
    QTest.mouseMove(viewer.canvas, at)

    def white() -> int:
        image = viewer.grab(viewer.canvas.rect()).toImage()
        return sum(QColor(image.pixel(x, at.y())).red() > 127 for x in range(at.x() - 60, at.x() + 60))

    small = white()
    press(viewer, Key.Key_M)
    assert white() == pytest.approx(small * 2.5, abs=3)
    QApplication.sendEvent(viewer, QKeyEvent(QEvent.Type.KeyRelease, Key.Key_M.value, NONE))
    assert white() == small


def test_the_lens_goes_with_whichever_key_was_chosen_for_it(show: Shown, tmp_path: Path) -> None:
    viewer = show(write(tmp_path / "a.dcm", QUARTERS))
    viewer.magnify(True, until_released=True)
    for key, stays in ((Key.Key_Down, True), (Key.Key_Shift, True), (Key.Key_X, False)):
        QApplication.sendEvent(viewer, QKeyEvent(QEvent.Type.KeyRelease, key.value, NONE))
        assert viewer.canvas.magnifies is stays


def test_overlays_go_from_full_to_corners_to_none(show: Shown, tmp_path: Path) -> None:
    viewer = show(write(tmp_path / "a.dcm", QUARTERS))
    assert viewer.canvas.overlays is Overlays.NONE
    seen = []
    for _ in range(3):
        press(viewer, Key.Key_O)
        seen.append(viewer.canvas.overlays)
    assert seen == [Overlays.FULL, Overlays.CORNERS, Overlays.NONE]


def test_the_next_stack_is_not_loaded_before_it_is_on_screen(media: Media, qtbot: QtBot, tmp_path: Path) -> None:
    path = write(tmp_path / "a.dcm", np.zeros((9, 8, 8), np.uint8))
    media.prefetch([("d", path)])
    qtbot.waitUntil(lambda: media.decoded("d") is not None)
    found: Decoded | None = media.decoded("d")
    assert found is not None
    assert found.shots is not None
    assert [found.shots.get(index) is not None for index in range(9)] == [index == 4 for index in range(9)]
    media.load_frames("d", 8)
    qtbot.waitUntil(lambda: media.is_idle)
    assert all(found.shots.get(index) is not None for index in range(9))
