"""Notices: bars under the header that say what happened and offer one thing to do. Never over the item."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Literal

from PySide6.QtCore import QEvent, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QEnterEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import NOTICE, NOTICE_MS, SPACE_8, SPACE_12, SPACE_16
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.labels import plain_tooltip
from hitl_desktop.gui.widgets.painted import Painted, PaintedButton
from hitl_desktop.gui.widgets.painting import draw_icon, draw_text, fill_rounded, text_width
from hitl_desktop.language import tr, trn

NoticeTone = Literal["info", "ok", "warn", "danger"]
MAX_SHOWN: Final = 2
_GRAVEST: Final[tuple[NoticeTone, ...]] = ("danger", "warn", "info", "ok")
_LOOKS: Final = {
    "info": ("info", "accent"),
    "ok": ("circle-check", "ok"),
    "warn": ("triangle-alert", "warn"),
    "danger": ("circle-alert", "danger"),
}


@dataclass(frozen=True, slots=True)
class Notice:
    """What a notice says. Information and good news leave by themselves; warnings and errors stay, those `of_project`
    until another one is open.
    """

    text: str
    tone: NoticeTone = "info"
    action: str = ""
    on_action: Callable[[], object] | None = None
    of_project: bool = False

    @property
    def leaves(self) -> bool:
        """True when it goes away by itself."""
        return self.tone in ("info", "ok")


_NOTHING: Final = Notice("", "warn")


class NoticeBar(Painted):
    """One notice: icon, text, one action, ✕. A notice that leaves waits while the mouse or the focus is on it."""

    action_chosen = Signal()
    dismissed = Signal()

    def __init__(self, theme: Theme, notice: Notice, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.notice = notice
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_16, 0, SPACE_8, 0)
        row.setSpacing(SPACE_8)
        row.addStretch(1)
        self._action = Button(theme, notice.action, "link", size="small", parent=self)
        self._action.clicked.connect(self.action_chosen)
        row.addWidget(self._action)
        self._close = CloseButton(theme, self)
        self._close.clicked.connect(self.dismissed)
        row.addWidget(self._close)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(NOTICE_MS)
        self._timer.timeout.connect(self._time_is_up)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.tell(notice)

    def tell(self, notice: Notice) -> None:
        """Say another notice."""
        self.notice = notice
        self._action.set_label(notice.action)
        self._action.setVisible(bool(notice.action))
        self.describe(notice.text)
        self._say_whole()
        self.updateGeometry()
        self.update()
        if notice.leaves:
            self._timer.start()
        else:
            self._timer.stop()

    def rest(self) -> None:
        """Say nothing until the next notice, and let go of what this one would have done."""
        self.hide()
        self.notice = _NOTHING
        self._timer.stop()

    def set_words(self, text: str, tone: NoticeTone) -> None:
        """Say something else, of this tone; what can be done stays."""
        self.notice = replace(self.notice, text=text, tone=tone)
        self.describe(text)
        self.updateGeometry()
        self.update()

    def action_button(self) -> Button:
        """The button of the one action."""
        return self._action

    def close_button(self) -> PaintedButton:
        """The ✕."""
        return self._close

    def is_leaving(self) -> bool:
        """True while the time to leave runs."""
        return self._timer.isActive()

    def sizeHint(self) -> QSize:
        width = SPACE_16 + 16 + SPACE_8 + text_width(self.notice.text, self.theme.font("body"))
        return QSize(width + self._buttons_width(), self.theme.px(NOTICE))

    def minimumSizeHint(self) -> QSize:
        return QSize(200, self.theme.px(NOTICE))

    def enterEvent(self, event: QEnterEvent) -> None:
        self._timer.stop()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        if self.notice.leaves:
            self._timer.start()
        super().leaveEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._say_whole()

    def _say_whole(self) -> None:
        """As a tooltip where not all of it has room."""
        fits = text_width(self.notice.text, self.theme.font("body")) <= self._text_rect().width()
        self.setToolTip("" if fits else plain_tooltip(self.notice.text))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        icon, tone = _LOOKS[self.notice.tone]
        painter.fillRect(self.rect(), self.theme.colour(f"{tone}_soft"))
        painter.fillRect(QRect(0, self.height() - 1, self.width(), 1), self.theme.colour("line"))
        draw_icon(painter, self.theme, self.placed(QRect(SPACE_16, 0, 16, self.height())), icon, tone)
        text = self.placed(self._text_rect())
        elide = Qt.TextElideMode.ElideRight
        draw_text(painter, text, self.notice.text, self.theme.font("body"), self.theme.colour("text"), elide=elide)

    def _time_is_up(self) -> None:
        focus = QApplication.focusWidget()
        if self.underMouse() or (focus is not None and self.isAncestorOf(focus)):
            self._timer.start()
        else:
            self.dismissed.emit()

    def _buttons_width(self) -> int:
        width = self._close.sizeHint().width() + SPACE_8 + SPACE_12
        return width + (self._action.sizeHint().width() + SPACE_8 if self.notice.action else 0)

    def _text_rect(self) -> QRect:
        left = SPACE_16 + 16 + SPACE_8
        return QRect(left, 0, self.width() - left - self._buttons_width(), self.height())


class CloseButton(PaintedButton):
    """A ✕ of 28 × 28."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        words = tr("Close notice")
        super().__init__(theme, words, parent)
        self.setToolTip(words)

    def sizeHint(self) -> QSize:
        return QSize(28, 28)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self.underMouse():
            fill_rounded(painter, self.rect(), 4, self.theme.colour("line"))
        draw_icon(painter, self.theme, self.rect(), "x", "text" if self.underMouse() else "text2")


