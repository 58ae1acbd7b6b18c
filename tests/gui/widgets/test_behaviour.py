"""What the widgets do: signals, states, fixed heights, shortened texts."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from hitl_desktop.domain.routing import Ledger
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.widgets.busy_line import BusyLine
from hitl_desktop.gui.widgets.class_button import ClassButton, ConfirmButton
from hitl_desktop.gui.widgets.class_count_bars import ClassCount, ClassCountBars
from hitl_desktop.gui.widgets.class_glyph import paint_glyph
from hitl_desktop.gui.widgets.interval_plot import IntervalPlot, IntervalPoint
from hitl_desktop.gui.widgets.labels import PlainLabel, plain_tooltip
from hitl_desktop.gui.widgets.ledger import LedgerWidget
from hitl_desktop.gui.widgets.notice_bar import Notice, NoticeArea, NoticeBar
from hitl_desktop.gui.widgets.painting import text_width
from hitl_desktop.gui.widgets.probability_bars import ProbabilityBars
from hitl_desktop.gui.widgets.rail import Rail
from hitl_desktop.gui.widgets.retrain_chip import RetrainChip
from hitl_desktop.gui.widgets.stacked_bar import Segment, StackedBar

LEDGER = Ledger(600, decided=36, skipped=2, unsure=2, flagged=1, needs_review=171, proposed=388)


def click(widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def test_a_label_shows_markup_and_ampersands_as_they_are(theme: Theme, qtbot: QtBot) -> None:
    label = PlainLabel("<b>R&D</b>")
    qtbot.addWidget(label)
    plain = PlainLabel("R&D")
    qtbot.addWidget(plain)
    assert label.sizeHint().width() > plain.sizeHint().width()


def test_a_label_wraps_in_lines_of_the_type_scale(theme: Theme, qtbot: QtBot) -> None:
    label = PlainLabel("one two three four five six seven eight nine ten", wrap=True)
    qtbot.addWidget(label)
    label.ensurePolished()
    assert label.heightForWidth(1000) == 20
    assert label.heightForWidth(100) % 20 == 0
    assert label.heightForWidth(100) >= 60


def test_a_shortened_label_has_the_whole_text_as_tooltip(theme: Theme, qtbot: QtBot) -> None:
    label = PlainLabel("a/very/long/path/to/<i>something</i>.png", elide=True)
    qtbot.addWidget(label)
    label.resize(80, 20)
    label.show()
    assert label.toolTip() == plain_tooltip(label.text())
    label.resize(800, 20)
    assert label.toolTip() == ""


def test_a_tooltip_never_becomes_markup() -> None:
    assert plain_tooltip("plain") == "plain"
    assert plain_tooltip("<b>x</b>") == "<span>&lt;b&gt;x&lt;/b&gt;</span>"


def glyph(index: int, theme: Theme) -> QImage:
    image = QImage(24, 24, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    paint_glyph(painter, image.rect(), index, theme.tokens)
    painter.end()
    return image


def test_thirty_classes_have_thirty_glyphs(theme: Theme) -> None:
    pictures = [glyph(index, theme) for index in range(30)]
    same = [(a, b) for a in range(30) for b in range(a) if pictures[a] == pictures[b]]
    assert same == []


def test_a_class_button_sends_clicks_and_has_no_shortcut(theme: Theme, qtbot: QtBot) -> None:
    button = ClassButton(theme, "Q", 0, "R&D")
    qtbot.addWidget(button)
    with qtbot.waitSignal(button.clicked):
        click(button)
    assert button.shortcut().isEmpty()
    assert button.accessibleName() == "R&D"
    assert button.focusPolicy() == Qt.FocusPolicy.TabFocus
    button.set_suggested(True)
    assert button.accessibleDescription() == "Suggested by the model"


def test_a_toggle_says_whether_it_is_on_and_what_the_model_says(theme: Theme, qtbot: QtBot) -> None:
    button = ClassButton(theme, "1", 0, "Nodule", toggle=True)
    qtbot.addWidget(button)
    assert (button.accessibleName(), button.accessibleDescription()) == ("Nodule, off", "")
    click(button)
    assert button.isChecked()
    assert button.accessibleName() == "Nodule, on"
    button.set_claim("< 1 %")
    assert button.accessibleDescription() == "Not suggested by the model, it says less than 1 percent"
    button.set_suggested(True)
    button.set_claim("87 %")
    assert button.accessibleDescription() == "Suggested by the model, it says 87 percent"


def test_class_buttons_are_36_or_30_high_and_suggesting_changes_no_size(theme: Theme, qtbot: QtBot) -> None:
    normal, compact = ClassButton(theme, "Q", 0, "A"), ClassButton(theme, "Q", 0, "A", compact=True)
    qtbot.addWidget(normal)
    qtbot.addWidget(compact)
    assert (normal.sizeHint().height(), compact.sizeHint().height()) == (36, 30)
    before = normal.sizeHint()
    normal.set_suggested(True)
    assert normal.sizeHint() == before


def test_confirm_is_48_high_and_silent_when_disabled(theme: Theme, qtbot: QtBot) -> None:
    button = ConfirmButton(theme, "Confirm Nodule")
    qtbot.addWidget(button)
    assert button.sizeHint().height() == 48
    clicks: list[bool] = []
    button.clicked.connect(lambda: clicks.append(True))
    button.setEnabled(False)
    click(button)
    assert clicks == []
    button.setEnabled(True)
    QTest.keyClick(button, Qt.Key.Key_Return)
    assert clicks == [True]


@pytest.mark.parametrize("classes", [2, 3, 6])
def test_the_bars_keep_their_height(theme: Theme, qtbot: QtBot, classes: int) -> None:
    bars = ProbabilityBars(theme, classes)
    qtbot.addWidget(bars)
    heights = {bars.sizeHint().height()}
    bars.show_hidden()
    heights.add(bars.sizeHint().height())
    bars.show_prediction([(0, "A", "99 %", 0.99), (1, "B", "< 1 %", 0.004)], "", "Lead 98 points")
    heights.add(bars.sizeHint().height())
    assert len(heights) == 1


def test_the_bars_are_read_aloud_and_hidden_ones_are_not(theme: Theme, qtbot: QtBot) -> None:
    bars = ProbabilityBars(theme, 3)
    qtbot.addWidget(bars)
    bars.show_prediction([(1, "Nodule", "46 %", 0.46), (2, "Effusion", "< 1 %", 0.001)])
    assert bars.accessibleDescription() == "Nodule 46 percent, first of 3. Effusion less than 1 percent, second of 3"
    bars.show_hidden()
    assert bars.accessibleDescription() == "Hidden until you decide"
    bars.show_hidden(is_check=True)
    assert bars.accessibleDescription() == "Not shown: this is a check"


def test_the_ledger_is_a_sentence_that_adds_up(theme: Theme, qtbot: QtBot) -> None:
    widget = LedgerWidget(theme)
    qtbot.addWidget(widget)
    widget.show_ledger(LEDGER)
    assert widget.accessibleName() == "41 of 212 that need you"
    assert "36 decided · 5 set aside · 171 to do · 388 proposed = 600" in widget.accessibleDescription()


def test_the_ledger_shows_the_whole_sum_in_its_wanted_width_and_less_when_narrow(theme: Theme, qtbot: QtBot) -> None:
    widget = LedgerWidget(theme)
    qtbot.addWidget(widget)
    widget.show_ledger(LEDGER)
    widget.resize(widget.sizeHint())
    wide = widget._fitting()
    widget.resize(330, 20)
    narrow = widget._fitting()
    assert wide[1] == 216
    assert wide[2].endswith("= 600")
    assert narrow[2] == ""
    assert narrow[1] >= 64


def test_the_ledger_shows_scoring(theme: Theme, qtbot: QtBot) -> None:
    widget = LedgerWidget(theme)
    qtbot.addWidget(widget)
    widget.show_progress("Scoring 1,240 of 5,806 · 2 min left", 1240, 5806)
    assert widget.accessibleName().startswith("Scoring")


def test_the_rail_says_which_page_was_chosen(theme: Theme, qtbot: QtBot) -> None:
    rail = Rail(theme)
    qtbot.addWidget(rail)
    rail.add_page("review", "scan-eye", "Review")
    rail.add_page("settings", "settings", "Settings", bottom=True)
    rail.add_page("model", "brain-circuit", "Model")
    rail.set_current("review")
    rail.resize(56, 400)
    rail.show()
    with qtbot.waitSignal(rail.page_chosen) as chosen:
        click(rail.button("model"))
    assert chosen.args == ["model"]
    assert rail.current() == "model"
    tops = [rail.button(page).mapTo(rail, QPoint(0, 0)).y() for page in ("review", "model", "settings")]
    assert tops == [4, 56, 400 - 4 - 52]


def test_the_chip_sends_cancel_while_training_and_the_action_afterwards(theme: Theme, qtbot: QtBot) -> None:
    chip = RetrainChip(theme)
    qtbot.addWidget(chip)
    chip.show_collecting(12, 20)
    assert chip.text() == "12 of 20 to next training"
    assert chip.action_button().isHidden()
    chip.show_training(34)
    with qtbot.waitSignal(chip.cancel_requested):
        click(chip.action_button())
    chip.show_message("Model v4 in use", "View")
    assert chip.action_button().label() == "View"
    with qtbot.waitSignal(chip.action_requested):
        click(chip.action_button())


def test_information_leaves_and_warnings_stay(theme: Theme, qtbot: QtBot) -> None:
    info, warning = NoticeBar(theme, Notice("Done.")), NoticeBar(theme, Notice("Careful.", "warn"))
    qtbot.addWidget(info)
    qtbot.addWidget(warning)
    assert info.is_leaving()
    assert not warning.is_leaving()
    with qtbot.waitSignal(info.dismissed):
        info._timer.setInterval(0)


def test_a_notice_does_its_action_and_closes(theme: Theme, qtbot: QtBot) -> None:
    area = NoticeArea(theme)
    qtbot.addWidget(area)
    done: list[str] = []
    bar = area.show_notice(Notice("Try again?", "danger", "Try again", lambda: done.append("again")))
    click(bar.action_button())
    assert done == ["again"]
    assert area.notices() == []
    assert area.isHidden()


def test_a_notice_is_told_where_another_one_was(theme: Theme, qtbot: QtBot) -> None:
    """As many widgets as there were notices at once, however many come."""
    area = NoticeArea(theme)
    qtbot.addWidget(area)
    area.resize(300, 100)
    area.show()
    bar = area.show_notice(Notice("This could not be saved, for a reason that is long. " * 3, "danger", "Again"))
    assert not bar.is_leaving()
    assert bar.toolTip()
    area.clear()
    other = area.show_notice(Notice("Saved.", "ok"))
    assert other is bar
    assert (bar.is_leaving(), bar.toolTip(), bar.accessibleName()) == (True, "", "Saved.")
    assert not bar.action_button().isVisible()
    assert bar.isVisible()
    asked = area.show_notice(
        Notice("Do it?", "info", "Do it", lambda: (area.clear(), area.show_notice(Notice("Done."))))
    )
    click(asked.action_button())
    assert [notice.text for notice in area.notices()] == ["Done."], "what the action says is not closed with it"
    assert len(area.findChildren(NoticeBar)) == 3, "two, and the line that stands for many"


def test_what_was_said_of_a_project_goes_with_it(theme: Theme, qtbot: QtBot) -> None:
    area = NoticeArea(theme)
    qtbot.addWidget(area)
    area.show_notice(Notice("The program ended by a crash last time.", "warn"))
    area.show_notice(Notice("Its pictures have moved.", "warn", of_project=True))
    area.forget_project()
    assert [notice.text for notice in area.notices()] == ["The program ended by a crash last time."]


def test_more_than_two_notices_become_one_line(theme: Theme, qtbot: QtBot) -> None:
    area = NoticeArea(theme)
    qtbot.addWidget(area)
    bars = [area.show_notice(Notice(f"Notice {number}", "warn")) for number in range(3)]
    assert area.is_summed_up()
    assert all(bar.isHidden() for bar in bars)
    area.show_notice(Notice("Notice 1", "warn"))
    assert len(area.notices()) == 3
    click(bars[0].close_button())
    assert not area.is_summed_up()
    assert len(area.notices()) == 2


def test_the_stacked_bar_says_its_parts(theme: Theme, qtbot: QtBot) -> None:
    bar = StackedBar(theme, [Segment(161, "decided"), Segment(0, "set aside", pattern="hatch")])
    qtbot.addWidget(bar)
    assert bar.accessibleDescription() == "161 decided, 0 set aside"
    bar.show_segments([])
    assert not bar.grab().isNull()


@pytest.mark.parametrize(
    "points",
    [
        [],
        [IntervalPoint("v1", 1.0, 1.0, 1.0)],
        [IntervalPoint("v1", 0.0, 0.0, 1.0), IntervalPoint("v2", 1.0, 0.2, 1.0)],
        [IntervalPoint(f"v{n}", 0.5, 0.4, 0.6) for n in range(60)],
    ],
)
def test_the_plot_holds_at_the_ends_of_its_scale(theme: Theme, qtbot: QtBot, points: list[IntervalPoint]) -> None:
    plot = IntervalPlot(theme, points)
    qtbot.addWidget(plot)
    plot.resize(plot.sizeHint())
    assert not plot.grab().isNull()
    if points:
        ticks = plot._ticks()
        assert ticks[0] <= min(point.low for point in points) + 1e-9
        assert ticks[-1] >= max(point.high for point in points) - 1e-9
        assert 0 <= ticks[0] < ticks[-1] <= 1 + 1e-9


def test_the_busy_line_can_be_cancelled(theme: Theme, qtbot: QtBot) -> None:
    line = BusyLine(theme)
    qtbot.addWidget(line)
    line.show_progress("Reading", 1, 4)
    assert line.accessibleDescription() == "25 percent"
    with qtbot.waitSignal(line.cancel_requested):
        click(line.cancel_button())


def test_names_of_classes_are_whole_where_bars_leave_room(theme: Theme, qtbot: QtBot) -> None:
    counts = [ClassCount(0, "Balance not updated", 40), ClassCount(1, "ham", 10)]
    bars = ClassCountBars(theme, counts)
    qtbot.addWidget(bars)
    bars.resize(350, 52)
    assert bars._bar_left() >= 20 + text_width("Balance not updated", theme.font("body")) + 12
    bars.show_counts([ClassCount(0, "a name that is far too long for a card at the side of a page", 3)])
    assert bars._bar_left() <= 0.55 * 350 + 1


def test_the_ledger_stands_in_the_middle_of_its_room(theme: Theme, qtbot: QtBot) -> None:
    widget = LedgerWidget(theme)
    qtbot.addWidget(widget)
    widget.show_ledger(LEDGER)
    wanted = widget.sizeHint().width()
    widget.resize(wanted + 200, 24)
    image = widget.grab().toImage()
    ground = image.pixel(0, 0)
    columns = [x for x in range(image.width()) if any(image.pixel(x, y) != ground for y in range(image.height()))]
    assert abs(columns[0] - (image.width() - 1 - columns[-1])) <= 6


def test_several_notices_are_as_grave_as_the_gravest(theme: Theme, qtbot: QtBot) -> None:
    area = NoticeArea(theme)
    qtbot.addWidget(area)
    for number in range(3):
        area.show_notice(Notice(f"Warning {number}", "warn"))
    assert area._summary.notice.tone == "warn"
    area.show_notice(Notice("The disk is full.", "danger"))
    assert (area._summary.notice.text, area._summary.notice.tone) == ("4 notices", "danger")
