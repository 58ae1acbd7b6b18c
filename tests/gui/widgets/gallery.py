"""Every widget once, filled as in the mock-ups. Used by the tests, and run by hand to look at them:

QT_QPA_PLATFORM=offscreen python tests/gui/widgets/gallery.py FOLDER
"""

import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication, QGridLayout, QVBoxLayout, QWidget

from hitl_desktop.domain.routing import Ledger
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.widgets.badge import Badge
from hitl_desktop.gui.widgets.big_choice import BigChoice
from hitl_desktop.gui.widgets.busy_line import BusyLine
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.card import Card
from hitl_desktop.gui.widgets.class_button import ActionButton, ClassButton, ConfirmButton
from hitl_desktop.gui.widgets.class_count_bars import ClassCount, ClassCountBars
from hitl_desktop.gui.widgets.confusion_grid import ConfusionClass, ConfusionGrid
from hitl_desktop.gui.widgets.interval_plot import IntervalPlot, IntervalPoint
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.gui.widgets.learning_curve_plot import CurvePoint, LearningCurvePlot
from hitl_desktop.gui.widgets.ledger import LedgerWidget
from hitl_desktop.gui.widgets.notice_bar import Notice, NoticeBar
from hitl_desktop.gui.widgets.plain_table import Cell, Column, PlainTable
from hitl_desktop.gui.widgets.probability_bars import ProbabilityBars
from hitl_desktop.gui.widgets.rail import Rail
from hitl_desktop.gui.widgets.reliability_plot import ReliabilityPlot, ReliabilityPoint
from hitl_desktop.gui.widgets.retrain_chip import RetrainChip
from hitl_desktop.gui.widgets.risk_coverage_plot import RiskCoveragePlot, RiskPoint
from hitl_desktop.gui.widgets.stacked_bar import Segment, StackedBar
from hitl_desktop.gui.widgets.stat_tile import StatTile

LEDGER = Ledger(600, decided=36, skipped=2, unsure=2, flagged=1, needs_review=171, proposed=388)


def _bars_few(theme: Theme) -> QWidget:
    bars = ProbabilityBars(theme, 3)
    bars.show_prediction([(1, "Nodule", "46 %", 0.46), (0, "Normal", "41 %", 0.41), (2, "Effusion", "13 %", 0.13)])
    return bars


def _bars_many(theme: Theme) -> QWidget:
    bars = ProbabilityBars(theme, 6)
    rows = [
        (0, "Billing", "44 %", 0.44),
        (4, "Cancellation", "31 %", 0.31),
        (2, "Account access", "17 %", 0.17),
        (3, "Technical fault", "5 %", 0.05),
    ]
    bars.show_prediction(rows, "Delivery 2 % · Feedback 1 %", "Lead 13 points")
    return bars


def _bars_hidden(theme: Theme) -> QWidget:
    bars = ProbabilityBars(theme, 3)
    bars.show_hidden()
    return bars


def _suggested(theme: Theme) -> QWidget:
    button = ClassButton(theme, "W", 1, "Nodule")
    button.set_suggested(True)
    return button


def _toggled(button: ClassButton) -> ClassButton:
    button.setChecked(True)
    button.set_suggested(True)
    button.set_claim("87 %")
    return button


def _disabled(widget: QWidget) -> QWidget:
    widget.setEnabled(False)
    return widget


def _ledger(theme: Theme) -> QWidget:
    widget = LedgerWidget(theme)
    widget.show_ledger(LEDGER)
    return widget


def _rail(theme: Theme) -> QWidget:
    rail = Rail(theme)
    for page, icon, label in (
        ("review", "scan-eye", "Review"),
        ("gallery", "layout-grid", "Gallery"),
        ("model", "brain-circuit", "Model"),
        ("routing", "route", "Routing"),
        ("figures", "chart-column", "Figures"),
        ("history", "history", "History"),
    ):
        rail.add_page(page, icon, label)
    rail.add_page("settings", "settings", "Settings", bottom=True)
    rail.set_current("review")
    return rail


def _chip_collecting(theme: Theme) -> QWidget:
    chip = RetrainChip(theme)
    chip.show_collecting(12, 20)
    return chip


def _chip_training(theme: Theme) -> QWidget:
    chip = RetrainChip(theme)
    chip.show_training(34)
    return chip


def _chip_message(theme: Theme) -> QWidget:
    chip = RetrainChip(theme)
    chip.show_message("Model v4 in use: 82 → 84 % on 40 checks", "View", "circle-check")
    return chip


def _stacked(theme: Theme) -> QWidget:
    segments = [
        Segment(161, "decided by you", "118 confirmed, 43 corrected"),
        Segment(7, "set aside", "4 unsure, 3 flagged, 0 skipped", "hatch"),
        Segment(312, "proposed", "not accepted until certified", "neutral"),
    ]
    card = Card("Where every item is", "480 messages")
    card.body.addWidget(StackedBar(theme, segments))
    return card


