"""The suggestion: class probabilities as ranked bars, in a block whose height never changes while reviewing."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import RADIUS_CONTROL, REGULAR, STRONG
from hitl_desktop.gui.widgets.class_glyph import draw_glyph
from hitl_desktop.gui.widgets.painted import Painted
from hitl_desktop.gui.widgets.painting import (
    CENTRE,
    RIGHT,
    draw_frame,
    draw_icon,
    draw_rounded,
    draw_text,
    text_width,
)
from hitl_desktop.gui.widgets.spoken import spoken_share
from hitl_desktop.language import mark, number, tr

FEW: Final = 3
SHOWN: Final = 4
_ROW_FEW: Final = 36
_ROW_MANY: Final = 28
_REST: Final = 20
_BAR: Final = 6
_SHORTEST_BAR: Final = 56
_AIR: Final = 8
_GLYPH: Final = 12
_PERCENT: Final = 46  # at the usual text size
HIDDEN_TEXT: Final = mark("Hidden until you decide")
HIDDEN_DETAIL: Final = mark("Your answer and the final one are kept")
CHECK_TEXT: Final = mark("Not shown: this is a check")
CHECK_DETAIL: Final = mark("Your answer measures the model")

_PLACES: Final = (
    mark("{name} {share}, first of {count}"),
    mark("{name} {share}, second of {count}"),
    mark("{name} {share}, third of {count}"),
    mark("{name} {share}, fourth of {count}"),
)


class BarRow(NamedTuple):
    """One class: its index from 0, its name, the percentage as shown ("46 %", "< 1 %") and the same as 0–1."""

    class_index: int
    name: str
    percent: str
    fraction: float


class ProbabilityBars(Painted):
    """Ranked bars. Up to three classes: two-line rows; more: four one-line rows and the rest as a line of text."""

    def __init__(self, theme: Theme, class_count: int = 2, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._class_count = class_count
        self._names: tuple[str, ...] = ()
        self._rows: list[BarRow] = []
        self._rest = self._lead = ""
        self._message, self._detail = "", ""
        self._dashed = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.show_none(tr("No suggestion yet"))

    def set_classes(self, names: Sequence[str]) -> None:
        """The classes of the project: their number decides the height, the longest name where the bars begin."""
        self._class_count, self._names = len(names), tuple(names)
        self.updateGeometry()
        self.update()

    def show_prediction(
        self, rows: Sequence[BarRow | tuple[int, str, str, float]], rest_text: str = "", lead_text: str = ""
    ) -> None:
        """Show these classes, most likely first. More than four are cut: put them into `rest_text`."""
        count = len(rows)
        self._rows = [BarRow(*row) for row in rows[: FEW if self._is_few() else SHOWN]]
        self._rest, self._lead, self._message = rest_text, lead_text, ""
        of = number(max(count, self._class_count))
        spoken = [
            tr(place, name=row.name, share=spoken_share(row.percent), count=of)
            for row, place in zip(self._rows, _PLACES, strict=False)
        ]
        self.describe(tr("Suggestion"), ". ".join([*spoken, *[text for text in (rest_text, lead_text) if text]]))
        self.update()

    def show_hidden(self, *, is_check: bool = False) -> None:
        """Show that the suggestion is hidden until the person has decided; of a check, that it never shows."""
        text, detail = (CHECK_TEXT, CHECK_DETAIL) if is_check else (HIDDEN_TEXT, HIDDEN_DETAIL)
        self._show_message(tr(text), tr(detail), dashed=True)

    def show_none(self, text: str) -> None:
        """Show why there is no suggestion, in the same height."""
        self._show_message(text, "", dashed=False)

    def sizeHint(self) -> QSize:
        height = _ROW_FEW * max(2, self._class_count) if self._is_few() else _ROW_MANY * SHOWN + _REST
        return QSize(267, self.theme.px(height))

    def minimumSizeHint(self) -> QSize:
        return QSize(160, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._message:
            self._paint_message(painter)
        elif self._is_few():
            for index, row in enumerate(self._rows):
                self._paint_tall(painter, row, index)
        else:
            for index, row in enumerate(self._rows):
                self._paint_flat(painter, row, index)
            self._paint_rest(painter)

    def _is_few(self) -> bool:
        return self._class_count <= FEW

    def _show_message(self, text: str, detail: str, *, dashed: bool) -> None:
        self._rows = []
        self._message, self._detail, self._dashed = text, detail, dashed
        self.describe(tr("Suggestion"), text)
        self.update()

    def _paint_tall(self, painter: QPainter, row: BarRow, index: int) -> None:
        top, line = self.theme.px(_ROW_FEW) * index + 2, self.theme.px(20)
        left, percent = 22, self.theme.px(_PERCENT)
        self._paint_glyph(painter, row, QRect(0, top, _GLYPH, line))
        name = QRect(left, top, self.width() - left - percent, line)
        self._paint_words(painter, row, index, name, QRect(self.width() - percent, top, percent, line))
        self._paint_bar(painter, row, QRect(left, top + line + 2, self.width() - left, _BAR))

    def _paint_flat(self, painter: QPainter, row: BarRow, index: int) -> None:
        height = self.theme.px(_ROW_MANY)
        top = height * index
        percent = self.theme.px(_PERCENT)
        left, bar_left = 18, self._bar_left(percent)
        self._paint_glyph(painter, row, QRect(0, top, _GLYPH, height))
        name = QRect(left, top, bar_left - left - 8, height)
        self._paint_words(painter, row, index, name, QRect(self.width() - percent, top, percent, height))
        bar = QRect(bar_left, top + (height - _BAR) // 2, self.width() - bar_left - percent + 2, _BAR)
        self._paint_bar(painter, row, bar)

    def _bar_left(self, percent: int) -> int:
        """The same for every item: long names get room as long as a short bar is left."""
        usual = max(132, round(self.width() * 0.48))
        font = self.theme.font("body", STRONG)
        names = 26 + max((text_width(name, font) for name in self._names), default=0)
        return max(usual, min(names, self.width() - percent - _SHORTEST_BAR))

    def _paint_glyph(self, painter: QPainter, row: BarRow, rect: QRect) -> None:
        draw_glyph(painter, self.placed(rect), row.class_index, self.theme.tokens)

    def _paint_words(self, painter: QPainter, row: BarRow, index: int, name: QRect, percent: QRect) -> None:
        font = self.theme.font("body", STRONG if index == 0 else REGULAR)
        colour = self.theme.colour
        draw_text(painter, self.placed(name), row.name, font, colour("text"))
        ink = colour("text" if index == 0 else "text2")
        draw_text(painter, self.placed(percent), row.percent, font, ink, RIGHT)

    def _paint_bar(self, painter: QPainter, row: BarRow, rect: QRect) -> None:
        draw_rounded(painter, self.placed(rect), 2, self.theme.colour("sunken"))
        width = max(4, round(rect.width() * min(1.0, max(0.0, row.fraction))))
        filled = QRect(rect.left(), rect.top(), width, rect.height())
        draw_rounded(painter, self.placed(filled), 2, self.theme.class_colour(row.class_index))

    def _paint_rest(self, painter: QPainter) -> None:
        top = self.theme.px(_ROW_MANY) * SHOWN + 2
        font, colour = self.theme.font("small"), self.theme.colour("text2")
        lead = text_width(self._lead, font) if self._lead else 0
        rect = QRect(0, top, self.width(), self.height() - top)
        draw_text(painter, rect, self._lead, font, colour, RIGHT)
        rest = self.placed(QRect(0, top, self.width() - lead - 8, rect.height()))
        draw_text(painter, rest, self._rest, font, colour, elide=Qt.TextElideMode.ElideRight)

    def _paint_message(self, painter: QPainter) -> None:
        colour = self.theme.colour
        if self._dashed:
            style = Qt.PenStyle.DashLine
            draw_frame(
                painter, self.rect(), RADIUS_CONTROL, colour("line_strong"), style=style, width=self.theme.border
            )
        line, small = self.theme.line("body"), self.theme.line("small") + 6
        top = (self.height() - line - (20 + 6 + small if self._detail else 0)) // 2
        if self._detail and top < _AIR:  # of two classes: the words matter more than the icon
            top = (self.height() - line - small) // 2
        elif self._detail:
            draw_icon(painter, self.theme, QRect(0, top, self.width(), 20), "eye-off", "text2", 20)
            top += 26
        if self._detail and top >= 0:
            rect = QRect(8, top + line, self.width() - 16, small)
            draw_text(painter, rect, self._detail, self.theme.font("small"), colour("text3"), CENTRE)
        else:
            top = (self.height() - line) // 2
        rect = QRect(8, top, self.width() - 16, line)
        draw_text(painter, rect, self._message, self.theme.font("body"), colour("text2"), CENTRE)
