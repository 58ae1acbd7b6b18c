"""The footer's chip: how many decisions are missing to the next training, how far it is, what came of it."""

from typing import Final

from PySide6.QtCore import QRect, QRectF, QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import RADIUS_SMALL
from hitl_desktop.gui.widgets.buttons import Button
from hitl_desktop.gui.widgets.labels import plain_tooltip
from hitl_desktop.gui.widgets.painted import Painted
from hitl_desktop.gui.widgets.painting import draw_frame, draw_icon, draw_text, fill_rounded, text_width
from hitl_desktop.language import number, percent, tr

MAX_CELLS: Final = 20
_HEIGHT: Final = 22
_ICON: Final = 14
_LEFT: Final = 9
_METER: Final = 100
_METER_HEIGHT: Final = 10
_GAP: Final = 9
_LEAST: Final = 300


class RetrainChip(Painted):
    """Three states: collecting decisions, training, a message. Each shows at most one action."""

    cancel_requested = Signal()
    action_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._text = ""
        self._icon = "refresh-cw"
        self._cells = 0
        self._fraction: float | None = None
        self._training = False
        self._action = Button(theme, tr("Cancel"), "link", size="small", parent=self)
        self._action.hide()
        self._action.clicked.connect(self._action_clicked)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_collecting(self, done: int, needed: int) -> None:
        """Decisions since the last training, of how many that start the next."""
        self._training = False
        self._cells = needed if needed <= MAX_CELLS else 0
        self._fraction = min(1.0, done / needed) if needed else 0.0
        self._show(
            "refresh-cw", tr("{done} of {needed} to next training", done=number(done), needed=number(needed)), ""
        )

    def show_training(self, whole: int) -> None:
        """A training is running, so many percent of it are done; it can be cancelled."""
        self._training = True
        self._cells = 0
        self._fraction = whole / 100
        self._show("refresh-cw", tr("Training… {share}", share=percent(whole / 100)), tr("Cancel"))

    def show_message(self, text: str, action: str = "", icon: str = "info") -> None:
        """What came of it, or why no training is possible, with at most one action."""
        self._training = False
        self._fraction = None
        self._show(icon, text, action)

    def text(self) -> str:
        """The words shown."""
        return self._text

    def action_button(self) -> Button:
        """The button of the one action; hidden when there is none."""
        return self._action

    def sizeHint(self) -> QSize:
        width = self._text_left() + text_width(self._text, self.theme.font("small")) + _GAP
        if not self._action.isHidden():
            width += self._action.sizeHint().width() + 4
        return QSize(width, self.theme.px(_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return QSize(min(self.sizeHint().width(), self.theme.px(_LEAST)), self.theme.px(_HEIGHT))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_action()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        colour, height = self.theme.colour, self.height()
        draw_frame(painter, self.rect(), RADIUS_SMALL, colour("line"), colour("window"), width=self.theme.border)
        draw_icon(painter, self.theme, self.placed(QRect(_LEFT, 0, _ICON, height)), self._icon, "text2", _ICON)
        if self._fraction is not None:
            meter = QRect(_LEFT + _ICON + 8, (height - _METER_HEIGHT) // 2, _METER, _METER_HEIGHT)
            if self._cells:
                self._paint_cells(painter, meter)
            else:
                self._paint_meter(painter, meter)
        right = self.width() - _GAP
        if not self._action.isHidden():
            right -= self._action.width()
        text = self.placed(QRect(self._text_left(), 0, right - self._text_left() + 1, height))
        draw_text(painter, text, self._text, self.theme.font("small"), colour("text2"))

    def _show(self, icon: str, text: str, action: str) -> None:
        self._icon, self._text = icon, text
        self._action.setVisible(bool(action))
        self._action.set_label(action)
        self.describe(text)
        self.setToolTip(plain_tooltip(text))
        self.say_size()
        if not self._action.isHidden():
            self._place_action()
        self.update()

    def _action_clicked(self) -> None:
        (self.cancel_requested if self._training else self.action_requested).emit()

    def _place_action(self) -> None:
        width = self._action.sizeHint().width()
        self._action.setGeometry(self.placed(QRect(self.width() - width - 4, 1, width, self.height() - 2)))

    def _text_left(self) -> int:
        meter = 8 + _METER if self._fraction is not None else 0
        return _LEFT + _ICON + meter + _GAP

    def _paint_cells(self, painter: QPainter, meter: QRect) -> None:
        step = _METER / self._cells
        filled = round((self._fraction or 0.0) * self._cells)
        for index in range(self._cells):
            cell = QRect(meter.x() + round(index * step), meter.y(), max(1, round(step) - 1), meter.height())
            painter.fillRect(self.placed(cell), self.theme.colour("accent" if index < filled else "line"))

    def _paint_meter(self, painter: QPainter, meter: QRect) -> None:
        fill_rounded(painter, self.placed(meter), 2, self.theme.colour("line"))
        done = QRect(meter.x(), meter.y(), round(_METER * (self._fraction or 0.0)), meter.height())
        fill_rounded(painter, QRectF(self.placed(done)), 2, self.theme.colour("accent"))
