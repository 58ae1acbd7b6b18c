"""A figure of a headline row: what it is, the number, and where it comes from."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.language import explained, listed


class Figure(QWidget):
    """Label 12, number 24, source 11, one above the other."""

    def __init__(self, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label = label
        self._number = PlainLabel("–", "number")
        self._source = PlainLabel("", "caption", "text2")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(PlainLabel(label, "small", "text2"))
        column.addWidget(self._number)
        column.addWidget(self._source)

    def show_figure(self, number: str, source: str) -> None:
        """Show a number, already written in the reader's way, with its source."""
        self._number.setText(number)
        self._source.setText(source)
        self.setAccessibleName(explained(self._label, listed((number, source))))

    def number(self) -> str:
        """The number shown."""
        return self._number.text()

    def source(self) -> str:
        """Where it comes from."""
        return self._source.text()
