"""What layers mark in a text lies where the characters stand."""

from collections.abc import Sequence

import pytest
from PySide6.QtGui import QColor, QImage, QTextCursor
from pytestqt.qtbot import QtBot

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.viewers.text_layers import Underlined, areas
from hitl_desktop.gui.viewers.text_pane import TextPane

RED = QColor("#ff0000")


class Marked:
    """A layer that marks what it is told."""

    def __init__(self, *spans: tuple[int, int]) -> None:
        self.spans = spans

    def stretches(self) -> Sequence[Underlined]:
        return [Underlined(span, RED) for span in self.spans]


@pytest.fixture
def pane(theme: Theme, qtbot: QtBot) -> TextPane:
    pane = TextPane(theme)
    qtbot.addWidget(pane)
    pane.resize(700, 400)
    pane.show()
    return pane


def red_columns(image: QImage) -> set[int]:
    found = range(image.width())
    return {x for x in found if any(image.pixelColor(x, y) == RED for y in range(image.height()))}


def test_a_word_is_underlined_and_nothing_else(pane: TextPane) -> None:
    text = "Dear 🩻 team,\r\nplease refund me"
    pane.show_text(text)
    at = text.index("refund")
    pane.add_layer(Marked((at, at + len("refund"))))
    image = pane.viewport().grab().toImage()
    (span,) = pane.spans_on_screen((at, at + len("refund")))
    (area,) = areas(pane, span)
    columns = red_columns(image)
    assert min(columns) == pytest.approx(area.left(), abs=3)
    assert max(columns) == pytest.approx(area.right(), abs=3)
    assert area.width() > 20


def test_right_to_left_words_are_marked_where_they_are_read(pane: TextPane) -> None:
    text = "שלום עולם"
    pane.show_text(text)
    first, second = (next(areas(pane, span)) for span in ((0, 4), (5, 9)))
    assert first.left() > second.right() - 1
    assert first.right() == pytest.approx(pane.viewport().width(), abs=2)


@pytest.mark.parametrize("points", [14, 18, 28])
def test_what_is_marked_in_a_line_stays_off_the_letters_of_the_next(pane: TextPane, points: int) -> None:
    """In Arabic, whose font has more room around its letters than lines are apart, it was struck through."""
    pane.set_points(points)
    for text in ("المبلغ الزائد في أقرب وقت\n" * 3, "charged twice again\n" * 3):
        pane.show_text(text)
        end = text.index("\n")
        (marked,) = areas(pane, (0, end))
        (following,) = areas(pane, (end + 1, 2 * end + 1))
        assert marked.bottom() + 3 <= following.top() + 1, "the tint of one ends where that of the next begins"
        assert marked.height() > points


def test_a_stretch_over_two_lines_has_two_areas(pane: TextPane) -> None:
    pane.show_text("one\ntwo")
    found = [area for span in pane.spans_on_screen((0, 7)) for area in areas(pane, span)]
    assert len(found) == 2
    assert found[1].top() > found[0].top()


def test_what_is_selected_is_told_in_stored_characters(pane: TextPane) -> None:
    pane.show_text("a🩻\r\nbcd")
    assert pane.selected is None
    cursor = QTextCursor(pane.document())
    cursor.setPosition(1)
    cursor.setPosition(5, QTextCursor.MoveMode.KeepAnchor)
    pane.setTextCursor(cursor)
    assert pane.selected == (1, 5)


def test_a_place_out_of_sight_is_scrolled_to(pane: TextPane) -> None:
    text = "line\n" * 200 + "here"
    pane.show_text(text)
    pane.show_place((len(text) - 4, len(text)))
    (span,) = pane.spans_on_screen((len(text) - 4, len(text)))
    assert list(areas(pane, span))