class NoticeArea(QWidget):
    """The place under the header: at most two notices; beyond that one line, "3 notices", which opens them all.

    `list_requested` is sent when the person wants to see all of them; `counted` when their number changes.
    """

    list_requested = Signal()
    counted = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._bars: list[NoticeBar] = []
        self._resting: list[NoticeBar] = []
        self._expanded = False
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self._summary = NoticeBar(theme, Notice("", "warn", tr("Show all")), self)
        self._summary.action_chosen.connect(self._expand)
        self._summary.dismissed.connect(self.clear)
        self._layout.addWidget(self._summary)
        self.setAccessibleName(tr("Notices"))
        self._arrange()

    def show_notice(self, notice: Notice) -> NoticeBar:
        """Add a notice. One that says the same as one shown already takes its place."""
        for bar in [bar for bar in self._bars if bar.notice.text == notice.text]:
            self._remove(bar)
        bar = self._bar(notice)
        if self._bars:  # one that rested would be walked to before those above it
            QWidget.setTabOrder(self._bars[-1].close_button(), bar.action_button())
            QWidget.setTabOrder(bar.action_button(), bar.close_button())
        self._bars.append(bar)
        self._layout.addWidget(bar)
        self._arrange()
        return bar

    def _bar(self, notice: Notice) -> NoticeBar:
        """One that rested, or a new one: with every widget that is made and shown, Qt's binding keeps something."""
        if self._resting:
            bar = self._resting.pop()
            bar.tell(notice)
            return bar
        bar = NoticeBar(self._theme, notice, self)
        bar.dismissed.connect(lambda: self._remove(bar))
        bar.action_chosen.connect(lambda: self._act(bar))
        return bar

    def notices(self) -> list[Notice]:
        """All notices, oldest first."""
        return [bar.notice for bar in self._bars]

    def clear(self) -> None:
        """Close all notices."""
        for bar in list(self._bars):
            self._remove(bar)

    def forget_project(self) -> None:
        """Another project is open, or none: close what was said of the one before."""
        for bar in [bar for bar in self._bars if bar.notice.of_project]:
            self._remove(bar)

    def is_summed_up(self) -> bool:
        """True while one line stands for all notices."""
        return not self._summary.isHidden()

    def _act(self, bar: NoticeBar) -> None:
        notice = bar.notice
        if notice.on_action is not None:
            notice.on_action()
        if bar.notice is notice:  # else it is gone already, and may say something else by now
            self._remove(bar)

    def _remove(self, bar: NoticeBar) -> None:
        if bar in self._bars:
            self._bars.remove(bar)
            self._layout.removeWidget(bar)
            bar.rest()
            self._resting.append(bar)
            self._arrange()

    def _expand(self) -> None:
        self._expanded = True
        self._arrange()
        self.list_requested.emit()

    def _arrange(self) -> None:
        count = len(self._bars)
        if count <= MAX_SHOWN:
            self._expanded = False
        summed_up = count > MAX_SHOWN and not self._expanded
        worst = min((bar.notice.tone for bar in self._bars), key=_GRAVEST.index, default=_GRAVEST[0])
        self._summary.set_words(trn("{n} notice", "{n} notices", count), worst)
        self._summary.setVisible(summed_up)
        for bar in self._bars:
            bar.setVisible(not summed_up)
        self.setVisible(count > 0)
        self.counted.emit(count)
