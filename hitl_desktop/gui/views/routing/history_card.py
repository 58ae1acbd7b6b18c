"""The versions of the policy: who, when and why; the way back; and policies as files."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import SPACE_8
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.card import Card
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.gui.widgets.moments import day_and_time
from hitl_desktop.gui.widgets.plain_table import Cell, Column, PlainTable
from hitl_desktop.language import number, tr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hitl_desktop.store.policies import PolicyVersion


class HistoryCard(Card):
    """`version_chosen(number)` when Enter is pressed on a version, to look at what it would do."""

    version_chosen = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(tr("Policies of this project"), parent=parent)
        columns = [Column(tr("Policy"), is_number=True), Column(tr("When")), Column(tr("Who")), Column(tr("Why"))]
        self.table = PlainTable(theme, tr("Policies of this project"), columns, stretch=(3,), most=6)
        self._none = PlainLabel(tr("The policy was not changed yet."), "body", "text2", wrap=True)
        self.take_back = Button(theme, tr("Take back"), icon="undo-2", size="small")
        self.take_back.setAccessibleName(tr("Take back the last change of the policy"))
        self.load = Button(theme, tr("Load file…"), icon="folder-open", size="small")
        self.save = Button(theme, tr("Save as file…"), icon="download", size="small")
        self.body.addWidget(self.table)
        self.body.addWidget(self._none)
        row = QHBoxLayout()
        row.setSpacing(SPACE_8)
        for button in (self.take_back, self.load, self.save):
            row.addWidget(button)
        row.addStretch(1)
        self.body.addLayout(row)
        self._numbers: list[int] = []
        self.table.row_chosen.connect(lambda row: self.version_chosen.emit(self._numbers[row]))

    def show_versions(self, versions: "Sequence[PolicyVersion]", *, can_take_back: bool) -> None:
        """Show these, the newest first; `versions` is in the order they were made."""
        newest = list(reversed(versions))
        self._numbers = [version.number for version in newest]
        self.table.show_rows([self._row(version) for version in newest])
        self.table.setVisible(bool(newest))
        self._none.setVisible(not newest)
        self.take_back.setEnabled(can_take_back)

    def _row(self, version: "PolicyVersion") -> list[Cell]:
        why = version.reason
        if version.takes_back is not None:
            why = tr("takes back policy {n}", n=number(version.takes_back))
        return [
            Cell(number(version.number)),
            Cell(day_and_time(version.at_utc), tone="text2"),
            Cell(version.by, tone="text2"),
            Cell(why, tone="text2"),
        ]
