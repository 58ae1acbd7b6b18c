"""What to do with a project that was last in other hands: copy it, trust it, or leave it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from hitl_desktop.domain.errors import ProjectElsewhere
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import SPACE_12, SPACE_16, SPACE_24
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.language import tr

_WIDTH = 600


class ElsewhereQuestion(QDialog):
    """`copied` is sent to have it taken over as `name`, the safe way, which has the focus; `trusted` to open it where
    it is. Esc leaves it alone.
    """

    copied = Signal()
    trusted = Signal()

    def __init__(self, theme: Theme, error: ProjectElsewhere, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        title = tr("A project from elsewhere")
        copying = tr(
            "It can be copied into {name}: every row is checked on the way, and what was given stays as it is.",
            name=name,
        )
        trusting = tr(
            "If it is your own, as one on a shared disk that you work in from two computers, trust it: it opens where "
            "it is, and whoever worked in it until now may go on doing so."
        )
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setAccessibleDescription(f"{error.message} {copying} {trusting}")
        self.setFixedWidth(_WIDTH)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_24, SPACE_24, SPACE_24, SPACE_16)
        column.setSpacing(SPACE_16)
        column.addWidget(PlainLabel(title, "title", wrap=True))
        column.addWidget(PlainLabel(error.message, "body", wrap=True))
        column.addWidget(PlainLabel(copying, "body", "text2", wrap=True))
        column.addWidget(PlainLabel(trusting, "body", "text2", wrap=True))
        row = QHBoxLayout()
        row.setSpacing(SPACE_12)
        self.trust_button = Button(theme, tr("Trust it and open it"), "quiet")
        self.leave_button = Button(theme, tr("Leave it"))
        self.copy_button = Button(theme, tr("Copy it and open the copy"), "primary")
        row.addWidget(self.trust_button)
        row.addStretch(1)
        row.addWidget(self.leave_button)
        row.addWidget(self.copy_button)
        column.addLayout(row)
        self.trust_button.clicked.connect(self._trust)
        self.leave_button.clicked.connect(self.reject)
        self.copy_button.clicked.connect(self.accept)
        self.accepted.connect(self.copied)
        self.copy_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _trust(self) -> None:
        self.reject()
        self.trusted.emit()
