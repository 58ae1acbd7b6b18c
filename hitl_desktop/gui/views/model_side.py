"""Beside the versions: why the newest one was not put to use, and whether one may stop."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import RADIUS_CARD, SPACE_8, SPACE_12, SPACE_16, STRONG
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.gui.widgets.painted import Painted
from hitl_desktop.gui.widgets.painting import draw_frame, draw_icon
from hitl_desktop.language import tr

if TYPE_CHECKING:
    from hitl_desktop.workflow.model_report import ChallengerNotice
    from hitl_desktop.workflow.stopping import StopAdvice

_ICON = 20


class _Icon(Painted):
    """An icon in the colour of a token."""

    def __init__(self, theme: Theme, name: str, tone: str) -> None:
        super().__init__(theme)
        self._name, self._tone = name, tone
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(_ICON, _ICON)

    def paintEvent(self, event: QPaintEvent) -> None:
        draw_icon(QPainter(self), self.theme, self.rect(), self._name, self._tone, _ICON)


class SayingCard(QFrame):
    """An icon, a title and a few sentences; with a `tone` its frame has that colour."""

    def __init__(self, theme: Theme, icon: str, tone: str, *, framed: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._border = tone if framed else "line"
        self._title = PlainLabel("", "body", weight=STRONG, wrap=True)
        self._words = PlainLabel("", "small", "text2", wrap=True)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(SPACE_16, SPACE_16, SPACE_16, SPACE_16)
        self._column.setSpacing(SPACE_8)
        head = QHBoxLayout()
        head.setSpacing(SPACE_8)
        head.addWidget(_Icon(theme, icon, tone), 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self._title, 1)
        self._column.addLayout(head)
        self._column.addWidget(self._words)
        theme.changed.connect(self.update)

    def say(self, title: str, words: str) -> None:
        """Show this title and these sentences."""
        self._title.setText(title)
        self._words.setText(words)
        self.setAccessibleName(title)
        self.setAccessibleDescription(words)

    def title(self) -> str:
        """The title shown."""
        return self._title.text()

    def words(self) -> str:
        """The sentences shown."""
        return self._words.text()

    def paintEvent(self, event: QPaintEvent) -> None:
        colour = self._theme.colour
        draw_frame(
            QPainter(self), self.rect(), RADIUS_CARD, colour(self._border), colour("surface"), width=self._theme.border
        )


class ChallengerCard(SayingCard):
    """The newest version did not get past the comparison: the reason, and what can be done."""

    compare_wanted = Signal(int)
    use_wanted = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "git-compare-arrows", "warn", framed=True, parent=parent)
        self._version = 0
        self.compare = Button(theme, tr("Compare"), "link", size="small")
        self.use = Button(theme, tr("Use anyway…"), "link", size="small")
        row = QHBoxLayout()
        row.setSpacing(SPACE_12)
        row.addWidget(self.compare)
        row.addWidget(self.use)
        row.addStretch(1)
        self._column.addLayout(row)
        self.compare.clicked.connect(lambda: self.compare_wanted.emit(self._version))
        self.use.clicked.connect(lambda: self.use_wanted.emit(self._version))

    def show_notice(self, notice: "ChallengerNotice | None") -> None:
        """Show the notice; without one the card is hidden."""
        self.setVisible(notice is not None)
        if notice is None:
            return
        self._version = notice.version
        self.say(notice.title, notice.words)
        self.compare.setAccessibleName(
            tr("Compare v{version} with v{other}", version=notice.version, other=notice.against)
        )
        self.use.set_label(tr("Use v{version} anyway…", version=notice.version))


class StopCard(SayingCard):
    """The answer to "Can I stop?"."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "target", "accent", framed=False, parent=parent)

    def show_advice(self, advice: "StopAdvice | None") -> None:
        """Show the advice; without one, what it would take."""
        if advice is None:
            self.say(tr("Can I stop?"), tr("Not known yet. That needs random checks and two versions to compare."))
        else:
            self.say(tr("Can I stop?"), f"{advice.answer}. {advice.words}")
