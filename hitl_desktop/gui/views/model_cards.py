"""The three questions of the model page: may its confidence be believed, what does it mistake, does it still learn."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import SPACE_8
from hitl_desktop.gui.views.figures_in_words import percent, version_name
from hitl_desktop.gui.views.titled_card import OrWords, TitledCard
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.confusion_grid import ConfusionClass, ConfusionGrid
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.gui.widgets.learning_curve_plot import CurvePoint, LearningCurvePlot, Standing
from hitl_desktop.gui.widgets.plain_table import Cell, Column, PlainTable, said
from hitl_desktop.gui.widgets.reliability_plot import ReliabilityPlot, ReliabilityPoint
from hitl_desktop.language import mark, number, tr, trn

if TYPE_CHECKING:  # numpy comes with the first project, not with the first paint
    from hitl_desktop.workflow.model_report import ConfusionTable, FindingRow, FindingTable, ModelReport

_AS_GRID: Final = mark("Show the grid")
_AS_LIST: Final = mark("Show as a list")
_PAIRS: Final = (Column(mark("It is")), Column(mark("Model said")), Column(mark("Checks"), is_number=True))
_MISTAKEN: Final = mark("What is mistaken for what")
_FINDINGS: Final = (
    Column(mark("Finding")),
    Column(mark("Found"), mark("There, and the model said so"), is_number=True),
    Column(mark("Missed"), mark("There, and the model did not say so"), is_number=True),
    Column(mark("Wrongly"), mark("Not there, and the model said it was"), is_number=True),
    Column(mark("Rightly not"), mark("Not there, and the model did not say so"), is_number=True),
)
_PAIRS_SHOWN: Final = 7
_SORTED_FROM: Final = 13
_STANDINGS: Final[dict[str, Standing]] = {"in use": "in_use", "challenger": "challenger", "kept": "kept"}


class ReliabilityCard(TitledCard):
    """Observed right against stated confidence."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(tr("Can its confidence be believed?"), parent)
        self.plot = ReliabilityPlot(theme)
        self.drawing = OrWords(self.plot)
        self.body.addWidget(self.drawing, 1)

    def show_report(self, report: "ModelReport") -> None:
        """Show the reliability diagram, or how many checks it needs."""
        words = (
            tr("Each finding right, % · {checks}", checks=report.source.words)
            if report.findings is not None
            else tr("Observed right, % · {checks}", checks=report.source.words)
        )
        self.set_subtitle(words if report.reliability else "")
        self.plot.show_points(
            [
                ReliabilityPoint(
                    point.stated,
                    point.observed.share,
                    point.observed.low,
                    point.observed.high,
                    point.observed.right,
                    point.observed.of,
                )
                for point in report.reliability
            ]
        )
        if report.reliability:
            self.drawing.show_drawing()
        else:
            needed = report.calibration.needed if report.calibration is not None else 0
            rest = trn(
                "With {n} check its confidence can be calibrated.",
                "With {n} checks its confidence can be calibrated.",
                needed,
            )
            rest = rest if needed else ""
            self.drawing.show_words(_why_empty(report, rest, in_full=True))