def _class_counts(theme: Theme) -> QWidget:
    names = ("cardboard", "glass", "metal", "paper", "plastic", "trash")
    counts = (912, 1174, 936, 1351, 1108, 325)
    rows = [ClassCount(index, name, count) for index, (name, count) in enumerate(zip(names, counts, strict=True))]
    card = Card("What the folder names say", "5,806 images")
    card.body.addWidget(ClassCountBars(theme, rows))
    return card


def _plot(theme: Theme) -> QWidget:
    points = [
        IntervalPoint("v1", 0.725, 0.575, 0.84),
        IntervalPoint("v3", 0.75, 0.6, 0.86),
        IntervalPoint("v5", 0.775, 0.625, 0.875),
        IntervalPoint("v7", 0.80, 0.65, 0.895),
        IntervalPoint("v9", 0.825, 0.68, 0.91),
    ]
    card = Card("The model since you began")
    card.body.addWidget(IntervalPlot(theme, points))
    return card


RELIABILITY = [
    ReliabilityPoint(0.46, 0.53, 0.31, 0.74, 9, 17),
    ReliabilityPoint(0.66, 0.75, 0.58, 0.87, 24, 32),
    ReliabilityPoint(0.86, 0.94, 0.87, 0.97, 81, 86),
    ReliabilityPoint(0.97, 0.98, 0.96, 0.99, 271, 277),
]
CURVE = [
    CurvePoint(520, 0.80, 0.76, 0.83, "v1"),
    CurvePoint(1000, 0.88, 0.85, 0.91, "v4"),
    CurvePoint(1480, 0.914, 0.886, 0.936, "v7", "in_use"),
    CurvePoint(1640, 0.91, 0.88, 0.93, "v8", "challenger"),
]
RISK = [
    RiskPoint(0.99, 0.2, 0.0, 0.0, 0.04),
    RiskPoint(0.9, 0.6, 0.01, 0.0, 0.03),
    RiskPoint(0.5, 0.9, 0.05, 0.03, 0.08),
    RiskPoint(0.3, 1.0, 0.086, 0.06, 0.11),
]
MISTAKES = [[105, 2, 4], [1, 87, 0], [5, 4, 47]]


def _reliability(theme: Theme) -> QWidget:
    plot = ReliabilityPlot(theme)
    plot.show_points(RELIABILITY)
    return plot


def _curve(theme: Theme) -> QWidget:
    plot = LearningCurvePlot(theme)
    plot.show_points(CURVE)
    return plot


def _risk(theme: Theme) -> QWidget:
    plot = RiskCoveragePlot(theme)
    plot.show_points(RISK, 0.9)
    return plot


def _confusion(theme: Theme) -> QWidget:
    grid = ConfusionGrid(theme)
    grid.show_counts([ConfusionClass(i, name) for i, name in enumerate(("Motor", "Home", "Liability"))], MISTAKES)
    return grid


def _table(theme: Theme) -> QWidget:
    table = PlainTable(theme, "Checks by class", (Column("Class"), Column("Checks", is_number=True)))
    table.show_rows([[Cell("Motor", 0), Cell("112")], [Cell("Liability", 4, is_strong=True), Cell("58", tone="warn")]])
    return table


def _busy(theme: Theme) -> QWidget:
    line = BusyLine(theme)
    line.show_progress("Reading 1,240 of 5,842 files", 1240, 5842, "plastic/batch_2026_03/camera_left/night")
    return line


def _notice(tone: str, text: str, action: str) -> Callable[[Theme], QWidget]:
    return lambda theme: NoticeBar(theme, Notice(text, tone, action))  # type: ignore[arg-type]


PARAGRAPH = "Right on 33 of 40 messages drawn at random. The hard ones you were asked about do not count here."

