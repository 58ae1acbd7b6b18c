"""Choosing among many classes by a few letters."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QListWidget
from pytestqt.qtbot import QtBot

from hitl_desktop.domain.labels import Label
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.views.review.class_picker import ClassPicker
from hitl_desktop.gui.views.review.class_search import fitting

NAMES = ("card_lost", "lost-or-stolen card", "Card not working", "Übertrag", "balance", "Ärger", "c/l", "=?=")
LABELS = [Label(place + 1, name, place) for place, name in enumerate(NAMES)]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", list(NAMES)),
        ("card", ["card_lost", "Card not working", "lost-or-stolen card"]),
        ("card l", ["card_lost", "lost-or-stolen card"]),
        ("l c", ["card_lost", "lost-or-stolen card", "c/l"]),
        ("uber", ["Übertrag"]),
        ("AERGER", []),
        ("arger", ["Ärger"]),
        ("lance", ["balance"]),
        ("stolencard", ["lost-or-stolen card"]),
        ("?", ["=?="]),
        ("zzz", []),
    ],
)
def test_letters_find_what_people_mean(typed: str, found: list[str]) -> None:
    assert [label.name for label in fitting(LABELS, typed)] == found


def test_enter_alone_takes_nothing_and_arrows_choose(theme: Theme, qtbot: QtBot) -> None:
    picker = ClassPicker(theme, LABELS)
    qtbot.addWidget(picker)
    picker.show()
    field, names = picker.findChild(QLineEdit), picker.findChild(QListWidget)
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert picker.isVisible()
    assert picker.chosen is None
    QTest.keyClicks(field, "zzz")
    assert names.count() == 1, "it says that none fits"
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Return):
        QTest.keyClick(field, key)
    assert picker.isVisible()
    field.clear()
    QTest.keyClick(field, Qt.Key.Key_Down)
    QTest.keyClick(field, Qt.Key.Key_Down)
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert picker.chosen == LABELS[1]


def test_every_class_is_known_by_its_glyph_and_what_is_none_has_none(theme: Theme, qtbot: QtBot) -> None:
    picker = ClassPicker(theme, [*LABELS[:2], Label(0, "No class", 2)])
    qtbot.addWidget(picker)
    names = picker.findChild(QListWidget)
    assert [names.item(row).icon().isNull() for row in range(3)] == [False, False, True]
