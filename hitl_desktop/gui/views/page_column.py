"""The frame of a page: one scrolling column, aligned to the leading edge, no wider than LOOK.md allows."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from hitl_desktop.gui.theme.tokens import PAGE_MAX, SPACE_16, SPACE_20


def page_column(page: QWidget, most: int = PAGE_MAX) -> QVBoxLayout:
    """Put a scrolling column on a page that has no layout yet; what is added to the result stands in it."""
    area = QScrollArea(page)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    outer = QVBoxLayout(page)
    outer.setContentsMargins(0, 0, 0, 0)
    outer.addWidget(area)
    host = QWidget()
    row = QHBoxLayout(host)
    row.setContentsMargins(0, 0, 0, 0)
    inner = QWidget()
    inner.setMaximumWidth(most + 2 * SPACE_20)
    inner.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    # The column takes all it may; only what is left beside it goes to the empty end.
    row.addWidget(inner, 1_000_000)
    row.addStretch(1)
    column = QVBoxLayout(inner)
    column.setContentsMargins(SPACE_20, SPACE_16, SPACE_20, SPACE_20)
    column.setSpacing(SPACE_16)
    area.setWidget(host)
    return column
