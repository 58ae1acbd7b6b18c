"""Safe mode: after two failed starts nothing is opened and nothing runs; the person chooses what to do."""

from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from hitl_desktop.gui.context import Context
from hitl_desktop.gui.theme.tokens import SPACE_8, SPACE_16, SPACE_32
from hitl_desktop.gui.widgets.badge import Badge
from hitl_desktop.gui.widgets.big_choice import BigChoice
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.language import tr

_WIDTH = 560


class SafePage(QWidget):
    """`project_wanted(Path)` opens the last project, `other_project_wanted()` another, `restore_wanted()` puts a backup
    back, `report_wanted()` shows what is known, `start_wanted()` goes on to the start page.
    """

    project_wanted = Signal(Path)
    other_project_wanted = Signal()
    restore_wanted = Signal()
    report_wanted = Signal()
    start_wanted = Signal()

    def __init__(self, context: Context, last: Path | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("safe_page")
        self.setAccessibleName(tr("Safe mode"))
        self._theme = theme = context.theme
        self.last_button: BigChoice | None = None
        self._choices: list[BigChoice] = []
        middle = QFrame()
        middle.setFixedWidth(theme.px(_WIDTH))
        self._column = QVBoxLayout(middle)
        self._column.setContentsMargins(0, SPACE_32, 0, SPACE_32)
        self._column.setSpacing(SPACE_8)
        badge = QHBoxLayout()
        badge.addWidget(Badge(theme, "shield-alert", tr("Safe mode"), "warn"))
        badge.addStretch(1)
        self._column.addLayout(badge)
        self._column.addWidget(PlainLabel(tr("The last starts did not end well"), "claim", wrap=True))
        words = tr(
            "So nothing was opened this time, the window has its default look, and nothing runs by itself. Your "
            "projects were not touched; all decisions that were shown as saved are on the disk."
        )
        self._column.addWidget(PlainLabel(words, "body", "text2", wrap=True))
        self._column.addSpacing(SPACE_16)
        if last is not None:
            self.last_button = self._choice("folder-open", tr("Open last project"), tr("Without training or scoring"))
            self.last_button.clicked.connect(lambda: self.project_wanted.emit(last))
        self.other_button = self._choice("folder-plus", tr("Open another project"), tr("From its folder"))
        self.restore_button = self._choice("hard-drive", tr("Restore backup"), tr("Of a project that will not open"))
        self.report_button = self._choice(
            "copy", tr("Copy report"), tr("What is known of the last starts, to read first")
        )
        self.start_button = self._choice("layout-grid", tr("Go to the start page"), tr("All projects and samples"))
        self.other_button.clicked.connect(self.other_project_wanted)
        self.restore_button.clicked.connect(self.restore_wanted)
        self.report_button.clicked.connect(self.report_wanted)
        self.start_button.clicked.connect(self.start_wanted)
        self._column.addSpacing(SPACE_16)
        foot = tr("Close the program and open it again to leave safe mode.")
        self._column.addWidget(PlainLabel(foot, "small", "text3", wrap=True))
        outer = QVBoxLayout(self)
        outer.addStretch(1)
        outer.addWidget(middle, 0, Qt.AlignmentFlag.AlignHCenter)
        outer.addStretch(2)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        QTimer.singleShot(0, self, lambda: self._choices[0].setFocus(Qt.FocusReason.TabFocusReason))

    def _choice(self, icon: str, title: str, sub: str) -> BigChoice:
        choice = BigChoice(self._theme, icon, title, sub)
        self._choices.append(choice)
        self._column.addWidget(choice)
        return choice
