"""How lines of a text look: their height, and the turns of a conversation on two sides of the column."""

from collections.abc import Sequence
from itertools import groupby
from typing import Final

from PySide6.QtGui import QFont, QTextBlockFormat, QTextCharFormat, QTextCursor

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import STRONG, TYPE
from hitl_desktop.gui.widgets.painting import direction_of
from hitl_desktop.kinds.shown_text import ShownLine

_FIXED: Final = QTextBlockFormat.LineHeightTypes.FixedHeight.value
_INDENT: Final = 0.14
"""Of the column's width: what a turn leaves free on the other side. So all turns have one width."""
_ABOVE: Final = 14


class LineFormats:
    """Puts lines into a document. `sides` has the side of each turn: 0 leading, 1 trailing."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._sides: Sequence[int] = ()
        self._is_raw = False

    def set_turns(self, sides: Sequence[int], *, is_raw: bool) -> None:
        """The turns of the text that is shown next; `is_raw`: every sign has the same width."""
        self._sides, self._is_raw = sides, is_raw

    def font(self, points: int) -> QFont:
        """The font of what is read."""
        font = self._theme.font("read", mono=self._is_raw)
        font.setPixelSize(round(points * self._theme.scale))
        return font

    def line_height(self, points: int) -> int:
        """The distance from line to line."""
        step = TYPE["read"]
        return round(step.line * points * self._theme.scale / step.size)

    def insert(self, cursor: QTextCursor, lines: Sequence[ShownLine], points: int, measure: int) -> None:
        """Put the lines into an empty document."""
        is_first = True
        groups = [(key, list(group)) for key, group in groupby(lines, key=lambda line: (line.turn, line.is_heading))]
        for place, ((turn, is_heading), group) in enumerate(groups):
            block = self._block(turn, points, measure, is_heading=is_heading)
            if is_heading and not is_first:
                block.setTopMargin(_ABOVE)
            if is_heading and place + 1 < len(groups):  # it stands where its turn begins, whoever's language that is
                block.setLayoutDirection(direction_of(groups[place + 1][1][0].text, is_quoted=True))
            look = self._heading_look() if is_heading else QTextCharFormat()
            if is_first:
                cursor.setBlockFormat(block)
            else:
                cursor.insertBlock(block, look)
            cursor.insertText("\n".join(line.text for line in group), look)
            is_first = False

    def _block(self, turn: int, points: int, measure: int, *, is_heading: bool) -> QTextBlockFormat:
        block = QTextBlockFormat()
        height = self._theme.line("small") if is_heading else self.line_height(points)
        block.setLineHeight(height, _FIXED)
        if 0 <= turn < len(self._sides):
            free = round(measure * _INDENT)
            if self._sides[turn]:
                block.setLeftMargin(free)
            else:
                block.setRightMargin(free)
        return block

    def _heading_look(self) -> QTextCharFormat:
        look = QTextCharFormat()
        look.setFont(self._theme.font("small", STRONG))
        look.setForeground(self._theme.colour("text2"))
        return look
