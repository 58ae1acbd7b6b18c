"""The header's sum: what is decided, set aside, to do and proposed, which together are all items."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import SPACE_12, STRONG
from hitl_desktop.gui.widgets.painted import Painted
from hitl_desktop.gui.widgets.painting import draw_text, fill_hatched, fill_rounded, text_width
from hitl_desktop.language import number, tr, trc

if TYPE_CHECKING:
    # The domain imports numpy, which the window must not wait for when it starts.
    from hitl_desktop.domain.routing import Ledger

_BAR_WIDTH: Final = 216
_BAR_LEAST: Final = 64
_BAR_HEIGHT: Final = 10
_WORD_GAP: Final = 3


class LedgerWidget(Painted):
    """One line in the middle of its room: sentence, bar, written sum.

    When narrow it first shortens the bar, then the sum, then the words.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._strong = self._rest = ""
        self._sums: list[str] = [""]
        self._solid = self._hatched = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_ledger(self, ledger: Ledger) -> None:
        """Show this ledger."""
        self._strong = tr("{seen} of {needing}", seen=number(ledger.seen), needing=number(ledger.needing_you))
        self._rest = trc("after: 640 of 1,240", "that need you")
        whole, short = _sums(ledger)
        self._sums = [whole, short, ""]
        total = max(1, ledger.needing_you)
        self._solid, self._hatched = ledger.decided / total, ledger.set_aside / total
        self._show(f"{self._strong} {self._rest}", f"{self._strong} {self._rest}. {whole}.")

    def show_progress(self, text: str, done: int, total: int) -> None:
        """Show how far a job is instead, for example while scoring: "Scoring 1,240 of 5,806 · 2 min left"."""
        self._strong, self._rest = text, ""
        self._sums = [""]
        self._solid, self._hatched = (done / total if total else 0.0), 0.0
        self._show(text, text)

    def sizeHint(self) -> QSize:
        width = self._head_width(words=True) + SPACE_12 + _BAR_WIDTH
        if self._sums[0]:
            width += SPACE_12 + text_width(self._sums[0], self.theme.font("small"))
        return QSize(width, self.theme.line("body"))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._head_width(words=False), self.theme.line("body"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        words, bar, sum_text = self._fitting()
        height = self.height()
        strong = self.theme.font("body", STRONG)
        width = min(text_width(self._strong, strong), self.width())
        start = max(0, self.width() - self._taken(words, bar, sum_text)) // 2
        head = self.placed(QRect(start, 0, width, height))
        draw_text(painter, head, self._strong, strong, self.theme.colour("text"))
        x = start + width
        if words:
            space = _WORD_GAP
            rect = QRect(x + space, 0, text_width(self._rest, self.theme.font("body")), height)
            draw_text(painter, self.placed(rect), self._rest, self.theme.font("body"), self.theme.colour("text"))
            x = rect.right() + 1
        if bar:
            x += SPACE_12
            self._paint_bar(painter, QRect(x, (height - _BAR_HEIGHT) // 2, bar, _BAR_HEIGHT))
            x += bar
        if sum_text:
            rect = QRect(x + SPACE_12, 0, text_width(sum_text, self.theme.font("small")), height)
            draw_text(painter, self.placed(rect), sum_text, self.theme.font("small"), self.theme.colour("text2"))

    def _show(self, name: str, sentence: str) -> None:
        self.describe(name, sentence)
        self.setToolTip(sentence)
        self.say_size()
        self.update()

    def _head_width(self, *, words: bool) -> int:
        strong = self.theme.font("body", STRONG)
        width = text_width(self._strong, strong)
        if words and self._rest:
            width += _WORD_GAP + text_width(self._rest, self.theme.font("body"))
        return width

    def _taken(self, words: bool, bar: int, sum_text: str) -> int:
        """How wide all that is painted is together."""
        taken = self._head_width(words=words) + (SPACE_12 + bar if bar else 0)
        return taken + (SPACE_12 + text_width(sum_text, self.theme.font("small")) if sum_text else 0)

    def _fitting(self) -> tuple[bool, int, str]:
        """What fits into the width: the words after the count?, the width of the bar, the form of the sum."""
        small = self.theme.font("small")
        for words in (bool(self._rest), False):
            for text in self._sums:
                taken = self._head_width(words=words) + SPACE_12
                taken += SPACE_12 + text_width(text, small) if text else 0
                room = self.width() - taken
                if room >= _BAR_LEAST:
                    return words, min(room, _BAR_WIDTH), text
        return False, 0, ""

    def _paint_bar(self, painter: QPainter, rect: QRect) -> None:
        rect = self.placed(rect)
        fill_rounded(painter, rect, 3, self.theme.colour("sunken"))
        clip = QPainterPath()
        clip.addRoundedRect(QRectF(rect), 3, 3)
        painter.save()
        painter.setClipPath(clip)
        if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            painter.translate(rect.left() + rect.right() + 1, 0)
            painter.scale(-1, 1)
        solid = QRectF(rect.left(), rect.top(), rect.width() * self._solid, rect.height())
        hatched = QRectF(solid.right(), rect.top(), rect.width() * self._hatched, rect.height())
        painter.fillRect(solid, self.theme.colour("accent"))
        painter.fillRect(hatched, self.theme.colour("surface"))
        fill_hatched(painter, hatched, 0, self.theme.colour("text2"))
        painter.restore()


def _sums(ledger: Ledger) -> tuple[str, str]:
    """The written sum, and its part of what nobody has seen; what is proposed only is left out where all of it became
    automatic.
    """
    seen = {"decided": number(ledger.decided), "aside": number(ledger.set_aside), "items": number(ledger.items)}
    left = {"to_do": number(ledger.needs_review), "proposed": number(ledger.proposed)}
    if not ledger.automatic:
        whole = tr(
            "{decided} decided · {aside} set aside · {to_do} to do · {proposed} proposed = {items}", **seen, **left
        )
        return whole, tr("{to_do} to do · {proposed} proposed", **left)
    left["automatic"] = number(ledger.automatic)
    if not ledger.proposed:
        whole = tr(
            "{decided} decided · {aside} set aside · {to_do} to do · {automatic} automatic = {items}", **seen, **left
        )
        return whole, tr("{to_do} to do · {automatic} automatic", **left)
    whole = tr(
        "{decided} decided · {aside} set aside · {to_do} to do · {proposed} proposed · {automatic} automatic = {items}",
        **seen,
        **left,
    )
    return whole, tr("{to_do} to do · {proposed} proposed · {automatic} automatic", **left)
