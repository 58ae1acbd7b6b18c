"""Text that is painted runs as it is read, wherever it stands."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication, QStyleOptionMenuItem
from pytestqt.qtbot import QtBot

from hitl_desktop import language
from hitl_desktop.gui.keymaps import printed
from hitl_desktop.gui.speaking import catalogues
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.widgets.key_menu import KeyMenu
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.gui.widgets.painting import direction_of, draw_text, name_lines, text_lines, text_width

TO_RIGHT, TO_LEFT = Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft
FRAME = "الإطار 12 من 24"


@pytest.fixture
def _arabic() -> Iterator[None]:
    language.use("ar", catalogues())
    yield
    language.use("en", catalogues())


@pytest.mark.usefixtures("_arabic")
def test_words_of_the_program_run_as_its_language_does_where_axes_run_to_the_right() -> None:
    assert direction_of(FRAME) is TO_LEFT
    assert direction_of("v2 " + FRAME) is TO_LEFT
    assert direction_of("W 1,500 · L −400") is TO_RIGHT
    assert direction_of("scan.dcm", side=TO_LEFT) is TO_LEFT


@pytest.mark.parametrize(
    ("text", "runs"),
    [("Where is my parcel?", TO_RIGHT), ("١ طرد DHL", TO_LEFT), ("שלום, #A-10.", TO_LEFT), ("12", TO_RIGHT)],
)
@pytest.mark.parametrize("side", [TO_RIGHT, TO_LEFT])
def test_what_is_quoted_runs_as_its_own_first_letter_does(
    text: str, runs: Qt.LayoutDirection, side: Qt.LayoutDirection
) -> None:
    assert direction_of(text, is_quoted=True, side=side) is runs


def test_in_a_language_from_the_left_a_name_in_another_script_changes_nothing() -> None:
    assert direction_of("الصور · 12 items") is TO_RIGHT


@pytest.mark.usefixtures("_arabic")
def test_a_line_in_a_drawing_is_painted_as_it_is_in_a_sentence(qapp: QApplication) -> None:
    """The frame of a stack in the corner of a picture: its two numbers changed places."""
    in_drawing, in_window = (painted(FRAME, side) for side in (TO_RIGHT, TO_LEFT))
    assert in_drawing == in_window


def painted(text: str, side: Qt.LayoutDirection) -> QImage:
    theme = Theme("light")
    image = QImage(200, 30, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    painter.setLayoutDirection(side)
    at = Qt.AlignmentFlag.AlignHCenter
    draw_text(painter, QRect(0, 0, 200, 30), text, theme.font("body"), QColor("black"), at)
    assert painter.layoutDirection() is side, "it is left as it was"
    painter.end()
    return image


@pytest.mark.usefixtures("_arabic")
@pytest.mark.parametrize("key", ["Ctrl+.", "Ctrl+,", "Ctrl+0", "Ctrl+Shift+/", ".", "?"])
def test_keys_are_in_the_order_in_which_they_are_pressed(key: str, qapp: QApplication) -> None:
    """ "Ctrl ." was painted as ". Ctrl" in Arabic."""
    assert painted(printed(key), TO_LEFT) == painted(key.replace("+", " "), TO_RIGHT)


@pytest.mark.usefixtures("_arabic")
def test_keys_in_menus_are_in_that_order_too(qtbot: QtBot) -> None:
    menu = KeyMenu("Menu")
    qtbot.addWidget(menu)
    action = menu.addAction("Pause")
    action.setShortcut("Ctrl+.")
    option = QStyleOptionMenuItem()
    menu.initStyleOption(option, action)
    assert option.text == "Pause\t\u2066Ctrl+.\u2069"
    menu.initStyleOption(option, menu.addAction("No key"))
    assert option.text == "No key"


@pytest.mark.usefixtures("_arabic")
@pytest.mark.parametrize("token", ["caption", "small", "body", "lead", "title", "claim", "number"])
def test_letters_of_arabic_are_whole_in_a_line(token: str, qapp: QApplication, qtbot: QtBot) -> None:
    """The dots below a letter were cut off: a line has to be as high as what is written in it."""
    theme = Theme("light")
    theme.apply(qapp)
    label = PlainLabel("إلى الآن في", token)
    qtbot.addWidget(label)
    label.ensurePolished()
    label.resize(label.sizeHint())
    tight = rows_with_ink(label.grab().toImage())
    label.resize(label.sizeHint() + QSize(0, 40))
    assert len(rows_with_ink(label.grab().toImage())) == len(tight)
    assert theme.line(token) == label.sizeHint().height()


def rows_with_ink(picture: QImage) -> list[int]:
    """The rows of a picture in which something is written."""
    ground = picture.pixel(0, 0)
    return [y for y in range(picture.height()) if any(picture.pixel(x, y) != ground for x in range(picture.width()))]


def test_a_text_is_broken_into_whole_lines_and_the_last_one_says_that_more_follows(qapp: QApplication) -> None:
    font = Theme("light").font("body")
    text = "Plasters, a map and a torch go on top, where you find them in the dark. " * 3
    lines = text_lines(text, font, 200, 3)
    assert len(lines) == 3
    assert all(text_width(line, font) <= 201 for line in lines)
    assert text.startswith(" ".join(lines[:2]))
    assert lines[2].endswith("…")
    assert text_lines("Two words", font, 200, 3) == ("Two words",)
    assert text_lines("", font, 200, 3) == ("",)
    assert len(text_lines("x" * 400, font, 100, 2)) == 2


def test_long_names_that_begin_alike_are_told_apart_by_their_ends(theme: Theme) -> None:
    font = theme.font("caption")
    names = ["Balance not updated after bank transfer", "Balance not updated after cheque or cash deposit"]
    shown = [name_lines(name, font, 80) for name in names]
    assert [len(lines) for lines in shown] == [2, 2]
    assert shown[0][0] == shown[1][0]
    assert [lines[1][-4:] for lines in shown] == ["sfer", "osit"]
    assert all(text_width(line, font) <= 82 for lines in shown for line in lines)
    assert name_lines("Ham", font, 80) == ("Ham",)
    first, rest = name_lines("Card delivery estimate", font, 66)
    assert first.endswith("-"), "a word is parted before anything is left out"
    assert first[:-1] + rest == "Card delivery estimate"
    assert name_lines("Compromised card", font, text_width("Compromise-", font)) == ("Compromi-", "sed card")
