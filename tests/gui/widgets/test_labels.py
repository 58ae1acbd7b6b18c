"""Labels that wrap: what a layout asks again and again is worked out once, and anew when it has changed."""

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextLayout
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.widgets import labels
from hitl_desktop.gui.widgets.labels import PlainLabel, TwoLines

WORDS = "The first rule that matches says where an item goes. What is automatic has to be permitted."


@pytest.fixture
def broken(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that were broken into lines, one for each time."""
    Theme("light").apply(qapp)
    texts: list[str] = []

    def layout(text: str, font: Any) -> QTextLayout:
        texts.append(text)
        return QTextLayout(text, font)

    monkeypatch.setattr(labels, "QTextLayout", layout)
    return texts


def test_a_text_is_broken_once_for_each_width(broken: list[str], qtbot: QtBot) -> None:
    label = PlainLabel(WORDS, wrap=True)
    qtbot.addWidget(label)
    label.ensurePolished()
    narrow, wide = label.heightForWidth(120), label.heightForWidth(700)
    assert narrow > wide > 0
    assert [label.heightForWidth(width) for width in (120, 700) * 20] == [narrow, wide] * 20
    assert broken == [WORDS, WORDS]


def test_another_text_font_or_direction_is_broken_anew(broken: list[str], qtbot: QtBot) -> None:
    label = PlainLabel(WORDS, wrap=True)
    qtbot.addWidget(label)
    label.ensurePolished()
    before = label.heightForWidth(200)
    label.setText("Short")
    assert label.heightForWidth(200) < before
    label.setText(WORDS)
    label.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    assert label.heightForWidth(200) == before
    font = label.font()
    font.setPixelSize(2 * font.pixelSize())
    label.setFont(font)
    assert label.heightForWidth(200) > 2 * before, "twice as high, and more lines"
    assert broken == [WORDS, "Short", WORDS, WORDS]


def test_what_is_kept_does_not_grow_while_a_window_is_made_wider(broken: list[str], qtbot: QtBot) -> None:
    label = PlainLabel(WORDS, wrap=True)
    qtbot.addWidget(label)
    for width in range(100, 1100):
        label.heightForWidth(width)
    assert len(label._broken) <= 40


def test_a_page_of_labels_is_laid_out_with_few_breaks(broken: list[str], qtbot: QtBot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    outer = QVBoxLayout(page)
    for _ in range(4):  # layouts in layouts: each asks those in it again
        inner = QVBoxLayout()
        outer.addLayout(inner)
        for number in range(10):
            inner.addWidget(PlainLabel(f"{number} {WORDS}", wrap=True))
    page.resize(400, 900)
    with qtbot.waitExposed(page):
        page.show()
    page.resize(500, 900)
    QApplication.processEvents()
    assert len(broken) <= 40 * 4, "its own idea of a width, and each width that it was given"


def test_two_lines_end_with_what_does_not_fit(broken: list[str], qtbot: QtBot) -> None:
    label = TwoLines("body", "text")
    qtbot.addWidget(label)
    label.resize(200, 60)
    label.setText(WORDS)
    first, second = label._lines(200)
    assert WORDS.startswith(first)
    assert second.endswith("…")
    assert label.toolTip() == WORDS
