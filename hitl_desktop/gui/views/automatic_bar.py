"""The amber bar under the header while automatic decisions have paused by themselves: why, since when, what to do."""

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from hitl_desktop.domain.changes import Changes
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.theme.tokens import NOTICE, SPACE_8, SPACE_16
from hitl_desktop.gui.views.automatic_words import Where, standing
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.labels import plain_tooltip
from hitl_desktop.gui.widgets.painted import Painted
from hitl_desktop.gui.widgets.painting import draw_icon, draw_text, text_width
from hitl_desktop.language import tr


class AutomaticBar(Painted):
    """Hidden unless it has paused itself. `look_wanted()` and `resume_wanted()`."""

    look_wanted = Signal()
    resume_wanted = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context.theme, parent)
        self._context = context
        self._text = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.look_button = Button(self.theme, tr("Look at it"), "link", size="small", parent=self)
        self.resume_button = Button(self.theme, tr("Resume…"), "link", size="small", parent=self)
        self.look_button.clicked.connect(self.look_wanted)
        self.resume_button.clicked.connect(self.resume_wanted)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_16, 0, SPACE_16, 0)
        row.setSpacing(SPACE_8)
        row.addStretch(1)
        row.addWidget(self.look_button)
        row.addWidget(self.resume_button)
        context.bridge.changed.connect(self.refresh)
        context.bridge.project_changed.connect(self._reload)
        self._reload()

    @property
    def text(self) -> str:
        """What it says; empty while it is hidden."""
        return self._text

    def refresh(self, changes: Changes) -> None:
        """Follow what was done to the automatic."""
        if changes.automation:
            self._reload()

    def sizeHint(self) -> QSize:
        return QSize(400, self.theme.px(NOTICE))

    def minimumSizeHint(self) -> QSize:
        return QSize(200, self.theme.px(NOTICE))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_tooltip()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.theme.colour("warn_soft"))
        painter.fillRect(QRect(0, self.height() - 1, self.width(), 1), self.theme.colour("line"))
        icon = self.placed(QRect(SPACE_16, 0, 16, self.height()))
        draw_icon(painter, self.theme, icon, "triangle-alert", "warn")
        font, colour = self.theme.font("body"), self.theme.colour("text")
        draw_text(painter, self.placed(self._text_rect()), self._text, font, colour, elide=Qt.TextElideMode.ElideRight)

    def _reload(self) -> None:
        bridge = self._context.bridge
        now = standing(bridge) if bridge.is_open else None
        is_shown = now is not None and now.where is Where.PAUSED and now.by_itself
        self._text = ""
        if now is not None and is_shown:
            self._text = tr("Automatic decisions are paused since {time}: {why}", time=now.since, why=now.why)
        self.describe(self._text or tr("Automatic decisions"))
        self.setVisible(is_shown)
        self._show_tooltip()
        self.update()

    def _text_rect(self) -> QRect:
        left = SPACE_16 + 16 + SPACE_8
        buttons = self.look_button.sizeHint().width() + self.resume_button.sizeHint().width() + 2 * SPACE_8 + SPACE_16
        return QRect(left, 0, max(0, self.width() - left - buttons), self.height())

    def _show_tooltip(self) -> None:
        fits = text_width(self._text, self.theme.font("body")) <= self._text_rect().width()
        self.setToolTip("" if fits else plain_tooltip(self._text))
