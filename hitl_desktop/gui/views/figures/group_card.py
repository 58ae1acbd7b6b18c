"""Is the model right as often in every group: any column of the records with a few values."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import SPACE_8
from hitl_desktop.gui.views.wheel_guard import WheelGuard
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.card import Card
from hitl_desktop.gui.widgets.group_rows import GroupRows, GroupShare
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.language import decimal, tr, trn

if TYPE_CHECKING:
    from hitl_desktop.workflow.figures.values import Groups

_CHANCE: Final = 0.05
_MOST_ROWS: Final = 8


class GroupCard(Card):
    """`column_chosen(str)`: other groups are wanted. `more_wanted(int)`: so many more random checks."""

    column_chosen = Signal(str)
    more_wanted = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(tr("Is it right in every group?"), parent=parent)
        self._more = 0
        self.choice = QComboBox()
        self.choice.setAccessibleName(tr("Groups by"))
        self.choice.setMinimumContentsLength(10)
        self._guard = WheelGuard(self)
        self._guard.guard(self.choice)
        self.rows = GroupRows(theme)
        self.words = PlainLabel("", "small", "text2", wrap=True)
        self.more = Button(theme, "", "link", size="small")
        self.head.addWidget(self.choice)
        self.body.addWidget(self.rows)
        self.body.addWidget(self.words)
        row = QHBoxLayout()
        row.setSpacing(SPACE_8)
        row.addWidget(self.more)
        row.addStretch(1)
        self.body.addLayout(row)
        self.body.addStretch(1)
        self.choice.currentIndexChanged.connect(self._chosen)
        self.more.clicked.connect(lambda: self.more_wanted.emit(self._more))

    def show_groups(self, groups: "Groups | None", columns: tuple[str, ...], *, has_checks: bool, left: int) -> None:
        """Show the groups of a column; `left` random checks are still to be answered."""
        self._fill(columns, groups.column if groups else "")
        self.rows.setVisible(groups is not None)
        self._more = min(groups.more_in_all, left) if groups else 0
        self.more.setVisible(self._more > 0)
        if groups is None:
            self.words.setText(
                tr("It takes a column with 2 to 20 values, such as language or site, and five random checks of each.")
                if has_checks
                else tr("Groups are compared on random checks. There are none yet.")
            )
            return
        # The two that are compared are always among the rows.
        kept = {*range(_MOST_ROWS - 2), groups.low, groups.high}
        shown = [(place, row) for place, row in enumerate(groups.rows) if place in kept]
        self.rows.show_groups(
            [
                GroupShare(row.value, row.accuracy.right, row.accuracy.of, row.accuracy.share, row.accuracy.low,
                           row.accuracy.high, place == groups.low and groups.gap > 0)
                for place, row in shown
            ]
        )  # fmt: skip
        self.more.set_label(trn("Check {n} more", "Check {n} more", self._more))
        self.more.setToolTip(tr("Opens the next random checks, of all groups: only those in turn measure."))
        self.words.setText(" ".join(part for part in (gap_words(groups), self._hidden(len(shown), groups)) if part))

    @staticmethod
    def _hidden(shown: int, groups: "Groups") -> str:
        hidden = len(groups.rows) - shown
        return trn("{n} smaller group is not drawn.", "{n} smaller groups are not drawn.", hidden) if hidden else ""

    def _fill(self, columns: tuple[str, ...], chosen: str) -> None:
        self.choice.blockSignals(True)
        if [self.choice.itemText(place) for place in range(self.choice.count())] != list(columns):
            self.choice.clear()
            for name in columns:
                self.choice.addItem(name)
        self.choice.setCurrentIndex(columns.index(chosen) if chosen in columns else -1)
        self.choice.setVisible(bool(chosen))
        self.choice.blockSignals(False)

    def _chosen(self, place: int) -> None:
        if place >= 0:
            self.column_chosen.emit(self.choice.itemText(place))


def gap_words(groups: "Groups") -> str:
    """How far the two groups lie apart, and whether that may be chance."""
    from hitl_desktop.workflow.figures.watching import p_words

    low, high = groups.rows[groups.low], groups.rows[groups.high]
    if groups.gap <= 0:
        return tr("All groups are alike on these checks.")
    apart = tr(
        "{low} is {points} points below {high}.",
        low=low.value,
        high=high.value,
        points=decimal(100 * groups.gap, 1),
    )
    p = p_words(groups.p)
    if groups.p >= _CHANCE:
        checks = min(low.accuracy.of, high.accuracy.of)
        told = trn(
            "That may be chance (p = {p}): {n} check cannot tell.",
            "That may be chance (p = {p}): {n} checks cannot tell.",
            checks,
            p=p,
        )
    elif groups.p_all >= _CHANCE:
        told = trn(
            "For this column alone that is more than chance (p = {p}), but {n} column was looked at.",
            "For this column alone that is more than chance (p = {p}), but {n} columns were looked at.",
            groups.columns,
            p=p,
        )
    else:
        told = tr("That is more than chance (p = {p}).", p=p)
    return f"{apart} {told}"