class MistakesCard(TitledCard):
    """The confusion grid; with many classes a list of what is mistaken most often, and the grid on demand.

    Where several findings are decided per item, a table of yes and no for each of them stands in its place.
    `items_wanted` carries the pool indexes behind a cell or a row, and its words.
    """

    items_wanted = Signal(object, str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(tr(_MISTAKEN), parent)
        self._theme = theme
        self._table: ConfusionTable | None = None
        self._order: list[int] = []
        self._pairs: list[tuple[int, int]] = []
        self._wants_grid = False
        self.grid = ConfusionGrid(theme)
        self.pairs = PlainTable(
            theme, tr("What is mistaken most often"), said(_PAIRS), stretch=(0, 1), most=_PAIRS_SHOWN
        )
        self.findings = PlainTable(
            theme, tr("What is found and missed"), said(_FINDINGS), most=_PAIRS_SHOWN, is_dense=True
        )
        self.toggle = Button(theme, tr(_AS_GRID), "link", size="small")
        self._told = PlainLabel("", "small", "text2", elide=True)
        self._in_full = QWidget()
        column = QVBoxLayout(self._in_full)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_8)
        column.addWidget(self.grid)
        column.addWidget(self.pairs)
        column.addWidget(self.findings)
        column.addWidget(self._told)
        column.addStretch(1)
        self.drawing = OrWords(self._in_full)
        self.body.addWidget(self.drawing, 1)
        self.head.addWidget(self.toggle)
        self.toggle.clicked.connect(self._toggle)
        self.grid.cell_told.connect(self._tell)
        self.grid.cell_chosen.connect(lambda row, column: self._choose(self._order[row], self._order[column]))
        self.pairs.row_chosen.connect(lambda row: self._choose(*self._pairs[row]))
        theme.changed.connect(self._fit)
        self._fit()

    def show_report(self, report: "ModelReport") -> None:
        """Show the counts of a report."""
        self._table = report.confusion
        self._show()
        self.findings.setVisible(report.findings is not None)
        self.set_title(tr("What is found and missed") if report.findings is not None else tr(_MISTAKEN))
        if report.findings is not None:
            self._show_findings(report.findings)
        elif report.confusion is None:
            self.drawing.show_words(_why_empty(report, tr("Its mistakes are counted from the first check on.")))

    def _show_findings(self, table: "FindingTable") -> None:
        self.grid.hide()
        self.pairs.hide()
        self.drawing.show_drawing()
        self.set_subtitle(tr("Checks by what is there and what the model said"))
        self.findings.show_rows([_finding_cells(row) for row in table.rows])
        wrong = table.hamming
        self._told.setText(
            tr(
                "{share} of all single answers are wrong ({low} to {high}).",
                share=percent(wrong.value),
                low=percent(wrong.low),
                high=percent(wrong.high),
            )
        )

    def told(self) -> str:
        """The words about the cell with the keyboard or the pointer."""
        return self._told.text()

    def _show(self) -> None:
        table = self._table
        is_long = table is not None and len(table.labels) >= _SORTED_FROM
        as_list = is_long and not self._wants_grid
        self.toggle.setVisible(is_long)
        self.toggle.set_label(tr(_AS_GRID if as_list else _AS_LIST))
        if table is None:
            self.set_subtitle("")
            return
        self.drawing.show_drawing()
        self.grid.setVisible(not as_list)
        self.pairs.setVisible(as_list)
        if as_list:
            self._show_pairs(table)
        else:
            self._show_grid(table, is_sorted=is_long)

    def _show_grid(self, table: "ConfusionTable", *, is_sorted: bool) -> None:
        counts = table.counts.tolist()
        wrong = [sum(row) - row[i] for i, row in enumerate(counts)]
        classes = list(range(len(table.labels)))
        self._order = sorted(classes, key=lambda i: -wrong[i]) if is_sorted else classes
        self.set_subtitle(
            tr("Rows: what it is. Columns: what the model said. Most mistakes first")
            if is_sorted
            else tr("Rows: what it is. Columns: what the model said")
        )
        shown = [ConfusionClass(table.labels[i].position, table.labels[i].name) for i in self._order]
        self.grid.show_counts(shown, [[counts[i][j] for j in self._order] for i in self._order])
        self.grid.tell()

    def _show_pairs(self, table: "ConfusionTable") -> None:
        counts = table.counts.tolist()
        self._pairs = [(i, j) for i, row in enumerate(counts) for j, wrong in enumerate(row) if wrong and i != j]
        self._pairs.sort(key=lambda pair: -counts[pair[0]][pair[1]])
        labels, of = table.labels, [sum(row) for row in counts]
        self.pairs.show_rows(
            [
                [
                    Cell(labels[i].name, labels[i].position),
                    Cell(labels[j].name, labels[j].position),
                    Cell(tr("{part} of {whole}", part=number(counts[i][j]), whole=number(of[i]))),
                ]
                for i, j in self._pairs
            ]
        )
        self.set_subtitle(
            trn(
                "{n} class, most frequent mistakes first",
                "{n} classes, most frequent mistakes first",
                len(labels),
            )
        )
        self._told.setText(tr("Enter opens the items of a row.") if self._pairs else tr("No mistake on these checks."))

    def _toggle(self) -> None:
        self._wants_grid = not self._wants_grid
        self._show()

    def _tell(self, words: str, can_open: bool) -> None:
        unread = int(self._table.unscored.sum()) if self._table is not None else 0
        told = tr("{cell}. Enter opens them.", cell=words) if can_open else tr("{cell}.", cell=words)
        rest = trn("{n} check could not be read.", "{n} checks could not be read.", unread) if unread else ""
        self._told.setText(f"{told} {rest}".rstrip())

    def _choose(self, truth: int, said: int) -> None:
        if self._table is None:
            return
        labels, items = self._table.labels, self._table.items[truth][said]
        names = {"truth": labels[truth].name, "said": labels[said].name}
        words = tr("{truth} said to be {said}", **names) if truth == said else tr("{truth} taken for {said}", **names)
        self.items_wanted.emit(tuple(items), words)

    def _fit(self) -> None:
        """The words below have one line of their own, so that nothing moves when they change."""
        self._told.setFixedHeight(self._theme.line("small"))


