"""Beside the fields of a record: what moved the score most, what each answer would cost, similar cases, its history."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hitl_desktop.domain.items import ItemState
from hitl_desktop.domain.labels import Label
from hitl_desktop.domain.record_context import RecordContext, SameKey
from hitl_desktop.gui.context import Context
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import RADIUS_SMALL, SPACE_4, SPACE_8, SPACE_16, SPACE_20, STRONG
from hitl_desktop.gui.viewers.field_words import number_words
from hitl_desktop.gui.views.review.why_bars import PartBars
from hitl_desktop.gui.views.review.why_near import NearRow
from hitl_desktop.gui.views.review.why_words import PartRow
from hitl_desktop.gui.widgets.class_glyph import paint_glyph
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.gui.widgets.moments import as_recorded
from hitl_desktop.gui.widgets.painted import PaintedButton
from hitl_desktop.gui.widgets.painting import RIGHT, draw_text, fill_rounded, text_width
from hitl_desktop.language import listed, tr, trn
from hitl_desktop.workflow.explain_request import NearItem

FACTORS: Final = 3
NEAR: Final = 3
HISTORY: Final = 7
_ROW: Final = 26
_GLYPH: Final = 12


class HistoryRow(PaintedButton):
    """A record of the same key: when, how much, what was decided. Opens it."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "", parent)
        self._row: SameKey | None = None
        self._class: Label | None = None
        self._state = ""

    @property
    def row(self) -> SameKey | None:
        """What is shown."""
        return self._row

    def show_row(self, row: SameKey, label: Label | None, state: str) -> None:
        """Show a record; `state` stands in words where no class is decided."""
        self._row, self._class, self._state = row, label, state
        decided = label.name if label is not None else state
        told = listed([_when(row), _amount(row), decided])
        self.setAccessibleName(tr("This record: {told}", told=told) if row.is_this else tr("Open {told}", told=told))
        self.setEnabled(not row.is_this)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, self.theme.px(_ROW))

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._row is None:
            return
        painter = QPainter(self)
        theme, area = self.theme, self.rect()
        if self._row.is_this:
            fill_rounded(painter, area, RADIUS_SMALL, theme.colour("accent_soft"))
        elif self.underMouse():
            fill_rounded(painter, area, RADIUS_SMALL, theme.colour("sunken"))
        small = theme.font("small", 500 if self._row.is_this else 400)
        height = self.height()
        inner = self.width() - 2 * SPACE_8
        when = min(text_width(_when(self._row), small), inner // 2)
        decided = self._class.name if self._class is not None else self._state
        right = min(text_width(decided, small) + _GLYPH + SPACE_4, inner // 3)
        at = SPACE_8
        draw_text(painter, self.placed(QRect(at, 0, when, height)), _when(self._row), small, theme.colour("text2"))
        middle = QRect(at + when, 0, max(0, inner - when - right - SPACE_16), height)
        draw_text(painter, self.placed(middle), _amount(self._row), small, theme.colour("text"), RIGHT)
        left = at + inner - right
        if self._class is not None:
            paint_glyph(painter, self.placed(QRect(left, 0, _GLYPH, height)), self._class.position, theme.tokens)
        words = QRect(left + _GLYPH + SPACE_4, 0, right - _GLYPH - SPACE_4, height)
        tone = theme.colour("text" if self._class is not None else "text3")
        draw_text(painter, self.placed(words), decided, small, tone)


class RecordSide(QWidget):
    """Four blocks that keep their places from item to item. `item_wanted(index)` opens another record."""

    item_wanted = Signal(int)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme = context.theme
        self.bars = PartBars(theme)
        self.bars.keep_rows(FACTORS)
        self.bars.setMinimumWidth(120)
        self.near = [NearRow(context) for _ in range(NEAR)]
        self.history = [HistoryRow(theme) for _ in range(HISTORY)]
        self.cost = PlainLabel("", "small", "text", wrap=True)
        self._near_told = PlainLabel("", "small", "text2", wrap=True)
        self._history_told = PlainLabel("", "small", "text2", wrap=True)
        self._factors_aside = PlainLabel("", "small", "text2")
        self._history_aside = PlainLabel("", "small", "text2", elide=True)
        self._cost_title = PlainLabel(tr("What each answer would cost"), "body", weight=STRONG)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_16, SPACE_16, SPACE_16, SPACE_16)
        column.setSpacing(SPACE_8)
        column.addLayout(_head(PlainLabel(tr("Strongest factors"), "body", weight=STRONG), self._factors_aside))
        column.addWidget(self.bars)
        column.addSpacing(SPACE_20)
        column.addWidget(self._cost_title)
        column.addWidget(self.cost)
        column.addSpacing(SPACE_20)
        column.addLayout(_head(PlainLabel(tr("Similar cases decided"), "body", weight=STRONG)))
        column.addWidget(self._near_told)
        for row in self.near:
            column.addWidget(row)
            row.clicked.connect(lambda _=False, row=row: self._open(row.near.item.index if row.near else None))
        column.addSpacing(SPACE_20)
        column.addLayout(_head(PlainLabel(tr("History"), "body", weight=STRONG), self._history_aside))
        column.addWidget(self._history_told)
        for entry in self.history:
            column.addWidget(entry)
            entry.clicked.connect(lambda _=False, entry=entry: self._open(entry.row.index if entry.row else None))
        column.addStretch(1)
        self.show_cost("")
        self.show_near((), "")
        self.show_history(None, {}, {})

    def show_factors(self, rows: Sequence[PartRow], this: Label | None, other: Label | None, aside: str) -> None:
        """The parts of the score that are largest."""
        self.bars.show_rows(rows, this, other)
        self._factors_aside.setText(aside)

    def show_no_factors(self, why: str) -> None:
        """Say why there are none."""
        self.bars.show_message(why)
        self._factors_aside.setText("")

    def show_cost(self, words: str) -> None:
        """What is to be expected of each answer, in money; "" where nobody has said what mistakes cost."""
        self.cost.setText(words)
        self.cost.setVisible(bool(words))
        self._cost_title.setVisible(bool(words))

    def show_near(self, near: Sequence[NearItem], told: str) -> None:
        """Decided records that are most like this one; `told` stands there when there are none."""
        for place, row in enumerate(self.near):
            row.show_near(near[place] if place < len(near) else None, "text")
        self._near_told.setText(told)
        self._near_told.setVisible(not near and bool(told))

    def show_history(
        self,
        found: RecordContext | None,
        labels: dict[int, Label],
        states: dict[ItemState, str],
        key: str = "",
        *,
        is_hidden: bool = False,
    ) -> None:
        """The other records of the key named `key`; None while they are looked up, or where there is no key. Nothing is
        told of a key that `is_hidden`.
        """
        rows = found.history if found is not None else ()
        for place, entry in enumerate(self.history):
            entry.setVisible(place < len(rows))
            if place < len(rows):
                row = rows[place]
                entry.show_row(row, labels.get(row.label_id), states.get(row.state, ""))
        self._history_aside.setText(found.key if found is not None else "")
        told = ""
        if found is not None and is_hidden:
            told = tr("Hidden, as its column is.")
        elif found is not None and not found.key:
            told = tr("No key column, so no history.") if not key else tr("This record has no {key}.", key=key)
        elif found is not None and found.rows > len(rows):
            told = trn(
                "{n} record in all, those around this one:", "{n} records in all, those around this one:", found.rows
            )
        self._history_told.setText(told)
        self._history_told.setVisible(bool(told))

    def _open(self, index: int | None) -> None:
        if index is not None:
            self.item_wanted.emit(index)


def _head(title: PlainLabel, aside: PlainLabel | None = None) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(SPACE_8)
    row.addWidget(title)
    if aside is None:
        row.addStretch(1)
    else:
        aside.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(aside, 1)
    return row


def _when(row: SameKey) -> str:
    return as_recorded(row.moment.isoformat(), short=True) if row.moment is not None else tr("No date")


def _amount(row: SameKey) -> str:
    return number_words(row.amount) if row.amount is not None else ""
