"""A view that stands in for the overview of the model page: a title, a way back, content. Esc goes back, too."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hitl_desktop.gui.context import Context
from hitl_desktop.gui.theme.tokens import SPACE_12
from hitl_desktop.gui.views.page_column import page_column
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.language import tr


class ModelSheet(QWidget):
    """`column` takes the content; `acts` is the row of buttons at the far end of the title."""

    left = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keymap = context.keymap
        self.back = Button(
            context.theme, tr("Back"), icon="chevron-left", size="small", key=context.keymap.caption("leave")
        )
        self.back.setAccessibleName(tr("Back to the overview of the model"))
        self.back.clicked.connect(self.left)
        self._title = PlainLabel("", "claim")
        self.acts = QHBoxLayout()
        self.acts.setSpacing(SPACE_12)
        self.column: QVBoxLayout = page_column(self)
        row = QHBoxLayout()
        row.setSpacing(SPACE_12)
        row.addWidget(self.back, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._title)
        row.addStretch(1)
        row.addLayout(self.acts)
        self.column.addLayout(row)

    def set_title(self, title: str) -> None:
        """Change the title, and the accessible name with it."""
        self._title.setText(title)
        self.setAccessibleName(title)

    def title(self) -> str:
        """The title shown."""
        return self._title.text()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._keymap.command(event) == "leave":
            self.left.emit()
        else:
            super().keyPressEvent(event)
