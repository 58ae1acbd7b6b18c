"""What comparisons tell: the reward model on random pairs, favoured sides, repeated answers, the best sources."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.gui.beside import Beside
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.theme.tokens import SPACE_16, STRONG
from hitl_desktop.gui.views.page_column import page_column
from hitl_desktop.gui.views.preferences.best_of_card import BestOfCard
from hitl_desktop.gui.views.titled_card import TitledCard
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.gui.widgets.plain_table import Cell, Column, PlainTable
from hitl_desktop.language import mark, number, percent, tr

if TYPE_CHECKING:  # numpy and the store come with the first project
    from hitl_desktop.assurance.preferences import Share
    from hitl_desktop.workflow.preference_figures import PreferenceFigures

_LEVEL: Final = 0.05
_COLUMNS: Final = (
    Column(mark("Source")),
    Column(mark("Won"), "", True),
    Column(mark("Lost"), "", True),
    Column(mark("Equal"), "", True),
    Column(mark("Beats an average one"), mark("How often it would, with the 95 % interval"), True),
)
_ROWS: Final = (
    mark("Right on random pairs"),
    mark("The left one is better"),
    mark("Same answer the second time"),
    mark("Equal or bad"),
)


class PreferenceSheet(QWidget):
    """Worked out beside the window whenever it is shown or something was decided."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Answers"))
        self._context = context
        self._beside = Beside(self)
        self._beside.answered.connect(self._take)
        context.bridge.closing.connect(self._beside.close)
        self.values = [PlainLabel("–", "body", weight=STRONG) for _ in _ROWS]
        self.notes = [PlainLabel("", "small", "text2", wrap=True) for _ in _ROWS]
        figures = TitledCard(tr("How it stands"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(SPACE_16)
        grid.setColumnStretch(2, 1)
        for row, title in enumerate(_ROWS):
            grid.addWidget(PlainLabel(tr(title), "body", "text2"), row, 0)
            grid.addWidget(self.values[row], row, 1, Qt.AlignmentFlag.AlignTrailing)
            grid.addWidget(self.notes[row], row, 2)
        figures.body.addLayout(grid)
        columns = [Column(tr(c.title), tr(c.tooltip) if c.tooltip else "", c.is_number) for c in _COLUMNS]
        self.table = PlainTable(context.theme, tr("Sources, the strongest first"), columns)
        self._nothing = PlainLabel("", "body", "text2", wrap=True)
        sources = TitledCard(tr("Which source answers best"))
        sources.set_subtitle(tr("From all decisions, by the Bradley–Terry model"))
        sources.body.addWidget(self.table)
        sources.body.addWidget(self._nothing)
        self.best_of = BestOfCard(context)
        column = page_column(self)
        for card in (figures, sources, self.best_of):
            column.addWidget(card)
        column.addStretch(1)

    @property
    def is_busy(self) -> bool:
        """True while figures are worked out."""
        return self._beside.is_busy

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def refresh(self) -> None:
        """Work the figures out; what is shown stays until they are there."""
        bridge = self._context.bridge
        if not bridge.is_open or not bridge.desk.project.kind.compares:
            return
        from hitl_desktop.workflow.figures.asked import Beside as Answering
        from hitl_desktop.workflow.figures.asked import as_it_stands
        from hitl_desktop.workflow.preference_figures import preference_figures
        from hitl_desktop.workflow.snapshot import take_snapshot

        project, looking = as_it_stands(bridge.desk.project), Answering()
        self._beside.look(
            looking,
            lambda: looking.answer(project, lambda seen, _: preference_figures(seen, take_snapshot(seen))),
        )

    def _take(self, found: object) -> None:
        if isinstance(found, KnownError):
            self._context.bridge.tell(found)
        elif isinstance(found, Exception):
            raise found
        else:
            self._show(found)  # type: ignore[arg-type]

    def _show(self, found: "PreferenceFigures") -> None:
        of_model = tr("Reward model v{version}; equal and bad ones left out", version=found.version or 0)
        self._say(0, found.right, of_model if found.right else tr("No reward model was measured yet."))
        self._say(1, found.first_side, _on_sides(found.first_side))
        again = tr("Nothing was answered twice yet. Open a comparison from the history and answer it again.")
        self._say(2, found.same_again, "" if found.same_again.of else again)
        self.values[3].setText(tr("{n} of {all}", n=number(found.ties), all=number(found.decided)))
        rows = [
            [
                Cell(one.name),
                Cell(number(one.wins)),
                Cell(number(one.losses)),
                Cell(number(one.ties)),
                Cell(_interval(one.share, one.low, one.high)),
            ]
            for one in found.sources
        ]
        self.table.show_rows(rows)
        nothing = tr("The data does not say who gave the answers, or none of theirs were compared yet.")
        self.table.setVisible(bool(rows))
        self._nothing.setText("" if rows else nothing)
        self._nothing.setVisible(not rows)

    def _say(self, row: int, share: "Share | None", note: str) -> None:
        if share is None or share.share is None:
            self.values[row].setText("–")
            self.notes[row].setText(note)
            return
        self.values[row].setText(percent(share.share))
        counted = tr(
            "{n} of {all}, 95 % interval {low} to {high}",
            n=number(share.hits),
            all=number(share.of),
            low=percent(share.low),
            high=percent(share.high),
        )
        self.notes[row].setText(f"{counted}. {note}" if note else counted)


def _on_sides(share: "Share") -> str:
    """Whether a side is favoured more than chance explains."""
    if share.chance is None:
        return tr("Nothing was answered here yet.")
    p = tr("p = {p}", p=f"{share.chance:.3f}")
    if share.chance <= _LEVEL:
        return tr("One side is favoured more than chance explains ({p}).", p=p)
    return tr("No side is favoured, as far as one can tell ({p}).", p=p)


def _interval(share: float, low: float, high: float) -> str:
    return tr("{share} ({low} to {high})", share=percent(share), low=percent(low), high=percent(high))
