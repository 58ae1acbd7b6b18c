"""What is painted on a text beside its letters: stretches of the stored text that a layer tints and underlines.

A layer speaks in characters (code points) of the stored text, as exports do. `TextPane` knows where they stand.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QTextBlock, QTextBlockFormat, QTextLine

if TYPE_CHECKING:
    from hitl_desktop.gui.viewers.text_pane import TextPane

Span = tuple[int, int]
_LINE: Final = 3.0
_BELOW: Final = 3.0
_MOST_ABOVE: Final = 0.66
_MOST_BELOW: Final = 0.22
"""So much of the distance between lines belongs to the letters of one, above and below the line they stand on."""


@dataclass(frozen=True, slots=True)
class Underlined:
    """A stretch of the stored text (first and end character) with a tint behind it and a line below it.

    `tint` None: no tint.
    """

    span: Span
    colour: QColor
    style: Qt.PenStyle = Qt.PenStyle.SolidLine
    tint: QColor | None = None


class TextLayer(Protocol):
    """Something marked in a text (`TextPane.add_layer`). Asked again whenever the text is painted."""

    def stretches(self) -> Sequence[Underlined]:
        """What is marked now, in the order of the text as far as it matters."""
        ...


def areas(pane: "TextPane", span: Span) -> Iterator[QRectF]:
    """Where a stretch of the screen (UTF-16 units) lies in the pane's viewport, line by line; only what is in sight."""
    document = pane.document()
    layout = document.documentLayout()
    shift = QPointF(-pane.horizontalScrollBar().value(), -pane.verticalScrollBar().value())
    bottom = pane.viewport().height()
    block = document.findBlock(span[0])
    while block.isValid() and block.position() < span[1]:
        corner = layout.blockBoundingRect(block).topLeft() + shift
        if corner.y() > bottom:
            return
        for line in _lines(block, span):
            area = _within(line, block, span)
            if area is not None:
                moved = area.translated(corner)
                if moved.bottom() >= 0 and moved.top() <= bottom:
                    yield moved
        block = block.next()


def _lines(block: QTextBlock, span: Span) -> Iterator[QTextLine]:
    """The lines of a block that a stretch touches: a block may have hundreds, and a page hundreds of stretches."""
    layout = block.layout()
    first = layout.lineForTextPosition(max(0, span[0] - block.position()))
    for number in range(first.lineNumber() if first.isValid() else 0, layout.lineCount()):
        line = layout.lineAt(number)
        if line.textStart() >= span[1] - block.position():
            return
        yield line


def _within(line: QTextLine, block: QTextBlock, span: Span) -> QRectF | None:
    """The part of a line that a stretch covers, from the top of its letters to their foot.

    A font that stands in for another, as for Arabic, may have far more room above and below its letters than lines are
    apart: what is marked in one line must not run through the letters of the next.
    """
    first = max(span[0] - block.position(), line.textStart())
    end = min(span[1] - block.position(), line.textStart() + line.textLength())
    if first >= end:
        return None
    left, right = sorted((_x(line, first), _x(line, end)))
    foot, distance = line.y() + line.ascent(), _distance(block)
    above, below = min(line.ascent(), _MOST_ABOVE * distance), min(line.descent(), _MOST_BELOW * distance)
    return QRectF(left, foot - above, right - left, above + below)


def _distance(block: QTextBlock) -> float:
    """How far the lines of a block are apart; without end where they are as far as their letters need."""
    look = block.blockFormat()
    fixed = QTextBlockFormat.LineHeightTypes.FixedHeight.value
    return look.lineHeight() if look.lineHeightType() == fixed else math.inf


def _x(line: QTextLine, position: int) -> float:
    x: Any = line.cursorToX(position)
    return float(x[0] if isinstance(x, tuple) else x)


def paint_tints(painter: QPainter, pane: "TextPane", stretches: Sequence[Underlined]) -> None:
    """What lies behind the letters."""
    for stretch in stretches:
        if stretch.tint is not None:
            for span in pane.spans_on_screen(stretch.span):
                for area in areas(pane, span):
                    painter.fillRect(area.adjusted(-1, 0, 1, _BELOW), stretch.tint)


def paint_lines(painter: QPainter, pane: "TextPane", stretches: Sequence[Underlined]) -> None:
    """The lines below the letters."""
    for stretch in stretches:
        pen = QPen(stretch.colour, _LINE, stretch.style)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        for span in pane.spans_on_screen(stretch.span):
            for area in areas(pane, span):
                y = area.bottom() + _BELOW
                painter.drawLine(QPointF(area.left() - 1, y), QPointF(area.right() + 1, y))
