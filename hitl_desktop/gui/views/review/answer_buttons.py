"""The large buttons of a comparison, and the row in which answers are put in order."""

from typing import Final

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QListWidget, QListWidgetItem, QSizePolicy, QWidget

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import RADIUS_SMALL, SPACE_12, STRONG
from hitl_desktop.gui.widgets.key_cap import CapStyle, key_cap_width, paint_key_cap
from hitl_desktop.gui.widgets.painted import PaintedButton
from hitl_desktop.gui.widgets.painting import draw_frame, draw_text, text_width
from hitl_desktop.language import tr

_HEIGHT: Final = 64
_GAP: Final = 10
_PLACE = Qt.ItemDataRole.UserRole


class AnswerButton(PaintedButton):
    """An answer in words, its key beside it: before the words, or after them at the trailing end of the row."""

    def __init__(
        self, theme: Theme, label: str, key: str, parent: QWidget | None = None, *, key_last: bool = False
    ) -> None:
        super().__init__(theme, label, parent)
        self._key, self._key_last = key, key_last
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(self._width() + 2 * SPACE_12, self.theme.px(_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, colour = QPainter(self), self.theme.colour
        active = self.isEnabled() and (self.underMouse() or self.isDown())
        border = colour("line_strong" if self.isEnabled() else "line")
        fill = colour("sunken" if active else "surface")
        draw_frame(painter, self.rect(), RADIUS_SMALL * 2, border, fill, width=self.theme.border)
        left, cap = (self.width() - self._width()) // 2, key_cap_width(self._key, self.theme)
        words = text_width(self.label(), self._font())
        cap_left = left + words + _GAP if self._key_last else left
        text_left = left if self._key_last else left + cap + _GAP
        style: CapStyle = "plain" if self.isEnabled() else "disabled"
        paint_key_cap(painter, QRect(cap_left, 0, cap, self.height()), self._key, self.theme, style)
        ink = colour("text" if self.isEnabled() else "text3")
        draw_text(painter, QRect(text_left, 0, words + 2, self.height()), self.label(), self._font(), ink)

    def _font(self) -> QFont:
        return self.theme.font("lead", STRONG)

    def _width(self) -> int:
        return key_cap_width(self._key, self.theme) + _GAP + text_width(self.label(), self._font())


class RankingRow(QListWidget):
    """Answers in the order of their ranks: given by digits, or dragged. `changed` is sent when it is another one.

    Places that are not ranked yet stand last, in the order of the screen.
    """

    changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._ranked: list[int] = []
        self._count = 0
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(False)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSpacing(4)
        self.setFixedHeight(theme.px(_HEIGHT))
        self.setAccessibleName(tr("Ranking, the best first"))
        self.setToolTip(tr("Press the numbers of the answers, the best first, or drag them into order."))
        self.model().rowsMoved.connect(self._moved)

    @property
    def ranked(self) -> list[int]:
        """The places on screen that are ranked, the best first."""
        return list(self._ranked)

    def show_places(self, count: int) -> None:
        """Begin anew with so many answers."""
        self._ranked, self._count = [], count
        self._fill()

    def toggle(self, place: int) -> None:
        """Give the next rank to a place, or take its rank away."""
        if place >= self._count:
            return
        if place in self._ranked:
            self._ranked.remove(place)
        else:
            self._ranked.append(place)
        self._fill()
        self.changed.emit()

    def _fill(self) -> None:
        rest = [place for place in range(self._count) if place not in self._ranked]
        self.clear()
        for rank, place in enumerate([*self._ranked, *rest], 1):
            is_ranked = place in self._ranked
            words = tr("{rank}. Answer {n}", rank=rank, n=place + 1) if is_ranked else tr("Answer {n}", n=place + 1)
            item = QListWidgetItem(words)
            item.setData(_PLACE, place)
            item.setFont(self._theme.font("body", STRONG if is_ranked else None))
            item.setForeground(self._theme.colour("text" if is_ranked else "text3"))
            self.addItem(item)

    def _moved(self) -> None:
        """Dragging ranks everything: the order is then said of all of them."""
        self._ranked = [self.item(row).data(_PLACE) for row in range(self.count())]
        self._fill()
        self.changed.emit()
