"""Cards side by side in fixed proportions; in rows of two, or one by one, where the window leaves no room."""

from collections.abc import Sequence

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import SPACE_16


class CardRow(QWidget):
    """`cards` with their `shares` of the width; below `least` pixels for all of them they break into more rows."""

    def __init__(
        self,
        theme: Theme,
        cards: Sequence[QWidget],
        shares: Sequence[int],
        *,
        least: int,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._cards, self._shares, self._least = list(cards), list(shares), least
        self._columns = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(SPACE_16)
        theme.changed.connect(self._arrange)
        self._place(len(self._cards))

    def columns(self) -> int:
        """How many cards stand side by side."""
        return self._columns

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        least, cards = self._theme.px(self._least), len(self._cards)
        if self.width() >= least:
            self._place(cards)
        else:
            self._place(min(2, cards - 1) if self.width() >= least * 2 // 3 else 1)

    def _place(self, columns: int) -> None:
        if columns == self._columns:
            return
        self._columns = columns
        for card in self._cards:
            self._grid.removeWidget(card)
        for column in range(len(self._cards)):
            self._grid.setColumnStretch(column, 0)
            self._grid.setColumnMinimumWidth(column, 0)
        whole = len(self._cards) == columns
        for column in range(columns):
            self._grid.setColumnStretch(column, self._shares[column] if whole else 1)
        for number, card in enumerate(self._cards):
            row, column = divmod(number, columns)
            is_last_alone = number == len(self._cards) - 1 and column == 0
            self._grid.addWidget(card, row, column, 1, columns if is_last_alone else 1)
