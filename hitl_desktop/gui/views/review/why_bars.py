"""The parts of a score as bars from a middle line to either side."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from hitl_desktop.domain.labels import Label
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import SPACE_8, SPACE_16
from hitl_desktop.gui.views.review.why_layers import side_colour
from hitl_desktop.gui.views.review.why_words import PartRow, signed
from hitl_desktop.gui.widgets.labels import plain_tooltip
from hitl_desktop.gui.widgets.painted import Painted
from hitl_desktop.gui.widgets.painting import LEFT, RIGHT, draw_frame, draw_text, fill_rounded, text_width
from hitl_desktop.language import tr

_ROW: Final = 20
_BAR: Final = 14
_LEAST_BARS: Final = 32


class PartBars(Painted):
    """The parts from the middle line to either side: for the answer filled, against it outlined with a dotted line."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._rows: Sequence[PartRow] = ()
        self._sides: tuple[Label | None, Label | None] = (None, None)
        self._message = ""
        self._is_short = False
        self._kept = 1
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def rows(self) -> Sequence[PartRow]:
        """What is shown."""
        return self._rows

    def keep_rows(self, count: int) -> None:
        """The number of rows to keep room for."""
        self._kept = count
        self.updateGeometry()

    def show_rows(self, rows: Sequence[PartRow], this: Label | None, other: Label | None) -> None:
        """Show these parts."""
        self._rows, self._sides, self._message, self._is_short = rows, (this, other), "", False
        self.describe(tr("Parts of the score"), ". ".join(f"{row.name} {self._said(row)}" for row in rows))
        self.setToolTip(plain_tooltip("\n".join(f"{row.name}: {self._said(row)}" for row in rows)))
        self.update()

    def show_message(self, message: str) -> None:
        """Show a sentence in place of the parts."""
        self._rows, self._message = (), message
        self.setToolTip(plain_tooltip(message))
        self.describe(message or tr("Parts of the score"))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(420, self.theme.px(_ROW) * self._kept)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        height, font = self.theme.px(_ROW), self.theme.font("small")
        if self._message:
            draw_text(painter, self.placed(QRect(0, 0, self.width(), height)), self._message, font, self._ink("text2"))
        if not self._rows:
            return
        widest = max(text_width(row.name, font) for row in self._rows)
        self._is_short = False
        said, beside = self._beside()
        if widest > beside:  # the sign and the side of the line say which answer a part speaks for
            self._is_short = True
            said, beside = self._beside()
        negative = max((abs(row.value) for row in self._rows if not row.supports), default=0.0)
        positive = max((row.value for row in self._rows if row.supports), default=0.0)
        words_left = max((said[row] for row in self._rows if not row.supports), default=0)
        words_right = max((said[row] for row in self._rows if row.supports), default=0)
        # Names give way where there is little room: they stand whole in the tooltip, figures have to be read.
        names = min(widest, self.width() // 2, max(0, beside))
        left = names + SPACE_16
        room = max(1, self.width() - left - words_left - words_right)
        scale = room / max(negative + positive, 1e-9)
        axis = left + words_left + round(negative * scale)
        for place, row in enumerate(self._rows):
            self._paint_row(painter, row, QRect(0, place * height, self.width(), height), names, axis, scale)
        painter.fillRect(self.placed(QRect(axis, 0, 1, height * len(self._rows))), self._ink("line_strong"))

    def _beside(self) -> tuple[dict[PartRow, int], int]:
        """The widths of what is said of each part, and what they leave for the names."""
        said = {row: text_width(self._said(row), self.theme.font("caption")) + SPACE_8 for row in self._rows}
        sides = [max((said[row] for row in self._rows if row.supports is side), default=0) for side in (True, False)]
        return said, self.width() - SPACE_16 - sum(sides) - _LEAST_BARS

    def _paint_row(self, painter: QPainter, row: PartRow, area: QRect, names: int, axis: int, scale: float) -> None:
        name = QRect(0, area.y(), names, area.height())
        font = self.theme.font("small")
        draw_text(painter, self.placed(name), row.name, font, self._ink("text"), elide=Qt.TextElideMode.ElideRight)
        length = max(2, round(abs(row.value) * scale))
        top = area.y() + (area.height() - _BAR) // 2
        bar = self.placed(QRect(axis if row.supports else axis - length, top, length, _BAR))
        colour = side_colour(self.theme, self._sides[0] if row.supports else self._sides[1])
        if row.printed == signed(0.0):
            bar = QRect()
        elif row.supports:
            fill_rounded(painter, QRectF(bar), 2, colour)
        else:
            draw_frame(painter, bar, 2, colour, width=1.5, style=Qt.PenStyle.DotLine)
        words, small = self._said(row), self.theme.font("caption")
        width = text_width(words, small)
        if row.supports:
            rect = QRect(axis + length + SPACE_8, area.y(), width, area.height())
        else:
            rect = QRect(axis - length - SPACE_8 - width, area.y(), width, area.height())
        draw_text(
            painter,
            self.placed(rect),
            words,
            small,
            self._ink("text2"),
            LEFT if row.supports else RIGHT,
        )

    def _said(self, row: PartRow) -> str:
        """The value and the answer it speaks for."""
        label = self._sides[0] if row.supports else self._sides[1]
        if row.printed == signed(0.0) or label is None or self._is_short:
            return row.printed
        return f"{row.printed} {label.name}" if row.supports else f"{label.name} {row.printed}"

    def _ink(self, token: str) -> QColor:
        return self.theme.colour(token)
