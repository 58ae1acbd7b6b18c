"""The two columns of a step: the wide one, and the narrow one beside it that follows the text size."""

from typing import Final

from PySide6.QtWidgets import QHBoxLayout, QWidget

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import SPACE_16

_SIDE_MOST: Final = 384
_SIDE_LEAST: Final = 280


def two_columns(theme: Theme, wide: QWidget, narrow: QWidget) -> QHBoxLayout:
    """A row of both: two parts to one, the narrow one no wider than 384 px at the usual text size."""
    row = _Row(theme, narrow)
    row.addWidget(wide, 2)
    row.addWidget(narrow, 1)
    return row


class _Row(QHBoxLayout):
    """Follows the text size by a method of its own: Qt disconnects that when the page is gone, a lambda it does not."""

    def __init__(self, theme: Theme, narrow: QWidget) -> None:
        super().__init__()
        self._theme, self._narrow = theme, narrow
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(SPACE_16)
        narrow.setMinimumWidth(_SIDE_LEAST)
        self._fit()
        theme.changed.connect(self._fit)

    def _fit(self) -> None:
        self._narrow.setMaximumWidth(self._theme.px(_SIDE_MOST))
