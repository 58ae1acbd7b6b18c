"""The two columns of a step: the wide one, and the narrow one beside it that follows the text size."""

from typing import Final

from PySide6.QtWidgets import QHBoxLayout, QWidget

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import SPACE_16

_SIDE_MOST: Final = 384
_SIDE_LEAST: Final = 280


def two_columns(theme: Theme, wide: QWidget, narrow: QWidget) -> QHBoxLayout:
    """A row of both: two parts to one, the narrow one no wider than 384 px at the usual text size."""
    row = QHBoxLayout()
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(SPACE_16)
    narrow.setMinimumWidth(_SIDE_LEAST)
    narrow.setMaximumWidth(theme.px(_SIDE_MOST))
    theme.changed.connect(lambda: narrow.setMaximumWidth(theme.px(_SIDE_MOST)))
    row.addWidget(wide, 2)
    row.addWidget(narrow, 1)
    return row
