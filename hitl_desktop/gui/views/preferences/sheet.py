"""What comparisons tell: the reward model on random pairs, favoured sides, repeated answers, the best sources."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.gui.beside import Beside
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.theme.tokens import SPACE_16, STRONG
from hitl_desktop.gui.views.page_column import page_column
from hitl_desktop.gui.views.preferences.best_of_card import BestOfCard
from hitl_desktop.gui.views.preferences.preference_words import TITLES, comparison_rows
from hitl_desktop.gui.views.setting_fields import number_field
from hitl_desktop.gui.views.titled_card import TitledCard
from hitl_desktop.gui.views.wheel_guard import WheelGuard
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.gui.widgets.plain_table import Cell, Column, PlainTable
from hitl_desktop.language import mark, number, percent, tr

if TYPE_CHECKING:  # numpy and the store come with the first project
    from hitl_desktop.workflow.preference_figures import PreferenceFigures

_MOST: Final = 20
"""Percent; as `workflow.repeats.MOST`, which is not read before a project is open."""
_COLUMNS: Final = (
    Column(mark("Source")),
    Column(mark("Won"), "", True),
    Column(mark("Lost"), "", True),
    Column(mark("Equal"), "", True),
    Column(mark("Beats an average one"), mark("How often it would, with the 95 % interval"), True),
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
        self.values = [PlainLabel("–", "body", weight=STRONG) for _ in TITLES]
        self.notes = [PlainLabel("", "small", "text2", wrap=True) for _ in TITLES]
        figures = TitledCard(tr("How it stands"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(SPACE_16)
        grid.setColumnStretch(2, 1)
        for row, title in enumerate(TITLES):
            grid.addWidget(PlainLabel(tr(title), "body", "text2"), row, 0)
            grid.addWidget(self.values[row], row, 1, Qt.AlignmentFlag.AlignTrailing)
            grid.addWidget(self.notes[row], row, 2)
        self.share = number_field(0, _MOST, tr("Share of hidden repeats"), lambda whole: percent(whole / 100))
        self.share.setSpecialValueText(tr("Never"))
        self.share.valueChanged.connect(self._choose_share)
        WheelGuard(self).guard(self.share)
        explained = tr(
            "of what is asked are answers you gave before, sides exchanged. Nothing says so. Random checks are never "
            "among them, and your first answer stands."
        )
        grid.addWidget(PlainLabel(tr("Hidden repeats"), "body", "text2"), len(TITLES), 0)
        grid.addWidget(self.share, len(TITLES), 1, Qt.AlignmentFlag.AlignTrailing)
        grid.addWidget(PlainLabel(explained, "small", "text2", wrap=True), len(TITLES), 2)
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

    def _choose_share(self, whole: int) -> None:
        bridge = self._context.bridge
        if bridge.is_open:
            from hitl_desktop.workflow.repeats import choose_share

            store = bridge.desk.project.store
            bridge.perform(lambda: choose_share(store, whole / 100), self)

    def _take(self, found: object) -> None:
        if isinstance(found, KnownError):
            self._context.bridge.tell(found)
        elif isinstance(found, Exception):
            raise found
        else:
            self._show(found)  # type: ignore[arg-type]

    def _show(self, found: "PreferenceFigures") -> None:
        for row, (_, value, note) in enumerate(comparison_rows(found)):
            self.values[row].setText(value)
            self.notes[row].setText(note)
        with QSignalBlocker(self.share):
            self.share.setValue(round(100 * found.asked_again))
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


def _interval(share: float, low: float, high: float) -> str:
    return tr("{share} ({low} to {high})", share=percent(share), low=percent(low), high=percent(high))