# Name → how to make it, and the width to show it at (None: its own).
SPECIMENS: dict[str, tuple[Callable[[Theme], QWidget], int | None]] = {
    "label": (lambda _theme: PlainLabel("Suggestion & <b>more</b>", "body", weight=600), None),
    "label_wrapped": (lambda _theme: PlainLabel(PARAGRAPH, "small", "text2", wrap=True), 330),
    "label_elided": (lambda _theme: PlainLabel("plastic/of/a/long/path/IMG_2209.jpg", "small", elide=True), 120),
    "badge": (lambda theme: Badge(theme, "scale", "Close call"), None),
    "badge_audit": (lambda theme: Badge(theme, "eye-off", "Blind first", "audit"), None),
    "bars_few": (_bars_few, 267),
    "bars_many": (_bars_many, 267),
    "bars_hidden": (_bars_hidden, 303),
    "confirm": (lambda theme: ConfirmButton(theme, "Confirm Nodule"), 267),
    "confirm_disabled": (lambda theme: _disabled(ConfirmButton(theme, "Confirm")), 267),
    "class": (lambda theme: ClassButton(theme, "Q", 0, "Normal"), 267),
    "class_suggested": (_suggested, 267),
    "class_compact": (lambda theme: ClassButton(theme, "E", 2, "Effusion", compact=True), 267),
    "class_long": (lambda theme: ClassButton(theme, "R", 3, "A very long name of a class & more", compact=True), 160),
    "class_toggle_on": (lambda theme: _toggled(ClassButton(theme, "2", 1, "Effusion", compact=True, toggle=True)), 267),
    "class_toggle_off": (lambda theme: ClassButton(theme, "3", 2, "Nodule", compact=True, toggle=True), 267),
    "class_disabled": (lambda theme: _disabled(ClassButton(theme, "A", 13, "Outlined")), 267),
    "action": (lambda theme: ActionButton(theme, "K", "Skip for now"), 131),
    "action_plain": (lambda theme: ActionButton(theme, "Y", "Why does the model think so?", framed=False), None),
    "button": (lambda theme: Button(theme, "Export", icon="upload"), None),
    "button_key": (lambda theme: Button(theme, "Look again", key="L"), None),
    "button_primary": (lambda theme: Button(theme, "Begin audit", "primary", key="Enter"), None),
    "button_danger": (lambda theme: Button(theme, "Take back", "danger"), None),
    "button_link": (lambda theme: Button(theme, "Train now", "link", size="small"), None),
    "button_quiet": (lambda theme: Button(theme, "Cancel", "quiet", icon="x"), None),
    "button_disabled": (lambda theme: _disabled(Button(theme, "Export", icon="upload")), None),
    "ledger": (_ledger, None),
    "ledger_narrow": (_ledger, 330),
    "chip_collecting": (_chip_collecting, None),
    "chip_training": (_chip_training, None),
    "chip_message": (_chip_message, None),
    "rail": (_rail, None),
    "notice_info": (_notice("info", "Model v4 is in use: right on 33 of 40 random checks, before 31.", "View"), 620),
    "notice_danger": (_notice("danger", "Training stopped. Model v3 stays in use, your decisions are safe.", ""), 400),
    "notice_warn": (_notice("warn", "Automatic decisions are paused: new items differ.", "Look at it"), 620),
    "tile": (lambda theme: StatTile(theme, "5,806", "images read", "circle-check", "ok"), 292),
    "tile_plain": (lambda theme: StatTile(theme, "24", "same content as another file"), 200),
    "choice": (lambda theme: BigChoice(theme, "images", "Folder of images", "PNG, JPEG, TIFF, WebP", "Ctrl O"), 366),
    "stacked": (_stacked, 694),
    "class_counts": (_class_counts, 384),
    "plot": (_plot, 380),
    "reliability": (_reliability, 300),
    "learning_curve": (_curve, 340),
    "risk_coverage": (_risk, 340),
    "confusion": (_confusion, 420),
    "table": (_table, 300),
    "busy": (_busy, 420),
}


def specimen(theme: Theme, name: str) -> QWidget:
    """The widget with this name at the size it is shown at."""
    make, width = SPECIMENS[name]
    widget = make(theme)
    widget.ensurePolished()
    if widget.layout() is not None:
        widget.layout().activate()
    hint = widget.sizeHint()
    height = widget.heightForWidth(width) if width is not None and widget.hasHeightForWidth() else hint.height()
    widget.resize(QSize(hint.width() if width is None else width, height))
    return widget


def sheet(theme: Theme) -> QWidget:
    """All widgets on one sheet in three columns."""
    page = QWidget()
    grid = QGridLayout(page)
    grid.setContentsMargins(24, 24, 24, 24)
    grid.setSpacing(16)
    columns = [QVBoxLayout() for _ in range(3)]
    for number, column in enumerate(columns):
        column.setSpacing(12)
        grid.addLayout(column, 0, number)
    heights = [0, 0, 0]
    for name in SPECIMENS:
        widget = specimen(theme, name)
        widget.setFixedSize(widget.size())
        shortest = heights.index(min(heights))
        columns[shortest].addWidget(widget)
        heights[shortest] += widget.height() + 12
    for column in columns:
        column.addStretch(1)
    return page


def main(folder: Path) -> None:
    app = QApplication([])
    theme = Theme("light")
    theme.apply(app)
    for mode in ("light", "dark"):
        theme.set_mode(mode)
        page = sheet(theme)
        page.show()
        app.processEvents()
        page.grab().save(str(folder / f"gallery_{mode}.png"))
        page.deleteLater()


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
    main(Path(sys.argv[1]))
