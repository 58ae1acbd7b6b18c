"""Facts as rows: what it is on the left, the value on the right or beside it."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from hitl_desktop.gui.theme.tokens import SPACE_8, SPACE_16
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.language import explained


class FactRows(QWidget):
    """Rows of name and value. With `to_the_end` values stand at the far edge, as in a bill; else beside their names."""

    def __init__(self, *, to_the_end: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._to_the_end = to_the_end
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(SPACE_16)
        self._grid.setVerticalSpacing(SPACE_8)
        self._grid.setColumnStretch(1, 1)
        self._shown: list[tuple[str, str]] = []

    def show_facts(self, facts: Sequence[tuple[str, str]]) -> None:
        """Show these facts, in this order; those without a value are left out."""
        wanted = [(name, value) for name, value in facts if value]
        if wanted == self._shown:
            return
        self._shown = wanted
        while (entry := self._grid.takeAt(0)) is not None:
            widget = entry.widget()
            if widget is not None:
                widget.setParent(None)
                widget.deleteLater()
        for row, (name, value) in enumerate(wanted):
            self._add(row, name, value)
        self.setAccessibleDescription(". ".join(explained(name, value) for name, value in wanted))

    def facts(self) -> list[tuple[str, str]]:
        """What is shown."""
        return list(self._shown)

    def _add(self, row: int, name: str, value: str) -> None:
        label = PlainLabel(name, "body", "text2", self)
        self._grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
        shown = PlainLabel(
            value, "body", "text", self, weight=500 if self._to_the_end else None, wrap=not self._to_the_end
        )
        shown.setAccessibleName(explained(name, value))
        if self._to_the_end:
            self._grid.addWidget(shown, row, 1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        else:
            shown.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
            self._grid.addWidget(shown, row, 1)
