"""A thin line that shows how far a job is, what it does now, and lets it be cancelled."""

from typing import Final

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.painted import Painted
from hitl_desktop.gui.widgets.painting import RIGHT, draw_text, fill_rounded, text_width
from hitl_desktop.gui.widgets.spoken import spoken_share
from hitl_desktop.language import percent, tr

_BAR: Final = 6
_ROW: Final = 28
_DETAIL_GAP: Final = 12


class BusyLine(Painted):
    """Text above, bar below, Cancel at the end. Without a total the bar stays empty and the text speaks."""

    cancel_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None, *, can_cancel: bool = True) -> None:
        super().__init__(theme, parent)
        self._text = self._detail = ""
        self._fraction = 0.0
        self._cancel = Button(theme, tr("Cancel"), "link", size="small", parent=self)
        self._cancel.setVisible(can_cancel)
        self._cancel.clicked.connect(self.cancel_requested)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_progress(self, text: str, done: int = 0, total: int = 0, detail: str = "") -> None:
        """Show how far it is. `detail` (a folder, a file name) is shortened in the middle."""
        self._text, self._detail = text, detail
        self._fraction = min(1.0, done / total) if total else 0.0
        self.describe(text, spoken_share(percent(self._fraction)) if total else "")
        self.update()

    def cancel_button(self) -> Button:
        """The button that cancels."""
        return self._cancel

    def sizeHint(self) -> QSize:
        width = text_width(self._text, self.theme.font("body")) + self._cancel_width()
        return QSize(max(320, width), self.theme.px(_ROW) + _BAR + 2)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        width = self._cancel.sizeHint().width()
        self._cancel.setGeometry(self.placed(QRect(self.width() - width, 0, width, self.theme.px(_ROW))))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        height = self.theme.px(_ROW)
        room = self.width() - self._cancel_width()
        width = min(room, text_width(self._text, self.theme.font("body")))
        text = self.placed(QRect(0, 0, width, height))
        elide = Qt.TextElideMode.ElideRight
        draw_text(painter, text, self._text, self.theme.font("body"), self.theme.colour("text"), elide=elide)
        detail = self.placed(QRect(width + _DETAIL_GAP, 0, room - width - _DETAIL_GAP, height))
        draw_text(painter, detail, self._detail, self.theme.font("small"), self.theme.colour("text3"), RIGHT)
        fill_rounded(painter, QRect(0, height, self.width(), _BAR), 2, self.theme.colour("sunken"))
        done = self.placed(QRect(0, height, round(self.width() * self._fraction), _BAR))
        if done.width() > 0:
            fill_rounded(painter, done, min(2.0, done.width() / 2), self.theme.colour("accent"))

    def _cancel_width(self) -> int:
        return 0 if self._cancel.isHidden() else self._cancel.sizeHint().width() + 8
