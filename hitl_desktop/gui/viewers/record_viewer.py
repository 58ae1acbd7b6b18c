"""The viewer of records: a table of fields, and beside it whatever the review page has to say of them."""

from collections.abc import Callable, Mapping
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from hitl_desktop.domain.errors import KnownError
from hitl_desktop.domain.record_context import Standing
from hitl_desktop.domain.records import Field, Record, record_of
from hitl_desktop.gui.media import Media
from hitl_desktop.gui.theme import Theme
from hitl_desktop.gui.theme.tokens import SPACE_8, SPACE_16, SPACE_24, STRONG
from hitl_desktop.gui.viewers.field_row import FieldRow
from hitl_desktop.gui.viewers.field_words import field_words
from hitl_desktop.gui.viewers.record_panel import RecordPanel
from hitl_desktop.gui.viewers.viewer import ItemView, ItemViewer, ToolAction
from hitl_desktop.gui.widgets.card import rule, upright_rule
from hitl_desktop.gui.widgets.labels import PlainLabel
from hitl_desktop.gui.widgets.shares import percent_of
from hitl_desktop.kinds.text import read_text_item
from hitl_desktop.language import percent, tr, trn

MEASURE: Final = 520
"""The width of the table of fields."""
MOST: Final = 300
"""Fields that are shown; a table may have thousands of columns."""
_LONGEST: Final = 5000
_STEP: Final = 40


