"""One recent project on the start page: its name, when it was open, how far it is, and what is wrong with it."""

from enum import Enum
from pathlib import Path
from typing import Final

from PySide6.QtCore import QDateTime, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import MEDIUM
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.labels import plain_tooltip
from hitl_desktop.gui.widgets.moments import by_name
from hitl_desktop.gui.widgets.painted import PaintedButton
from hitl_desktop.gui.widgets.painting import RIGHT, draw_icon, draw_text, fill_rounded, text_width
from hitl_desktop.kinds import KINDS
from hitl_desktop.language import explained, tr, trn
from hitl_desktop.workflow.settings import RecentProject

_HEIGHT: Final = 65
_HEIGHT_TROUBLED: Final = 77
_PADDING: Final = 16
_ICON: Final = 20
_TEXT_LEFT: Final = 48
_BAR: Final = 6
_LEAST_BAR: Final = 40
_LEAST_NAME: Final = 90
_BAR_SHARE: Final = 0.37
_ICONS: Final = {
    "image": "images",
    "text": "text-align-start",
    "conversation": "message-square-text",
    "record": "table",
}


class Condition(Enum):
    """What the start page can see of a project without opening it."""

    READY = "ready"
    MOVED = "moved"
    MISSING = "missing"


def condition_of(project: RecentProject) -> Condition:
    """Look whether the project's folder and its pictures are there. Opens nothing."""
    if not Path(project.folder).is_dir():
        return Condition.MISSING
    kind = KINDS.get(project.kind)
    if kind is not None and not kind.from_rows and project.data_root and not Path(project.data_root).is_dir():
        return Condition.MOVED
    return Condition.READY


class RecentRow(PaintedButton):
    """A click or Enter opens the project; a troubled one has a button with what helps.

    `remedy_wanted` is sent by that button: find the pictures, or take the project off the list.
    """

    remedy_wanted = Signal()

    def __init__(self, theme: Theme, project: RecentProject, parent: QWidget | None = None) -> None:
        super().__init__(theme, project.name, parent)
        self.project = project
        self.condition = condition_of(project)
        self._when = by_name(project.opened_utc, QDateTime.currentDateTime())
        self._sentence = self._said()
        words = {Condition.MOVED: tr("Find folder"), Condition.MISSING: tr("Remove from list")}.get(self.condition, "")
        self.remedy = Button(theme, words, size="small", parent=self)
        self.remedy.setVisible(bool(words))
        self.remedy.clicked.connect(self.remedy_wanted)
        self.remedy.setAccessibleName(explained(words, project.name))
        is_there = self.condition is not Condition.MISSING
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if is_there else Qt.FocusPolicy.NoFocus)
        self.setProperty("focusRing", "inside")
        self.setAccessibleName(tr("Open {name}", name=project.name))
        self.setAccessibleDescription(f"{self._when}. {self._sentence}")
        self.setToolTip(plain_tooltip(f"{project.name}\n{project.folder}\n{self._when}\n{self._sentence}"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        height = _HEIGHT if self.condition is Condition.READY else _HEIGHT_TROUBLED
        return QSize(320, self.theme.px(height))

    def minimumSizeHint(self) -> QSize:
        return QSize(240, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        size = self.remedy.sizeHint()
        top = (self.height() - size.height()) // 2
        corner = self.width() - _PADDING - size.width()
        self.remedy.setGeometry(self.placed(QRect(corner, top, size.width(), size.height())))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A project that is not there cannot be opened by a key either."""
        if self.condition is not Condition.MISSING:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        colour = self.theme.colour
        if self.underMouse() and self.condition is not Condition.MISSING:
            fill_rounded(painter, self.rect().adjusted(2, 2, -2, -2), 6, colour("window"))
        ready = self.condition is Condition.READY
        icon = _ICONS.get(self.project.kind, "file-text") if ready else "triangle-alert"
        draw_icon(
            painter,
            self.theme,
            self.placed(QRect(_PADDING, 0, _ICON, self.height())),
            icon,
            "text2" if ready else "warn",
            _ICON,
        )
        right = self.width() - 44 if ready else self.width() - 2 * _PADDING - self.remedy.sizeHint().width()
        body, small = self.theme.line("body"), self.theme.line("small")
        lines = body + 4 + (2 * small if self.condition is Condition.MOVED else small)
        top = (self.height() - lines) // 2
        self._paint_head(painter, top, right, body)
        if ready:
            self._paint_progress(painter, top + body + 4, right, small)
            chevron = self.placed(QRect(self.width() - 34, 0, 20, self.height()))
            draw_icon(painter, self.theme, chevron, "chevron-right", "text2", 18)
        else:
            painter.setFont(self.theme.font("small"))
            painter.setPen(colour("text2"))
            area = self.placed(QRect(_TEXT_LEFT, top + body, right - _TEXT_LEFT, 2 * small + 6))
            painter.drawText(area, int(Qt.TextFlag.TextWordWrap.value), self._sentence)

    def _paint_head(self, painter: QPainter, top: int, right: int, height: int) -> None:
        small = self.theme.font("small")
        width = min(text_width(self._when, small), right - _TEXT_LEFT - _LEAST_NAME)
        when = self.placed(QRect(right - width, top, width, height))
        draw_text(painter, when, self._when, small, self.theme.colour("text2"), RIGHT)
        name = self.placed(QRect(_TEXT_LEFT, top, right - width - 12 - _TEXT_LEFT, height))
        draw_text(painter, name, self.project.name, self.theme.font("body", MEDIUM), self.theme.colour("text"))

    def _paint_progress(self, painter: QPainter, top: int, right: int, height: int) -> None:
        room = right - _TEXT_LEFT - 8 - text_width(self._sentence, self.theme.font("small"))
        length = max(_LEAST_BAR, min(round(self.width() * _BAR_SHARE), room))
        track = QRect(_TEXT_LEFT, top + (height - _BAR) // 2, length, _BAR)
        fill_rounded(painter, self.placed(track), 2, self.theme.colour("sunken"))
        needing = self.project.needing_you
        share = self.project.seen / needing if needing else 1.0
        done = QRect(track.x(), track.y(), round(length * min(1.0, share)), _BAR)
        if done.width() > 0:
            fill_rounded(painter, self.placed(done), min(2.0, done.width() / 2), self.theme.colour("accent"))
        left = _TEXT_LEFT + length + 8
        words = self.placed(QRect(left, top, right - left, height))
        draw_text(painter, words, self._sentence, self.theme.font("small"), self.theme.colour("text2"))

    def _said(self) -> str:
        if self.condition is Condition.MISSING:
            return tr("Not found where it was.")
        if self.condition is Condition.MOVED:
            return trn(
                "Its pictures have moved. {n} decision is safe.",
                "Its pictures have moved. {n} decisions are safe.",
                self.project.decided,
            )
        if self.project.needs_review == 0:
            return tr("Nothing to do")
        return trn("{n} to do", "{n} to do", self.project.needs_review)
