"""A card: a framed group with a title row, in which pages put their content."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from hitl_desktop.gui.theme.tokens import SPACE_12, SPACE_16, STRONG
from hitl_desktop.gui.widgets.labels import PlainLabel


class Card(QFrame):
    """The frame comes from the style sheet. `body` is the layout for the content, `head` the title row."""

    def __init__(
        self, title: str = "", aside: str = "", parent: QWidget | None = None, *, padding: int = SPACE_16
    ) -> None:
        super().__init__(parent)
        self.setProperty("card", "true")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(padding, padding, padding, padding)
        outer.setSpacing(SPACE_12)
        self.head = QHBoxLayout()
        self.head.setSpacing(SPACE_12)
        self._title = PlainLabel(title, "body", weight=STRONG)
        self._aside = PlainLabel(aside, "small", "text2")
        self.head.addWidget(self._title)
        self.head.addStretch(1)
        self.head.addWidget(self._aside)
        outer.addLayout(self.head)
        self.body = QVBoxLayout()
        self.body.setSpacing(SPACE_12)
        outer.addLayout(self.body, 1)
        self.set_title(title, aside)

    def set_title(self, title: str, aside: str = "") -> None:
        """Change the title and the small text at the other end of its row; the title is the accessible name."""
        self._title.setText(title)
        self._title.setVisible(bool(title))
        self._aside.setText(aside)
        self._aside.setVisible(bool(aside))
        self.setAccessibleName(title)


def upright_rule(parent: QWidget | None = None) -> QFrame:
    """A vertical line of one pixel between panes."""
    line = QFrame(parent)
    line.setProperty("rule", "v")
    line.setFixedWidth(1)
    return line


def rule(parent: QWidget | None = None) -> QFrame:
    """A horizontal line of one pixel between the parts of a card or panel."""
    line = QFrame(parent)
    line.setProperty("rule", "h")
    line.setFixedHeight(1)
    return line