class LearningCard(TitledCard):
    """Accuracy of every version on the same checks."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(tr("Is it still learning?"), parent)
        self.plot = LearningCurvePlot(theme)
        self.drawing = OrWords(self.plot)
        self.body.addWidget(self.drawing, 1)

    def show_report(self, report: "ModelReport") -> None:
        """Show the curve, or why there is none."""
        self.plot.show_points(
            [
                CurvePoint(
                    point.decisions,
                    point.accuracy.share,
                    point.accuracy.low,
                    point.accuracy.high,
                    version_name(point.version),
                    _STANDINGS[point.role.value],
                )
                for point in report.curve
            ]
        )
        if report.curve:
            if len({point.accuracy.of for point in report.curve}) > 1:
                self.set_subtitle(tr("Accuracy, % · on checks new to each version"))
            else:
                self.set_subtitle(
                    trn(
                        "Accuracy, % · same {n} check for every version",
                        "Accuracy, % · same {n} checks for every version",
                        report.source.checks,
                    )
                )
            self.drawing.show_drawing()
        else:
            self.set_subtitle("")
            rest = tr("Every version is measured on all checks, also on those made after it.")
            self.drawing.show_words(_why_empty(report, rest))


def _finding_cells(row: "FindingRow") -> list[Cell]:
    why = "" if row.is_learned else tr("Not learned yet: all decisions say the same of it.")
    name = row.label.name if row.is_learned else tr("{finding} (not learned)", finding=row.label.name)
    counts = (row.found, row.missed, row.wrongly, row.rightly_not)
    return [Cell(name, row.label.position, tooltip=why), *(Cell(number(checks)) for checks in counts)]


def _why_empty(report: "ModelReport", rest: str, *, in_full: bool = False) -> str:
    """Why a card has nothing to show. One card says how checks come; all of them would only repeat it."""
    aside = report.source.set_aside
    if aside and not report.source.checks:
        return trn(
            "{n} random check was set aside and cannot measure. Look again at what was set aside.",
            "{n} random checks were set aside and cannot measure. Look again at what was set aside.",
            aside,
        )
    if not in_full:
        return " ".join(filter(None, (no_checks(), rest)))
    return " ".join(filter(None, (_how_checks_come(report), report.source.left_out, rest)))


def no_checks() -> str:
    """That nothing measures yet."""
    return tr("No random checks yet.")


def _how_checks_come(report: "ModelReport") -> str:
    """That nothing measures yet, and how it will."""
    return tr(
        "No random checks yet. One item in {n} you are asked is drawn at random, to measure; its answer never trains.",
        n=number(report.source.every),
    )
