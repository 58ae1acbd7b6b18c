"""What stands above a text: the name of the item, its length, and the other fields of its record."""

from collections.abc import Callable, Mapping
from typing import Final

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import SPACE_8, SPACE_24, SPACE_32
from hitl_desktop.gui.widgets.labels import plain_tooltip
from hitl_desktop.gui.widgets.painted import Painted
from hitl_desktop.gui.widgets.painting import draw_text, text_width
from hitl_desktop.kinds.text import read_text_item
from hitl_desktop.language import explained, listed, tr, trn

MOST_LINES: Final = 3
_LINE: Final = 20
_TOOLTIP: Final = 300
_LONGEST_SHOWN: Final = 500

Column = Callable[[], tuple[int, int]]
Pair = tuple[str, str]


class RecordHeader(Painted):
    """One line "MSG-00317 · 50 words", then pairs of field and value on at most three lines.

    `column` answers where the column of the text lies: left edge and width.
    """

    def __init__(self, theme: Theme, column: Column, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._column = column
        self._name = ""
        self._length = ""
        self._pairs: list[Pair] = []
        self._left_out: list[Pair] = []
        self._lines: list[list[tuple[QRect, QRect, Pair]]] = []
        self._more = QRect()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_record(
        self, name: str, length: str, fields: Mapping[str, str], masked: frozenset[str] = frozenset()
    ) -> None:
        """Show the name and length of an item and those of its fields that are not empty; masked ones as hidden."""
        self._name, self._length = name, length
        shown = {key: tr("Hidden") if key in masked else value for key, value in fields.items()}
        self._pairs = [(_one_line(key), _one_line(value)) for key, value in shown.items() if value.strip()]
        self.arrange()

    @property
    def left_out(self) -> list[Pair]:
        """The fields that did not fit; the tooltip has them."""
        return list(self._left_out)

    def more_text(self) -> str:
        """The words that stand for the fields left out."""
        return trn("+ {n} more", "+ {n} more", len(self._left_out)) if self._left_out else ""

    def sizeHint(self) -> QSize:
        rows = 1 + len(self._lines)
        return QSize(0, SPACE_32 + rows * self.theme.px(_LINE) + SPACE_24)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.arrange()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        left, width = self._column()
        line = self.theme.px(_LINE)
        mono, small = self.theme.font("small", mono=True), self.theme.font("small")
        length = f"·  {self._length}"
        room = width - text_width(length, small) - SPACE_8
        name = QRect(left, SPACE_32, min(room, text_width(self._name, mono)), line)
        text, text2 = self.theme.colour("text"), self.theme.colour("text2")
        draw_text(painter, self.placed(name), self._name, mono, text2)
        rest = QRect(name.x() + name.width() + SPACE_8, SPACE_32, text_width(length, small), line)
        draw_text(painter, self.placed(rest), length, small, text2)
        for row in self._lines:
            for key, value, pair in row:
                draw_text(painter, self.placed(key), pair[0], small, text2)
                draw_text(painter, self.placed(value), pair[1], small, text)
        if self._left_out:
            draw_text(painter, self.placed(self._more), self.more_text(), small, text2)

    def _theme_changed(self) -> None:
        self.arrange()
        super()._theme_changed()

    def arrange(self) -> None:
        """Put the pairs on lines, as many as there is room for. To be called when the column has changed."""
        self._lines, self._left_out = [], []
        left, width = self._column()
        font, line = self.theme.font("small"), self.theme.px(_LINE)
        more = text_width(trn("+ {n} more", "+ {n} more", len(self._pairs)), font) + SPACE_24
        x, row = left, -1
        for index, pair in enumerate(self._pairs):
            key = min(text_width(pair[0], font), width // 2)
            value = text_width(pair[1], font)
            is_last_row = row == MOST_LINES - 1
            room = left + width - (more if is_last_row and index < len(self._pairs) - 1 else 0)
            if row < 0 or x + key + SPACE_8 + value > room:
                if is_last_row:
                    self._left_out = self._pairs[index:]
                    break
                row, x = row + 1, left
                self._lines.append([])
                is_final = row == MOST_LINES - 1 and index < len(self._pairs) - 1
                value = min(value, width - key - SPACE_8 - (more if is_final else 0))
            y = SPACE_32 + (row + 1) * line
            value_area = QRect(x + key + SPACE_8, y, value, line)
            self._lines[row].append((QRect(x, y, key, line), value_area, pair))
            x = value_area.x() + value_area.width() + SPACE_24
        self._more = QRect(x, SPACE_32 + (row + 1) * line, left + width - x, line)
        self._tell(self._left_out or self._pairs)
        self.updateGeometry()
        self.update()

    def _tell(self, pairs: list[Pair]) -> None:
        """The tooltip has the fields that are left out, or all of them in full; a screen reader has all."""
        lines = [explained(key, value[:_TOOLTIP]) for key, value in pairs]
        # A tooltip that is not markup shows its line breaks; one that was escaped needs them as markup.
        self.setToolTip(
            plain_tooltip("\n".join(lines)).replace("\n", "<br>") if _is_markup(lines) else "\n".join(lines)
        )
        all_pairs = listed(f"{key} {value}" for key, value in self._pairs)
        self.describe(listed((self._name, self._length)), all_pairs)


def _is_markup(lines: list[str]) -> bool:
    return any("<" in line or "&" in line for line in lines)


def _one_line(text: str) -> str:
    """A field as one line, cut where no screen could show it."""
    return " ".join(read_text_item(text[:_LONGEST_SHOWN]).split())
