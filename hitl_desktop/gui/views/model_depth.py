"""Further down the model page: what may pass at which risk, and how the model does class by class."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QWidget

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.views.figures_in_words import interval, percent
from hitl_desktop.gui.views.model_cards import no_checks
from hitl_desktop.gui.views.titled_card import OrWords, TitledCard
from hitl_desktop.gui.widgets.plain_table import Cell, Column, PlainTable, said
from hitl_desktop.gui.widgets.risk_coverage_plot import RiskCoveragePlot, RiskPoint
from hitl_desktop.language import mark, number, tr

if TYPE_CHECKING:  # numpy comes with the first project, not with the first paint
    from hitl_desktop.assurance.estimates import Estimate
    from hitl_desktop.workflow.model_report import ClassRow, ModelReport

COLUMNS: Final = (
    Column(mark("Class")),
    Column(mark("Decided"), mark("Decisions made for this class so far"), is_number=True),
    Column(mark("Checks"), mark("Random checks that are of this class"), is_number=True),
    Column(mark("Precision"), mark("Right of those the model called so"), is_number=True),
    Column(mark("Recall"), mark("Found of those that are there"), is_number=True),
    Column(mark("F1"), mark("The harmonic mean of precision and recall"), is_number=True),
)


class PassCard(TitledCard):
    """Coverage against selective risk."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(tr("What may pass?"), parent)
        self.plot = RiskCoveragePlot(theme)
        self.drawing = OrWords(self.plot)
        self.body.addWidget(self.drawing, 1)

    def show_report(self, report: "ModelReport", threshold: float) -> None:
        """Show the curve with the line in force, or why there is none."""
        found = report.risk_coverage
        if found is None or not len(found.thresholds):
            self.set_subtitle("")
            self.plot.show_points([], None)
            self.drawing.show_words(no_checks())
            return
        columns = (found.thresholds, found.coverage, found.risk, found.low, found.high)
        points = [RiskPoint(*row) for row in zip(*(column.tolist() for column in columns), strict=True)]
        self.plot.show_points(points, threshold)
        self.set_subtitle(tr("Wrong among those that pass, % · {checks}", checks=report.source.words))
        self.drawing.show_drawing()


class ClassCard(TitledCard):
    """The table of the classes; beyond ten classes it scrolls."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(tr("Class by class"), parent)
        self.table = PlainTable(theme, tr("Figures of every class"), said(COLUMNS))
        self.body.addWidget(self.table)
        self.body.addStretch(1)

    def show_report(self, report: "ModelReport", decided: Mapping[int, int]) -> None:
        """Show the classes of a report; `decided` counts decisions by class id."""
        self.table.show_rows([_row(row, decided.get(row.label.id, 0)) for row in report.classes])
        words = tr("With 95 % intervals · {checks}", checks=report.source.words)
        self.set_subtitle(words if report.accuracy is not None else tr("Nothing measured yet"))


def _row(row: "ClassRow", decided: int) -> list[Cell]:
    return [
        Cell(row.label.name, row.label.position),
        Cell(number(decided)),
        Cell(number(row.checks)),
        _cell(row.precision, mark("{right} of {checks} called so")),
        _cell(row.recall, mark("{right} of {checks} there")),
        Cell(percent(row.f1.value, row.checks) if row.f1 else "–"),
    ]


def _cell(measured: "Estimate | None", source: str) -> Cell:
    if measured is None:
        return Cell("–", tone="text2", tooltip=tr("No check says anything about it yet"))
    text = f"{percent(measured.share)} · {interval(measured)}"
    return Cell(text, tooltip=tr(source, right=number(measured.right), checks=number(measured.of)))
