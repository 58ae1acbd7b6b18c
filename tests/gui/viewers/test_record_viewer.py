"""The viewer of records: the fields of a row, in the order of its table, and nothing of what is masked."""

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from hitl_desktop.domain.explanations import Part, PartKind
from hitl_desktop.domain.record_context import Standing
from hitl_desktop.domain.records import COUNT, HOURS, NEW, RATIO, ColumnType, Field, Record, without_columns
from hitl_desktop.gui.media import Media
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.viewers import ItemView
from hitl_desktop.gui.viewers.field_row import NAME
from hitl_desktop.gui.viewers.field_words import number_words
from hitl_desktop.gui.viewers.record_viewer import RecordViewer
from hitl_desktop.gui.views.review.record_words import part_name

KIND = ColumnType
RECORD = Record(
    (
        Field(KIND.NUMBER, "amount", 1240.5),
        Field(KIND.CATEGORY, "shop", "<b>Volt</b>"),
        Field(KIND.DATE, "at", "2026-08-04T10:22:00"),
        Field(KIND.TEXT, "memo", None),
        Field(KIND.KEY, "customer", "C1"),
    ),
    {COUNT: 2.0, HOURS: 0.25, RATIO: 3.4, NEW + "shop": 1.0},
)


@pytest.fixture
def viewer(theme: Theme, media: Media, qtbot: QtBot) -> RecordViewer:
    viewer = RecordViewer(theme, media)
    qtbot.addWidget(viewer)
    viewer.set_side(QWidget())
    viewer.resize(852, 300)
    viewer.show()
    return viewer


def shown(viewer: RecordViewer) -> list[tuple[str, str]]:
    return [(row.name.text(), row.value.text()) for row in viewer._rows if not row.isHidden()]


def test_fields_are_shown_in_order_as_people_write_them(viewer: RecordViewer) -> None:
    viewer.show_item(ItemView("d", "P-1", text=RECORD.text))
    assert shown(viewer) == [
        ("amount", "1,240.50"),
        ("shop", "<b>Volt</b>"),
        ("at", "Tue 4 Aug 2026, 10:22"),
        ("memo", "–"),
        ("customer", "C1"),
    ]
    assert viewer.accessibleName() == "Record P-1, 5 fields"
    assert "amount: 1,240.50" in viewer.accessibleDescription()
    viewer.show_item(ItemView("e", "P-2", text=Record(RECORD.fields[:1]).text))
    assert shown(viewer) == [("amount", "1,240.50")]


def test_what_is_masked_does_not_reach_the_viewer(viewer: RecordViewer) -> None:
    masked = frozenset({"shop"})
    viewer.show_item(ItemView("d", "P-1", text=without_columns(RECORD.text, masked), masked=masked))
    assert ("shop", "Hidden") in shown(viewer)
    assert "Volt" not in viewer.item.text  # type: ignore[union-attr]
    wanted = []
    viewer.mask_wanted.connect(lambda name, is_masked: wanted.append((name, is_masked)))
    event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_C, Qt.KeyboardModifier.ShiftModifier)
    assert viewer.handle_key(event)
    assert not viewer.columns.isHidden()


def test_where_values_lie_is_said_and_drawn(viewer: RecordViewer) -> None:
    viewer.show_item(ItemView("d", "P-1", text=RECORD.text))
    viewer.show_standings({"amount": Standing(0.97, 40.0), "shop": Standing(0.02)}, "300 records decided as fraud")
    places = [row.place for row in viewer._rows]
    assert places[0].accessibleName() == "More than in 97 % of 300 records decided as fraud."
    assert places[1].accessibleName() == "2 % of 300 records decided as fraud have this value."
    before = viewer.grab().toImage()
    viewer.show_standings({}, "")
    assert viewer.grab().toImage() != before


def test_the_arrows_scroll_and_a_broken_record_says_why(viewer: RecordViewer) -> None:
    fields = tuple(Field(KIND.NUMBER, f"n{n}", float(n)) for n in range(40))
    viewer.show_item(ItemView("d", "P-1", text=Record(fields).text))
    QApplication.processEvents()
    assert viewer.handle_key(QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Down, Qt.KeyboardModifier.NoModifier))
    assert viewer.area.verticalScrollBar().value() > 0
    viewer.show_item(ItemView("d", "P-1", text="no record"))
    assert viewer.has_error


@pytest.mark.parametrize(
    ("kind", "words", "said"),
    [
        (PartKind.FIELD, "amount", "amount: 1,240.50"),
        (PartKind.FIELD, "memo", "memo is empty"),
        (PartKind.FIELD, "at", "at: 4 Aug, 10:22"),
        (PartKind.EARLIER, COUNT, "2 records before"),
        (PartKind.EARLIER, HOURS, "0.2 hours after the one before"),
        (PartKind.EARLIER, RATIO, "3.4 times the usual amount"),
        (PartKind.EARLIER, NEW + "shop", "shop <b>Volt</b> for the first time"),
        (PartKind.EARLIER, "day", "No record before"),
    ],
)
def test_parts_of_a_score_are_named(kind: PartKind, words: str, said: str) -> None:
    assert part_name(Part(kind, 1.0, words), RECORD) == said


def test_numbers_keep_their_digits() -> None:
    assert [number_words(v) for v in (12.0, 1240.5, -0.125, 1e6)] == ["12", "1,240.50", "−0.125", "1,000,000"]


def test_in_a_narrow_pane_values_take_the_room_of_where_they_lie(viewer: RecordViewer) -> None:
    viewer.show_item(ItemView("d", "P-1", text=RECORD.text))
    row = viewer._rows[2]
    row.resize(450, 40)
    assert not row.place.isHidden()
    assert row.name.width() == NAME
    row.resize(240, 60)
    assert row.place.isHidden()
    assert row.name.width() == 80
