"""The theme: fonts, icons, style sheet, palette and focus ring."""

import re
import sys
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QFont, QFontInfo, QFontMetrics, QImage, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from hitl_desktop import paths
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.focus_ring import FocusRing
from hitl_desktop.gui.theme.style import style_sheet
from hitl_desktop.gui.theme.tokens import DARK, LIGHT, TYPE, Tokens

CONTROLS = paths.resources() / "icons" / "controls"
ICONS = sorted(path.stem for path in (paths.resources() / "icons").glob("*.svg"))


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    return Theme("light")


def opaque_pixels(image: QImage) -> int:
    return sum(image.pixelColor(x, y).alpha() > 0 for x in range(image.width()) for y in range(image.height()))


@pytest.mark.parametrize("name", ICONS)
def test_every_icon_shows_something(theme: Theme, name: str) -> None:
    assert opaque_pixels(theme.icons.pixmap(name, 20, "#FF0000").toImage()) > 20


def test_an_icon_takes_the_colour_and_the_device_ratio(theme: Theme) -> None:
    pixmap = theme.icons.pixmap("check", 16, "#FF0000", ratio=2.0)
    image = pixmap.toImage()
    assert (image.width(), pixmap.deviceIndependentSize().width()) == (32, 16)
    solid = [image.pixelColor(x, y) for x in range(32) for y in range(32) if image.pixelColor(x, y).alpha() == 255]
    assert {(c.red(), c.green(), c.blue()) for c in solid} == {(255, 0, 0)}


def test_icons_that_point_are_mirrored_and_others_are_not(theme: Theme) -> None:
    for name, mirrored in (("undo-2", True), ("clock", False)):
        plain = theme.icons.pixmap(name, 16, "#FF0000").toImage()
        turned = theme.icons.pixmap(name, 16, "#FF0000", right_to_left=True).toImage()
        assert (turned == plain) is not mirrored


def test_an_unknown_icon_is_an_error(theme: Theme) -> None:
    with pytest.raises(FileNotFoundError):
        theme.icons.pixmap("no-such-icon", 16, "#FF0000")


def test_figures_are_equally_wide(theme: Theme) -> None:
    metrics = theme.metrics("body")
    assert metrics.horizontalAdvance("111") == metrics.horizontalAdvance("888")
    proportional = QFont(theme.font("body"))
    proportional.unsetFeature(QFont.Tag("tnum"))
    plain = QFontMetrics(proportional)
    assert plain.horizontalAdvance("111") < plain.horizontalAdvance("888")


@pytest.mark.parametrize("token", list(TYPE))
def test_fonts_are_the_bundled_ones_at_their_size(theme: Theme, token: str) -> None:
    info = QFontInfo(theme.font(token))
    assert (info.family(), info.pixelSize(), info.weight()) == ("Inter", TYPE[token].size, TYPE[token].weight)


def test_mono_and_scale(theme: Theme) -> None:
    assert QFontInfo(theme.font("small", mono=True)).family() == "JetBrains Mono"
    theme.set_scale(9.0)
    assert theme.scale == 2.0
    assert theme.font("body").pixelSize() == 26
    assert theme.px(32) == 64


def test_a_colour_that_was_made_paler_is_whole_the_next_time(theme: Theme) -> None:
    theme.colour("warn").setAlpha(60)
    assert theme.colour("warn").alpha() == 255


def test_a_slider_is_filled_from_the_side_that_is_read_from() -> None:
    left, right = (style_sheet(LIGHT, CONTROLS, right_to_left=is_right) for is_right in (False, True))
    assert "QSlider::sub-page:horizontal" in left
    assert "add-page:horizontal" not in left
    assert "QSlider::add-page:horizontal" in right
    assert "$" not in right


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=lambda tokens: tokens.name)
def test_the_style_sheet_is_filled_in(tokens: Tokens) -> None:
    sheet = style_sheet(tokens, CONTROLS)
    assert "$" not in sheet
    assert tokens.accent in sheet
    files = re.findall(r'url\("([^"]+)"\)', sheet)
    assert files
    assert all(path.endswith(f"-{tokens.name}.svg") and (CONTROLS / path).is_file() for path in files)


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=lambda tokens: tokens.name)
def test_drawings_of_the_style_sheet_have_the_colours_of_the_tokens(tokens: Tokens) -> None:
    wanted = {"check": tokens.on_accent, "minus": tokens.on_accent}
    for path in CONTROLS.glob(f"*-{tokens.name}.svg"):
        name = path.stem.removesuffix(f"-{tokens.name}")
        assert f'stroke="{wanted.get(name, tokens.text2)}"' in path.read_text(encoding="utf-8")