class RecordViewer(ItemViewer):
    """Shows the fields of a record in the order of its table.

    `mask_wanted(name, masked)` asks to mask a column, or to show it again; `show_fields` answers. `set_side` puts a
    widget beside the fields, once; `show_standings` says where the values lie among others.
    """

    mask_wanted = Signal(str, bool)

    def __init__(self, theme: Theme, media: Media, parent: QWidget | None = None) -> None:
        super().__init__(theme, media, parent)
        self.record = Record(())
        self._rows: list[FieldRow] = []
        content = QWidget(self)
        content.setAutoFillBackground(True)
        content.setBackgroundRole(QPalette.ColorRole.Base)
        self._title = PlainLabel("", "title", weight=STRONG, elide=True)
        self._aside = PlainLabel("", "small", "text2", elide=True)
        head = QVBoxLayout()
        head.setContentsMargins(SPACE_16, SPACE_16, SPACE_16, SPACE_8)
        head.setSpacing(2)
        head.addWidget(self._title)
        head.addWidget(self._aside)
        inner = QWidget()
        inner.setMaximumWidth(theme.px(MEASURE))
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(SPACE_8, 0, 0, SPACE_24)
        self._column.setSpacing(0)
        self._column.addLayout(head)
        self._column.addWidget(rule())
        self._more = PlainLabel("", "small", "text2", wrap=True)
        self._more.hide()
        self._column.addWidget(self._more)
        self._column.addStretch(1)
        self.area = _scroll(inner)
        self.area.setMaximumWidth(theme.px(MEASURE) + SPACE_16)
        self.columns = RecordPanel(theme, content)
        self.columns.hide()
        self.columns.mask_wanted.connect(self.mask_wanted)
        self._sides = QHBoxLayout(content)
        self._sides.setContentsMargins(0, 0, 0, 0)
        self._sides.setSpacing(0)
        self._sides.addWidget(self.area, 52)
        self._sides.addStretch(0)
        self._sides.addWidget(self.columns)
        self.set_content(content)

    def set_side(self, side: QWidget) -> None:
        """Put this beside the fields."""
        self._sides.insertWidget(1, upright_rule())
        side.setMaximumWidth(self.theme.px(MEASURE))
        self._sides.insertWidget(2, _scroll(side), 33)

    def show_item(self, view: ItemView) -> None:
        self.item = view
        try:
            self.record = record_of(view.text)
        except KnownError as error:
            self.record = Record(())
            self.show_error(view.name, str(error))
            return
        self.show_content()
        self._show_fields(view)
        self.area.verticalScrollBar().setValue(0)
        self.setAccessibleName(
            tr(
                "Record {name}, {fields}",
                name=view.name,
                fields=trn("{n} field", "{n} fields", len(self.record.fields)),
            )
        )
        self.setAccessibleDescription(
            ". ".join(f"{f.name}: {field_words(f)}" for f in self.record.fields[:MOST] if f.name not in view.masked)
        )

    def clear(self) -> None:
        self.item = None
        self.record = Record(())
        self.show_content()
        for row in self._rows:
            row.hide()
        self._title.setText("")
        self._aside.setText("")
        self.setAccessibleName(tr("No record"))

    def show_fields(self, view: ItemView) -> None:
        """The same item, with other columns masked."""
        self.show_item(view)

    def show_standings(self, standings: Mapping[str, Standing], against: str) -> None:
        """Where values lie among those of `against`, in words: "321 records decided as fraud"."""
        for row, one in zip(self._rows, self.record.fields, strict=False):
            found = standings.get(one.name)
            if found is None:
                row.place.show_share(None, "", is_place=True)
            elif found.median is None:
                words = tr("{share} have it", share=percent_of(found.share))
                told = tr("{share} of {against} have this value.", share=percent_of(found.share), against=against)
                row.place.show_share(found.share, words, is_place=False, told=told)
            else:
                words = tr("over {share}", share=percent(found.share))
                told = tr("More than in {share} of {against}.", share=percent(found.share), against=against)
                row.place.show_share(found.share, words, is_place=True, told=told)

    def tool_actions(self) -> list[ToolAction]:
        shown = not self.columns.isHidden()
        return [ToolAction("columns", tr("Columns"), "table", "Shift+C", self.toggle_columns, True, shown)]

    def toggle_columns(self) -> None:
        """Show all columns with a switch to hide each, or put them away."""
        self.columns.setVisible(self.columns.isHidden())
        if self.item is not None:
            self.columns.show_record(self.item.fields, self.item.masked)
        self.state_changed.emit()

    def handle_key(self, event: QKeyEvent) -> bool:
        if self.item is None or self.has_error:
            return False
        bar = self.area.verticalScrollBar()
        page = max(_STEP, bar.pageStep() - _STEP)
        moves = {
            Qt.Key.Key_Up: -_STEP,
            Qt.Key.Key_Down: _STEP,
            Qt.Key.Key_PageUp: -page,
            Qt.Key.Key_PageDown: page,
            Qt.Key.Key_Home: -bar.maximum(),
            Qt.Key.Key_End: bar.maximum(),
        }
        plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        action: Callable[[], None] | None = None
        if event.key() == Qt.Key.Key_C and plain == Qt.KeyboardModifier.ShiftModifier:
            action = self.toggle_columns
        elif event.key() in moves and plain == Qt.KeyboardModifier.NoModifier:
            by = moves[Qt.Key(event.key())]
            action = lambda: bar.setValue(bar.value() + by)  # noqa: E731 - one of two
        if action is None:
            return False
        action()
        return True

    def _show_fields(self, view: ItemView) -> None:
        fields = self.record.fields[:MOST]
        while len(self._rows) < len(fields):
            row = FieldRow(self.theme)
            self._column.insertWidget(2 + len(self._rows), row)
            self._rows.append(row)
        for place, row in enumerate(self._rows):
            row.setVisible(place < len(fields))
            if place < len(fields):
                self._show_field(row, fields[place], view)
        self._title.setText(view.name)
        self._aside.setText(trn("{n} field", "{n} fields", len(self.record.fields)))
        left_out = len(self.record.fields) - len(fields)
        self._more.setVisible(left_out > 0)
        self._more.setText(trn("{n} more column is not listed.", "{n} more columns are not listed.", left_out))
        if not self.columns.isHidden():
            self.columns.show_record(view.fields, view.masked)

    def _show_field(self, row: FieldRow, one: Field, view: ItemView) -> None:
        is_hidden = one.name in view.masked
        value = tr("Hidden") if is_hidden else read_text_item(field_words(one)[:_LONGEST])
        row.show_field(read_text_item(one.name), value, is_hidden=is_hidden, is_strong=one.number is not None)


def _scroll(inner: QWidget) -> QScrollArea:
    """An area that scrolls up and down only, without a frame and without the focus."""
    scroll = QScrollArea()
    scroll.setWidgetResizable(True)
    scroll.setFrameShape(QFrame.Shape.NoFrame)
    scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    scroll.setWidget(inner)
    return scroll
