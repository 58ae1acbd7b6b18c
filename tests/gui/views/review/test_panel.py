"""The decision panel in a low window: the decision comes before what was just decided."""

import pytest
from PySide6.QtCore import QDateTime
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from hitl_desktop.domain.labels import Label
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.views.review.panel import ReviewPanel
from hitl_desktop.gui.views.review.recent_list import RecentRow
from hitl_desktop.gui.widgets.painting import text_width


@pytest.mark.parametrize(("scale", "height", "rows"), [(1.0, 724, 3), (1.0, 500, 1), (1.0, 390, 0), (2.0, 648, 0)])
def test_large_text_leaves_the_decision_its_room(
    context: Context, qtbot: QtBot, scale: float, height: int, rows: int
) -> None:
    """In German at 200 % the button that confirms was cut through the middle by the last three decisions."""
    context.theme.set_scale(scale)
    panel = ReviewPanel(context)
    panel.set_labels([Label(number, f"class {number}", number) for number in range(4)])
    qtbot.addWidget(panel)
    panel.resize(context.theme.px(300), height)
    panel.show()
    recent = panel._recent
    assert sum(row.isVisible() for row in recent._rows) == rows
    assert recent.undo_button.isVisible(), "what can be undone stays"
    confirm = panel.confirm_button
    if rows == 3:
        assert panel.why.mapTo(panel, panel.why.rect().bottomLeft()).y() < recent.y(), "nothing is cut off"
    assert confirm.mapTo(panel, confirm.rect().bottomLeft()).y() < recent.y()
    context.theme.set_scale(1.0)


def test_long_names_get_two_lines_where_classes_stand_in_two_columns(context: Context, qtbot: QtBot) -> None:
    """Of 34 intents of a bank, "Bala…sfer" and "Bala…osit" were all that could be read."""

    def heights(names: list[str]) -> set[int]:
        panel = ReviewPanel(context)
        panel.resize(context.theme.px(300), 724)
        panel.set_labels([Label(number, name, number) for number, name in enumerate(names, 1)])
        qtbot.addWidget(panel)
        panel.show()
        return {button.sizeHint().height() for button in panel._buttons.values()}

    plain = [f"class {number}" for number in range(8)]
    assert heights(plain) == {context.theme.px(30)}
    assert heights([*plain[:7], "Balance not updated after bank transfer"]) == {context.theme.px(36)}


def test_both_halves_of_a_row_share_what_room_there_is(context: Context, qtbot: QtBot) -> None:
    """A corrected item said "was Ca…rrival", with half of the row empty."""
    panel = ReviewPanel(context)
    qtbot.addWidget(panel)
    button = panel._recent._rows[0]
    now = QDateTime.currentDateTimeUtc()
    short = RecentRow(1, "bk-tr-01017", 0, "corrected", "was Card arrival", now)
    font = context.theme.font("small")
    assert button._widths(short, 220) == tuple(text_width(text, font) + 1 for text in (short.name, short.was))
    long = RecentRow(1, "2026-09-15_breast-ultrasound_0126.png", 0, "corrected", "was benign (BI-RADS 2–3)", now)
    name, was = button._widths(long, 220)
    assert name + was + 6 == 220
    assert name >= 100
    assert was >= 100


def test_findings_have_the_whole_width_for_their_names(context: Context, qtbot: QtBot) -> None:
    """In two columns, beside what the model says and the box, one letter of each name was left."""
    panel = ReviewPanel(context)
    panel.resize(context.theme.px(300), 724)
    panel.set_labels([Label(number, f"finding number {number}", number) for number in range(1, 9)], several=True)
    qtbot.addWidget(panel)
    panel.show()
    QApplication.processEvents()
    assert {button.x() for button in panel._buttons.values()} == {0}
    assert all(button._name_width() > 100 for button in panel._buttons.values())


def test_other_buttons_are_measured_at_once(context: Context, qtbot: QtBot) -> None:
    """With another item, or another project, three rows of what was just decided lay over the actions."""
    panel = ReviewPanel(context)
    qtbot.addWidget(panel)
    panel.resize(context.theme.px(300), 724)
    panel.set_labels([Label(1, "one", 0), Label(2, "two", 1)])
    panel.show()
    QApplication.processEvents()
    assert sum(row.isVisible() for row in panel._recent._rows) == 3
    panel.hide()  # as behind the page that is shown when nothing waits
    panel.set_labels([Label(number, f"finding {number}", number) for number in range(1, 9)], several=True)
    panel.show()
    assert sum(row.isVisible() for row in panel._recent._rows) == 1