def test_changing_the_mode_changes_everything_and_says_so(qapp: QApplication, theme: Theme, qtbot: QtBot) -> None:
    theme.apply(qapp)
    assert qapp.palette().color(QPalette.ColorRole.Window).name().upper() == LIGHT.window
    with qtbot.waitSignal(theme.changed):
        theme.set_mode("dark")
    assert qapp.palette().color(QPalette.ColorRole.Window).name().upper() == DARK.window
    assert theme.colour("text").name().upper() == DARK.text
    assert DARK.accent in qapp.styleSheet()


class Watched:
    """Stands for the application, and notes what is put on it."""

    def __init__(self, app: QApplication) -> None:
        self._app = app
        self.put_on: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("set"):
            self.put_on.append(name)
        return getattr(self._app, name)


def test_what_is_on_already_is_not_put_on_again(qapp: QApplication, theme: Theme) -> None:
    theme.apply(qapp)
    watched = theme._app = Watched(qapp)  # type: ignore[assignment]
    put_on = watched.put_on
    theme.follow_direction()
    assert put_on == [], "another language that is read from the same side"
    theme.set_scale(1.5)
    assert put_on == ["setFont", "setStyleSheet"]
    put_on.clear()
    theme.set_mode("dark")
    assert put_on == ["setPalette", "setStyleSheet"]
    assert DARK.accent in qapp.styleSheet()


def test_a_system_that_does_not_say_is_light(qapp: QApplication) -> None:
    assert qapp.styleHints().colorScheme() != Qt.ColorScheme.Dark
    assert Theme("system").tokens is LIGHT


class TwoButtons(QWidget):
    def __init__(self) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        self.first, self.second = QPushButton("One"), QPushButton("Two")
        row.addWidget(self.first)
        row.addWidget(self.second)


def test_the_ring_shows_for_the_keyboard_and_not_for_the_mouse(qapp: QApplication, theme: Theme, qtbot: QtBot) -> None:
    ring = FocusRing(qapp, lambda: theme.colour("focus"))
    window = TwoButtons()
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    qtbot.waitExposed(window)
    handle = window.windowHandle()
    assert handle is not None
    window.second.setFocus()
    QTest.keyClick(handle, Qt.Key.Key_Tab)
    qtbot.waitUntil(lambda: ring.frame is not None and ring.frame.isVisible())
    assert ring.frame is not None
    assert ring.frame.geometry() == window.first.geometry().adjusted(-4, -4, 4, 4)

    QTest.mouseClick(handle, Qt.MouseButton.LeftButton, pos=window.second.mapTo(window, QPoint(5, 5)))
    assert window.second.hasFocus()
    qtbot.waitUntil(lambda: ring.frame is not None and not ring.frame.isVisible())


def test_one_ring_goes_wherever_the_focus_goes(qapp: QApplication, theme: Theme, qtbot: QtBot) -> None:
    """One that was made for every page that is visited left fifteen references behind each time."""
    ring = FocusRing(qapp, lambda: theme.colour("focus"))
    one, other = TwoButtons(), TwoButtons()
    frames = []
    for window, button in ((one, one.first), (one, one.second), (other, other.first), (one, one.first)):
        qtbot.addWidget(window)
        window.show()
        window.activateWindow()
        button.setFocus()
        qtbot.waitUntil(lambda w=window: ring.frame is not None and ring.frame.parentWidget() is w)  # type: ignore[misc]
        assert ring.frame is not None
        frames.append(ring.frame)
        QTest.keyClick(window.windowHandle(), Qt.Key.Key_Shift)
        qtbot.waitUntil(ring.frame.isVisible)
        corner = button.mapTo(window, QPoint(0, 0))
        assert ring.frame.geometry() == QRect(corner, button.size()).adjusted(-4, -4, 4, 4)
    assert len(set(map(id, frames))) == 1


def test_the_ring_outlives_windows_that_are_destroyed_with_the_focus(
    qapp: QApplication, theme: Theme, qtbot: QtBot
) -> None:
    ring = FocusRing(qapp, lambda: theme.colour("focus"))
    for _ in range(5):
        window = TwoButtons()
        window.show()
        window.activateWindow()
        window.second.setFocus()
        qtbot.waitUntil(lambda: ring.frame is not None)
        del window
    qtbot.waitUntil(lambda: ring.frame is None)


def test_labels_do_not_lose_references_to_none(qapp: QApplication) -> None:
    """PySide6 6.12.0 on Python 3.11 loses one reference to None per call and ends in a fatal error."""
    label = QLabel()
    before = sys.getrefcount(None)
    for _ in range(5000):
        label.setText("a")
    assert sys.getrefcount(None) > before - 100
