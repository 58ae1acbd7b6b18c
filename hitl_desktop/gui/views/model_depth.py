"""Further down the model page: what may pass at which risk, and how the model does class by class."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QWidget

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.views.figures_in_words import count, interval, percent
from hitl_desktop.gui.views.model_cards import no_checks
from hitl_desktop.gui.views.titled_card import OrWords, TitledCard
from hitl_desktop.gui.widgets.plain_table import Cell, Column, PlainTable
from hitl_desktop.gui.widgets.risk_coverage_plot import RiskCoveragePlot, RiskPoint

if TYPE_CHECKING:  # numpy comes with the first project, not with the first paint
    from hitl_desktop.assurance.estimates import Estimate
    from hitl_desktop.workflow.model_report import ClassRow, ModelReport

COLUMNS: Final = (
    Column("Class"),
    Column("Decided", "Decisions made for this class so far", is_number=True),
    Column("Checks", "Random checks that are of this class", is_number=True),
    Column("Precision", "Right of those the model called so", is_number=True),
    Column("Recall", "Found of those that are there", is_number=True),
    Column("F1", "The harmonic mean of precision and recall", is_number=True),
)


class PassCard(TitledCard):
    """Coverage against selective risk."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("What may pass?", parent)
        self.plot = RiskCoveragePlot(theme)
        self.drawing = OrWords(self.plot)
        self.body.addWidget(self.drawing, 1)

    def show_report(self, report: "ModelReport", threshold: float) -> None:
        """Show the curve with the line in force, or why there is none."""
        found = report.risk_coverage
        if found is None or not len(found.thresholds):
            self.set_subtitle("")
            self.plot.show_points([], None)
            self.drawing.show_words(no_checks(report))
            return
        columns = (found.thresholds, found.coverage, found.risk, found.low, found.high)
        points = [RiskPoint(*row) for row in zip(*(column.tolist() for column in columns), strict=True)]
        self.plot.show_points(points, threshold)
        self.set_subtitle(f"Wrong among those that pass, % · {report.source.words}")
        self.drawing.show_drawing()


class ClassCard(TitledCard):
    """The table of the classes; beyond ten classes it scrolls."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Class by class", parent)
        self.table = PlainTable(theme, "Figures of every class", COLUMNS)
        self.body.addWidget(self.table)
        self.body.addStretch(1)

    def show_report(self, report: "ModelReport", decided: Mapping[int, int]) -> None:
        """Show the classes of a report; `decided` counts decisions by class id."""
        self.table.show_rows([_row(row, decided.get(row.label.id, 0)) for row in report.classes])
        words = report.source.words
        self.set_subtitle(f"With 95 % intervals · {words}" if report.accuracy is not None else "Nothing measured yet")


def _row(row: "ClassRow", decided: int) -> list[Cell]:
    return [
        Cell(row.label.name, row.label.position),
        Cell(count(decided)),
        Cell(count(row.checks)),
        _cell(row.precision, "called so"),
        _cell(row.recall, "there"),
        Cell(percent(row.f1.value, row.checks) if row.f1 else "–"),
    ]


def _cell(measured: "Estimate | None", of: str) -> Cell:
    if measured is None:
        return Cell("–", tone="text2", tooltip="No check says anything about it yet")
    text = f"{percent(measured.share)} · {interval(measured)}"
    return Cell(text, tooltip=f"{count(measured.right)} of {count(measured.of)} {of}")
