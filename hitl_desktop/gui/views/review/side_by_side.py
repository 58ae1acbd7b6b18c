"""The review page at work: queue, item with its tools, panel."""

from collections.abc import Sequence

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hitl_desktop.gui.widgets.card import upright_rule


def side_by_side(
    queue: QWidget, tools: QWidget, item: QWidget, below: Sequence[QWidget], panel: QWidget, parent: QWidget
) -> QWidget:
    """The three parts from the leading to the trailing edge; what is below the item leaves it the rest."""
    work = QWidget(parent)
    centre = QWidget(work)
    column = QVBoxLayout(centre)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(tools)
    column.addWidget(item, 1)
    for part in below:
        column.addWidget(part)
    row = QHBoxLayout(work)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(0)
    row.addWidget(queue)
    row.addWidget(upright_rule())
    row.addWidget(centre, 1)
    row.addWidget(upright_rule())
    row.addWidget(panel)
    return work
